//! Who sees which page.

use http::StatusCode;
use http::header::COOKIE;
use http::{Request, header};
use serde_json::json;
use vestibule_session::{Scheme, Version};

use super::front::{Front, NOW, Page, TOKEN, acting, admin, cookie, nothing, owner, sealed};

const TENANT_PAGES: [&str; 6] = [
    "dashboard",
    "packages",
    "bookings",
    "blackouts",
    "branding",
    "landing-page",
];

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_back_with_the_query() {
    let front = Front::new(nothing).await;
    for (path, location) in [
        (
            "/tenant/bookings?status=pending&from=2026-01-01",
            "/login?callbackUrl=%2Ftenant%2Fbookings%3Fstatus%3Dpending%26from%3D2026-01-01",
        ),
        ("/tenant/unknown", "/login?callbackUrl=%2Ftenant%2Funknown"),
        ("/admin/tenants", "/login?callbackUrl=%2Fadmin%2Ftenants"),
        ("/admin/unknown", "/login?callbackUrl=%2Fadmin%2Funknown"),
    ] {
        front.get(path, "").await.leads_to(location);
    }
}

#[tokio::test]
async fn an_expired_or_foreign_session_is_none() {
    let front = Front::new(nothing).await;
    let old = {
        let mut claims = owner();
        claims["nbf"] = json!(NOW + 3600);
        cookie(&claims)
    };
    for cookie in [
        old,
        "authjs.session-token=e30.e30.e30.e30.e30".to_owned(),
        "authjs.session-token=".to_owned(),
    ] {
        let page = front.get("/tenant/dashboard", &cookie).await;
        page.leads_to("/login?callbackUrl=%2Ftenant%2Fdashboard");
        assert!(!page.headers.contains_key(header::SET_COOKIE));
    }
}

#[tokio::test]
async fn every_page_of_a_tenant_is_drawn_for_its_owner_and_holds_no_token() {
    let front = Front::new(nothing).await;
    for name in TENANT_PAGES {
        let page = front
            .get(&format!("/tenant/{name}"), &cookie(&owner()))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.text.contains("Willow &amp; Pine"), "{name}");
        assert!(page.text.contains("owner@willow-pine.test"), "{name}");
        assert_eq!(page.text.matches("<h1").count(), 1, "{name}");
        assert!(page.text.contains(" aria-current=\"page\""), "{name}");
        assert!(!page.text.contains(TOKEN), "{name}");
        assert!(!format!("{:?}", page.headers).contains(TOKEN), "{name}");
    }
    assert_eq!(
        front.get("/tenant/nothing", &cookie(&owner())).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(front.asked().is_empty());
}

#[tokio::test]
async fn sessions_of_every_form_are_known() {
    let front = Front::new(nothing).await;
    let mut large = owner();
    large["pad"] = json!("x".repeat(12_000));
    for (claims, version, scheme, secret) in [
        (large, Version::V5, Scheme::Https, 0),
        (owner(), Version::V5, Scheme::Https, 1),
        (owner(), Version::V4, Scheme::Https, 0),
        (owner(), Version::V4, Scheme::Http, 1),
    ] {
        let cookie = sealed(&claims, 3600, version, scheme, secret);
        let request = Request::get("/tenant/dashboard")
            .header(COOKIE, cookie)
            .header("x-forwarded-proto", scheme.as_str());
        let page = front
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!(page.status, StatusCode::OK, "{version} {scheme} {secret}");
    }
}

/// Chromium sends `__Secure-` cookies to `http://localhost` too: the scheme says whose page it is.
#[tokio::test]
async fn the_scheme_chooses_between_two_sessions() {
    let front = Front::new(nothing).await;
    let secure = sealed(&owner(), 3600, Version::V5, Scheme::Https, 0);
    let plain = sealed(&acting(), 3600, Version::V5, Scheme::Http, 0);
    let both = format!("{secure}; {plain}");
    for (scheme, email) in [
        ("https", "owner@willow-pine.test"),
        ("http", "admin@bookwell.test"),
    ] {
        let request = Request::get("/tenant/dashboard")
            .header(COOKIE, &both)
            .header("x-forwarded-proto", scheme);
        let page = front
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert!(
            page.text.contains(&format!("data-email=\"{email}\"")),
            "{scheme}"
        );
    }
}

