use http::Method;
use serde_json::json;

use super::{ask, get, key};
use crate::world::{WILLOW, World};

#[tokio::test]
async fn keys_that_open_nothing_are_one_401() {
    let world = World::new().await;
    let unknown = "pk_live_willow-pine_0000000000000000";
    let shape = |answer: &crate::world::Answer| {
        let mut body = answer.body.clone();
        body["request_id"] = json!(null);
        (
            answer.status,
            body,
            answer.header("www-authenticate").map(str::to_owned),
        )
    };
    let mut seen = Vec::new();
    for headers in [
        vec![],
        vec![("x-tenant-key", "")],
        vec![("x-tenant-key", "nonsense")],
        vec![("x-tenant-key", unknown)],
        vec![("x-tenant-key", "' OR 1=1 --")],
    ] {
        let answer = ask(&world, Method::GET, "/tenant", &headers, None).await;
        answer.is_problem(401, "unauthenticated");
        seen.push(shape(&answer));
    }
    let good = key("willow-pine");
    let twice = [
        ("x-tenant-key", good.as_str()),
        ("x-tenant-key", good.as_str()),
    ];
    seen.push(shape(
        &ask(&world, Method::GET, "/tenant", &twice, None).await,
    ));
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
    // Nobody is told to sign in.
    let (_, body, challenge) = &seen[0];
    assert_eq!(body["title"], "The key of this business is not known");
    assert_eq!(challenge.as_deref(), Some("TenantKey realm=\"bookwell\""));

    // A key that was replaced opens nothing either.
    assert_eq!(get(&world, "willow-pine", "/tenant").await.status, 200);
    let pool = world.pool().await;
    sqlx::query("UPDATE tenant SET public_key = 'pk_live_willow-pine_1111111111111111' WHERE slug = 'willow-pine'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(shape(&get(&world, "willow-pine", "/tenant").await), seen[0]);
}

#[tokio::test]
async fn a_closed_business_is_403() {
    let world = World::new().await;
    for path in ["/tenant", "/packages", "/landing-page", "/chat/health"] {
        get(&world, "old-mill", path)
            .await
            .is_problem(403, "tenant_inactive");
    }
}

#[tokio::test]
async fn the_storefront_shows_what_is_offered_and_no_more() {
    let world = World::new().await;
    let tenant = get(&world, "willow-pine", "/tenant").await;
    assert_eq!(tenant.body["name"], "Willow & Pine");
    assert_eq!(tenant.body["chat_enabled"], true);
    assert!(tenant.body.get("widget_origins").is_none());
    let packages = get(&world, "willow-pine", "/packages").await;
    let titles: Vec<&str> = packages.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "Garden Elopement",
            "Classic Garden Wedding",
            "The Long Weekend"
        ]
    );
    for answer in [&tenant, &packages] {
        assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
        let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
        assert!(vary.iter().any(|name| *name == "x-tenant-key"));
    }
}

#[tokio::test]
async fn availability_is_told_by_the_day() {
    let world = World::new().await;
    let day = "SELECT event_date FROM booking WHERE status <> 'cancelled' AND event_date > '2026-05-20' \
               AND tenant_id = (SELECT id FROM tenant WHERE slug = 'willow-pine') ORDER BY event_date LIMIT 1";
    let booked = world.texts(day).await[0].clone();
    let blocked = world
        .texts("SELECT day FROM blackout ORDER BY day LIMIT 1")
        .await[0]
        .clone();
    for (day, state) in [
        (booked.as_str(), "booked"),
        (blocked.as_str(), "blacked_out"),
        ("2028-03-15", "free"),
        ("2026-05-19", "out_of_range"),
        ("2028-05-21", "out_of_range"),
    ] {
        let path = format!("/availability?from={day}&to={day}");
        let answer = get(&world, "willow-pine", &path).await;
        assert_eq!(answer.body, json!({"days": [{"day": day, "state": state}]}));
    }
    let longest = get(
        &world,
        "willow-pine",
        "/availability?from=2026-06-01&to=2026-08-01",
    )
    .await;
    assert_eq!(longest.body["days"].as_array().unwrap().len(), 62);
    for span in [
        "from=2026-06-01&to=2026-08-02",
        "from=2026-06-02&to=2026-06-01",
    ] {
        let refused = get(&world, "willow-pine", &format!("/availability?{span}")).await;
        refused.is_problem(400, "validation_failed");
    }
    let odd = get(&world, "willow-pine", "/availability?from=2026-06-01").await;
    odd.is_problem(400, "validation_failed");
    assert_eq!(odd.body["errors"][0]["field"], "to");
}

#[tokio::test]
async fn the_published_page_has_a_tag_and_the_draft_is_not_shown() {
    let world = World::new().await;
    let page = get(&world, "willow-pine", "/landing-page").await;
    assert_eq!(page.status, 200);
    let token = world.sign_in(WILLOW).await;
    let both = world.get("/v1/tenant-admin/landing-page", &token).await;
    assert_eq!(page.body, both.body["published"]);
    assert_ne!(page.body, both.body["draft"]);

    let etag = page.header("etag").unwrap();
    let key_of = key("willow-pine");
    for (known, status) in [
        (etag.to_owned(), 304),
        (format!("W/{etag}, \"x\""), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
    ] {
        let headers = [
            ("x-tenant-key", key_of.as_str()),
            ("if-none-match", known.as_str()),
        ];
        let answer = ask(&world, Method::GET, "/landing-page", &headers, None).await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.header("etag"), Some(etag));
    }
    // Two businesses with the same document have two tags.
    let pool = world.pool().await;
    sqlx::query("UPDATE landing_page SET published = (SELECT p.published FROM landing_page p JOIN tenant t ON t.id = p.tenant_id WHERE t.slug = 'willow-pine')")
        .execute(&pool)
        .await
        .unwrap();
    let harbor = get(&world, "harbor-light", "/landing-page").await;
    assert_eq!(harbor.body, page.body);
    assert_ne!(harbor.header("etag"), Some(etag));
}

#[tokio::test]
async fn the_storefront_has_its_limit_by_the_client_and_not_by_the_proxies() {
    let world = World::new().await;
    let key = key("willow-pine");
    let from = async |address: &str| {
        let headers = [("x-tenant-key", key.as_str()), ("x-forwarded-for", address)];
        ask(&world, Method::GET, "/tenant", &headers, None).await
    };
    for number in 0..300 {
        let by_proxy = format!("203.0.113.7, 198.51.100.{}", number % 250);
        assert_eq!(from(&by_proxy).await.status, 200);
    }
    from("203.0.113.7").await.is_problem(429, "rate_limited");
    assert_eq!(from("203.0.113.8, 203.0.113.7").await.status, 200);
}
