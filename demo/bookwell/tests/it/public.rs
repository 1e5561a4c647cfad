//! What anybody may ask.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod storefront;

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::{Answer, World};

/// The public key of a seeded business.
pub(crate) fn key(slug: &str) -> String {
    let hash = Sha256::digest(slug);
    let hash = hash
        .iter()
        .take(8)
        .fold(String::new(), |hash, octet| format!("{hash}{octet:02x}"));
    format!("pk_live_{slug}_{hash}")
}

/// Asks with these headers.
pub(crate) async fn ask(
    world: &World,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1/public{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    world.request(request.body(body).unwrap()).await
}

pub(crate) async fn get(world: &World, slug: &str, path: &str) -> Answer {
    ask(
        world,
        Method::GET,
        path,
        &[("x-tenant-key", &key(slug))],
        None,
    )
    .await
}

/// A visitor of a storefront, in a conversation.
pub(crate) struct Visitor<'w> {
    world: &'w World,
    key: String,
    pub(crate) session: String,
    pub(crate) token: String,
}

impl<'w> Visitor<'w> {
    pub(crate) async fn come(world: &'w World, slug: &str) -> Self {
        let key = key(slug);
        let headers = [("x-tenant-key", key.as_str())];
        let begun = ask(
            world,
            Method::POST,
            "/chat/session",
            &headers,
            Some(&json!({})),
        )
        .await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        Self {
            world,
            session: begun.text("session_id"),
            token: begun.text("visitor_token"),
            key,
        }
    }

    /// Sends what this conversation needs, and more.
    pub(crate) async fn post(&self, path: &str, more: Value) -> Answer {
        let mut body = json!({"session_id": self.session, "visitor_token": self.token});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let headers = [("x-tenant-key", self.key.as_str())];
        ask(self.world, Method::POST, path, &headers, Some(&body)).await
    }

    pub(crate) async fn say(&self, message: &str) -> Answer {
        self.post("/chat/message", json!({"message": message}))
            .await
    }

    pub(crate) async fn decide(&self, proposal: &Value, how: &str) -> Answer {
        let id = proposal["id"].as_str().unwrap();
        self.post(&format!("/chat/proposals/{id}/{how}"), json!({}))
            .await
    }
}
