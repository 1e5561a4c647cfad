//! `rate_limits` of a route: that each can be counted by what the route knows.

use std::time::Duration;

use vestibule_session::Pointer;

use super::Check;
use crate::config::raw::{RawRateKey, RawRateLimit, RawSite};
use crate::config::{Auth, RateKey, RateLimit};

impl Check<'_> {
    /// The limits at `path`, in the order in which they are asked: the narrow ones first.
    pub(super) fn rate_limits(
        &mut self,
        path: &str,
        raw: &[RawRateLimit],
        site: &RawSite,
        auth: Option<Auth>,
    ) -> Vec<RateLimit> {
        let mut limits: Vec<RateLimit> = Vec::new();
        for (index, raw) in raw.iter().enumerate() {
            let here = format!("{path}[{index}]");
            let Some(limit) = self.rate_limit(&here, raw, site, auth) else {
                continue;
            };
            let same = |other: &RateLimit| other.key == limit.key && other.per == limit.per;
            if limits.iter().any(same) {
                self.error(
                    &here,
                    "another limit counts the same requests in the same time",
                    "keep the smaller one, or count by another `key` or in another `per`",
                );
            }
            limits.push(limit);
        }
        limits.sort_by_key(|limit| limit.key.breadth());
        limits
    }

    fn rate_limit(
        &mut self,
        here: &str,
        raw: &RawRateLimit,
        site: &RawSite,
        auth: Option<Auth>,
    ) -> Option<RateLimit> {
        let at = |key: &str| format!("{here}.{key}");
        let key = match raw.key.as_ref()? {
            RawRateKey::Address => RateKey::Address,
            RawRateKey::Claim(claim) => {
                let claim = self.pointer(&at("key.claim"), claim)?;
                let position = self.position(&claim);
                RateKey::Claim { claim, position }
            }
            RawRateKey::Session => {
                // What is wrong with one of them was said where it stands.
                let names = site.session.identity_claims.iter().flatten();
                let names = names.filter_map(|text| Pointer::parse(text).ok());
                let positions = names.map(|claim| self.position(&claim)).collect();
                RateKey::Session { positions }
            }
        };
        if key != RateKey::Address && matches!(auth, Some(Auth::None | Auth::Optional)) {
            self.error(
                &at("key"),
                "the route takes requests without a session, which this limit could not count",
                "write `key: address`, or `auth: required`",
            );
        }
        let requests = self.count(&at("requests"), raw.requests, MOST_REQUESTS);
        let per = self.duration(&at("per"), raw.per.as_deref());
        if per.subsec_nanos() > 0 || per > LONGEST {
            self.error(
                &at("per"),
                "the time of a limit is in whole seconds, at most a day: clients are told of it so",
                "write such as `1s`, `1m` or `1h`",
            );
        }
        let burst = self.count(&at("burst"), raw.burst, MOST_REQUESTS);
        let requests = u32::try_from(requests).ok()?;
        let burst = if raw.burst.is_some() {
            u32::try_from(burst).ok()?
        } else {
            requests
        };
        Some(RateLimit {
            key,
            requests,
            per,
            burst,
        })
    }
}

/// More than one gateway answers in a second.
const MOST_REQUESTS: u64 = 1_000_000;

const LONGEST: Duration = Duration::from_hours(24);
