//! What a client is told of its limits: `RateLimit-Policy` and `RateLimit`, structured fields of
//! draft-ietf-httpapi-ratelimit-headers.

use std::fmt::Write as _;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::quota::Standing;
use crate::config::{RateKey, RateLimit};

/// The two fields of one answer; an upstream's own are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    policy: HeaderValue,
    rate_limit: HeaderValue,
}

impl Fields {
    /// Where each limit stands, by its name.
    pub(super) fn new<'a>(
        policy: &HeaderValue,
        standings: impl Iterator<Item = (&'a str, &'a Standing)>,
    ) -> Option<Self> {
        let mut text = String::new();
        for (name, standing) in standings {
            separate(&mut text);
            let (remaining, reset) = (standing.remaining, whole_seconds(standing.reset));
            // Writing to a string cannot fail.
            let _ = write!(text, "\"{name}\";r={remaining};t={reset}");
        }
        Some(Self {
            policy: policy.clone(),
            rate_limit: text.try_into().ok()?,
        })
    }

    /// Writes them into an answer.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        headers.insert(RATELIMIT_POLICY, self.policy);
        headers.insert(RATELIMIT, self.rate_limit);
    }
}

/// The names of limits for clients: what they count by, numbered where that repeats.
pub(super) fn names(limits: &[RateLimit]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for limit in limits {
        let base = match limit.key {
            RateKey::Address => "address",
            RateKey::Claim { .. } => "claim",
            RateKey::Session { .. } => "session",
        };
        let mut name = base.to_owned();
        let mut number = 1;
        while names.contains(&name) {
            number += 1;
            name = format!("{base}-{number}");
        }
        names.push(name);
    }
    names
}

/// The terms, which no request changes.
pub(super) fn policy(limits: &[RateLimit], names: &[String]) -> HeaderValue {
    let mut text = String::new();
    for (limit, name) in limits.iter().zip(names) {
        separate(&mut text);
        let (requests, window) = (limit.requests, whole_seconds(limit.per));
        let _ = write!(text, "\"{name}\";q={requests};w={window}");
    }
    HeaderValue::try_from(text).expect("names and numbers are visible ASCII")
}

/// Rounded up: whoever comes that late is late enough.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push_str(", ");
    }
}

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
