//! Reading a request into types; every rejection is a [`Problem`].

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Code, FieldError, Problem};

/// A JSON body; unknown fields are the business of its type (`deny_unknown_fields`).
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Code::UnsupportedMediaType.into());
        }
        let octets = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unread(&rejection))?;
        serde_json::from_slice(&octets)
            .map(Self)
            .map_err(|error| unfit(&error))
    }
}

/// The parameters of the query.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(_) => Err(Code::BadRequest.into()),
        }
    }
}

/// The one segment of the path that is an id; what is no id is as unknown as one of somebody else's.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Self(text)),
            Err(_) => Err(Code::NotFound.into()),
        }
    }
}

/// The version that a change is based on: `If-Match: "<version>"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfMatch(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = parts
            .headers
            .get(IF_MATCH)
            .ok_or(Code::PreconditionRequired)?;
        let text = value.to_str().map_err(|_| Code::BadRequest)?;
        let version = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let version = version.and_then(|digits| digits.parse().ok());
        // Another form of entity tag is none that we gave.
        Ok(Self(version.ok_or(Code::VersionConflict)?))
    }
}

fn unread(rejection: &BytesRejection) -> Problem {
    let too_large = matches!(
        rejection,
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_))
    );
    let code = if too_large {
        Code::BodyTooLarge
    } else {
        Code::BadRequest
    };
    code.into()
}

/// Says which field is unknown, missing or of the wrong type, as far as serde tells.
fn unfit(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let quoted = text.split('`').nth(1).map(str::to_owned);
    let code = match error.classify() {
        serde_json::error::Category::Data if text.starts_with("unknown field") => "unknown",
        serde_json::error::Category::Data if text.starts_with("missing field") => "required",
        serde_json::error::Category::Data => "format",
        serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof
        | serde_json::error::Category::Io => return Code::BadRequest.into(),
    };
    let field = if code == "format" { None } else { quoted };
    let message = match code {
        "unknown" => "This field is not known",
        "required" => "This field is required",
        _ => "The value has the wrong form",
    };
    Problem::invalid(vec![FieldError::new(
        field.unwrap_or_default(),
        code,
        message,
    )])
}
