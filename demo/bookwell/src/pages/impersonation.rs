//! Acting for a tenant, and stopping it: session and token change together, in one response, or not at all (TH-66).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;
use vestibule_session::{Pointer, Session, Writer};

use super::backend::Answer;
use super::refusal::request_id;
use super::viewer::SignedIn;
use super::{Pages, origin};

/// Whom to act for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    tenant_id: Uuid,
}

/// The answer to the start: a token for an hour at most, and no way to renew it.
#[derive(Deserialize)]
struct Started<'a> {
    access_token: String,
    expires_in: u64,
    #[serde(borrow)]
    impersonation: &'a RawValue,
}

/// The tenant of an impersonation.
#[derive(Deserialize)]
struct Target {
    tenant_id: String,
    slug: String,
}

/// The answer to the stop: a new pair, as after a sign-in.
#[derive(Deserialize)]
struct Stopped {
    access_token: String,
    expires_in: u64,
    refresh_token: String,
}

/// Why nothing was changed.
#[derive(Debug)]
enum Failure {
    /// The API said no; its problem goes on as it is.
    Api(Answer),
    BadRequest,
    /// Not from a page of ours.
    CrossSite,
    /// The API's answer or our own session cannot be used.
    Internal,
    NotSignedIn,
    Unreachable,
}

pub(crate) async fn start(
    State(pages): State<Pages>,
    headers: HeaderMap,
    session: Option<SignedIn>,
    body: Bytes,
) -> Response {
    let started = async {
        let session = own(&headers, session)?;
        let asked: Asked = serde_json::from_slice(&body).map_err(|_| Failure::BadRequest)?;
        let path = format!("tenants/{}/impersonate", asked.tenant_id);
        let answer = ask(&pages, &path, &session, &headers).await?;
        let started: Started<'_> =
            serde_json::from_slice(&answer.body).map_err(|_| Failure::Internal)?;
        let target: Target =
            serde_json::from_str(started.impersonation.get()).map_err(|_| Failure::Internal)?;
        let mut claims = Claims::of(&session)?;
        claims.set_token(&started.access_token, pages.now() + started.expires_in)?;
        // What could renew the administrator's own token would undo the impersonation behind the session's back.
        claims.remove("refreshToken");
        claims.set_text("tenantId", &target.tenant_id)?;
        claims.set_text("tenantSlug", &target.slug)?;
        claims.set("impersonation", started.impersonation.to_owned());
        written(&pages, &session, &claims, &headers, "/tenant/dashboard")
    };
    respond(started.await, &headers)
}

pub(crate) async fn stop(
    State(pages): State<Pages>,
    headers: HeaderMap,
    session: Option<SignedIn>,
) -> Response {
    let stopped = async {
        let session = own(&headers, session)?;
        let answer = ask(&pages, "impersonation/stop", &session, &headers).await?;
        let stopped: Stopped = answer.json().ok_or(Failure::Internal)?;
        let mut claims = Claims::of(&session)?;
        claims.set_token(&stopped.access_token, pages.now() + stopped.expires_in)?;
        claims.set_text("refreshToken", &stopped.refresh_token)?;
        for name in ["impersonation", "tenantId", "tenantSlug"] {
            claims.remove(name);
        }
        written(&pages, &session, &claims, &headers, "/admin/tenants")
    };
    respond(stopped.await, &headers)
}

/// The session of a request that our own page made.
fn own(headers: &HeaderMap, session: Option<SignedIn>) -> Result<Session, Failure> {
    if !origin::is_own(headers) {
        return Err(Failure::CrossSite);
    }
    let SignedIn(session) = session.ok_or(Failure::NotSignedIn)?;
    Ok(session)
}

