//! One configuration at work: what all cores share of it, and what each core makes of it.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use rustls::server::ProducesTickets;
use vestibule_session::CookieName;

use crate::config::{Auth, Config, Route};
use crate::lease::Secrets;
use crate::metrics::Metrics;
use crate::rate;
use crate::routes::MethodSet;
use crate::sites::Sites;
use crate::tls;
use crate::upstream::Upstream;

mod site;

pub(crate) use site::SiteAtWork;
use site::{SiteHere, SitePlan};

/// A configuration with everything that is derived from it once: the routes' order and the keys.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) config: Config,
    /// Which site has which host.
    pub(crate) hosts: Sites,
    /// In the order of the configuration.
    sites: Vec<SitePlan>,
    /// Names under which a session of any site may come, also those that nobody looks at.
    pub(crate) session_cookies: Vec<CookieName>,
    /// How TLS is spoken, where it is.
    pub(crate) acceptor: Option<tls::Acceptor>,
    /// What the limits of routes counted, also before this configuration.
    rates: Arc<rate::Registry>,
}

impl Plan {
    /// Derives the keys; a tie between routes or sites was refused with the configuration.
    pub(crate) fn new(
        config: Config,
        tickets: Option<&Arc<dyn ProducesTickets>>,
        rates: &Arc<rate::Registry>,
    ) -> Option<Self> {
        let hosts = config.sites.iter().map(|site| site.hosts.as_slice());
        let hosts = Sites::new(hosts).ok()?;
        let sites = config
            .sites
            .iter()
            .map(SitePlan::new)
            .collect::<Option<_>>()?;
        let mut session_cookies = CookieName::known().to_vec();
        let named = config
            .sites
            .iter()
            .map(|site| site.session.cookies.as_slice());
        named.for_each(|names| session_cookies.extend_from_slice(names));
        let acceptor = (config.tls.as_ref().zip(tickets))
            .map(|(tls, tickets)| tls::Acceptor::new(tls, Arc::clone(tickets)));
        Some(Self {
            config,
            hosts,
            sites,
            session_cookies,
            acceptor,
            rates: Arc::clone(rates),
        })
    }
}

/// A plan with the mutable things of one core: pools, opened sessions, labels.
///
/// A reload makes a new one; requests that run keep the one they began with.
pub(crate) struct Generation {
    pub(crate) plan: Arc<Plan>,
    /// What opens the sessions of all sites, for those that outlive their request.
    pub(crate) secrets: Secrets,
    /// In the order of the configuration.
    sites: Vec<SiteHere>,
}

/// An upstream with what each request to it needs ready-made.
pub(crate) struct UpstreamHere {
    pub(crate) upstream: Upstream,
    pub(crate) name: Arc<str>,
    pub(crate) host: HeaderValue,
}

/// A route with its label and its claim.
pub(crate) struct RouteHere {
    /// Position in the metrics.
    pub(crate) position: usize,
    pub(crate) label: Arc<str>,
    /// Place of its claim among the sessions' bearers.
    pub(crate) claim: Option<usize>,
    /// Whether anything depends on the session, so that it is worth opening.
    pub(crate) reads_session: bool,
    /// How many requests it takes of each client; absent where there is no limit.
    pub(crate) limits: Option<rate::Limits>,
}

impl Generation {
    pub(crate) fn new(plan: Arc<Plan>, metrics: &Metrics) -> Self {
        let sites = (plan.config.sites.iter().zip(&plan.sites))
            .map(|(site, at_work)| SiteHere::new(site, at_work, metrics, &plan.rates))
            .collect();
        let secrets = Secrets::new(
            plan.config
                .sites
                .iter()
                .flat_map(|site| &site.session.secrets),
        );
        Self {
            plan,
            secrets,
            sites,
        }
    }

    /// The site with this index of [`Plan::hosts`].
    pub(crate) fn site(&self, index: usize) -> Option<SiteAtWork<'_>> {
        Some(SiteAtWork {
            settings: self.plan.config.sites.get(index)?,
            plan: self.plan.sites.get(index)?,
            here: self.sites.get(index)?,
        })
    }

    /// Closes idle connections that nobody should wait for, and forgets counts that are over.
    pub(crate) fn sweep(&self, now: Duration) {
        for here in self.upstreams() {
            here.upstream.sweep();
        }
        let routes = self.sites.iter().flat_map(|site| &site.routes);
        for limits in routes.filter_map(|here| here.limits.as_ref()) {
            limits.sweep(now);
        }
    }

    /// Those of all sites.
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = &UpstreamHere> {
        self.sites.iter().flat_map(|site| &site.upstreams)
    }

    /// Opened sessions, hits and misses of all sites.
    pub(crate) fn statistics(&self) -> (usize, u64, u64) {
        let sites = self.sites.iter().map(|site| site.sessions.statistics());
        sites.fold((0, 0, 0), |sum, site| {
            (sum.0 + site.0, sum.1 + site.1, sum.2 + site.2)
        })
    }
}

impl RouteHere {
    fn new(
        site: Option<&str>,
        route: &Route,
        claim: Option<usize>,
        metrics: &Metrics,
        rates: &rate::Registry,
    ) -> Self {
        let path = route.path.to_string();
        let label = match (&route.host, site) {
            (Some(host), _) => format!("{host}{path}"),
            (None, Some(site)) => format!("{site}{path}"),
            (None, None) => path,
        };
        let reads_session = match route.auth {
            Auth::None => false,
            // Nobody is asked who they are where the answer would change nothing.
            Auth::Optional => claim.is_some(),
            Auth::Required => true,
        };
        let limits = (!route.rate_limits.is_empty()).then(|| {
            let methods = route.methods.as_ref().map(ToString::to_string);
            let methods = methods.unwrap_or_default();
            rates.limits(&format!("{label} {methods}"), &route.rate_limits)
        });
        let position = metrics.route(&label);
        match &route.methods {
            Some(methods) => metrics.expect(position, methods),
            None => metrics.expect(position, &MethodSet::all()),
        }
        Self {
            position,
            label: label.into(),
            claim,
            reads_session,
            limits,
        }
    }
}
