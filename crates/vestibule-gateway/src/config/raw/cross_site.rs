//! What pages of other sites may do, as it may be written: `csrf`, `cors`, `security_headers`.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is done about requests that the page of another site may have caused.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawCsrf {
    /// What happens to such a request.
    pub(in crate::config) mode: Option<RawCsrfMode>,
    /// Other origins whose pages may act for the user: `https://admin.example.com`.
    pub(in crate::config) allowed_origins: Option<Vec<String>>,
    /// A header line by which programs that are no browsers are known: `X-CSRF: 1`.
    pub(in crate::config) header: Option<String>,
}

/// What happens to a request that the page of another site may have caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(in crate::config) enum RawCsrfMode {
    /// It is refused with 403.
    Enforce,
    /// It passes, and is logged and counted.
    LogOnly,
}

/// The same for one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(in crate::config) enum RawRouteCsrf {
    /// Refused with 403.
    Enforce,
    /// Passes, and is logged and counted.
    LogOnly,
    /// Nobody looks: for what other sites call by design.
    Off,
}

/// Which pages of other origins may read the route's answers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawCors {
    /// Their origins, or `["*"]` for every page, which then gets nothing that is the user's.
    #[schemars(required)]
    pub(in crate::config) origins: Option<Vec<String>>,
    /// The methods that they may use; by default those of the route.
    pub(in crate::config) methods: Option<Vec<String>>,
    /// The request headers that they may set, beside those that need no permission; by default `Content-Type`.
    pub(in crate::config) headers: Option<Vec<String>>,
    /// The response headers that they may read, beside those that need no permission.
    pub(in crate::config) expose: Option<Vec<String>>,
    /// Whether their requests carry the user's cookies; such an origin may also act for the user.
    pub(in crate::config) credentials: Option<bool>,
    /// How long a browser remembers the permission; by default `10m`.
    pub(in crate::config) max_age: Option<String>,
}

/// Headers that harden answers, each where the upstream does not say it itself.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(in crate::config) enum RawSecurityHeaders {
    /// For data: no frames, no other site, no sniffing.
    Api,
    /// None.
    Off,
    /// For pages: frames of the same site, no sniffing, short referrers.
    Page,
}
