//! Limits, through the routes that have them.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::world::{ADMIN, Answer, HARBOR, WILLOW, World};

impl World {
    async fn upload(&self, token: Option<&str>) -> Answer {
        let mut request = Request::put("/v1/tenant-admin/branding/logo")
            .header("content-type", "multipart/form-data; boundary=x");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = "--x\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"a.svg\"\r\n\r\n<svg/>\r\n--x--\r\n";
        self.request(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn fifty_uploads_an_hour_for_each_business() {
    let world = World::new().await;
    let willow = world.sign_in(WILLOW).await;
    for left in (0..50).rev() {
        let answer = world.upload(Some(&willow)).await;
        answer.is_problem(415, "unsupported_media_type");
        let expected = format!("\"uploads\";r={left};t=3600");
        assert_eq!(answer.header("ratelimit"), Some(expected.as_str()));
    }
    let answer = world.upload(Some(&willow)).await;
    answer.is_problem(429, "rate_limited");
    assert_eq!(answer.header("retry-after"), Some("3600"));
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"uploads\";q=50;w=3600")
    );
    // Another business is not concerned, and who has no token learns nothing of limits.
    let harbor = world.sign_in(HARBOR).await;
    let answer = world.upload(Some(&harbor)).await;
    answer.is_problem(415, "unsupported_media_type");
    let answer = world.upload(None).await;
    answer.is_problem(401, "unauthenticated");
    assert_eq!(answer.header("ratelimit"), None);
    world.advance(3600);
    let willow = world.sign_in(WILLOW).await;
    let answer = world.upload(Some(&willow)).await;
    answer.is_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_token_for_other_routes_takes_nothing() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    for _ in 0..60 {
        let answer = world.upload(Some(&admin)).await;
        answer.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn drafts_have_a_limit_of_their_own() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let save = || {
        let path = "/v1/tenant-admin/landing-page/draft";
        world.send(Method::PUT, path, Some(&token), Some(json!({})))
    };
    for _ in 0..120 {
        save().await.is_problem(428, "precondition_required");
    }
    save().await.is_problem(429, "rate_limited");
    let path = "/v1/tenant-admin/landing-page";
    let answer = world.get(path, &token).await;
    assert_eq!(answer.status, StatusCode::OK);
    world.advance(60);
    save().await.is_problem(428, "precondition_required");
}
