//! How answers to one request are given, whoever makes them: for whom, who else may read them, how hardened.

use http::{HeaderMap, StatusCode};

use super::Audience;
use crate::config::{Route, SecurityHeaders};
use crate::cors::Grant;
use crate::headers::hardening::harden;

/// Known step by step, as the request is.
#[derive(Debug)]
pub(crate) struct Manner<'a> {
    pub(crate) audience: Audience,
    /// Whether the browser came over HTTPS, as far as it is verified.
    pub(crate) secure: bool,
    security: SecurityHeaders,
    cors: Option<Grant<'a>>,
}

impl<'a> Manner<'a> {
    /// What is known before the request is read.
    pub(crate) fn new(security: SecurityHeaders, secure: bool) -> Self {
        Self {
            audience: Audience::Program,
            secure,
            security,
            cors: None,
        }
    }

    /// What the route says.
    pub(crate) fn follow(&mut self, route: &'a Route, headers: &HeaderMap) {
        self.security = route.security_headers.unwrap_or(self.security);
        self.cors = route.cors.as_ref().map(|cors| cors.grant(headers));
    }

    /// Dresses the answer, ours or the upstream's.
    pub(crate) fn dress(&self, status: StatusCode, headers: &mut HeaderMap) {
        if status == StatusCode::SWITCHING_PROTOCOLS {
            return; // neither concerns a socket
        }
        if let Some(granted) = &self.cors {
            granted.write(headers);
        }
        harden(headers, self.security, self.secure);
    }
}
