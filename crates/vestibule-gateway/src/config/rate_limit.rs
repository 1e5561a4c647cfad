//! A limit on the rate of requests, checked.

use std::fmt;
use std::time::Duration;

use vestibule_session::Pointer;

/// How many requests of one client, session or tenant a route takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Whose requests are counted together.
    pub key: RateKey,
    /// How many of them in [`RateLimit::per`], in the long run.
    pub requests: u32,
    /// Whole seconds.
    pub per: Duration,
    /// How many at once.
    pub burst: u32,
}

/// Whose requests are counted together; from the narrow to the broad, in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateKey {
    /// The client's address, an IPv6 one by its /64.
    Address,
    /// Who the session is of: the first identity claim that it has.
    Session {
        /// Their places among the claims of the configuration.
        positions: Vec<usize>,
    },
    /// A claim of the session, as the tenant.
    Claim {
        /// Where it stands.
        claim: Pointer,
        /// Its place among the claims of the configuration.
        position: usize,
    },
}

impl RateKey {
    /// The word of the log and the metric.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::Address => "rate_limit_address",
            Self::Claim { .. } => "rate_limit_claim",
            Self::Session { .. } => "rate_limit_session",
        }
    }

    /// Its place in the order in which limits are asked.
    pub(super) fn breadth(&self) -> u8 {
        match self {
            Self::Address => 0,
            Self::Session { .. } => 1,
            Self::Claim { .. } => 2,
        }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            requests,
            per,
            burst,
        } = self;
        match key {
            RateKey::Address => f.write_str("address")?,
            RateKey::Claim { claim, .. } => write!(f, "claim {claim}")?,
            RateKey::Session { .. } => f.write_str("session")?,
        }
        let seconds = per.as_secs();
        write!(f, " {requests}/{seconds}s burst {burst}")
    }
}
