//! Session and token change together, or not at all.

use axum::body::Body;
use http::header::{COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use vestibule_session::{Scheme, Version};

use super::front::{
    Answering, Asked, Front, NOW, TOKEN, acting, admin, cookie, impersonation, nothing, owner,
    sealed,
};

const START: &str = "/admin/impersonation/start";
const STOP: &str = "/admin/impersonation/stop";
const TENANT: &str = "0190c0de-0000-7000-8000-000000000001";

fn willing(asked: &Asked) -> (StatusCode, Value) {
    assert_eq!(asked.method, "POST");
    if asked.path == format!("/v1/admin/tenants/{TENANT}/impersonate") {
        let body = json!({ "access_token": "for-the-tenant", "expires_in": 3600, "impersonation": impersonation() });
        (StatusCode::OK, body)
    } else if asked.path == "/v1/admin/impersonation/stop" {
        let body = json!({ "access_token": "own-again", "expires_in": 7200, "refresh_token": "own-refresh", "user": {}, "tenant": null });
        (StatusCode::OK, body)
    } else {
        nothing(asked)
    }
}

fn start() -> Value {
    json!({ "tenant_id": TENANT })
}

#[tokio::test]
async fn the_start_changes_token_and_session_in_one_answer() {
    let front = Front::new(willing).await;
    let page = front.post(START, &cookie(&admin()), &start()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.json(), json!({ "location": "/tenant/dashboard" }));
    assert_eq!(page.header("cache-control"), "no-store");
    let claims = page.claims();
    assert_eq!(claims["backendToken"], "for-the-tenant");
    assert_eq!(claims["backendTokenExpires"], NOW + 3600);
    assert_eq!(claims["impersonation"], impersonation());
    assert_eq!(claims["tenantSlug"], "willow-pine");
    assert_eq!(claims["tenantId"], TENANT);
    assert_eq!(claims["email"], "admin@bookwell.test");
    assert_eq!(claims["role"], "PLATFORM_ADMIN");
    // What could renew the administrator's own token is gone: it would end the impersonation behind the session's back.
    assert_eq!(claims.get("refreshToken"), None);
    // The session ends when it would have ended, and the rest of it keeps its text.
    assert_eq!(claims["exp"], NOW + 3600);
    assert!(
        page.session()
            .claims()
            .as_json()
            .contains("\"signedInAt\":1.5")
    );
    assert_eq!(
        front.asked()[0].headers["authorization"],
        format!("Bearer {TOKEN}")
    );
    assert!(!page.text.contains("for-the-tenant"));
}

#[tokio::test]
async fn the_stop_gives_the_administrator_back() {
    let front = Front::new(willing).await;
    let page = front.post(STOP, &cookie(&acting()), &json!({})).await;
    assert_eq!(page.json(), json!({ "location": "/admin/tenants" }));
    let claims = page.claims();
    assert_eq!(claims["backendToken"], "own-again");
    assert_eq!(claims["refreshToken"], "own-refresh");
    assert_eq!(claims["backendTokenExpires"], NOW + 7200);
    for gone in ["impersonation", "tenantId", "tenantSlug"] {
        assert_eq!(claims.get(gone), None, "{gone}");
    }
}

#[tokio::test]
async fn the_cookie_keeps_name_family_and_leaves_no_chunk_behind() {
    let front = Front::new(willing).await;
    let mut large = admin();
    large["pad"] = json!("x".repeat(7_000));
    let old = sealed(&large, 3600, Version::V4, Scheme::Http, 1);
    let old = format!("{old}; next-auth.session-token=left-over; theme=dark");
    let page = front.post(START, &old, &start()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let set: Vec<_> = page
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap())
        .collect();
    assert!(
        set.iter()
            .all(|line| line.starts_with("next-auth.session-token")),
        "{set:?}"
    );
    assert!(
        set.iter()
            .all(|line| line.ends_with("; HttpOnly; SameSite=Lax")),
        "{set:?}"
    );
    assert!(
        set.iter()
            .any(|line| line.starts_with("next-auth.session-token=; Max-Age=0")),
        "{set:?}"
    );
    assert_eq!(page.claims()["backendToken"], "for-the-tenant");
}

#[track_caller]
fn unchanged(page: &super::front::Page, status: StatusCode, code: &str) {
    assert_eq!(page.status, status, "{}", page.text);
    assert_eq!(page.json()["code"], code);
    assert!(!page.headers.contains_key(SET_COOKIE));
    assert_eq!(page.header("content-type"), "application/problem+json");
    assert!(!page.text.contains(TOKEN));
}

#[tokio::test]
async fn a_refusal_of_the_api_changes_nothing_and_is_passed_on() {
    let front = Front::new(|_| {
        (
            StatusCode::CONFLICT,
            json!({ "code": "already_impersonating", "title": "Stop first", "status": 409 }),
        )
    })
    .await;
    for (path, claims) in [(START, admin()), (STOP, acting())] {
        let page = front.post(path, &cookie(&claims), &start()).await;
        unchanged(&page, StatusCode::CONFLICT, "already_impersonating");
        assert_eq!(page.header("retry-after"), "9");
    }
}

#[tokio::test]
async fn an_api_that_fails_or_talks_nonsense_changes_nothing() {
    let front = Front::without_api().await;
    let page = front.post(START, &cookie(&admin()), &start()).await;
    unchanged(&page, StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    let nonsense: [Answering; 4] = [
        |_| (StatusCode::OK, json!({})),
        |_| {
            (
                StatusCode::OK,
                json!({ "access_token": "t", "expires_in": 1, "impersonation": {} }),
            )
        },
        |_| {
            (
                StatusCode::OK,
                json!({ "access_token": "t", "expires_in": -1, "impersonation": { "tenant_id": "", "slug": "" } }),
            )
        },
        |_| (StatusCode::OK, json!([])),
    ];
    for answer in nonsense {
        let front = Front::new(answer).await;
        for (path, claims) in [(START, admin()), (STOP, acting())] {
            let page = front.post(path, &cookie(&claims), &start()).await;
            unchanged(&page, StatusCode::INTERNAL_SERVER_ERROR, "internal");
        }
    }
}

#[tokio::test]
async fn a_request_of_another_site_never_reaches_the_api() {
    let front = Front::new(willing).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("x-nothing", "x"),
    ] {
        for (path, claims) in [(START, admin()), (STOP, acting())] {
            let request = Request::post(path)
                .header("x-forwarded-host", "app.test")
                .header("x-forwarded-proto", "https")
                .header(name, value)
                .header(COOKIE, cookie(&claims))
                .body(Body::from(start().to_string()));
            let page = front.send(request.unwrap()).await;
            unchanged(&page, StatusCode::FORBIDDEN, "csrf");
        }
    }
    assert!(front.asked().is_empty());
}

/// Over plain HTTP on another name than localhost, browsers send no `Sec-Fetch-Site`.
#[tokio::test]
async fn the_origin_alone_is_enough_over_plain_http() {
    let front = Front::new(willing).await;
    let request = Request::post(START)
        .header("x-forwarded-host", "app.test:8080")
        .header("x-forwarded-proto", "http")
        .header("origin", "http://app.test:8080")
        .header(COOKIE, cookie(&admin()))
        .body(Body::from(start().to_string()));
    assert_eq!(front.send(request.unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn strangers_and_malformed_requests_never_reach_the_api() {
    let front = Front::new(willing).await;
    for path in [START, STOP] {
        let page = front.post(path, "", &start()).await;
        unchanged(&page, StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    for body in [
        json!({}),
        json!({ "tenant_id": "../stop" }),
        json!({ "tenant_id": TENANT, "role": "x" }),
        json!(null),
    ] {
        let page = front.post(START, &cookie(&admin()), &body).await;
        unchanged(&page, StatusCode::BAD_REQUEST, "bad_request");
    }
    let mut tokenless = admin();
    tokenless.as_object_mut().unwrap().remove("backendToken");
    let page = front.post(START, &cookie(&tokenless), &start()).await;
    unchanged(&page, StatusCode::UNAUTHORIZED, "unauthenticated");
    assert!(front.asked().is_empty());
}

/// The API decides by the role of its own token; the pages pass its answer on.
#[tokio::test]
async fn an_owner_is_refused_by_the_api() {
    let front = Front::new(|_| {
        (
            StatusCode::FORBIDDEN,
            json!({ "code": "forbidden", "title": "No", "status": 403 }),
        )
    })
    .await;
    let page = front.post(START, &cookie(&owner()), &start()).await;
    unchanged(&page, StatusCode::FORBIDDEN, "forbidden");
}
