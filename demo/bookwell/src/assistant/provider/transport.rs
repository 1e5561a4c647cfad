//! What both wire formats share: one client, one way to send, one way to read a stream.

use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;

use super::Failure;
use super::event_stream::{Event, EventStream};

/// A client for one endpoint and one key.
#[derive(Debug)]
pub(super) struct Transport {
    client: Client,
    base_url: String,
}

/// The events of one answer, within bounds.
#[derive(Debug)]
pub(super) struct Events {
    response: Response,
    stream: EventStream,
    left: usize,
}

impl Transport {
    /// A client that follows no redirect and uses no proxy: the key goes to the configured
    /// endpoint and nowhere else (TH-28).
    pub(super) fn new(
        base_url: &str,
        headers: HeaderMap,
        silence: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(silence.min(CONNECT_TIMEOUT))
            .read_timeout(silence)
            .timeout(silence.saturating_mul(SILENCES_IN_AN_ANSWER))
            .build()?;
        Ok(Self {
            client,
            base_url: base_url.trim_end_matches('/').to_owned(),
        })
    }

    /// Asks for an answer in a stream.
    pub(super) async fn stream(&self, path: &str, body: &Value) -> Result<Events, Failure> {
        let response = self
            .client
            .post(format!("{}{path}", self.base_url))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body.to_string())
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let response = accepted(response)?;
        let is_stream = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("text/event-stream"));
        if !is_stream {
            return Err(Failure::Invalid);
        }
        Ok(Events {
            response,
            stream: EventStream::new(MAX_EVENT),
            left: MAX_ANSWER,
        })
    }

    /// Asks whether there is such a thing; the body of the answer does not matter.
    pub(super) async fn probe(&self, path: &str) -> Result<(), Failure> {
        let response = self
            .client
            .get(format!("{}{path}", self.base_url))
            .send()
            .await
            .map_err(|error| failure(&error))?;
        accepted(response).map(drop)
    }

    /// Asks for a small document.
    pub(super) async fn document(&self, path: &str) -> Result<Value, Failure> {
        let response = self
            .client
            .get(format!("{}{path}", self.base_url))
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let mut response = accepted(response)?;
        let mut octets = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            octets.extend_from_slice(&chunk);
            if octets.len() > MAX_ANSWER {
                return Err(Failure::Invalid);
            }
        }
        serde_json::from_slice(&octets).map_err(|_| Failure::Invalid)
    }
}

impl Events {
    /// The next event, or nothing at the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, Failure> {
        loop {
            if let Some(event) = self.stream.next() {
                return Ok(Some(event));
            }
            let chunk = self.response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| failure(&error))? else {
                return Ok(None);
            };
            self.left = self.left.checked_sub(chunk.len()).ok_or(Failure::Invalid)?;
            self.stream.push(&chunk).map_err(|_| Failure::Invalid)?;
        }
    }
}

/// What a failed call means. The error itself holds the address, and goes no further.
fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout;
    }
    if error.is_builder() {
        return Failure::NotConfigured;
    }
    Failure::Unreachable
}

fn accepted(response: Response) -> Result<Response, Failure> {
    let status = response.status();
    if status == StatusCode::OK {
        return Ok(response);
    }
    Err(match status.as_u16() {
        401 | 403 => Failure::Unauthorized,
        404 => Failure::NotConfigured,
        408 | 504 => Failure::Timeout,
        429 => Failure::RateLimited,
        500..=599 => Failure::Unreachable,
        _ => Failure::Invalid,
    })
}

/// Where a model is looked up by its name.
pub(super) fn model_path(model: &str) -> String {
    format!("/models/{}", utf8_percent_encode(model, SEGMENT))
}

/// What a provider's own word for an error means, in the middle of a stream.
pub(super) fn named_failure(name: &str) -> Failure {
    match name {
        "authentication_error" | "invalid_api_key" | "permission_error" => Failure::Unauthorized,
        "insufficient_quota" | "rate_limit_error" | "rate_limit_exceeded" => Failure::RateLimited,
        "model_not_found" | "not_found_error" => Failure::NotConfigured,
        "timeout_error" => Failure::Timeout,
        "invalid_request_error" => Failure::Invalid,
        _ => Failure::Unreachable,
    }
}

/// Connecting takes no longer than this, however patient the settings are.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer that trickles on for ever is cut at this multiple of the allowed silence.
const SILENCES_IN_AN_ANSWER: u32 = 4;

/// One event of the longest honest answer is far smaller.
const MAX_EVENT: usize = 256 * 1024;

/// All octets of one answer.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// What would end a segment of a path, or be read as something else in it.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\');
