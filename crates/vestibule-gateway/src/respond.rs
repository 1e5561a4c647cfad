//! Hop 6: a refusal becomes a response. The only file that chooses a status code.

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::cors::Grant;
use crate::headers::X_REQUEST_ID;
use crate::refusal::Refusal;

mod manner;

pub(crate) use manner::Manner;

/// How the client wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// RFC 9457, for programs.
    Program,
    /// A page, for somebody who looks at it.
    Person,
}

/// The answer to a refused request.
///
/// The client learns what it can act on. The cause is the operator's, unless `danger_explain_to_client`
/// is on; all causes of one code look alike from outside (TH-43).
pub(crate) fn refuse(
    refusal: &Refusal,
    request_id: &HeaderValue,
    audience: Audience,
    explain: bool,
) -> Response<Bytes> {
    let status = status(refusal);
    let cause = refusal.cause().filter(|_| explain);
    let (media, body) = match audience {
        Audience::Program => (
            "application/problem+json",
            problem(refusal, request_id, cause),
        ),
        Audience::Person => ("text/html; charset=utf-8", page(refusal, request_id, cause)),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    mark(headers, refusal.code(), request_id);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    if audience == Audience::Person {
        guard_page(headers);
    }
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"vestibule\"");
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if *refusal == Refusal::Internal {
        // Nobody knows what a bug left of the connection.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if let Refusal::RateLimited(exceeded) = refusal {
        headers.insert(RETRY_AFTER, exceeded.retry_after.into());
        if let Some(fields) = exceeded.fields.clone() {
            fields.write(headers);
        }
    }
    if let Refusal::MethodNotAllowed { allow } = refusal
        && let Ok(allow) = HeaderValue::from_str(allow)
    {
        headers.insert(ALLOW, allow);
    }
    if let Refusal::HttpsRequired { location } = refusal
        && let Ok(location) = HeaderValue::from_str(location)
    {
        headers.insert(LOCATION, location);
    }
    response
}

/// Sends a user to the sign-in page.
pub(crate) fn sign_in(location: &str, request_id: &HeaderValue) -> Response<Bytes> {
    let Ok(location) = HeaderValue::from_str(location) else {
        return refuse(&Refusal::Internal, request_id, Audience::Person, false);
    };
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    mark(headers, SIGN_IN, request_id);
    headers.insert(LOCATION, location);
    response
}

/// `OPTIONS *`: the gateway speaks for itself (RFC 9110 §9.3.7).
pub(crate) fn about_server(request_id: &HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let methods = crate::routes::MethodSet::all().to_string();
    if let Ok(methods) = HeaderValue::from_str(&methods) {
        headers.insert(ALLOW, methods);
    }
    headers.insert(X_REQUEST_ID, request_id.clone());
    response
}

/// The answer to a preflight: what a page of another origin may do.
pub(crate) fn preflight(granted: &Grant<'_>, request_id: &HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    granted.write_preflight(headers);
    headers.insert(X_REQUEST_ID, request_id.clone());
    response
}

/// The code of a redirect to the sign-in page.
pub(crate) const SIGN_IN: &str = "unauthenticated";

