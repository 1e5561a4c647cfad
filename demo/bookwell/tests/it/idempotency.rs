//! `Idempotency-Key`, through the routes that take it.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::postgres::worlds;
use crate::world::{Answer, HARBOR, WILLOW, World};

const PACKAGES: &str = "SELECT COUNT(*) FROM package";

impl World {
    async fn create(&self, token: &str, key: &str, body: &Value) -> Answer {
        let request = Request::post("/v1/tenant-admin/packages")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        self.request(request.unwrap()).await
    }
}

fn package(slug: &str) -> Value {
    json!({
        "slug": slug, "title": "Picnic", "description": "", "price_cents": 9900,
        "active": true, "sort_order": 1,
    })
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let before = world.number(PACKAGES).await;
        let first = world.create(&token, "a-1", &package("picnic")).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let second = world.create(&token, "a-1", &package("picnic")).await;
        assert_eq!(second.status, StatusCode::CREATED);
        assert_eq!(second.body, first.body);
        for name in ["location", "etag", "content-type", "cache-control"] {
            assert_eq!(second.header(name), first.header(name), "{name}");
            assert!(first.header(name).is_some(), "{name}");
        }
        assert_eq!(world.number(PACKAGES).await, before + 1);
    }
}

#[tokio::test]
async fn a_key_for_something_else_is_a_conflict() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        world.create(&token, "a-1", &package("picnic")).await;
        let answer = world.create(&token, "a-1", &package("brunch")).await;
        answer.is_problem(409, "idempotency_conflict");
        // Another business knows nothing of it.
        let token = world.sign_in(HARBOR).await;
        let answer = world.create(&token, "a-1", &package("brunch")).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    for key in ["", "two words", &"x".repeat(65)] {
        let answer = world.create(&token, key, &package("picnic")).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn of_many_at_the_same_time_one_runs_and_all_have_its_answer() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let before = world.number(PACKAGES).await;
        let body = package("picnic");
        let requests = (0..20).map(|_| world.create(&token, "a-1", &body));
        let answers = futures_util::future::join_all(requests).await;
        for answer in &answers {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
            assert_eq!(answer.body, answers[0].body);
        }
        assert_eq!(world.number(PACKAGES).await, before + 1);
    }
}

#[tokio::test]
async fn expired_keys_are_removed() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        world.create(&token, "a-1", &package("picnic")).await;
        let keys = "SELECT COUNT(*) FROM idempotency_key";
        world.advance(24 * 60 * 60 - 1);
        world.api.sweep().await;
        assert_eq!(world.number(keys).await, 1);
        world.advance(1);
        world.api.sweep().await;
        assert_eq!(world.number(keys).await, 0);
    }
}

#[tokio::test]
async fn the_host_sweeps_from_the_start() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    world.create(&token, "a-1", &package("picnic")).await;
    world.advance(24 * 60 * 60);
    let swept = async {
        while world.number("SELECT COUNT(*) FROM idempotency_key").await > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = world.api.clone().background() => panic!("it goes on as long as the host"),
        () = swept => (),
    }
}
