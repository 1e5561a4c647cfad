//! What one core counts, in plain cells; the admin listener asks for a [`Snapshot`] and adds them up.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::RandomState;
use http::{Method, StatusCode};

use crate::policy::csrf::Foreign;
use crate::routes::MethodSet;

mod exposition;
mod snapshot;

pub(crate) use exposition::{Process, exposition};
pub(crate) use snapshot::{Histogram, RequestLabels, Snapshot};

/// The counters of one core: no lock and no atomic on the way of a request.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Route labels; a request counts by its position here.
    routes: RefCell<Vec<Arc<str>>>,
    /// The methods that each of them takes, for the series that are there before their first event.
    methods: RefCell<BTreeSet<(usize, &'static str)>>,
    requests: RefCell<HashMap<Line, u64, RandomState>>,
    /// By route.
    durations: RefCell<Vec<Histogram>>,
    sessions_opened: Cell<u64>,
    sessions_failed: RefCell<HashMap<&'static str, u64, RandomState>>,
    upstreams: RefCell<HashMap<UpstreamLine, u64, RandomState>>,
    handshakes: RefCell<HashMap<&'static str, u64, RandomState>>,
    proxy_headers: RefCell<HashMap<&'static str, u64, RandomState>>,
    foreign: RefCell<HashMap<(&'static str, &'static str), u64, RandomState>>,
    pub(crate) connections: Cell<u64>,
    pub(crate) tunnels: Cell<u64>,
}

/// What requests are counted by; every part comes from a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Line {
    route: usize,
    method: &'static str,
    status: u16,
    reason: &'static str,
}

/// What requests to upstreams are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct UpstreamLine {
    name: Arc<str>,
    outcome: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            // Position 0 is for requests that no route took.
            routes: RefCell::new(vec!["".into()]),
            methods: RefCell::new([(0, "GET")].into()),
            requests: RefCell::default(),
            durations: RefCell::default(),
            sessions_opened: Cell::new(0),
            sessions_failed: RefCell::default(),
            upstreams: RefCell::default(),
            handshakes: RefCell::default(),
            proxy_headers: RefCell::default(),
            foreign: RefCell::default(),
            connections: Cell::new(0),
            tunnels: Cell::new(0),
        }
    }

    /// The position of a route's label; the same label has the same position after a reload.
    pub(crate) fn route(&self, label: &str) -> usize {
        let mut routes = self.routes.borrow_mut();
        routes
            .iter()
            .position(|known| **known == *label)
            .unwrap_or_else(|| {
                routes.push(label.into());
                routes.len() - 1
            })
    }

    /// Announces requests with these methods on a route.
    pub(crate) fn expect(&self, route: usize, methods: &MethodSet) {
        let methods = methods.iter().map(|method| (route, method_label(method)));
        self.methods.borrow_mut().extend(methods);
    }

    /// Counts an answered request.
    pub(crate) fn request(
        &self,
        route: usize,
        method: &Method,
        status: StatusCode,
        reason: &'static str,
        duration: Duration,
    ) {
        let line = Line {
            route,
            method: method_label(method),
            status: status.as_u16(),
            reason,
        };
        *self.requests.borrow_mut().entry(line).or_default() += 1;
        let mut durations = self.durations.borrow_mut();
        if durations.len() <= route {
            durations.resize_with(route + 1, Histogram::default);
        }
        if let Some(histogram) = durations.get_mut(route) {
            histogram.observe(duration);
        }
    }

    pub(crate) fn session_opened(&self) {
        self.sessions_opened.set(self.sessions_opened.get() + 1);
    }

    /// Counts a session that was of no use, by its cause.
    pub(crate) fn session_failed(&self, cause: &'static str) {
        *self.sessions_failed.borrow_mut().entry(cause).or_default() += 1;
    }

    /// Counts what came of a request to an upstream: `ok` or a refusal's code.
    pub(crate) fn upstream(&self, name: &Arc<str>, outcome: &'static str) {
        let name = Arc::clone(name);
        *self
            .upstreams
            .borrow_mut()
            .entry(UpstreamLine { name, outcome })
            .or_default() += 1;
    }

    /// Counts a TLS handshake by what came of it.
    pub(crate) fn handshake(&self, outcome: &'static str) {
        *self.handshakes.borrow_mut().entry(outcome).or_default() += 1;
    }

    /// Counts a PROXY header by what came of waiting for it.
    pub(crate) fn proxy_header(&self, outcome: &'static str) {
        *self.proxy_headers.borrow_mut().entry(outcome).or_default() += 1;
    }

    /// Counts a request that another site may have caused, by what was done about it.
    pub(crate) fn foreign(&self, foreign: Foreign, outcome: &'static str) {
        let line = (outcome, foreign.cause());
        *self.foreign.borrow_mut().entry(line).or_default() += 1;
    }

    /// A copy of everything counted so far.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let routes = self.routes.borrow();
        let label = |route: usize| routes.get(route).cloned().unwrap_or_default();
        let requests = self.requests.borrow();
        let durations = self.durations.borrow();
        Snapshot {
            expected: (self.methods.borrow().iter())
                .map(|(route, method)| (label(*route), *method))
                .collect(),
            requests: (requests.iter())
                .map(|(line, count)| {
                    let labels = RequestLabels {
                        route: label(line.route),
                        method: line.method,
                        status: line.status,
                        reason: line.reason,
                    };
                    (labels, *count)
                })
                .collect(),
            durations: (durations.iter().enumerate())
                .filter(|(_, histogram)| histogram.count() > 0)
                .map(|(route, histogram)| (label(route), histogram.clone()))
                .collect(),
            sessions_opened: self.sessions_opened.get(),
            sessions_failed: self
                .sessions_failed
                .borrow()
                .iter()
                .map(|(k, v)| (*k, *v))
                .collect(),
            upstreams: (self.upstreams.borrow().iter())
                .map(|(line, count)| ((Arc::clone(&line.name), line.outcome), *count))
                .collect(),
            handshakes: self
                .handshakes
                .borrow()
                .iter()
                .map(|(k, v)| (*k, *v))
                .collect(),
            proxy_headers: self
                .proxy_headers
                .borrow()
                .iter()
                .map(|(k, v)| (*k, *v))
                .collect(),
            foreign: self
                .foreign
                .borrow()
                .iter()
                .map(|(k, v)| (*k, *v))
                .collect(),
            connections: self.connections.get(),
            tunnels: self.tunnels.get(),
            ..Snapshot::default()
        }
    }
}

/// Adds one to a cell, or takes one away.
pub(crate) fn step(cell: &Cell<u64>, up: bool) {
    let value = cell.get();
    cell.set(if up {
        value + 1
    } else {
        value.saturating_sub(1)
    });
}

/// A closed set: anybody may invent methods.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "other",
    }
}
