//! One request, read once: address, cookies, who asks, and how the answer is wanted.

use std::net::IpAddr;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use url::form_urlencoded;

use crate::form::Form;
use crate::origin::{Origin, PublicOrigin};

/// What the endpoints look at.
pub(crate) struct Request<'r> {
    pub(crate) origin: PublicOrigin,
    /// The client's address, as far as somebody vouches for it.
    pub(crate) client: Option<IpAddr>,
    pub(crate) form: Form,
    headers: &'r HeaderMap,
    query: &'r str,
}

impl<'r> Request<'r> {
    /// None where it is not known which address the browser used.
    pub(crate) fn new(
        origin: &Origin,
        headers: &'r HeaderMap,
        query: Option<&'r str>,
        form: Form,
    ) -> Option<Self> {
        Some(Self {
            origin: origin.of(headers)?,
            client: origin.client(headers),
            form,
            headers,
            query: query.unwrap_or_default(),
        })
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
}
