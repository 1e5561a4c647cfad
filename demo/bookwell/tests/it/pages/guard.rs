//! Headers, assets, and answers to what is not there.

use axum::body::Body;
use http::{Request, StatusCode};

use super::front::{Front, cookie, nothing, owner};

#[tokio::test]
async fn every_answer_carries_the_guards() {
    let front = Front::without_api().await;
    for path in [
        "/",
        "/login",
        "/tenant/dashboard",
        "/tenant/landing-page",
        "/admin/tenants",
        "/nowhere",
        "/t/unknown",
        "/t/willow-pine",
        "/t/willow-pine/theme.css",
        "/embed/bookwell-chat.js",
        "/favicon.ico",
        "/assets/nothing",
    ] {
        for session in [String::new(), cookie(&owner())] {
            let page = front.get(path, &session).await;
            let policy = page.header("content-security-policy");
            for rule in [
                "default-src 'none'",
                "script-src 'self';",
                "style-src 'self';",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            ] {
                assert!(policy.contains(rule), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
            assert!(page.headers.contains_key("cache-control"), "{path}");
        }
    }
}

#[tokio::test]
async fn pages_are_not_kept_and_assets_are() {
    let front = Front::new(nothing).await;
    for path in ["/login", "/tenant/dashboard", "/nowhere"] {
        let page = front.get(path, &cookie(&owner())).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("vary"), "Cookie", "{path}");
    }
    let page = front.get("/login", "").await;
    let assets: Vec<_> = (page.text.split('"'))
        .map(|part| part.replace("&#x2f;", "/"))
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for path in assets {
        let asset = front.get(&path, "").await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        assert_eq!(
            asset.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        let known = Request::get(&path).header("if-none-match", asset.header("etag"));
        let known = front.send(known.body(Body::empty()).unwrap()).await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(known.text, "");
        let other = path.replacen('-', "-0", 1);
        assert_eq!(
            front.get(&other, "").await.status,
            StatusCode::NOT_FOUND,
            "{other}"
        );
    }
}

#[tokio::test]
async fn the_widget_has_a_lasting_path_and_may_stand_on_other_sites() {
    let front = Front::new(nothing).await;
    let widget = front.get("/embed/bookwell-chat.js", "").await;
    assert_eq!(
        widget.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(widget.header("access-control-allow-origin"), "*");
    assert_eq!(
        widget.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert_eq!(
        widget.header("cache-control"),
        "public, max-age=300, must-revalidate"
    );
    assert!(widget.text.contains("bookwell-chat"));
}

#[tokio::test]
async fn what_is_not_there_has_a_page_with_the_requests_id() {
    let front = Front::new(nothing).await;
    let request = Request::get("/nowhere").header("x-request-id", "req-1.a_b");
    let page = front.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<code>req-1.a_b</code>"));
    let request = Request::get("/nowhere").header("x-request-id", "<script>");
    let page = front.send(request.body(Body::empty()).unwrap()).await;
    assert!(!page.text.contains("<code>"));
    let page = front.post("/login", "", &serde_json::json!({})).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
}
