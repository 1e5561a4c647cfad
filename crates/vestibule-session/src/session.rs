//! An opened session, or the account of why none opened.

use std::fmt;
use std::ops::Range;

use crate::claims::Claims;
use crate::cookie::{CookieName, Version};
use crate::reason::Reason;

/// A session whose token is authentic, in time, and names somebody.
///
/// Only a [`Reader`](crate::Reader) makes one: holding it is the proof.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) claims: Claims,
    pub(crate) cookie: CookieName,
    pub(crate) chunks: usize,
    pub(crate) validity: Range<u64>,
    pub(crate) secret: usize,
}

impl Session {
    /// What the session says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The name of the cookie that it came in; for a bearer, the name whose key opened it.
    pub fn cookie(&self) -> &CookieName {
        &self.cookie
    }

    /// Number of chunks; 0 for a whole cookie.
    pub fn chunks(&self) -> usize {
        self.chunks
    }

    /// The family that wrote it.
    pub fn version(&self) -> Version {
        self.cookie.version()
    }

    /// The Unix seconds in which a reader accepts this session, tolerance and age limit included.
    ///
    /// Whoever keeps an opened session must ask `validity().contains(&now)` before each use.
    pub fn validity(&self) -> &Range<u64> {
        &self.validity
    }

    /// The position of the secret that opened it, among those that its reader was made with.
    pub fn secret(&self) -> usize {
        self.secret
    }
}

/// No session opened: the reason that tells most, and everything that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub(crate) reason: Reason,
    pub(crate) attempts: Vec<Attempt>,
}

impl Failure {
    /// The most telling reason of all attempts.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What was tried, in order; empty where there was nothing to try.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        let attempts = Vec::new();
        Self { reason, attempts }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.reason, f)
    }
}

impl std::error::Error for Failure {}

/// One reading of the cookies that did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub(crate) cookie: CookieName,
    pub(crate) chunks: usize,
    pub(crate) reason: Reason,
    pub(crate) opens_as: Option<CookieName>,
}

impl Attempt {
    /// The name that was read.
    pub fn cookie(&self) -> &CookieName {
        &self.cookie
    }

    /// Number of chunks that were there; 0 for a whole cookie.
    pub fn chunks(&self) -> usize {
        self.chunks
    }

    /// Why it did not open.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The name under which the token does open, for [`Reason::RenamedCookie`].
    pub fn opens_as(&self) -> Option<&CookieName> {
        self.opens_as.as_ref()
    }
}
