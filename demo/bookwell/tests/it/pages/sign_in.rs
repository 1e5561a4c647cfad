//! The start page and the sign-in page.

use axum::body::Body;
use http::header::COOKIE;
use http::{Request, StatusCode};

use super::front::{Front, acting, admin, cookie, nothing, owner};

#[tokio::test]
async fn everybody_begins_at_home() {
    let front = Front::new(nothing).await;
    front.get("/", "").await.leads_to("/login");
    front
        .get("/", &cookie(&owner()))
        .await
        .leads_to("/tenant/dashboard");
    front
        .get("/", &cookie(&admin()))
        .await
        .leads_to("/admin/tenants");
    front
        .get("/", &cookie(&acting()))
        .await
        .leads_to("/tenant/dashboard");
    front.get("/tenant", "").await.leads_to("/tenant/dashboard");
    front.get("/admin", "").await.leads_to("/admin/tenants");
}

#[tokio::test]
async fn the_sign_in_page_leads_back_to_our_own_paths_only() {
    let front = Front::new(nothing).await;
    for (asked, back) in [
        (
            "%2Ftenant%2Fbookings%3Fstatus%3Dpending",
            "/tenant/bookings?status=pending",
        ),
        ("%2F%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example%2F", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2F%09%2Fevil.example", "/"),
        ("%2Flogin%3FcallbackUrl%3D%2F", "/"),
        ("%22%3E%3Cscript%3E", "/"),
        ("%2Fa%22%3E%3Cscript%3E", "/a\"><script>"),
        ("", "/"),
    ] {
        let page = front.get(&format!("/login?callbackUrl={asked}"), "").await;
        assert_eq!(page.status, StatusCode::OK, "{asked}");
        let written = page.text.split("data-callback-url=\"").nth(1).unwrap();
        let written = written.split('"').next().unwrap();
        let read = written
            .replace("&#x2f;", "/")
            .replace("&quot;", "\"")
            .replace("&gt;", ">")
            .replace("&lt;", "<");
        assert_eq!(read, back, "{asked}");
        let home = if back == "/" {
            "/tenant/dashboard"
        } else {
            back
        };
        let page = front
            .get(&format!("/login?callbackUrl={asked}"), &cookie(&owner()))
            .await;
        page.leads_to(home);
    }
}

#[tokio::test]
async fn the_demonstration_offers_its_accounts() {
    let front = Front::new(nothing).await;
    let page = front.get("/login", "").await;
    assert!(
        page.text
            .contains("data-demo-email=\"owner@willow-pine.test\"")
    );
    assert!(page.text.contains("&lt;b&gt;Old Mill"), "names are text");
    assert!(!page.text.contains("<b>Old Mill"));
    for field in [
        "autocomplete=\"username\"",
        "autocomplete=\"current-password\"",
        "method=\"post\"",
    ] {
        assert!(page.text.contains(field), "{field}");
    }
}

#[tokio::test]
async fn an_absolute_address_of_our_own_is_as_good_as_its_path() {
    let front = Front::new(nothing).await;
    let claims = cookie(&owner());
    for (asked, back) in [
        (
            "http%3A%2F%2Fapp.test%3A8080%2Ftenant%2Fbookings%3Fa%3D1",
            "/tenant/bookings?a=1",
        ),
        (
            "http%3A%2F%2Fapp.test%3A8080%2F%2Fevil.example",
            "/tenant/dashboard",
        ),
        (
            "http%3A%2F%2Fapp.test%3A8080.evil.example%2F",
            "/tenant/dashboard",
        ),
        (
            "http%3A%2F%2Fapp.test%3A8080%40evil.example%2F",
            "/tenant/dashboard",
        ),
        ("https%3A%2F%2Fapp.test%3A8080%2Fa", "/tenant/dashboard"),
        ("http%3A%2F%2Fapp.test%2Fa", "/tenant/dashboard"),
    ] {
        let request = Request::get(format!("/login?callbackUrl={asked}"))
            .header(COOKIE, &claims)
            .header("x-forwarded-host", "app.test:8080")
            .header("x-forwarded-proto", "http");
        let page = front.send(request.body(Body::empty()).unwrap()).await;
        page.leads_to(back);
    }
}
