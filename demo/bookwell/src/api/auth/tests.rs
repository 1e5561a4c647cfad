use axum::body::Body as HttpBody;
use http::Request;
use tower::ServiceExt as _;

use crate::api::Api;
use crate::app::Settings;
use crate::clock::Clock;
use crate::database::Database;
use crate::seed::seed;

/// Nothing here asserts a time: each failure costs one verification, and it is the same verification.
#[tokio::test]
async fn every_failure_costs_the_same_work() {
    let name = format!("bookwell-work-{}.db", std::process::id());
    let file = std::env::temp_dir().join(name);
    let database = Database::open(&format!("sqlite:{}?mode=rwc", file.display()))
        .await
        .unwrap();
    let clock = Clock::of_system();
    seed(&database, &clock, "secret").await.unwrap();
    let api = Api::new(Settings {
        database: database.clone(),
        token_key: vec![7; 32],
        clock,
    });
    let cases = [
        ("owner@willow-pine.test", "wrong", 401),
        ("nobody@willow-pine.test", "secret", 401),
        ("owner@old-mill.test", "secret", 401),
        ("owner@willow-pine.test", "secret", 200),
    ];
    for ((email, password, status), count) in cases.into_iter().zip(1..) {
        let body = serde_json::json!({"email": email, "password": password});
        let request = Request::post("/v1/auth/login")
            .header("content-type", "application/json")
            .body(HttpBody::from(body.to_string()))
            .unwrap();
        let response = api.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{email}");
        assert_eq!(api.app.passwords().verifications(), count, "{email}");
    }
    database.close().await;
    std::fs::remove_file(&file).unwrap();
}
