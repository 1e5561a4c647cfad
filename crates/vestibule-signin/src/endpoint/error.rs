//! `error`, and the way to it: what signing in again would not mend, and what it might.

use http::StatusCode;

use super::{BASE, Endpoints};
use crate::page;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// Leads to the sign-in page with `error` and, for credentials, `code`; cookies of the answer are dropped.
    pub(super) fn failure(
        &self,
        request: &Request<'_>,
        error: &str,
        code: Option<&str>,
        wait: Option<u64>,
    ) -> Reply {
        let page = self.settings.pages.sign_in.as_deref();
        let mut url = match page {
            Some(page) => request.origin.at(page),
            None => request.origin.at(&format!("{BASE}/signin")),
        };
        url.query_pairs_mut().append_pair("error", error);
        if let Some(code) = code {
            url.query_pairs_mut().append_pair("code", code);
        }
        if let Some(seconds) = wait {
            let seconds = seconds.to_string();
            url.query_pairs_mut().append_pair("retry_after", &seconds);
        }
        Reply::failed(request, url.as_str()).with_retry_after(wait)
    }
}

/// Leads to the page that names no detail: `Configuration` stands for everything that is the server's business.
pub(super) fn configuration(request: &Request<'_>) -> Reply {
    let mut url = request.origin.at(&format!("{BASE}/error"));
    url.query_pairs_mut().append_pair("error", "Configuration");
    Reply::failed(request, url.as_str())
}

/// GET `error`: the status says whose business it is.
pub(super) fn page(request: &Request<'_>) -> Reply {
    let kind = request.query("error").unwrap_or_default();
    let (status, title, text) = match kind.as_str() {
        "AccessDenied" => (
            StatusCode::FORBIDDEN,
            "Access denied",
            "You do not have permission to sign in.",
        ),
        "Configuration" => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Server error",
            "There is a problem with the configuration of the server. Its log says which.",
        ),
        "Verification" => (
            StatusCode::FORBIDDEN,
            "Unable to sign in",
            "The link is no longer valid. It may have been used already, or it is too old.",
        ),
        _ => (StatusCode::OK, "Error", "Signing in did not work."),
    };
    Reply::page(status, page::error(title, text))
}
