//! Extractors for axum: a handler that takes a [`Session`] runs only with one.
//!
//! The state says how sessions are read, through `FromRef`:
//!
//! ```
//! use std::sync::Arc;
//! use axum::{Router, routing::get};
//! use vestibule_session::axum::Sessions;
//! use vestibule_session::{Pointer, Reader, Rules, Scheme, Secret, Session};
//!
//! async fn me(session: Session) -> String {
//!     session.claims().string(&Pointer::parse("/email").unwrap()).unwrap_or_default()
//! }
//!
//! async fn hello(session: Option<Session>) -> &'static str {
//!     if session.is_some() { "hello again" } else { "hello" }
//! }
//!
//! let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
//! let reader = Arc::new(Reader::new(&[secret], Rules::default()));
//! let sessions = Sessions::new(reader, Scheme::Https, || 1_790_000_000); // a real clock in a program
//! let app: Router = Router::new().route("/me", get(me)).route("/", get(hello)).with_state(sessions);
//! ```

use std::convert::Infallible;
use std::sync::Arc;

use ::axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use ::axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, VARY, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use crate::{Failure, Reader, Scheme, Session};

/// How the extractors read sessions: the reader, the scheme that browsers use, and the clock.
///
/// The scheme is a setting and not taken from the request: behind a proxy only the operator knows it.
#[derive(Debug, Clone)]
pub struct Sessions {
    reader: Arc<Reader>,
    scheme: Scheme,
    now: fn() -> u64,
}

impl Sessions {
    /// `now` gives Unix seconds.
    pub fn new(reader: Arc<Reader>, scheme: Scheme, now: fn() -> u64) -> Self {
        Self {
            reader,
            scheme,
            now,
        }
    }

    /// Opens the session of a request.
    pub fn open(&self, headers: &http::HeaderMap) -> Result<Session, Failure> {
        let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
        let lines: Vec<_> = lines.collect();
        self.reader
            .open(lines.iter().copied(), self.scheme, (self.now)())
    }
}

impl<S> FromRequestParts<S> for Session
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Unauthenticated;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Unauthenticated> {
        Sessions::from_ref(state)
            .open(&parts.headers)
            .map_err(Unauthenticated)
    }
}

impl<S> OptionalFromRequestParts<S> for Session
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Infallible> {
        Ok(Sessions::from_ref(state).open(&parts.headers).ok())
    }
}

/// 401 without a detail: the reason is the operator's, in [`Unauthenticated::failure`].
#[derive(Debug)]
pub struct Unauthenticated(Failure);

impl Unauthenticated {
    /// Why no session opened; for the log.
    pub fn failure(&self) -> &Failure {
        &self.0
    }
}

impl IntoResponse for Unauthenticated {
    fn into_response(self) -> Response {
        // RFC 9457.
        const BODY: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"code":"unauthenticated"}"#;
        let headers = [
            (CONTENT_TYPE, "application/problem+json"),
            (CACHE_CONTROL, "no-store"),
            (VARY, "Cookie"),
            // RFC 9110 §11.6.1: a 401 has a challenge.
            (WWW_AUTHENTICATE, r#"Bearer realm="vestibule""#),
        ];
        (StatusCode::UNAUTHORIZED, headers, BODY).into_response()
    }
}
