//! One site at work: keys, pools and opened sessions that no other site sees (TH-53, TH-111).

use std::rc::Rc;
use std::sync::Arc;

use http::HeaderValue;
use vestibule_session::{CookieName, Pointer, Reader, Rules};

use super::{RouteHere, UpstreamHere};
use crate::config::{Site, Token};
use crate::lease::Secrets;
use crate::metrics::Metrics;
use crate::rate;
use crate::routes::Routes;
use crate::session::Sessions;
use crate::upstream::Upstream;

/// What is derived from a site once: the routes' order and the keys.
#[derive(Debug)]
pub(crate) struct SitePlan {
    pub(crate) routes: Routes,
    pub(crate) reader: Reader,
    /// The claims that become tokens, each once.
    pointers: Vec<Pointer>,
    /// For each route its place among the pointers.
    claims: Vec<Option<usize>>,
}

impl SitePlan {
    pub(super) fn new(site: &Site) -> Option<Self> {
        let routes = Routes::new(&site.routes).ok()?;
        let session = &site.session;
        let cookies = if session.cookies.is_empty() {
            CookieName::known().into()
        } else {
            session.cookies.clone()
        };
        let rules = Rules {
            cookies,
            identity_claims: session.identity_claims.clone(),
            max_age: session.max_age.map(|age| age.as_secs()),
        };
        let reader = Reader::new(&session.secrets, rules);
        let mut pointers = Vec::new();
        let claims = (site.routes.iter())
            .map(|route| match &route.token {
                Token::None => None,
                Token::Claim(pointer) => {
                    let known = pointers.iter().position(|known| known == pointer);
                    Some(known.unwrap_or_else(|| {
                        pointers.push(pointer.clone());
                        pointers.len() - 1
                    }))
                }
            })
            .collect();
        Some(Self {
            routes,
            reader,
            pointers,
            claims,
        })
    }
}

/// The mutable things that one core has for a site.
pub(crate) struct SiteHere {
    /// For the log; none where there is only one.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) sessions: Sessions,
    /// What opens them, for those that outlive their request.
    pub(crate) secrets: Secrets,
    /// In the order of the configuration.
    pub(crate) upstreams: Vec<UpstreamHere>,
    /// In the order of the configuration.
    pub(crate) routes: Vec<RouteHere>,
}

impl SiteHere {
    pub(super) fn new(
        site: &Site,
        plan: &SitePlan,
        metrics: &Metrics,
        rates: &rate::Registry,
    ) -> Self {
        let name = site.name();
        let of_site = |upstream: &str| match &name {
            // A name of an upstream has no slash.
            Some(site) => format!("{site}/{upstream}").into(),
            None => upstream.into(),
        };
        let upstreams = (site.upstreams.iter())
            .map(|config| UpstreamHere {
                upstream: Upstream::new(config),
                name: of_site(&config.name),
                host: HeaderValue::from_str(config.authority.as_str())
                    .expect("an authority is visible ASCII"),
            })
            .collect();
        let routes = (site.routes.iter().zip(&plan.claims))
            .map(|(route, claim)| RouteHere::new(name.as_deref(), route, *claim, metrics, rates))
            .collect();
        let pointers: Rc<[Pointer]> = plan.pointers.as_slice().into();
        let claims: Rc<[Pointer]> = site.claims.as_slice().into();
        Self {
            name: name.map(Into::into),
            sessions: Sessions::new(site.session.cache_entries, pointers, claims),
            secrets: Secrets::new(&site.session.secrets),
            upstreams,
            routes,
        }
    }
}

/// A site as a request meets it.
#[derive(Clone, Copy)]
pub(crate) struct SiteAtWork<'a> {
    pub(crate) settings: &'a Site,
    pub(crate) plan: &'a SitePlan,
    pub(crate) here: &'a SiteHere,
}
