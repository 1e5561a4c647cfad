use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use http::{Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{BOOK, Panel};
use crate::model_server::{Act, ModelServer};
use crate::world::{WILLOW, World};

/// A stream of events, read one by one.
struct Events {
    body: BodyDataStream,
    rest: String,
}

impl Events {
    async fn open(panel: &Panel<'_>, message: &str) -> Self {
        let body = json!({"session_id": panel.session, "message": message});
        let request = Request::post("/v1/agent/chat")
            .header("authorization", format!("Bearer {}", panel.token))
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = panel.world.api.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self {
            body: response.into_body().into_data_stream(),
            rest: String::new(),
        }
    }

    /// The next event with its data, or nothing at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let lines: Vec<&str> = event.lines().collect();
                let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name));
                let read = field("event: ").map(|name| {
                    let data = serde_json::from_str(field("data: ").unwrap()).unwrap();
                    (name.to_owned(), data)
                });
                self.rest = rest.to_owned();
                match read {
                    Some(event) => return Some(event),
                    // A ping.
                    None => continue,
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn all(mut self) -> Vec<(String, Value)> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_ends_once() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let events = Events::open(&panel, BOOK).await.all().await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let ends = names
        .iter()
        .filter(|name| ["done", "error"].contains(name))
        .count();
    assert_eq!((ends, *names.last().unwrap()), (1, "done"));
    assert_eq!(names.iter().filter(|name| **name == "proposal").count(), 1);
    assert_eq!(names.iter().filter(|name| **name == "tool").count(), 3);
    assert!(names.iter().filter(|name| **name == "delta").count() > 3);
    let text: String = events
        .iter()
        .filter(|(name, _)| name == "delta")
        .map(|(_, data)| data["text"].as_str().unwrap())
        .collect();
    assert_eq!(events.last().unwrap().1, json!({"message_seq": 2}));
    let path = format!("/v1/agent/session/{}/messages", panel.session);
    let kept = world.get(&path, &panel.token).await;
    assert_eq!(kept.body["items"][1]["text"], text);
}

#[tokio::test]
async fn an_error_is_the_last_event_and_has_its_reason() {
    let model = ModelServer::start(vec![Act::Fails(401)]).await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let events = Events::open(&panel, "hello").await.all().await;
    let [(name, data)] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(name, "error");
    assert_eq!(data["code"], "assistant_unavailable");
    assert_eq!(data["reason"], "provider_unauthorized");
    assert!(!data["title"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_closed_connection_cancels_the_call_of_the_provider() {
    let model = ModelServer::start(vec![Act::Hangs]).await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let mut events = Events::open(&panel, "hello").await;
    assert_eq!(events.next().await.unwrap().0, "delta");
    assert!(model.is_patient());
    drop(events);
    model.given_up().await;
    // It was cancelled, and did not run into its own end: then health would know of a failure.
    let health = world.get("/v1/agent/health", &panel.token).await;
    assert_eq!(health.body["available"], true, "{}", health.body);
}

#[tokio::test]
async fn signing_out_ends_a_running_answer() {
    let model = ModelServer::start(vec![Act::Hangs, Act::Waits]).await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let other = Panel::open(&world, WILLOW).await;
    let mut events = Events::open(&panel, "hello").await;
    assert_eq!(events.next().await.unwrap().0, "delta");
    let mut others = Events::open(&other, "hello").await;
    assert_eq!(others.next().await.unwrap().0, "delta");
    let out = world
        .send(Method::POST, "/v1/auth/logout", Some(&panel.token), None)
        .await;
    assert_eq!(out.status, 204);
    let (name, data) = events.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &data["code"]),
        ("error", &json!("unauthenticated"))
    );
    assert!(events.next().await.is_none());
    model.given_up().await;
    // Another sign-in of the same person goes on.
    model.end();
    let rest = others.all().await;
    assert_eq!(rest.last().unwrap().0, "done", "{rest:?}");
}

#[tokio::test]
async fn a_bearer_that_was_signed_out_gets_no_answer() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let out = world
        .send(Method::POST, "/v1/auth/logout", Some(&panel.token), None)
        .await;
    assert_eq!(out.status, 204);
    panel
        .try_say("hello")
        .await
        .is_problem(401, "unauthenticated");
}
