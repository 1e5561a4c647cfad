//! `signout`: the session ends in the browser and, where it is told, in the backend.

use http::StatusCode;

use super::{BASE, Endpoints, Setup};
use crate::claims;
use crate::page;
use crate::reply::Reply;
use crate::request::Request;

/// GET: a button, because a link must not sign anybody out.
pub(super) fn page(request: &Request<'_>, setup: Setup) -> Reply {
    let action = request.origin.at(&format!("{BASE}/signout"));
    let html = page::sign_out(action.as_str(), setup.csrf.as_str());
    Reply::page(StatusCode::OK, html).with_cookies(setup.cookies)
}

impl Endpoints {
    /// POST: deletes what the browser sent, of both families and prefixes (TH-64).
    pub(super) async fn sign_out(&self, request: &Request<'_>, setup: Setup) -> Reply {
        if !setup.proven {
            return self.failure(request, "MissingCSRF", None, None);
        }
        let session = self.opened(request);
        if let Some(bearer) = session.and_then(|session| claims::bearer(session.claims())) {
            self.caller.logout(&bearer).await;
        }
        Reply::redirect(request, &setup.callback_url)
            .with_cookies(setup.cookies)
            .with_cookies(self.cookies(request).sign_out(&request.cookies()))
    }
}
