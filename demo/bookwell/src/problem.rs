//! What went wrong, in the one shape that API and gateway share (RFC 9457).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::database;

/// An error of the API: the answer, and for a fault of ours what the log gets.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    /// The present state of what was asked for, where the caller can use it.
    row: Option<serde_json::Value>,
    /// The database would have it tried again.
    transient: bool,
}

/// Every code that the API answers with; permanent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    AlreadyImpersonating,
    AssistantUnavailable,
    BadRequest,
    BodyTooLarge,
    ChatDisabled,
    DateBlackedOut,
    DateBooked,
    DateTaken,
    ExecutionFailed,
    Forbidden,
    IdempotencyConflict,
    Impersonating,
    Internal,
    InvalidCredentials,
    InvalidGrant,
    MethodNotAllowed,
    NoDraft,
    NotFound,
    PackageInUse,
    PreconditionRequired,
    ProposalExpired,
    ProposalNotPending,
    RateLimited,
    SlugTaken,
    TenantInactive,
    TokenExpired,
    Unauthenticated,
    Unavailable,
    UnknownTenantKey,
    UnsupportedMediaType,
    ValidationFailed,
    VersionConflict,
    WrongStatus,
}

impl Code {
    /// The word, the status, and a sentence that may be shown.
    pub(crate) fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::AlreadyImpersonating => (
                "already_impersonating",
                StatusCode::CONFLICT,
                "You already act for a tenant; stop that first",
            ),
            Self::AssistantUnavailable => (
                "assistant_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "The assistant is unavailable at the moment",
            ),
            Self::BadRequest => (
                "bad_request",
                StatusCode::BAD_REQUEST,
                "The request cannot be read",
            ),
            Self::BodyTooLarge => (
                "body_too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is too large",
            ),
            Self::ChatDisabled => (
                "chat_disabled",
                StatusCode::FORBIDDEN,
                "The chat is switched off",
            ),
            Self::DateBlackedOut => (
                "date_blacked_out",
                StatusCode::CONFLICT,
                "That date is blacked out",
            ),
            Self::DateBooked => (
                "date_booked",
                StatusCode::CONFLICT,
                "There is a booking on that date",
            ),
            Self::DateTaken => (
                "date_taken",
                StatusCode::CONFLICT,
                "That date is already booked",
            ),
            Self::ExecutionFailed => (
                "execution_failed",
                StatusCode::CONFLICT,
                "That could not be carried out",
            ),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN, "You may not do that"),
            Self::IdempotencyConflict => (
                "idempotency_conflict",
                StatusCode::CONFLICT,
                "That key was already used for something else",
            ),
            Self::Impersonating => (
                "impersonating",
                StatusCode::FORBIDDEN,
                "Stop acting for the tenant first",
            ),
            Self::Internal => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
            ),
            Self::InvalidCredentials => (
                "invalid_credentials",
                StatusCode::UNAUTHORIZED,
                "E-mail or password is wrong",
            ),
            Self::InvalidGrant => ("invalid_grant", StatusCode::BAD_REQUEST, "Sign in again"),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "That method is not known here",
            ),
            Self::NoDraft => (
                "no_draft",
                StatusCode::CONFLICT,
                "There is no draft to publish",
            ),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "There is no such thing"),
            Self::PackageInUse => (
                "package_in_use",
                StatusCode::CONFLICT,
                "There are bookings of this package; deactivate it instead",
            ),
            Self::PreconditionRequired => (
                "precondition_required",
                StatusCode::PRECONDITION_REQUIRED,
                "Say which version you change",
            ),
            Self::ProposalExpired => (
                "proposal_expired",
                StatusCode::GONE,
                "That proposal has expired",
            ),
            Self::ProposalNotPending => (
                "proposal_not_pending",
                StatusCode::CONFLICT,
                "That proposal was already decided",
            ),
            Self::RateLimited => (
                "rate_limited",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests; wait a moment",
            ),
            Self::SlugTaken => (
                "slug_taken",
                StatusCode::CONFLICT,
                "Another package has that short name",
            ),
            Self::TenantInactive => (
                "tenant_inactive",
                StatusCode::FORBIDDEN,
                "This business is not active",
            ),
            Self::TokenExpired => ("token_expired", StatusCode::UNAUTHORIZED, "Sign in again"),
            Self::Unauthenticated => (
                "unauthenticated",
                StatusCode::UNAUTHORIZED,
                "Sign in to continue",
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is unavailable at the moment",
            ),
            // To programs it is the same; for people there is nothing to sign in to.
            Self::UnknownTenantKey => (
                "unauthenticated",
                StatusCode::UNAUTHORIZED,
                "The key of this business is not known",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "That kind of content is not accepted",
            ),
            Self::ValidationFailed => (
                "validation_failed",
                StatusCode::BAD_REQUEST,
                "Some fields need your attention",
            ),
            Self::VersionConflict => (
                "version_conflict",
                StatusCode::PRECONDITION_FAILED,
                "Somebody else changed this meanwhile",
            ),
            Self::WrongStatus => (
                "wrong_status",
                StatusCode::CONFLICT,
                "That cannot be done with the booking as it is now",
            ),
        }
    }
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The place, as `customer.email` or `pages.home.sections[2].headline`.
    pub(crate) field: String,
    /// A word for programs: `required`, `too_long`, `too_short`, `format`, `range`, `unknown`.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) message: String,
}

