//! The section `signin` as it may be written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// The sign-in endpoints below `/api/auth`, for a backend that has a login call of its own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawSignIn {
    /// Where e-mail and password are checked: `POST {"email":…,"password":…}`.
    #[schemars(required)]
    pub(in crate::config) login_url: Option<String>,
    /// Where a token that is about to end is renewed: `POST {"refresh_token":…}`.
    pub(in crate::config) refresh_url: Option<String>,
    /// What is told of a sign-out: `POST` with the session's bearer.
    pub(in crate::config) logout_url: Option<String>,
    /// How long one call of the backend may take.
    pub(in crate::config) timeout: Option<String>,
    /// The claims of the session, and where each stands in the answer to the login, as a JSON pointer.
    #[schemars(required)]
    pub(in crate::config) claims: Option<BTreeMap<String, String>>,
    /// Claims that are a Unix second, and where the seconds from now until then stand in the answer.
    pub(in crate::config) expires: Option<BTreeMap<String, String>>,
    /// Claims that pages may see in `/api/auth/session`, besides name, e-mail and picture.
    pub(in crate::config) show: Option<Vec<String>>,
    /// Claims that pages may change with `update()`, to a text.
    pub(in crate::config) update: Option<Vec<String>>,
    /// How long a session lives after its last use.
    pub(in crate::config) max_age: Option<String>,
    /// How long a session lives after its sign-in, however often it is used.
    pub(in crate::config) absolute_age: Option<String>,
    /// The path of the application's own sign-in page; a plain one is there without it.
    pub(in crate::config) page: Option<String>,
    /// How many failed sign-ins are borne.
    #[serde(default)]
    pub(in crate::config) failures: RawFailures,
}

/// How many failed sign-ins are borne.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawFailures {
    /// For one account, whoever tries it.
    pub(in crate::config) per_account: Option<u64>,
    /// For one client address; IPv6 by its /64.
    pub(in crate::config) per_address: Option<u64>,
    /// From the first failure until all are forgotten.
    pub(in crate::config) window: Option<String>,
}
