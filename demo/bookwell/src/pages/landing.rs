//! The preview of the landing-page editor: a draft, drawn with the template of the storefront.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_SECURITY_POLICY;
use minijinja::context;
use minijinja::value::Serde;
use serde::Deserialize;
use serde_json::Value;

use super::viewer::{NotSignedIn, SignedIn};
use super::{Pages, guard, refusal};
use crate::problem::{Code, Problem};

/// One page of a document, as it stands in the editor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    page: String,
    document: Value,
}

/// Draws and forgets: nothing is read from or written to anywhere, so nothing but a session is needed.
pub(crate) async fn preview(
    State(pages): State<Pages>,
    session: Option<SignedIn>,
    body: Bytes,
) -> Response {
    if session.is_none() {
        return NotSignedIn.into_response();
    }
    let Ok(asked) = serde_json::from_slice::<Asked>(&body) else {
        return Problem::from(Code::BadRequest).into_response();
    };
    let page = asked
        .document
        .get("pages")
        .and_then(|pages| pages.get(&asked.page));
    let sections = page.and_then(|page| page.get("sections"));
    let mut response = refusal::show(
        &pages,
        "preview.html",
        // The packages are not part of the document: the preview keeps their place.
        context! {
            sections => Serde(sections),
            offers => ["home", "services"].contains(&asked.page.as_str()),
        },
    );
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, guard::WITH_IMAGES);
    response
}
