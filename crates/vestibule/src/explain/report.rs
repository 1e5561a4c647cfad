//! What `explain` found out.

use vestibule_session::{CookieName, Reason, Scheme, Session};

use super::header::{Found, Shape};
use super::token_claim::{TokenClaim, TokenState};

/// Everything that there is to say about one request; no value of a cookie is in it.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) scheme: Scheme,
    pub(super) now: u64,
    /// The names that were looked for.
    pub(super) names: Vec<CookieName>,
    /// Where the secrets came from.
    pub(super) origins: Vec<String>,
    pub(super) shape: Shape,
    pub(super) found: Vec<Found>,
    /// Cookies that have nothing to do with a session.
    pub(super) others: usize,
    pub(super) source: Source,
    pub(super) tried: Vec<Tried>,
    /// Why the session does not open.
    pub(super) reason: Option<Reason>,
    /// What opened, or would have but for its time or its identity.
    pub(super) session: Option<Session>,
    pub(super) token: Option<TokenClaim>,
    pub(super) warnings: Vec<String>,
}

/// Where the token was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Authorization,
    Cookie,
}

/// One reading of the request.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) cookie: CookieName,
    /// 0 for a whole cookie.
    pub(super) chunks: usize,
    /// Why it did not open.
    pub(super) reason: Option<Reason>,
    /// The name under which it does open.
    pub(super) opens_as: Option<CookieName>,
}

impl Report {
    /// The word of the session vectors.
    pub(super) fn outcome(&self) -> &'static str {
        self.reason.map_or("ok", Reason::outcome)
    }

    /// The precise word; `None` where the request would be served.
    pub(super) fn cause(&self) -> Option<&'static str> {
        match (self.reason, &self.token) {
            (Some(reason), _) => Some(reason.code()),
            (None, Some(token)) if token.state != TokenState::Fits => Some("no_backend_token"),
            (None, _) => None,
        }
    }

    /// The sentence for it.
    pub(super) fn message(&self) -> String {
        match (self.reason, &self.token) {
            (Some(reason), _) => reason.to_string(),
            (None, Some(token)) if token.state != TokenState::Fits => {
                format!("the session opens, but {token}")
            }
            (None, _) => "the session opens".to_owned(),
        }
    }

    /// The reading that decided: the one that opened, or the most telling failure.
    pub(super) fn taken(&self) -> Option<&Tried> {
        self.tried.iter().find(|tried| tried.reason == self.reason)
    }
}

impl Source {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Cookie => "cookie",
        }
    }
}
