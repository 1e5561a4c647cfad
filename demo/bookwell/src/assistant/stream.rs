//! An answer on its way to the client: as events while it is made, or as one document at its end.
//!
//! The answer is made by a task of its own. It ends with the connection, which cancels the call of
//! the provider, and with the session of the person.

use std::convert::Infallible;
use std::future;
use std::time::Duration;

use axum::Json;
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::health::Reason;
use super::proposal::ProposalRow;
use super::turn::Turn;
use crate::app::App;
use crate::model::refresh_token;
use crate::problem::{Code, Problem, REQUEST_ID};

/// What happens while an answer is made.
#[derive(Debug)]
pub(crate) enum Event {
    /// A piece of text.
    Delta(String),
    /// A tool was called.
    Tool { name: &'static str, ok: bool },
    /// A proposal is new, or its state has changed.
    Proposal(Box<ProposalRow>),
    /// The answer is complete and kept.
    Done { message_seq: i64 },
    /// There is no answer, or no end of it.
    Error { code: Code, reason: Option<Reason> },
}

/// An answer as one document.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ChatAnswer)]
pub(crate) struct Answer {
    /// The place of the answer in the conversation.
    message_seq: i64,
    text: String,
    tools: Vec<ToolUse>,
    proposals: Vec<ProposalRow>,
}

/// A tool that was called.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToolUse {
    name: &'static str,
    ok: bool,
}

/// Makes an answer, and sends it as the client asked for it. Where a sign-in stands behind it, the
/// answer ends with its `family`.
pub(crate) async fn answer(
    app: &App,
    turn: Turn,
    family: Option<String>,
    headers: &HeaderMap,
) -> Response {
    let streamed = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/event-stream"));
    let events = run(app.clone(), turn, family);
    if streamed {
        return as_events(events);
    }
    match collect(events).await {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn run(app: App, turn: Turn, family: Option<String>) -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(EVENTS_AHEAD);
    let request = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
    tokio::spawn(REQUEST_ID.scope(request, async move {
        let signed_out = async {
            let Some(family) = &family else {
                return future::pending().await;
            };
            let over = app.revocations().of(family);
            // A sign-out of a moment ago was announced to nobody here.
            let lives = refresh_token::lives(app.database().pool(), family, app.now()).await;
            if !matches!(lives, Ok(false)) {
                over.await;
            }
        };
        tokio::select! {
            biased;
            // Nobody reads any more; with the turn, the call of the provider is dropped.
            () = sender.closed() => {}
            () = signed_out => {
                let code = Code::Unauthenticated;
                let _ = sender.send(Event::Error { code, reason: None }).await;
            }
            () = turn.run(&app, &sender) => {}
        }
    }));
    receiver
}

fn as_events(events: mpsc::Receiver<Event>) -> Response {
    let frames = stream::unfold(Some(events), async |events| {
        let mut events = events?;
        let event = events.recv().await.unwrap_or(BROKEN);
        let goes_on = match &event {
            Event::Delta(_) | Event::Tool { .. } | Event::Proposal(_) => true,
            Event::Done { .. } | Event::Error { .. } => false,
        };
        Some((
            Ok::<_, Infallible>(frame(&event)),
            goes_on.then_some(events),
        ))
    });
    let pings = KeepAlive::new().interval(PING).text("ping");
    let mut response = Sse::new(frames).keep_alive(pings).into_response();
    // `no-cache`, which the frame sets, would let an answer be kept.
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

fn frame(event: &Event) -> Frame {
    let (name, data): (_, Value) = match event {
        Event::Delta(text) => ("delta", json!({"text": text})),
        Event::Tool { name, ok } => ("tool", json!({"name": name, "ok": ok})),
        Event::Proposal(row) => ("proposal", json!(row)),
        Event::Done { message_seq } => ("done", json!({"message_seq": message_seq})),
        Event::Error { code, reason } => {
            let (word, _, title) = code.parts();
            let title = reason.map_or(title, Reason::message);
            let reason = reason.map(Reason::as_str);
            (
                "error",
                json!({"code": word, "title": title, "reason": reason}),
            )
        }
    };
    Frame::default().event(name).data(data.to_string())
}

async fn collect(mut events: mpsc::Receiver<Event>) -> Result<Answer, Problem> {
    let mut answer = Answer::default();
    loop {
        match events.recv().await.unwrap_or(BROKEN) {
            Event::Delta(text) => answer.text.push_str(&text),
            Event::Tool { name, ok } => answer.tools.push(ToolUse { name, ok }),
            Event::Proposal(row) => answer.proposals.push(*row),
            Event::Done { message_seq } => {
                answer.message_seq = message_seq;
                return Ok(answer);
            }
            Event::Error { code, reason: _ } => return Err(code.into()),
        }
    }
}

/// The task ended without its last event: a bug of ours, and no silence.
const BROKEN: Event = Event::Error {
    code: Code::Internal,
    reason: None,
};

const PING: Duration = Duration::from_secs(15);

/// Events that a slow client may be behind; then the answer waits.
const EVENTS_AHEAD: usize = 32;
