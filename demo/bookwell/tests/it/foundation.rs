//! The shape of every answer: errors, ids, nothing stored.

use axum::body::Body;
use bookwell::{Api, Clock, Database, ProviderSettings, Settings};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

#[tokio::test]
async fn an_unknown_path_is_a_problem_with_the_requests_id() {
    let folder = std::env::temp_dir().join(format!("bookwell-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("foundation.db");
    let database = Database::open(&format!("sqlite:{}?mode=rwc", file.display()))
        .await
        .unwrap();
    let api = Api::new(Settings {
        database,
        token_key: vec![7; 32],
        clock: Clock::of_system(),
        provider: ProviderSettings::default(),
    });
    let request = Request::get("/v1/nowhere")
        .header("x-request-id", "abc-1")
        .body(Body::empty())
        .unwrap();
    let response = api.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["code"], "not_found");
    assert_eq!(body["request_id"], "abc-1");
    std::fs::remove_dir_all(&folder).unwrap();
}
