use axum::body::Body as HttpBody;
use http::Request;
use tower::ServiceExt as _;

use crate::app::fixture::{Fixture, PASSWORD};

/// Nothing here asserts a time: each failure costs one verification, and it is the same verification.
#[tokio::test]
async fn every_failure_costs_the_same_work() {
    let fixture = Fixture::new().await;
    let (routes, _) = super::routes().split_for_parts();
    let routes = routes.with_state(fixture.app.clone());
    let cases = [
        ("owner@willow-pine.test", "wrong", 401),
        ("nobody@willow-pine.test", PASSWORD, 401),
        ("owner@old-mill.test", PASSWORD, 401),
        ("owner@willow-pine.test", PASSWORD, 200),
    ];
    for ((email, password, status), count) in cases.into_iter().zip(1..) {
        let body = serde_json::json!({"email": email, "password": password});
        let request = Request::post("/v1/auth/login")
            .header("content-type", "application/json")
            .body(HttpBody::from(body.to_string()))
            .unwrap();
        let response = routes.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{email}");
        assert_eq!(fixture.app.passwords().verifications(), count, "{email}");
    }
}