/// The API decides who may: it knows the role from its own token.
async fn ask(
    pages: &Pages,
    path: &str,
    session: &Session,
    headers: &HeaderMap,
) -> Result<Answer, Failure> {
    let pointer = Pointer::parse("/backendToken").map_err(|_| Failure::Internal)?;
    let token = session
        .claims()
        .string(&pointer)
        .ok_or(Failure::NotSignedIn)?;
    let answer = pages.backend().admin(path, &token, headers).await;
    let answer = answer.map_err(|error| {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "an impersonation is not changed"
        );
        Failure::Unreachable
    })?;
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(Failure::Api(answer))
    }
}

/// The members of a session, each with the text that it had.
struct Claims(BTreeMap<String, Box<RawValue>>);

impl Claims {
    fn of(session: &Session) -> Result<Self, Failure> {
        let members = serde_json::from_str(session.claims().as_json());
        members.map(Self).map_err(|_| Failure::Internal)
    }

    fn set(&mut self, name: &str, value: Box<RawValue>) {
        self.0.insert(name.to_owned(), value);
    }

    fn set_text(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let value = serde_json::value::to_raw_value(text).map_err(|_| Failure::Internal)?;
        self.set(name, value);
        Ok(())
    }

    /// Token and end of it go together: the sign-in endpoints renew by the second.
    fn set_token(&mut self, token: &str, expires: u64) -> Result<(), Failure> {
        self.set_text("backendToken", token)?;
        let expires = serde_json::value::to_raw_value(&expires).map_err(|_| Failure::Internal)?;
        self.set("backendTokenExpires", expires);
        Ok(())
    }

    fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// The response that changes the session; its name, its end and what else it says stay.
fn written(
    pages: &Pages,
    session: &Session,
    claims: &Claims,
    headers: &HeaderMap,
    next: &'static str,
) -> Result<Response, Failure> {
    let now = pages.now();
    let end = (claims.0.get("exp"))
        .and_then(|exp| exp.get().parse().ok())
        .unwrap_or(now + USUAL_LIFE);
    let secret = pages.secret().ok_or(Failure::Internal)?;
    let writer = Writer::new(secret, session.cookie().clone());
    let claims = serde_json::to_string(&claims.0).map_err(|_| Failure::Internal)?;
    let life = end.saturating_sub(now);
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| Failure::Internal)?;
    let token = writer
        .encode(&claims, now, life, random)
        .map_err(|_| Failure::Internal)?;
    let lines: Vec<_> = headers
        .get_all(COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let body = format!(r#"{{"location":"{next}"}}"#);
    let mut response = ([(CONTENT_TYPE, "application/json")], body).into_response();
    for cookie in writer.set_cookies(&token, end, lines) {
        let mut cookie = HeaderValue::try_from(cookie).map_err(|_| Failure::Internal)?;
        cookie.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn respond(outcome: Result<Response, Failure>, headers: &HeaderMap) -> Response {
    let failure = match outcome {
        Ok(response) => return response,
        Err(failure) => failure,
    };
    let (status, code, title) = match failure {
        Failure::Api(answer) => {
            let headers = [
                (CONTENT_TYPE, "application/problem+json"),
                (CACHE_CONTROL, "no-store"),
            ];
            let mut response = (answer.status, headers, answer.body).into_response();
            if let Some(seconds) = answer.retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            return response;
        }
        Failure::BadRequest => (
            StatusCode::BAD_REQUEST,
            "bad_request",
            "The request is malformed",
        ),
        Failure::CrossSite => (
            StatusCode::FORBIDDEN,
            "csrf",
            "The request does not come from this site",
        ),
        Failure::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong",
        ),
        Failure::NotSignedIn => (
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Sign in to continue",
        ),
        Failure::Unreachable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The service is not available at the moment",
        ),
    };
    let body = serde_json::json!({
        "type": format!("urn:vestibule:problem:{code}"),
        "title": title,
        "status": status.as_u16(),
        "code": code,
        "request_id": request_id(headers),
    });
    let kind = [(CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}

/// A session without an end gets that of a new one.
const USUAL_LIFE: u64 = 24 * 60 * 60;
