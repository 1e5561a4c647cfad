//! `signin`: the way to the page where one signs in.

use http::StatusCode;
use url::Position;

use super::{BASE, Endpoints, Setup};
use crate::page;
use crate::provider::Provider;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// GET: the application's page, or ours.
    pub(super) fn sign_in_page(&self, request: &Request<'_>, setup: Setup) -> Reply {
        let (error, code) = (request.query("error"), request.query("code"));
        if let Some(page) = &self.settings.pages.sign_in {
            let mut url = request.origin.at(page);
            url.query_pairs_mut()
                .append_pair("callbackUrl", &setup.callback_url);
            // Auth.js drops the code here, so that its page cannot say more than "failed".
            for (name, value) in [("error", error), ("code", code)] {
                if let Some(value) = value {
                    url.query_pairs_mut().append_pair(name, &value);
                }
            }
            let place = &url[Position::BeforePath..];
            return Reply::redirect(request, place).with_cookies(setup.cookies);
        }
        let action = format!("{BASE}/callback/{}", Provider::Credentials.id());
        let action = request.origin.at(&action);
        let code = code.unwrap_or_default();
        let error = error.as_deref().map(|error| (error, code.as_str()));
        let wait = request.query("retry_after");
        let wait = wait.and_then(|text| text.parse().ok());
        let html = page::sign_in(action.as_str(), setup.csrf.as_str(), error, wait);
        Reply::page(StatusCode::OK, html).with_cookies(setup.cookies)
    }

    /// POST, with or without a provider: credentials have a page and no provider elsewhere.
    pub(super) fn to_sign_in(&self, request: &Request<'_>, setup: Setup) -> Reply {
        if !setup.proven {
            return self.failure(request, "MissingCSRF", None, None);
        }
        let url = request.origin.at(&format!("{BASE}/signin"));
        Reply::redirect(request, url.as_str()).with_cookies(setup.cookies)
    }
}
