//! The access line of a request: begun with its head, written when its response is over.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::time::Instant;

use crate::metrics::Metrics;
use crate::upstream::{Fault, Outcome, Progress};

/// What is known of a request so far.
///
/// Dropping it writes the line and counts the request, so a client that goes away is logged as well:
/// with 499, as nginx does. Neither a query nor a value of a header is in it (LG1).
pub(crate) struct Entry {
    metrics: Rc<Metrics>,
    start: Instant,
    pub(crate) method: Method,
    pub(crate) path: Option<crate::request::Target>,
    /// The path of a request that was refused before it was one, escaped.
    refused_path: Option<String>,
    pub(crate) request_id: HeaderValue,
    pub(crate) client: IpAddr,
    /// The first host of the site, where there are several.
    pub(crate) site: Option<Arc<str>>,
    /// Position of the route's label in the metrics, and the label.
    pub(crate) route: (usize, Option<Arc<str>>),
    pub(crate) status: Option<StatusCode>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) cause: Option<&'static str>,
    /// The rule that did not let the session pass.
    pub(crate) rule: Option<Box<str>>,
    /// Names of the request's cookies, where a session was expected and none opened.
    pub(crate) cookies: Option<String>,
    /// The origin that a refused page named, escaped.
    pub(crate) origin: Option<String>,
    pub(crate) upstream: Option<Arc<str>>,
    pub(crate) upstream_time: Option<Duration>,
    pub(crate) upload: Option<Rc<Progress>>,
    pub(crate) download: Option<Outcome>,
    /// Octets of a response of ours, or of a tunnel.
    pub(crate) octets_out: u64,
    pub(crate) octets_in: u64,
}

impl Entry {
    pub(crate) fn new(
        metrics: Rc<Metrics>,
        method: Method,
        request_id: HeaderValue,
        client: IpAddr,
    ) -> Box<Self> {
        Box::new(Self {
            metrics,
            start: Instant::now(),
            method,
            path: None,
            refused_path: None,
            request_id,
            client,
            site: None,
            route: (0, None),
            status: None,
            reason: None,
            cause: None,
            rule: None,
            cookies: None,
            origin: None,
            upstream: None,
            upstream_time: None,
            upload: None,
            download: None,
            octets_out: 0,
            octets_in: 0,
        })
    }

    /// Notes which cookies came, for the question "was it there, and under which name?".
    pub(crate) fn note_cookies(&mut self, headers: &HeaderMap) {
        let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
        let names = lines
            .flat_map(vestibule_session::pairs)
            .map(|(name, _)| name);
        let mut text = String::new();
        for name in names.take(MAX_NAMES) {
            let comma = if text.is_empty() { "" } else { "," };
            let name = name.get(..MAX_NAME).unwrap_or(name);
            // A name is the client's text: what could disturb a terminal or a line is escaped (LG4).
            let _ = write!(text, "{comma}{}", name.escape_ascii());
        }
        self.cookies = Some(text);
    }

    /// Notes whose page the browser names, for the question "should it be allowed?".
    pub(crate) fn note_origin(&mut self, headers: &HeaderMap) {
        let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
        let start = origin.map(|origin| origin.get(..MAX_PATH).unwrap_or(origin));
        self.origin = start.map(|origin| origin.escape_ascii().to_string());
    }

    /// Notes a path that has no single meaning: what is odd about it is escaped (LG4).
    pub(crate) fn note_refused_path(&mut self, path: &str) {
        let path = path.as_bytes();
        let start = path.get(..MAX_PATH).unwrap_or(path);
        self.refused_path = Some(start.escape_ascii().to_string());
    }

    fn write(&self) {
        let status = self.status.map_or(CLIENT_CLOSED, |status| status.as_u16());
        let fault = self
            .download
            .as_ref()
            .and_then(Outcome::fault)
            .map(|fault| match fault {
                Fault::Broken => "upstream_broken",
                Fault::Idle => "idle_timeout",
                Fault::Total => "timeout",
            });
        let sent = self.upload.as_ref().map_or(0, |upload| upload.octets.get());
        let received = self.download.as_ref().map_or(0, Outcome::octets);
        tracing::info!(
            target: "access",
            request_id = self.request_id.to_str().unwrap_or_default(),
            method = self.method.as_str(),
            path = (self.path.as_ref().map(crate::request::Target::path))
                .or(self.refused_path.as_deref()),
            site = self.site.as_deref(),
            route = self.route.1.as_deref(),
            status,
            reason = self.reason,
            cause = self.cause.or(fault),
            rule = self.rule.as_deref(),
            cookies = self.cookies.as_deref(),
            origin = self.origin.as_deref(),
            duration_ms = milliseconds(self.start.elapsed()),
            upstream = self.upstream.as_deref(),
            upstream_ms = self.upstream_time.map(milliseconds),
            client_addr = %self.client,
            bytes_in = self.octets_in + sent,
            bytes_out = self.octets_out + received,
        );
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let status = self.status.or(StatusCode::from_u16(CLIENT_CLOSED).ok());
        if let Some(status) = status {
            let reason = self.reason.unwrap_or("");
            let duration = self.start.elapsed();
            self.metrics
                .request(self.route.0, &self.method, status, reason, duration);
        }
        if tracing::enabled!(target: "access", tracing::Level::INFO) {
            self.write();
        }
    }
}

/// With three decimals: a microsecond is what a gateway is about.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

/// nginx's number for a client that went away before its answer.
const CLIENT_CLOSED: u16 = 499;

/// Cookie names in a line.
const MAX_NAMES: usize = 40;

/// Octets of a refused path or origin in a line.
const MAX_PATH: usize = 200;

/// Octets of a cookie name in a line.
const MAX_NAME: usize = 100;
