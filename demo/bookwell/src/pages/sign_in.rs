//! The start page and the sign-in page.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use super::viewer::{SignedIn, Viewer};
use super::{Pages, callback, origin, refusal};

/// What the query of the sign-in page may say.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(rename = "callbackUrl")]
    callback_url: Option<String>,
}

/// Everybody has a page to begin with.
pub(crate) async fn home(State(pages): State<Pages>, session: Option<SignedIn>) -> Response {
    match session {
        Some(SignedIn(session)) => redirect(Viewer::of(&session, &pages).home()),
        None => redirect("/login"),
    }
}

pub(crate) async fn page(
    State(pages): State<Pages>,
    session: Option<SignedIn>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Query::<Asked>::try_from_uri(&uri);
    let asked = asked.ok().and_then(|Query(asked)| asked.callback_url);
    // Auth.js writes absolute addresses; ours is as good as its path. The sign-in page is no way back from itself.
    let back = (asked.as_deref())
        .map(|back| relative(back, &headers))
        .and_then(callback::own_path)
        .filter(|path| path.split(['?', '#']).next() != Some("/login"));
    if let Some(SignedIn(session)) = session {
        return redirect(back.unwrap_or_else(|| Viewer::of(&session, &pages).home()));
    }
    let accounts = Value::from(Serde(pages.demo_accounts()));
    let storefronts = Value::from(Serde(pages.storefronts().collect::<Vec<_>>()));
    let callback_url = back.unwrap_or("/");
    refusal::show(
        &pages,
        "sign_in.html",
        context! { callback_url, accounts, storefronts },
    )
}

/// What stands behind our own origin, or the whole text.
fn relative<'t>(back: &'t str, headers: &HeaderMap) -> &'t str {
    origin::public(headers)
        .and_then(|own| back.strip_prefix(own.as_str()))
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(back)
}

pub(crate) fn redirect(path: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, path)]).into_response()
}
