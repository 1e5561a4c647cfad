//! The storefront: filled from the public API, readable without script.

use http::StatusCode;
use serde_json::{Value, json};

use super::front::{Asked, Front, TOKEN, acting, admin, cookie, nothing, owner};

const HOSTILE: &str = "<script>alert(1)</script>\"";

fn shop(asked: &Asked) -> (StatusCode, Value) {
    let body = match asked.path.as_str() {
        "/v1/public/tenant" => json!({
            "name": HOSTILE, "slug": "willow-pine", "primary": "#2f6b4f", "secondary": "#c9d8b6",
            "accent": "#d9a441", "background": "#fbfaf5", "font": "serif", "logo_url": null,
            "currency": "USD", "chat_enabled": true, "time_zone": "America/New_York",
        }),
        "/v1/public/packages" => json!({ "items": [{
            "id": "p-1", "slug": "garden", "title": HOSTILE, "description": "Chairs & flowers",
            "price_cents": 123_456, "photo_url": null,
        }], "next_cursor": null }),
        "/v1/public/landing-page" => json!({ "pages": {
            "home": { "enabled": true, "sections": [{ "type": "hero", "headline": HOSTILE, "button": "See" }] },
            "about": { "enabled": true, "sections": [{ "type": "text", "content": "We are two." }] },
            "faq": { "enabled": false, "sections": [] },
        } }),
        _ => return nothing(asked),
    };
    (StatusCode::OK, body)
}

#[tokio::test]
async fn a_storefront_is_whole_without_script_and_escapes_what_tenants_write() {
    let front = Front::new(shop).await;
    let page = front.get("/t/willow-pine", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text.matches("<h1").count(), 1);
    assert!(page.text.contains("$1,234.56"));
    assert!(page.text.contains("Chairs &amp; flowers"));
    assert!(!page.text.contains("<script>"));
    assert_eq!(page.text.matches("<script").count(), 1);
    assert!(page.text.contains(
        "src=\"/embed/bookwell-chat.js\" data-tenant-key=\"pk_live_willow-pine_0123456789abcdef\""
    ));
    for asked in front.asked() {
        assert_eq!(asked.method, "GET");
        assert_eq!(
            asked.headers["x-tenant-key"],
            "pk_live_willow-pine_0123456789abcdef"
        );
    }
    assert_eq!(front.asked().len(), 3);
}

#[tokio::test]
async fn only_enabled_pages_exist() {
    let front = Front::new(shop).await;
    let about = front.get("/t/willow-pine/about", "").await;
    assert_eq!(about.status, StatusCode::OK);
    assert!(about.text.contains("We are two."));
    assert_eq!(about.text.matches("<h1").count(), 1);
    for path in [
        "/t/willow-pine/faq",
        "/t/willow-pine/home",
        "/t/willow-pine/nothing",
        "/t/unknown",
        "/t/Willow-Pine",
    ] {
        assert_eq!(
            front.get(path, "").await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_tenant_without_a_published_page_still_shows_its_packages() {
    let front = Front::new(|asked| {
        if asked.path.ends_with("landing-page") {
            nothing(asked)
        } else {
            shop(asked)
        }
    })
    .await;
    let page = front.get("/t/willow-pine", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("$1,234.56"));
    assert_eq!(page.text.matches("<h1").count(), 1);
}

#[tokio::test]
async fn a_storefront_knows_no_session_and_passes_none_on() {
    let front = Front::new(shop).await;
    let page = front.get("/t/willow-pine", &cookie(&owner())).await;
    assert!(!page.text.contains(TOKEN) && !page.text.contains("owner@willow-pine.test"));
    for asked in front.asked() {
        assert!(!asked.headers.contains_key("cookie"));
        assert!(!asked.headers.contains_key("authorization"));
    }
}

/// What an administrator does for a tenant is announced here, too; nothing else of the session is.
#[tokio::test]
async fn a_storefront_announces_an_impersonation_and_is_not_kept_then() {
    let front = Front::new(shop).await;
    for path in ["/t/willow-pine", "/t/willow-pine/about"] {
        let page = front.get(path, &cookie(&acting())).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let words = "You work as <strong>Willow &amp; Pine</strong>";
        assert!(page.text.contains(words), "{path}");
        assert!(page.text.contains("2026-09-21T16:33:20Z"), "{path}");
        assert!(page.text.contains("data-stop-impersonation"), "{path}");
        assert!(page.text.contains("acting-"), "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("vary"), "Cookie", "{path}");
        assert!(!page.text.contains(TOKEN), "{path}");
        assert!(!page.text.contains("admin@bookwell.test"), "{path}");
    }
    for session in [String::new(), cookie(&owner()), cookie(&admin())] {
        let page = front.get("/t/willow-pine", &session).await;
        assert!(!page.text.contains("You work as") && !page.text.contains("acting-"));
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(page.header("vary"), "Cookie");
    }
    for asked in front.asked() {
        assert!(!asked.headers.contains_key("cookie"));
        assert!(!asked.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_failure_of_the_api_is_never_an_empty_storefront() {
    for (status, shown) in [
        (StatusCode::FORBIDDEN, StatusCode::NOT_FOUND),
        (StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE),
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (StatusCode::TOO_MANY_REQUESTS, StatusCode::TOO_MANY_REQUESTS),
    ] {
        for part in ["tenant", "packages", "landing-page"] {
            let failing: fn(&Asked) -> (StatusCode, Value) = match (status, part) {
                (StatusCode::FORBIDDEN, _) => |_| (StatusCode::FORBIDDEN, Value::Null),
                (StatusCode::UNAUTHORIZED, _) => |_| (StatusCode::UNAUTHORIZED, Value::Null),
                (StatusCode::TOO_MANY_REQUESTS, _) => {
                    |_| (StatusCode::TOO_MANY_REQUESTS, Value::Null)
                }
                (_, "tenant") => |asked| broken(asked, "tenant"),
                (_, "packages") => |asked| broken(asked, "packages"),
                (_, _) => |asked| broken(asked, "landing-page"),
            };
            let page = Front::new(failing).await.get("/t/willow-pine", "").await;
            assert_eq!(page.status, shown, "{status} of {part}");
            assert!(page.text.contains("<h1>"), "{status} of {part}");
        }
    }
    let page = Front::without_api().await.get("/t/willow-pine", "").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
}

fn broken(asked: &Asked, part: &str) -> (StatusCode, Value) {
    if asked.path.ends_with(part) {
        (StatusCode::INTERNAL_SERVER_ERROR, Value::Null)
    } else {
        shop(asked)
    }
}

#[tokio::test]
async fn the_theme_is_a_style_sheet_of_the_tenants_colours() {
    let front = Front::new(shop).await;
    let sheet = front.get("/t/willow-pine/theme.css", "").await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.text.contains("--brand:#2f6b4f;"), "{}", sheet.text);
    assert_eq!(sheet.header("cache-control"), "no-cache");
}

/// A browser takes no page for a style sheet; until the colours are known, there are ours.
#[tokio::test]
async fn a_theme_that_cannot_be_read_is_a_sheet_all_the_same() {
    let sheet = Front::without_api()
        .await
        .get("/t/willow-pine/theme.css", "")
        .await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(sheet.header("cache-control"), "no-store");
    assert!(sheet.text.contains("--brand:#17695a;"), "{}", sheet.text);
    let front = Front::new(shop).await;
    let nobody = front.get("/t/nobody/theme.css", "").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
