//! Answers that say which version they show.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::ETAG;
use serde::Serialize;

/// A row and its version, which stands in `ETag` and comes back in `If-Match`.
#[derive(Debug)]
pub(crate) struct Versioned<T> {
    pub(crate) version: i64,
    pub(crate) row: T,
}

/// That something is gone, and which version is left.
#[derive(Debug)]
pub(crate) struct Gone {
    pub(crate) version: i64,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(ETAG, tag(self.version))], Json(self.row)).into_response()
    }
}

impl IntoResponse for Gone {
    fn into_response(self) -> Response {
        (StatusCode::NO_CONTENT, [(ETAG, tag(self.version))]).into_response()
    }
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}
