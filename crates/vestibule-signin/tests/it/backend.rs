//! A real backend on loopback: it knows one user, keeps what it was sent, and answers otherwise where a test says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const BEARER: &str = "bearer-of-ada-0001";
pub(crate) const REFRESH: &str = "refresh-of-ada-0001";

/// One request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Clone)]
pub(crate) struct Backend {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

struct Inner {
    seen: Mutex<Vec<Seen>>,
    /// What to answer at a path instead.
    instead: Mutex<HashMap<String, (u16, HeaderMap, String)>>,
    /// A permit lets one request through; without a hold there are plenty.
    door: Semaphore,
    arrived: Semaphore,
}

impl Backend {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            seen: Mutex::default(),
            instead: Mutex::default(),
            door: Semaphore::new(1 << 20),
            arrived: Semaphore::new(0),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// Everything that arrived at this path so far.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.inner.seen.lock().unwrap();
        seen.iter()
            .filter(|one| one.path == path)
            .cloned()
            .collect()
    }

    pub(crate) fn answer(&self, path: &str, status: u16, body: &Value) {
        self.answer_with(path, status, HeaderMap::new(), body.to_string());
    }

    pub(crate) fn answer_with(&self, path: &str, status: u16, headers: HeaderMap, body: String) {
        let mut instead = self.inner.instead.lock().unwrap();
        instead.insert(path.to_owned(), (status, headers, body));
    }

    /// Answers nobody until [`Backend::release`].
    pub(crate) fn hold(&self) {
        self.inner.door.forget_permits(1 << 20);
    }

    pub(crate) fn release(&self) {
        self.inner.door.add_permits(1 << 20);
    }

    /// Waits until one more request has arrived.
    pub(crate) async fn arrival(&self) {
        self.inner.arrived.acquire().await.unwrap().forget();
    }
}

/// The answer to a login, as `claims` of the world read it.
pub(crate) fn login() -> Value {
    json!({
        "access_token": BEARER,
        "expires_in": 7200,
        "refresh_token": REFRESH,
        "user": { "id": "u-1", "email": EMAIL, "name": "Ada Lovelace", "image": "/ada.png", "role": "TENANT_ADMIN" },
        "tenant": { "id": "t-1", "slug": "willow-pine" },
    })
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    inner.seen.lock().unwrap().push(Seen {
        method,
        path: path.clone(),
        headers,
        body: body.clone(),
    });
    inner.arrived.add_permits(1);
    inner.door.acquire().await.unwrap().forget();
    inner.door.add_permits(1);
    let instead = inner.instead.lock().unwrap().get(&path).cloned();
    if let Some((status, headers, body)) = instead {
        return (StatusCode::from_u16(status).unwrap(), headers, body).into_response();
    }
    let known = body["email"] == EMAIL && body["password"] == PASSWORD;
    match path.as_str() {
        "/login" if known => axum_json(StatusCode::OK, &login()),
        "/login" if body["password"] == "late" => {
            axum_json(StatusCode::TOO_MANY_REQUESTS, &json!({}))
        }
        "/login" => axum_json(
            StatusCode::UNAUTHORIZED,
            &json!({"code": "invalid_credentials"}),
        ),
        "/refresh" if body["refresh_token"] == REFRESH => axum_json(
            StatusCode::OK,
            &json!({"access_token": "bearer-of-ada-0002", "expires_in": 7200, "refresh_token": "refresh-of-ada-0002"}),
        ),
        "/refresh" => axum_json(StatusCode::BAD_REQUEST, &json!({"code": "invalid_grant"})),
        "/logout" => StatusCode::NO_CONTENT.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn axum_json(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [("content-type", "application/json")],
        body.to_string(),
    )
        .into_response()
}
