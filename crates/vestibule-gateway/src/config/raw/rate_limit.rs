//! `rate_limits` of a route, as written.

use schemars::JsonSchema;
use serde::Deserialize;

/// How many requests of one client, session or tenant the route takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawRateLimit {
    /// Whose requests are counted together.
    #[schemars(required)]
    pub(in crate::config) key: Option<RawRateKey>,
    /// How many of them in the time of `per`, in the long run.
    #[schemars(required)]
    pub(in crate::config) requests: Option<u64>,
    /// The time, in whole seconds, at most a day.
    #[schemars(required)]
    pub(in crate::config) per: Option<String>,
    /// How many at once; as many as `requests` without it.
    pub(in crate::config) burst: Option<u64>,
}

/// Whose requests are counted together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(in crate::config) enum RawRateKey {
    /// The client's address, an IPv6 one by its /64.
    Address,
    /// A claim of the session, as a JSON pointer: `/tenantId`.
    Claim(String),
    /// Who the session is of: the first of `session.identity_claims` that it has.
    Session,
}
