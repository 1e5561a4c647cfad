//! Requests with the headers that the resources ask for.

use axum::body::Body;
use http::request::Builder;
use http::{Method, Request};
use serde_json::Value;

use crate::world::{Answer, World};

/// A request that is put together.
pub(crate) struct Call {
    request: Builder,
    body: Body,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str, token: &str) -> Self {
        let request = Request::builder().method(method).uri(path);
        Self {
            request: request.header("authorization", format!("Bearer {token}")),
            body: Body::empty(),
        }
    }

    pub(crate) fn put(path: &str, token: &str) -> Self {
        Self::new(Method::PUT, path, token)
    }

    pub(crate) fn post(path: &str, token: &str) -> Self {
        Self::new(Method::POST, path, token)
    }

    pub(crate) fn delete(path: &str, token: &str) -> Self {
        Self::new(Method::DELETE, path, token)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self {
            request: self.request.header(name, value),
            ..self
        }
    }

    pub(crate) fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self {
            body: Body::from(body.to_string()),
            ..self.header("content-type", "application/json")
        }
    }

    /// Says of the body that it is something else; with an empty word, nothing.
    pub(crate) fn kind(mut self, kind: &str) -> Self {
        if let Some(headers) = self.request.headers_mut() {
            headers.remove("content-type");
        }
        if kind.is_empty() {
            return self;
        }
        self.header("content-type", kind)
    }

    /// A form with one file.
    pub(crate) fn file(self, name: &str, octets: &[u8]) -> Self {
        let mut body = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(octets);
        body.extend_from_slice(b"\r\n--limit--\r\n");
        Self {
            body: Body::from(body),
            ..self.header("content-type", "multipart/form-data; boundary=limit")
        }
    }

    pub(crate) async fn send(self, world: &World) -> Answer {
        world.request(self.request.body(self.body).unwrap()).await
    }
}