/// Every code with its status, so that each has a metric before its first event.
pub(crate) const CODES: [(&str, u16); 18] = [
    ("bad_path", 400),
    ("bad_request", 400),
    ("body_too_large", 413),
    ("csrf", 403),
    ("forbidden", 403),
    ("headers_too_large", 431),
    ("https_required", 308),
    ("internal", 500),
    ("method_not_allowed", 405),
    ("not_found", 404),
    ("rate_limited", 429),
    ("session_expired", 401),
    ("target_too_long", 414),
    ("unauthenticated", 401),
    ("unavailable", 503),
    ("upstream_invalid", 502),
    ("upstream_timeout", 504),
    ("upstream_unreachable", 502),
];

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::BadPath(_) | Refusal::BadRequest(_) => StatusCode::BAD_REQUEST,
        Refusal::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Csrf(_) | Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
        Refusal::HeadersTooLarge { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        // Not 301: a `POST` stays one.
        Refusal::HttpsRequired { .. } => StatusCode::PERMANENT_REDIRECT,
        Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Refusal::NoSite | Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
        Refusal::NoBackendToken | Refusal::SessionExpired | Refusal::Unauthenticated(_) => {
            StatusCode::UNAUTHORIZED
        }
        Refusal::TargetTooLong => StatusCode::URI_TOO_LONG,
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::UpstreamInvalid | Refusal::UpstreamUnreachable(_) => StatusCode::BAD_GATEWAY,
        Refusal::UpstreamTimeout(_) => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// What the user can do about it, in one short sentence.
fn title(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::BadPath(_) => "The address of the request is malformed",
        Refusal::BadRequest(_) => "The request is malformed",
        Refusal::BodyTooLarge => "The request body is too large",
        Refusal::Csrf(_) => "The request came from another site",
        // Signing in again would not help, so nobody is asked to.
        Refusal::Forbidden { .. } => "You are not allowed to do this",
        Refusal::HeadersTooLarge { .. } => "The request headers are too large",
        Refusal::HttpsRequired { .. } => "This address is served over HTTPS",
        Refusal::Internal => "Something went wrong",
        Refusal::MethodNotAllowed { .. } => "The method is not allowed here",
        Refusal::NoBackendToken | Refusal::Unauthenticated(_) => "Sign in to continue",
        Refusal::NoSite | Refusal::NotFound => "There is nothing at this address",
        Refusal::RateLimited(_) => "Too many requests, try again later",
        Refusal::SessionExpired => "Your session has expired, sign in again",
        Refusal::TargetTooLong => "The address of the request is too long",
        Refusal::Unavailable => "The service is busy",
        Refusal::UpstreamInvalid => "The application gave an answer that cannot be read",
        Refusal::UpstreamTimeout(_) => "The application did not answer in time",
        Refusal::UpstreamUnreachable(_) => "The application cannot be reached",
    }
}

/// Headers of every answer of ours.
fn mark(headers: &mut HeaderMap, code: &'static str, request_id: &HeaderValue) {
    headers.insert(VESTIBULE_REFUSAL, HeaderValue::from_static(code));
    headers.insert(X_REQUEST_ID, request_id.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Cookie"));
}

/// The page runs nothing, loads nothing and can be framed by nobody (TH-76).
fn guard_page(headers: &mut HeaderMap) {
    let guards = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in guards {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

/// All parts are words of ours or checked ids, so nothing needs escaping.
fn problem(refusal: &Refusal, request_id: &HeaderValue, cause: Option<&str>) -> String {
    let (code, id) = (refusal.code(), request_id.to_str().unwrap_or_default());
    let (title, status) = (title(refusal), status(refusal).as_u16());
    let mut body = format!(
        r#"{{"type":"urn:vestibule:problem:{code}","title":"{title}","status":{status},"code":"{code}","request_id":"{id}""#
    );
    if let Refusal::HeadersTooLarge {
        header: Some(header),
    } = refusal
    {
        let _ = write!(body, r#","header":"{header}""#);
    }
    if let Some(cause) = cause {
        let _ = write!(body, r#","cause":"{cause}""#);
    }
    body.push('}');
    body
}

fn page(refusal: &Refusal, request_id: &HeaderValue, cause: Option<&str>) -> String {
    let (title, status) = (title(refusal), status(refusal).as_u16());
    let (code, id) = (refusal.code(), request_id.to_str().unwrap_or_default());
    let cause = cause.map(|cause| format!(" · {cause}")).unwrap_or_default();
    let style = include_str!("respond/page.css").trim_end();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}\n</style>\n\
         <main>\n<p class=\"status\">{status}</p>\n<h1>{title}</h1>\n\
         <p class=\"code\">{code}{cause}</p>\n<p class=\"id\">Request <code>{id}</code></p>\n</main>\n</html>\n"
    )
}

const VESTIBULE_REFUSAL: HeaderName = HeaderName::from_static("vestibule-refusal");

#[cfg(test)]
mod tests;
