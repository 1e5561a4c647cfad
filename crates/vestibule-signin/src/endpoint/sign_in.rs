//! `signin`: the way to the page where one signs in.

use http::StatusCode;

use super::{BASE, Endpoints, PROVIDER, address};
use crate::page;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// GET: the application's page, or ours.
    pub(super) fn sign_in_page(&self, request: &Request<'_>) -> Reply {
        let setup = match self.setup(request) {
            Ok(setup) => setup,
            Err(reply) => return reply,
        };
        let (error, code) = (request.query("error"), request.query("code"));
        if self.settings.pages.sign_in.is_some() {
            let mut url = self.sign_in_address(request);
            url.query_pairs_mut()
                .append_pair("callbackUrl", setup.callback_url.as_str());
            for (name, value) in [("error", error), ("code", code)] {
                if let Some(value) = value {
                    url.query_pairs_mut().append_pair(name, &value);
                }
            }
            return Reply::redirect(request, url.as_str()).with_cookies(setup.cookies);
        }
        let action = address(&request.origin, &format!("{BASE}/callback/{PROVIDER}"));
        let code = code.unwrap_or_default();
        let error = error.as_deref().map(|error| (error, code.as_str()));
        let wait = request
            .query("retry_after")
            .and_then(|text| text.parse().ok());
        let html = page::sign_in(action.as_str(), setup.csrf.as_str(), error, wait);
        Reply::page(StatusCode::OK, html).with_cookies(setup.cookies)
    }

    /// POST `signin/credentials`: credentials have a page and no provider elsewhere.
    pub(super) fn to_sign_in(&self, request: &Request<'_>) -> Reply {
        match self.setup(request) {
            Ok(setup) if setup.proven => {
                Reply::redirect(request, self.sign_in_address(request).as_str())
                    .with_cookies(setup.cookies)
            }
            Ok(_) => self.failure(request, "MissingCSRF", None, None),
            Err(reply) => reply,
        }
    }
}
