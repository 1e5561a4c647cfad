//! One request, read once: address, cookies, who asks, and how the answer is wanted.

use std::net::IpAddr;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use url::form_urlencoded;

use crate::form::Form;
use crate::origin::PublicOrigin;

/// What the endpoints look at.
pub(crate) struct Request<'r> {
    pub(crate) origin: PublicOrigin,
    pub(crate) headers: &'r HeaderMap,
    query: &'r str,
    pub(crate) form: Form,
}

impl<'r> Request<'r> {
    pub(crate) fn new(
        origin: PublicOrigin,
        headers: &'r HeaderMap,
        query: Option<&'r str>,
        form: Form,
    ) -> Self {
        Self {
            origin,
            headers,
            query: query.unwrap_or_default(),
            form,
        }
    }

    /// The Cookie header's lines.
    pub(crate) fn cookies(&self) -> Vec<&'r [u8]> {
        let lines = self.headers.get_all(COOKIE).iter();
        lines.map(HeaderValue::as_bytes).collect()
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        let (_, value) = pairs.find(|(found, _)| found == name)?;
        Some(value.into_owned())
    }

    /// `next-auth/react` follows redirects itself and asks for the address as JSON.
    pub(crate) fn wants_json(&self) -> bool {
        self.headers.contains_key("x-auth-return-redirect")
    }

    /// The client as the gateway vouches for it: the last address of `X-Forwarded-For`, which is the gateway's own entry.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        let value = self.headers.get_all("x-forwarded-for").iter().next_back()?;
        let last = value.to_str().ok()?.rsplit(',').next()?;
        last.trim().parse().ok()
    }
}
