//! One site: an application with its own secrets, upstreams and routes.

use vestibule_session::Pointer;

use super::{Config, Csrf, PublicUrl, Route, SessionConfig, SignIn, Upstream};
use crate::request::normal_name;
use crate::routes::HostPattern;
use crate::sites::Sites;

/// What belongs to one application, and to no other that the gateway serves beside it (TH-111).
#[derive(Debug)]
pub struct Site {
    /// The hosts that it is chosen by; empty where it is the only one, for every host.
    pub hosts: Vec<HostPattern>,
    /// What users type into their browser; scheme and host of everything that we build.
    pub public_url: Option<PublicUrl>,
    /// How sessions are read.
    pub session: SessionConfig,
    /// The sign-in endpoints, which stand as the last one among [`Site::upstreams`].
    pub signin: Option<SignIn>,
    /// Where requests go; routes refer to them by index.
    pub upstreams: Vec<Upstream>,
    /// By what requests are known that the page of another site did not cause.
    pub csrf: Csrf,
    /// In the order of the file; `routes.rs` decides by specificity, not by order.
    pub routes: Vec<Route>,
    /// The claims that rules ask for, each once; rules refer to them by index.
    pub claims: Vec<Pointer>,
}

impl Site {
    /// Its first host, by which log and metrics tell it from others; none where it is the only one.
    pub fn name(&self) -> Option<String> {
        self.hosts.first().map(ToString::to_string)
    }
}

impl Config {
    /// The index of the site that has this host; a port behind it makes no difference.
    pub fn site_of(&self, host: &str) -> Option<usize> {
        let hosts = self.sites.iter().map(|site| site.hosts.as_slice());
        let table = Sites::new(hosts).ok()?;
        let without_port = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let mut spellings = [host, without_port].into_iter();
        let name = spellings.find_map(normal_name)?;
        table.find(&name)
    }
}
