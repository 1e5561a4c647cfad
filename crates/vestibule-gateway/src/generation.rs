//! One configuration at work: what all cores share of it, and what each core makes of it.

use std::rc::Rc;
use std::sync::Arc;

use http::HeaderValue;
use rustls::server::ProducesTickets;
use vestibule_session::{CookieName, Pointer, Reader, Rules};

use crate::config::{Auth, Config, Route, Token};
use crate::metrics::Metrics;
use crate::rewritten::Rewritten;
use crate::routes::{MethodSet, Routes};
use crate::session::Sessions;
use crate::tls;
use crate::upstream::Upstream;

/// A configuration with everything that is derived from it once: the routes' order and the keys.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) config: Config,
    pub(crate) routes: Routes,
    pub(crate) reader: Reader,
    /// Names under which a session may come, also those that nobody looks at.
    pub(crate) session_cookies: Vec<CookieName>,
    /// How TLS is spoken, where it is.
    pub(crate) acceptor: Option<tls::Acceptor>,
    /// The claims that become tokens, each once.
    pointers: Vec<Pointer>,
    /// For each route its place among the pointers.
    claims: Vec<Option<usize>>,
}

impl Plan {
    /// Derives the keys; a tie between routes was refused with the configuration.
    pub(crate) fn new(config: Config, tickets: Option<&Arc<dyn ProducesTickets>>) -> Option<Self> {
        let routes = Routes::new(&config.routes).ok()?;
        let session = &config.session;
        let cookies = if session.cookies.is_empty() {
            CookieName::known().into()
        } else {
            session.cookies.clone()
        };
        let mut session_cookies = CookieName::known().to_vec();
        session_cookies.extend_from_slice(&session.cookies);
        let rules = Rules {
            cookies,
            identity_claims: session.identity_claims.clone(),
            max_age: session.max_age.map(|age| age.as_secs()),
        };
        let reader = Reader::new(&session.secrets, rules);
        let mut pointers = Vec::new();
        let claims = (config.routes.iter())
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
        let acceptor = (config.tls.as_ref().zip(tickets))
            .map(|(tls, tickets)| tls::Acceptor::new(tls, Arc::clone(tickets)));
        Some(Self {
            config,
            routes,
            reader,
            session_cookies,
            acceptor,
            pointers,
            claims,
        })
    }
}

/// A plan with the mutable things of one core: pools, opened sessions, labels.
///
/// A reload makes a new one; requests that run keep the one they began with.
pub(crate) struct Generation {
    pub(crate) plan: Arc<Plan>,
    pub(crate) sessions: Sessions,
    /// In the order of the configuration.
    pub(crate) upstreams: Vec<UpstreamHere>,
    /// In the order of the configuration.
    pub(crate) routes: Vec<RouteHere>,
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
    /// What is known of its rewritten paths.
    pub(crate) rewritten: Rewritten,
}

impl Generation {
    pub(crate) fn new(plan: Arc<Plan>, metrics: &Metrics) -> Self {
        let upstreams = (plan.config.upstreams.iter())
            .map(|config| UpstreamHere {
                upstream: Upstream::new(config),
                name: config.name.as_str().into(),
                host: HeaderValue::from_str(config.authority.as_str())
                    .expect("an authority is visible ASCII"),
            })
            .collect();
        let routes = (plan.config.routes.iter().zip(&plan.claims))
            .map(|(route, claim)| RouteHere::new(route, *claim, metrics))
            .collect();
        let pointers: Rc<[Pointer]> = plan.pointers.as_slice().into();
        let claims: Rc<[Pointer]> = plan.config.claims.as_slice().into();
        let sessions = Sessions::new(plan.config.session.cache_entries, pointers, claims);
        Self {
            plan,
            sessions,
            upstreams,
            routes,
        }
    }

    /// Closes idle connections that nobody should wait for.
    pub(crate) fn sweep(&self) {
        for here in &self.upstreams {
            here.upstream.pool().sweep();
        }
    }
}

impl RouteHere {
    fn new(route: &Route, claim: Option<usize>, metrics: &Metrics) -> Self {
        let path = route.path.to_string();
        let label = match &route.host {
            Some(host) => format!("{host}{path}"),
            None => path,
        };
        let reads_session = match route.auth {
            Auth::None => false,
            // Nobody is asked who they are where the answer would change nothing.
            Auth::Optional => claim.is_some(),
            Auth::Required => true,
        };
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
            rewritten: Rewritten::default(),
        }
    }
}
