//! Pages that say why there is nothing to see, and where to go instead.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::Pages;
use super::viewer::{SignedIn, Viewer};

/// Why a page is not shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    /// The role does not allow it.
    Forbidden,
    /// A page of a tenant, and the viewer has none.
    NoTenant,
    /// Nothing is there.
    NotFound,
    /// Too many requests of this client.
    RateLimited,
    /// A part of ours does not answer.
    Unavailable,
}

#[derive(Serialize)]
struct Link {
    href: &'static str,
    label: &'static str,
}

const HOME: Link = Link {
    href: "/",
    label: "Go to the start page",
};

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Forbidden | Self::NoTenant => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Forbidden => (
                "This page is not for your account",
                "You are signed in, but your role does not include this page. Signing in again does not change that.",
            ),
            Self::NoTenant => (
                "This page belongs to a tenant",
                "You are signed in as a platform administrator. Choose a tenant to work as, then come back.",
            ),
            Self::NotFound => (
                "There is nothing at this address",
                "The link may be old, or the address mistyped.",
            ),
            Self::RateLimited => (
                "That was a lot at once",
                "Wait a few minutes, then load the page again.",
            ),
            Self::Unavailable => (
                "We cannot show this page at the moment",
                "A part of the service does not answer. Nothing is lost; load the page again shortly.",
            ),
        }
    }

    /// In the frame of whoever is signed in, so that the way on and the end of an impersonation are at hand; the session is enough for it.
    pub(crate) fn page(self, pages: &Pages, headers: &HeaderMap) -> Response {
        let (title, text) = self.words();
        let tenants = Link {
            href: "/admin/tenants",
            label: "Choose a tenant",
        };
        let links = match self {
            Self::NoTenant => vec![tenants],
            Self::Forbidden | Self::NotFound | Self::RateLimited | Self::Unavailable => vec![HOME],
        };
        let status = self.status();
        let refused = context! { status => status.as_u16(), title, text, links => Serde(links), request_id => request_id(headers) };
        let mut response = match SignedIn::of(headers, pages) {
            Some(SignedIn(session)) => {
                let viewer = Viewer::of(&session, pages);
                let navigation = Serde(viewer.navigation());
                let context = context! { page => "error", title, refused, navigation, viewer => Serde(viewer) };
                show(pages, "error_framed.html", context)
            }
            None => show(pages, "error.html", context! { title, refused }),
        };
        *response.status_mut() = status;
        if matches!(self, Self::RateLimited | Self::Unavailable) {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// A page from its template. A template that cannot be filled is a bug of ours, and says nothing else.
pub(crate) fn show(pages: &Pages, template: &str, context: Value) -> Response {
    match pages.templates().render(template, context) {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(template, kind = ?error.kind(), line = error.line(), "a page cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The id that the gateway gave the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let good = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
    ((1..=128).contains(&id.len()) && id.bytes().all(good)).then_some(id)
}

pub(crate) fn not_found(pages: &Pages, headers: &HeaderMap) -> Response {
    Refusal::NotFound.page(pages, headers)
}

/// No route.
pub(crate) async fn unknown(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    not_found(&pages, &headers)
}

/// A route, but not for this method.
pub(crate) async fn not_allowed() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
