//! A language model as a script: an endpoint that speaks `OpenAI`'s chat completions over a real socket.

use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bookwell::{ApiKey, Endpoint, ProviderSettings};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What the model does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Calls this tool.
    Calls(&'static str, Value),
    /// Answers with this status.
    Fails(u16),
    /// Begins a sentence, and never ends it.
    Hangs,
    /// Says this, in two pieces.
    Says(&'static str),
    /// Begins a sentence, and ends it when the test lets it.
    Waits,
}

/// A running model.
pub(crate) struct ModelServer {
    url: String,
    state: Arc<Shared>,
}

struct Shared {
    /// What comes next; the last act is repeated.
    acts: Mutex<Vec<Act>>,
    asked: Mutex<Vec<Value>>,
    /// One permit for each answer that was given up before its end.
    given_up: Arc<Semaphore>,
    /// One permit for each sentence that may end.
    may_end: Semaphore,
}

impl ModelServer {
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let state = Arc::new(Shared {
            acts: Mutex::new(acts),
            asked: Mutex::default(),
            given_up: Arc::new(Semaphore::new(0)),
            may_end: Semaphore::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models/{model}", get(models))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state }
    }

    pub(crate) fn provider(&self) -> ProviderSettings {
        ProviderSettings::OpenAi(Endpoint {
            base_url: self.url.clone(),
            model: "model-x".to_owned(),
            key: ApiKey::new("sk-very-secret"),
            silence: Duration::from_secs(30),
        })
    }

    /// What it does from now on.
    pub(crate) fn will(&self, acts: Vec<Act>) {
        *self.state.acts.lock().unwrap() = acts;
    }

    /// The bodies of the requests so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Lets a sentence end that waits.
    pub(crate) fn end(&self) {
        self.state.may_end.add_permits(1);
    }

    /// Whether every answer so far came to its end, or still may.
    pub(crate) fn is_patient(&self) -> bool {
        self.state.given_up.available_permits() == 0
    }

    /// Waits until an answer was given up.
    pub(crate) async fn given_up(&self) {
        self.state.given_up.acquire().await.unwrap().forget();
    }
}

async fn complete(State(shared): State<Arc<Shared>>, Json(body): Json<Value>) -> Response {
    shared.asked.lock().unwrap().push(body);
    let act = {
        let mut acts = shared.acts.lock().unwrap();
        if acts.len() > 1 {
            acts.remove(0)
        } else {
            acts[0].clone()
        }
    };
    let chunk = |delta: Value, finish: Option<&str>| {
        format!(
            "data: {}\n\n",
            json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
        )
    };
    match act {
        Act::Fails(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Act::Says(text) => {
            let (front, back) = text.split_at(text.len() / 2);
            events(&[
                chunk(json!({"content": front}), None),
                chunk(json!({"content": back}), Some("stop")),
                "data: [DONE]\n\n".to_owned(),
            ])
        }
        Act::Calls(name, arguments) => {
            let function = json!({"name": name, "arguments": arguments.to_string()});
            let call =
                json!({"index": 0, "id": "call_1", "type": "function", "function": function});
            events(&[
                chunk(json!({"tool_calls": [call]}), Some("tool_calls")),
                "data: [DONE]\n\n".to_owned(),
            ])
        }
        Act::Waits => {
            let begun = chunk(json!({"content": "One moment"}), None);
            let end = chunk(json!({"content": ", done."}), Some("stop"));
            let end = stream::once(async move {
                shared.may_end.acquire().await.unwrap().forget();
                end
            });
            let body = stream::iter([begun]).chain(end);
            let body = body.map(|text| Ok::<_, Infallible>(Bytes::from(text)));
            (
                [("content-type", "text/event-stream")],
                Body::from_stream(body),
            )
                .into_response()
        }
        Act::Hangs => {
            let guard = GivenUp(Arc::clone(&shared.given_up));
            let begun = chunk(json!({"content": "One moment"}), None);
            let body = stream::unfold((guard, Some(begun)), async |(guard, begun)| {
                let Some(begun) = begun else {
                    // Whoever drops the answer drops the guard.
                    let _held = guard;
                    return pending().await;
                };
                Some((Ok::<_, Infallible>(Bytes::from(begun)), (guard, None)))
            });
            (
                [("content-type", "text/event-stream")],
                Body::from_stream(body),
            )
                .into_response()
        }
    }
}

async fn models() -> StatusCode {
    StatusCode::OK
}

fn events(texts: &[String]) -> Response {
    ([("content-type", "text/event-stream")], texts.concat()).into_response()
}

struct GivenUp(Arc<Semaphore>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}