impl FieldError {
    pub(crate) fn new(
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    /// The id of the request; the gateway's, where one stands in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The row as it is now, on a conflict about its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<serde_json::Value>,
}

impl Problem {
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::from(Code::ValidationFailed)
        }
    }

    /// Too many; the client may come back after these seconds.
    pub(crate) fn rate_limited(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds.max(1)),
            ..Self::from(Code::RateLimited)
        }
    }

    /// A conflict about a row's state, which the client gets to see.
    pub(crate) fn with_row(mut self, row: serde_json::Value) -> Self {
        self.row = Some(row);
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// The fields that are wrong.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Place and word of each field that is wrong.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.errors.iter();
        errors
            .map(|error| (error.field.as_str(), error.code))
            .collect()
    }

    /// Whether the same thing may well succeed at once: two transactions were in each other's way.
    pub(crate) fn is_transient(&self) -> bool {
        self.transient
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            errors: Vec::new(),
            retry_after: None,
            row: None,
            transient: false,
        }
    }
}

/// The source goes to the log; the client learns that it was us.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if database::is_transient(&error) {
            tracing::warn!(%error, "two transactions were in each other's way");
            return Self {
                transient: true,
                ..Self::from(Code::Unavailable)
            };
        }
        if matches!(
            error,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)
        ) {
            tracing::error!(%error, "the database does not answer");
            Code::Unavailable.into()
        } else {
            tracing::error!(%error, "a statement failed");
            Code::Internal.into()
        }
    }
}

/// The body's id of the request is filled in by [`crate::api`]'s outermost layer, which knows it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, status, title) = self.code.parts();
        let body = ProblemBody {
            kind: format!("urn:vestibule:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            request_id: REQUEST_ID.try_with(Clone::clone).ok(),
            errors: self.errors,
            row: self.row,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1: every 401 says what would be accepted. The key has no registered scheme.
            let challenge = if self.code == Code::UnknownTenantKey {
                "TenantKey realm=\"bookwell\""
            } else {
                "Bearer realm=\"bookwell\""
            };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self
            .retry_after
            .or_else(|| (status == StatusCode::SERVICE_UNAVAILABLE).then_some(SECONDS_UNTIL_AGAIN))
        {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

tokio::task_local! {
    /// The id of the request that this task answers.
    pub(crate) static REQUEST_ID: String;
}

/// The header that carries the id of a request.
pub(crate) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// After an outage.
const SECONDS_UNTIL_AGAIN: u64 = 5;
