//! `signout`: the session ends in the browser and, where it is told, in the backend.

use http::StatusCode;
use vestibule_session::Pointer;

use super::{BASE, Endpoints, address};
use crate::page;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// GET: a button, because a link must not sign anybody out.
    pub(super) fn sign_out_page(&self, request: &Request<'_>) -> Reply {
        match self.setup(request) {
            Ok(setup) => {
                let action = address(&request.origin, &format!("{BASE}/signout"));
                let html = page::sign_out(action.as_str(), setup.csrf.as_str());
                Reply::page(StatusCode::OK, html).with_cookies(setup.cookies)
            }
            Err(reply) => reply,
        }
    }

    /// POST: deletes what the browser sent, of both families and prefixes (TH-64).
    pub(super) async fn sign_out(&self, request: &Request<'_>) -> Reply {
        let setup = match self.setup(request) {
            Ok(setup) if setup.proven => setup,
            Ok(_) => return self.failure(request, "MissingCSRF", None, None),
            Err(reply) => return reply,
        };
        let pointer = Pointer::parse("/backendToken").ok();
        let session = self.opened(request);
        if let (Some(session), Some(pointer)) = (session, pointer)
            && let Some(bearer) = session.claims().string(&pointer)
        {
            self.caller.logout(&bearer).await;
        }
        Reply::redirect(request, setup.callback_url.as_str())
            .with_cookies(setup.cookies)
            .with_cookies(self.cookies(request).sign_out(&request.cookies()))
    }
}
