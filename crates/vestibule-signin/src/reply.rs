//! Answers in the shapes of `@auth/core` 0.41.3 (protocol §5).

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, EXPIRES, HeaderName, HeaderValue,
    LOCATION, PRAGMA, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use serde_json::{Value, json};

use crate::request::Request;

/// An answer and the cookies that go with it.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    kind: Option<&'static str>,
    body: String,
    location: Option<String>,
    retry_after: Option<u64>,
    cookies: Vec<String>,
}

impl Reply {
    pub(crate) fn json(value: &Value) -> Self {
        Self::new(StatusCode::OK, Some(JSON), value.to_string())
    }

    /// A page of ours; see [`crate::page`].
    pub(crate) fn page(status: StatusCode, html: String) -> Self {
        Self::new(status, Some("text/html; charset=utf-8"), html)
    }

    /// Leads to `url`: with 302, or as JSON for a script that asked for it.
    pub(crate) fn redirect(request: &Request<'_>, url: &str) -> Self {
        let mut reply = if request.wants_json() {
            Self::json(&json!({ "url": url }))
        } else {
            Self::new(StatusCode::FOUND, None, String::new())
        };
        reply.location = Some(url.to_owned());
        reply
    }

    /// Leads to a page that tells of a failure; as JSON there is no `location`.
    pub(crate) fn failed(request: &Request<'_>, url: &str) -> Self {
        let mut reply = Self::redirect(request, url);
        if request.wants_json() {
            reply.location = None;
        }
        reply
    }

    /// What is no endpoint at all.
    pub(crate) fn bad_request() -> Self {
        let body = json!("Bad request.").to_string();
        Self::new(StatusCode::BAD_REQUEST, Some(JSON), body)
    }

    /// `update()` without the proof that a page of ours sent it.
    pub(crate) fn unproven_update() -> Self {
        let body = Value::Null.to_string();
        Self::new(StatusCode::BAD_REQUEST, Some(JSON), body)
    }

    /// A fault of ours, or of whoever set us up.
    pub(crate) fn internal(message: &str) -> Self {
        let body = json!({ "message": message }).to_string();
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Some(JSON), body)
    }

    fn new(status: StatusCode, kind: Option<&'static str>, body: String) -> Self {
        Self {
            status,
            kind,
            body,
            location: None,
            retry_after: None,
            cookies: Vec::new(),
        }
    }

    pub(crate) fn with_cookies(mut self, cookies: impl IntoIterator<Item = String>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// Seconds to wait before the next attempt.
    pub(crate) fn with_retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(kind) = self.kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let retry_after = self.retry_after.map(|seconds| seconds.to_string());
        for (name, value) in [(LOCATION, self.location), (RETRY_AFTER, retry_after)] {
            if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
                headers.insert(name, value);
            }
        }
        for cookie in self.cookies {
            if let Ok(mut value) = HeaderValue::try_from(cookie) {
                value.set_sensitive(true);
                headers.append(SET_COOKIE, value);
            }
        }
        response
    }
}

/// Nothing here may be stored, framed, sniffed or run a script (TH-72, TH-76).
const ALWAYS: [(HeaderName, &str); 7] = [
    (CACHE_CONTROL, "private, no-cache, no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (EXPIRES, "0"),
    (PRAGMA, "no-cache"),
    (REFERRER_POLICY, "no-referrer"),
    (VARY, "Cookie"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

const JSON: &str = "application/json";
