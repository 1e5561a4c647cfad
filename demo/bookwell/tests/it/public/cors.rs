use http::Method;
use serde_json::json;

use super::{ask, key};
use crate::world::{Answer, World};

const EMBEDDED: &str = "https://www.willow-pine.test";

async fn read(world: &World, slug: &str, more: &[(&str, &str)]) -> Answer {
    let key = key(slug);
    let mut headers = vec![("x-tenant-key", key.as_str())];
    headers.extend(more);
    ask(world, Method::GET, "/tenant", &headers, None).await
}

#[tokio::test]
async fn a_site_that_the_business_names_may_read() {
    let world = World::new().await;
    let answer = read(&world, "willow-pine", &[("origin", EMBEDDED)]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(EMBEDDED));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
    assert!(vary.iter().any(|name| *name == "origin"));
}

#[tokio::test]
async fn every_other_site_is_refused() {
    let world = World::new().await;
    for origin in [
        "https://evil.test",
        "https://www.willow-pine.test.evil.test",
        "https://www.willow-pine.test:444",
        "http://www.willow-pine.test",
        "https://WWW.willow-pine.test",
        "null",
        "*",
    ] {
        let answer = read(&world, "willow-pine", &[("origin", origin)]).await;
        answer.is_problem(403, "forbidden");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
    }
    // What one business names is nothing to another.
    let answer = read(&world, "harbor-light", &[("origin", EMBEDDED)]).await;
    answer.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_refused_site_changes_nothing() {
    let world = World::new().await;
    let key = key("willow-pine");
    let headers = [
        ("x-tenant-key", key.as_str()),
        ("origin", "https://evil.test"),
    ];
    let begun = ask(
        &world,
        Method::POST,
        "/chat/session",
        &headers,
        Some(&json!({})),
    )
    .await;
    begun.is_problem(403, "forbidden");
    assert_eq!(world.number("SELECT COUNT(*) FROM agent_session").await, 0);
}

#[tokio::test]
async fn our_own_pages_need_no_permission() {
    let world = World::new().await;
    let ours = [
        ("origin", "https://app.bookwell.test:8443"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "app.bookwell.test:8443"),
    ];
    let answer = read(&world, "willow-pine", &ours).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let other_scheme = [
        ("origin", "http://app.bookwell.test:8443"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "app.bookwell.test:8443"),
    ];
    let answer = read(&world, "willow-pine", &other_scheme).await;
    answer.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_preflight_request_is_answered_without_a_key() {
    let world = World::new().await;
    for path in ["/tenant", "/chat/message", "/chat/session"] {
        let headers = [
            ("origin", EMBEDDED),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "content-type,x-tenant-key",
            ),
        ];
        let answer = ask(&world, Method::OPTIONS, path, &headers, None).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(EMBEDDED));
        assert!(
            answer
                .header("access-control-allow-headers")
                .unwrap()
                .contains("x-tenant-key")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), None);

        let headers = [
            ("origin", "https://evil.test"),
            ("access-control-request-method", "POST"),
        ];
        let answer = ask(&world, Method::OPTIONS, path, &headers, None).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