/// A day begins where the business is, not where the browser is.
#[tokio::test]
async fn the_pages_of_a_tenant_know_its_time_zone() {
    let front = Front::new(nothing).await;
    for claims in [owner(), acting()] {
        let page = front.get("/tenant/bookings", &cookie(&claims)).await;
        let zone = "data-time-zone=\"America&#x2f;New_York\"";
        assert!(page.text.contains(zone), "{}", page.text);
    }
    let page = front.get("/admin/tenants", &cookie(&admin())).await;
    assert!(!page.text.contains("data-time-zone"));
}

#[tokio::test]
async fn the_administrators_pages_are_for_administrators_alone() {
    let front = Front::new(nothing).await;
    let mut nobody = owner();
    nobody["role"] = json!("PLATFORM_ADMIN_OF_NOTHING");
    for claims in [owner(), nobody] {
        for path in ["/admin/tenants", "/admin/unknown"] {
            let page = front.get(path, &cookie(&claims)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.text.contains("not for your account"));
        }
    }
    let page = front.get("/admin/tenants", &cookie(&admin())).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("id=\"tenants\""));
    assert!(!page.text.contains("data-assistant"));
    assert_eq!(
        front.get("/admin/unknown", &cookie(&admin())).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_administrator_without_a_tenant_is_told_to_choose_one() {
    let front = Front::new(nothing).await;
    let mut forged = admin();
    // The claim counts for an owner only: an administrator gets a tenant by impersonation.
    forged["tenantSlug"] = json!("willow-pine");
    for claims in [admin(), forged] {
        let page = front.get("/tenant/dashboard", &cookie(&claims)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(
            page.text.contains("/admin/tenants") || page.text.contains("&#x2f;admin&#x2f;tenants")
        );
    }
}

#[tokio::test]
async fn an_impersonation_is_announced_on_every_page() {
    let front = Front::new(nothing).await;
    for path in TENANT_PAGES
        .map(|name| format!("/tenant/{name}"))
        .into_iter()
        .chain(["/admin/tenants".to_owned()])
    {
        let page = front.get(&path, &cookie(&acting())).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        announced(&page, &path);
        assert!(page.text.contains("data-impersonating"), "{path}");
    }
    let page = front.get("/admin/tenants", &cookie(&acting())).await;
    assert!(!page.text.contains("id=\"tenants\""));
}

#[track_caller]
fn announced(page: &Page, path: &str) {
    for once in ["id=\"banner\"", "aria-label=\"Impersonation\""] {
        assert_eq!(page.text.matches(once).count(), 1, "{path}: {once}");
    }
    let words = "You work as <strong>Willow &amp; Pine</strong>";
    assert!(page.text.contains(words), "{path}");
    assert!(page.text.contains("2026-09-21T16:33:20Z"), "{path}");
    assert!(page.text.contains("data-stop-impersonation"), "{path}");
    assert!(!page.text.contains(TOKEN), "{path}");
}

/// Whoever acts for a tenant sees it, whatever page that is and whatever goes wrong.
#[tokio::test]
async fn an_impersonation_is_announced_where_nothing_is_shown_too() {
    let front = Front::new(nothing).await;
    for path in [
        "/nowhere",
        "/tenant/nothing",
        "/admin/nothing",
        "/assets/nothing",
        "/t/unknown",
        "/t/willow-pine/nothing",
    ] {
        let page = front.get(path, &cookie(&acting())).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        announced(&page, path);
    }
    // The claim as the API would not give it to an owner: the banner goes by the claim, the refusal by the role.
    let mut refused = acting();
    refused["role"] = json!("TENANT_ADMIN");
    let page = front.get("/admin/tenants", &cookie(&refused)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    announced(&page, "/admin/tenants");
    let front = Front::without_api().await;
    let page = front.get("/t/willow-pine", &cookie(&acting())).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("cache-control"), "no-store");
    announced(&page, "/t/willow-pine");
}

/// The frame is there for whoever is signed in, and nobody else.
#[tokio::test]
async fn a_refusal_keeps_the_navigation() {
    let front = Front::without_api().await;
    for (path, status) in [
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/tenant/nothing", StatusCode::NOT_FOUND),
        ("/admin/tenants", StatusCode::FORBIDDEN),
        ("/t/willow-pine", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let page = front.get(path, &cookie(&owner())).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text.contains("<nav aria-label=\"Main\">"), "{path}");
        assert!(page.text.contains("Blackout dates"), "{path}");
        assert!(page.text.contains("data-sign-out"), "{path}");
        assert!(page.text.contains("data-assistant"), "{path}");
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert_eq!(page.text.matches("<main").count(), 1, "{path}");
        assert!(!page.text.contains("id=\"banner\""), "{path}");
        assert!(!page.text.contains(" aria-current"), "{path}");
        assert!(!page.text.contains("<noscript"), "{path}");
        assert!(!page.text.contains(TOKEN), "{path}");
    }
    for path in ["/nowhere", "/t/willow-pine"] {
        let page = front.get(path, "").await;
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert!(!page.text.contains("<nav"), "{path}");
        assert!(!page.text.contains("data-sign-out"), "{path}");
    }
}

#[tokio::test]
async fn the_preview_draws_hostile_text_as_text_and_needs_a_session() {
    let front = Front::new(nothing).await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    let document = json!({ "pages": { "home": { "enabled": true, "sections": [
        { "type": "hero", "headline": hostile, "subheadline": hostile, "button": hostile, "image": "https://x.test/\"onerror=\"alert(1)" },
        { "type": "text", "headline": hostile, "content": hostile, "image": hostile },
        { "type": "gallery", "images": [{ "url": hostile, "alt": hostile }], "handle": hostile },
        { "type": "testimonials", "items": [{ "quote": hostile, "author": hostile, "role": hostile, "rating": 5 }] },
        { "type": "faq", "items": [{ "question": hostile, "answer": hostile }] },
        { "type": "contact", "email": hostile, "phone": hostile, "address": hostile, "hours": hostile },
        { "type": "cta", "headline": hostile, "text": hostile, "button": hostile },
        { "type": "pricing", "tiers": [{ "name": hostile, "price": hostile, "features": [hostile] }] },
        { "type": "features", "columns": hostile, "items": [{ "title": hostile, "text": hostile }] },
        { "type": hostile, "headline": hostile },
    ] } } });
    let asked = json!({ "page": "home", "document": document });
    assert_eq!(
        front
            .post("/tenant/landing-page/preview", "", &asked)
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    let page = front
        .post("/tenant/landing-page/preview", &cookie(&owner()), &asked)
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.matches("&lt;script&gt;").count() >= 20);
    for hole in ["<script", "<img src=x", "\"onerror", "\" onerror"] {
        assert!(!page.text.contains(hole), "{hole}");
    }
    // Where the storefront has the packages, the preview keeps their place.
    let hero = page.text.find("class=\"hero").unwrap();
    let packages = page.text.find("class=\"packages\"").unwrap();
    let gallery = page.text.find("class=\"gallery").unwrap();
    assert!(hero < packages && packages < gallery, "{}", page.text);
    let about = json!({ "page": "about", "document": { "pages": { "about": { "enabled": true, "sections": [] } } } });
    let page = front
        .post("/tenant/landing-page/preview", &cookie(&owner()), &about)
        .await;
    assert!(!page.text.contains("class=\"packages\""), "{}", page.text);
    for nonsense in [json!({}), json!({ "page": "home" }), json!([1])] {
        let page = front
            .post("/tenant/landing-page/preview", &cookie(&owner()), &nonsense)
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
}
