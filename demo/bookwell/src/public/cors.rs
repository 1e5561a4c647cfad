//! Which other sites may ask: exactly the origins that the business names, and never with cookies.
//!
//! 1. No `Origin`: no browser, or a page that reads from its own site. Nothing to decide.
//! 2. `Origin` is our own, by the scheme and the host that the gateway vouches for: the same.
//! 3. A preflight request: answered here. It carries no key, so it is allowed where any business
//!    names the origin; it opens nothing by itself.
//! 4. `Origin` is one that the key's business names: answered, and the browser may read it.
//! 5. Any other: refused before anything is done.
//!
//! It stands around the whole router, because a preflight request has a method that no route has.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HOST, HeaderName, HeaderValue, ORIGIN,
    VARY,
};
use http::{HeaderMap, Method, StatusCode};

use super::key;
use crate::app::App;
use crate::model::storefront;
use crate::problem::{Code, Problem};

pub(crate) async fn cors(State(app): State<App>, request: Request, next: Next) -> Response {
    if !concerns(request.uri().path()) {
        return next.run(request).await;
    }
    let mut response = match decide(&app, request.method(), request.headers()).await {
        Ok(Decision::Pass) => next.run(request).await,
        Ok(Decision::Allow(origin)) => {
            let mut response = next.run(request).await;
            allow(response.headers_mut(), origin);
            response
        }
        Ok(Decision::Preflight(origin)) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            describe(response.headers_mut());
            allow(response.headers_mut(), origin);
            response
        }
        Err(problem) => problem.into_response(),
    };
    // What is kept of an answer belongs to one business and one site.
    for name in ["origin", key::HEADER] {
        response
            .headers_mut()
            .append(VARY, HeaderValue::from_static(name));
    }
    response
}

/// The storefront and the chat. Pictures are for everybody, by the hash in their path.
fn concerns(path: &str) -> bool {
    let public = path.strip_prefix("/v1/public/");
    public.is_some_and(|rest| !rest.starts_with("assets/"))
}

enum Decision {
    Allow(HeaderValue),
    Pass,
    Preflight(HeaderValue),
}

async fn decide(app: &App, method: &Method, headers: &HeaderMap) -> Result<Decision, Problem> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return Ok(Decision::Pass);
    };
    let text = origin.to_str().map_err(|_| Code::Forbidden)?;
    if origins.next().is_some() {
        return Err(Code::Forbidden.into());
    }
    if is_ours(text, headers) {
        return Ok(Decision::Pass);
    }
    if *method == Method::OPTIONS {
        let known = storefront::is_embedded_at(text, app.database().pool()).await?;
        let allowed = known.then(|| Decision::Preflight(origin.clone()));
        return allowed.ok_or_else(|| Code::Forbidden.into());
    }
    let key = headers.get_all(key::HEADER);
    let business = key::find(key.iter(), app)
        .await?
        .ok_or(Code::Unauthenticated)?;
    if business
        .widget_origins
        .iter()
        .any(|allowed| allowed == text)
    {
        return Ok(Decision::Allow(origin.clone()));
    }
    Err(Code::Forbidden.into())
}

/// Whether the page is one of our own site, as the gateway saw it. Our peer is the gateway, which
/// sets these headers and takes no others.
fn is_ours(origin: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(scheme), Some(host)) = (
        text("x-forwarded-proto"),
        text("x-forwarded-host").or_else(|| text(HOST.as_str())),
    ) else {
        return false;
    };
    origin
        .split_once("://")
        .is_some_and(|(its_scheme, its_host)| {
            its_scheme.eq_ignore_ascii_case(scheme) && its_host.eq_ignore_ascii_case(host)
        })
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

fn describe(headers: &mut HeaderMap) {
    let values: [(HeaderName, &'static str); 3] = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "accept, content-type, if-none-match, x-tenant-key",
        ),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in values {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What a page may read besides the body.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, ratelimit, ratelimit-policy, retry-after, x-request-id");
