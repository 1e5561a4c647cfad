use axum::Router;
use axum::body::Body;
use http::StatusCode;
use http::request::Builder;
use tower::ServiceExt as _;
use utoipa_axum::routes;

use super::*;
use crate::app::fixture::Fixture;

#[utoipa::path(get, path = "/limited", responses((status = 200)))]
async fn limited() -> &'static str {
    "done"
}

#[utoipa::path(get, path = "/health", responses((status = 200)))]
async fn health() -> &'static str {
    "well"
}

fn router(app: &App, limit: Limit) -> Router {
    let routes = limit
        .on(app, OpenApiRouter::new().routes(routes!(limited)))
        .routes(routes!(health));
    routes.split_for_parts().0.with_state(app.clone())
}

async fn send(router: &Router, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers
        .iter()
        .fold(Request::get(path), |request: Builder, (name, value)| {
            request.header(*name, *value)
        });
    let request = request.body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_request_takes_one_token_and_says_what_is_left() {
    let fixture = Fixture::new().await;
    let router = router(&fixture.app, Limit::PublicChat);
    let client = [("x-forwarded-for", "198.51.100.1")];
    for left in (0..20).rev() {
        let response = send(&router, "/limited", &client).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            header(&response, "ratelimit-policy"),
            Some("\"public-chat\";q=20;w=60")
        );
        let expected = format!("\"public-chat\";r={left};t=60");
        assert_eq!(header(&response, "ratelimit"), Some(expected.as_str()));
    }
    fixture.advance(18);
    let response = send(&router, "/limited", &client).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&response, "retry-after"), Some("42"));
    assert_eq!(
        header(&response, "ratelimit"),
        Some("\"public-chat\";r=0;t=42")
    );
    assert_eq!(
        header(&response, "content-type"),
        Some("application/problem+json")
    );
    // Another client has what is its own.
    let other = [("x-forwarded-for", "198.51.100.2, 198.51.100.1")];
    let response = send(&router, "/limited", &other).await;
    assert_eq!(response.status(), StatusCode::OK);
    fixture.advance(42);
    let response = send(&router, "/limited", &client).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn one_tenant_does_not_use_up_what_is_anothers() {
    let fixture = Fixture::new().await;
    let router = router(&fixture.app, Limit::AgentChat);
    let willow = fixture.bearer(fixture.tenant("willow-pine").await);
    let harbor = fixture.bearer(fixture.tenant("harbor-light").await);
    for _ in 0..30 {
        let response = send(&router, "/limited", &[("authorization", &willow)]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
    let response = send(&router, "/limited", &[("authorization", &willow)]).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let response = send(&router, "/limited", &[("authorization", &harbor)]).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_bearer_401_comes_first_and_takes_nothing() {
    let fixture = Fixture::new().await;
    let router = router(&fixture.app, Limit::AgentChat);
    let willow = fixture.bearer(fixture.tenant("willow-pine").await);
    for _ in 0..40 {
        let response = send(&router, "/limited", &[]).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(header(&response, "ratelimit"), None);
    }
    for _ in 0..30 {
        let response = send(&router, "/limited", &[("authorization", &willow)]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
    let response = send(&router, "/limited", &[]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn health_is_exempt() {
    let fixture = Fixture::new().await;
    let router = router(&fixture.app, Limit::PublicChat);
    for _ in 0..40 {
        let response = send(&router, "/health", &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
    let response = send(&router, "/limited", &[]).await;
    assert_eq!(
        header(&response, "ratelimit"),
        Some("\"public-chat\";r=19;t=60")
    );
}

#[test]
fn the_limits_are_those_of_the_specification() {
    let rules = [
        (Limit::AgentChat, 30, 300, None),
        (Limit::Drafts, 120, 60, None),
        (Limit::LoginAccount, 10, 900, None),
        (Limit::LoginAddress, 5, 900, None),
        (Limit::Proposals, 60, 300, None),
        (Limit::PublicApi, 300, 900, None),
        (Limit::PublicChat, 20, 60, None),
        (Limit::Uploads, 50, 3600, Some(3)),
    ];
    for (limit, most, seconds, at_once) in rules {
        let rule = limit.rule();
        assert_eq!(
            (rule.most, rule.seconds, rule.at_once),
            (most, seconds, at_once),
            "{limit:?}"
        );
    }
}
