//! Reading a request into types; every rejection is a [`Problem`].

use std::fmt::Display;

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Request};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use serde::de::{DeserializeOwned, IgnoredAny};
use url::form_urlencoded;

use crate::problem::{Code, FieldError, Problem};

/// A JSON body; unknown fields are the business of its type (`deny_unknown_fields`).
#[derive(Debug, Default)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Code::UnsupportedMediaType.into());
        }
        let octets = octets(request, state).await?;
        parse(&octets).map(Self)
    }
}

/// A body that may be left out, or be `null`; one that is there is read like any other.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let is_json = is_json(request.headers());
        let octets = octets(request, state).await?;
        if octets.is_empty() {
            return Ok(None);
        }
        if !is_json {
            return Err(Code::UnsupportedMediaType.into());
        }
        Ok(parse::<Option<T>>(&octets)?.map(Self))
    }
}

/// The parameters of the query.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let pairs = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(pairs)
            .map(Self)
            .map_err(|error| unfit(&error))
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

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

async fn octets<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let octets = Bytes::from_request(request, state).await;
    octets.map_err(|rejection| unread(&rejection))
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

fn parse<T: DeserializeOwned>(octets: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(octets);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // The parser's own classes do not tell: a number in place of a word is a fault of syntax to it.
        if serde_json::from_slice::<IgnoredAny>(octets).is_ok() {
            return unfit(&error);
        }
        Code::BadRequest.into()
    })?;
    // Nothing stands behind the document.
    json.end().map_err(|_| Code::BadRequest)?;
    Ok(value)
}

/// Names the place that is unknown, missing or of the wrong form.
fn unfit(error: &serde_path_to_error::Error<impl Display>) -> Problem {
    // Which of these it is, serde tells in words alone.
    let text = error.inner().to_string();
    let name = text.split('`').nth(1).unwrap_or_default();
    // The path of a field that is missing or there twice ends at what should hold it once.
    let (code, message, behind) = if text.starts_with("unknown field") {
        ("unknown", "This field is not known", None)
    } else if text.starts_with("missing field") {
        ("required", "This field is required", Some(name))
    } else if text.starts_with("duplicate field") {
        ("format", "This field stands there twice", Some(name))
    } else {
        ("format", "The value has the wrong form", None)
    };
    let is_inside = error.path().iter().len() > 0;
    let path = is_inside.then(|| error.path().to_string());
    let places = [path.as_deref(), behind];
    let field = places.into_iter().flatten().collect::<Vec<_>>().join(".");
    if field.is_empty() {
        // The whole is something else, and there is no field to name.
        return Code::BadRequest.into();
    }
    Problem::invalid(vec![FieldError::new(field, code, message)])
}

#[cfg(test)]
mod tests;
