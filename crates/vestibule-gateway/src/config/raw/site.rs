//! One site, and the file as the one or the several that it describes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{RawConfig, RawCsrf, RawRoute, RawSession, RawSignIn, RawUpstream};

/// An application with its hosts, and with the keys that a file without `sites` has at its top.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(in crate::config) struct RawSite {
    /// The hosts whose requests are for this site: `app.example.com` or `*.example.com`.
    #[schemars(required)]
    pub(in crate::config) hosts: Option<Vec<String>>,
    /// Scheme and host that users see.
    pub(in crate::config) public_url: Option<String>,
    /// How sessions are read.
    #[serde(default)]
    pub(in crate::config) session: RawSession,
    /// The sign-in endpoints.
    pub(in crate::config) signin: Option<RawSignIn>,
    /// What is done about requests that the page of another site may have caused.
    #[serde(default)]
    pub(in crate::config) csrf: RawCsrf,
    /// Backends and the web application, by name.
    #[serde(default)]
    pub(in crate::config) upstreams: BTreeMap<String, RawUpstream>,
    /// Which request goes where.
    #[serde(default)]
    pub(in crate::config) routes: Vec<RawRoute>,
}

/// What a file describes.
pub(in crate::config) enum RawSites {
    /// A file without `sites` is one site, for every host.
    One(Box<RawSite>),
    /// Those of `sites`.
    Several(Vec<RawSite>),
}

impl RawConfig {
    /// The sites, taken out of it.
    pub(in crate::config) fn take_sites(&mut self) -> RawSites {
        match self.sites.take() {
            Some(sites) => RawSites::Several(sites),
            None => RawSites::One(Box::new(RawSite {
                hosts: None,
                public_url: self.public_url.take(),
                session: std::mem::take(&mut self.session),
                signin: self.signin.take(),
                csrf: std::mem::take(&mut self.csrf),
                upstreams: std::mem::take(&mut self.upstreams),
                routes: std::mem::take(&mut self.routes),
            })),
        }
    }
}

/// The keys that a site has of its own, and a file without `sites` at its top.
pub(in crate::config) const SITE_KEYS: [&str; 6] = [
    "csrf",
    "public_url",
    "routes",
    "session",
    "signin",
    "upstreams",
];

/// Those without which there is no site.
pub(in crate::config) const SITE_NEEDS: [&str; 2] = ["routes", "upstreams"];
