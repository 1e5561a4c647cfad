//! `RawConfig` to [`Config`]: the only place where values get their meaning.
//!
//! A value that is wrong is reported and replaced by anything at all, so that the rest is checked
//! in the same run; what was built is thrown away as soon as there is one error.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use vestibule_session::Pointer;

use super::document::{Node, join};
use super::problem::Severity;
use super::raw::{RawAdmin, RawConfig};
use super::sources::{Problems, Sources};
use super::value;
use super::{Config, Limits, SecurityHeaders, Timeouts, Tls};

mod cookies;
mod cross_site;
mod proxies;
mod quantity;
mod rate_limit;
mod requirement;
mod route;
mod session;
mod signin;
mod site;
mod sites;
mod tls;
mod upstream;
mod upstream_tls;

/// One run over a document.
pub(super) struct Check<'a> {
    sources: &'a Sources<'a>,
    tree: &'a Node,
    problems: &'a mut Problems,
    /// The place of `tree`: of a site of several its name in dots, else empty.
    here: String,
    /// Whether secrets may be short or published.
    weak_secrets: bool,
    /// The claims that rules ask for, so far.
    claims: Vec<Pointer>,
    /// The weakening switches of single upstreams, so far.
    dangers: Vec<String>,
    /// The system's authorities, once an upstream needs them.
    system_roots: Option<Arc<RootCertStore>>,
}

impl<'a> Check<'a> {
    pub(super) fn new(
        sources: &'a Sources<'a>,
        tree: &'a Node,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            sources,
            tree,
            problems,
            here: String::new(),
            weak_secrets: false,
            claims: Vec::new(),
            dangers: Vec::new(),
            system_roots: None,
        }
    }

    /// Builds what `raw` means; only to be used if no error was reported.
    pub(super) fn config(&mut self, mut raw: RawConfig) -> Config {
        self.weak_secrets = raw.danger_weak_secrets;
        let sites = self.sites(raw.take_sites());
        let raw = &raw;
        let listen = match raw.listen.as_deref() {
            Some("off") => None,
            listen => self.listen("listen", listen),
        };
        let admin = match &raw.admin {
            Some(RawAdmin::Listen(address)) => self.listen("admin.listen", Some(address)),
            Some(RawAdmin::Off) | None => None,
        };
        let tls = raw.tls.as_ref().and_then(|tls| self.tls(tls));
        self.addresses(raw, listen, tls.as_ref(), admin);
        let tls_listen = tls.as_ref().map(|tls| tls.listen);
        let listeners: Vec<_> = listen.into_iter().chain(tls_listen).collect();
        self.no_loops(&sites, &listeners);
        for site in &sites {
            self.https(listen, site.public_url.as_ref(), tls.as_ref());
        }
        let trusted_proxies = self.trusted_proxies(raw.trusted_proxies.as_deref());
        self.proxy_protocol(raw, &trusted_proxies);
        let limits = self.limits(raw);
        let timeouts = Timeouts {
            request_headers: self.duration(
                "timeouts.request_headers",
                raw.timeouts.request_headers.as_deref(),
            ),
            keep_alive: self.duration("timeouts.keep_alive", raw.timeouts.keep_alive.as_deref()),
            drain: self.duration("timeouts.drain", raw.timeouts.drain.as_deref()),
            shutdown_delay: self.duration_or_zero(
                "timeouts.shutdown_delay",
                raw.timeouts.shutdown_delay.as_deref(),
            ),
        };
        let dangers = [
            ("danger_explain_to_client", raw.danger_explain_to_client),
            ("danger_weak_secrets", raw.danger_weak_secrets),
        ];
        Config {
            listen,
            h2c: raw.h2c,
            tls,
            admin,
            trusted_proxies,
            forwarded_header: proxies::forwarded_header(raw),
            proxy_protocol: raw.proxy_protocol,
            sites,
            security_headers: cross_site::security_headers(raw.security_headers)
                .unwrap_or(SecurityHeaders::Off),
            limits,
            timeouts,
            workers: self.count("workers", raw.workers, 1024),
            dangers: dangers
                .into_iter()
                .filter(|(_, on)| *on)
                .map(|(name, _)| name.to_owned())
                .chain(std::mem::take(&mut self.dangers))
                .collect(),
            explain_to_client: raw.danger_explain_to_client,
        }
    }

    fn limits(&mut self, raw: &RawConfig) -> Limits {
        let raw = &raw.limits;
        let header_bytes = self.bounded_size("limits.headers", raw.headers.as_deref());
        let limits = Limits {
            header_bytes: to_usize(header_bytes),
            header_count: self.count("limits.header_count", raw.header_count, 10_000),
            target_bytes: to_usize(self.bounded_size("limits.target", raw.target.as_deref())),
            body_bytes: self.size("limits.body", raw.body.as_deref()),
            connections: self.count("limits.connections", raw.connections, 10_000_000),
            streams: self.count("limits.streams", raw.streams, 10_000),
            connections_per_address: self.count_or_unlimited(
                "limits.connections_per_address",
                raw.connections_per_address.as_deref(),
            ),
        };
        for (path, octets, most) in [
            ("limits.headers", limits.header_bytes, LARGEST_HEADERS),
            ("limits.target", limits.target_bytes, LARGEST_TARGET),
        ] {
            if octets > most {
                self.error(
                    path,
                    format!("`{path}` is more than a head can have"),
                    "a head is held in memory as a whole; write at most `1MiB`",
                );
            }
        }
        // hyper's smallest buffer; less would not hold a session of two chunks either.
        if (1..SMALLEST_HEADERS).contains(&header_bytes) {
            self.error(
                "limits.headers",
                "less than 8KiB of headers leaves no room for a session cookie",
                "write at least `8KiB`; `64KiB` holds a session of twelve chunks",
            );
        }
        limits
    }

    /// Listeners that would be in each other's way: `SO_REUSEPORT` lets them share an address.
    fn addresses(
        &mut self,
        raw: &RawConfig,
        listen: Option<SocketAddr>,
        tls: Option<&Tls>,
        admin: Option<SocketAddr>,
    ) {
        let tls = tls.map(|tls| tls.listen);
        let same = |left: Option<SocketAddr>, right: Option<SocketAddr>| {
            left.is_some_and(|address| address.port() != 0) && left == right
        };
        if same(admin, listen) || same(admin, tls) {
            self.error(
                "admin.listen",
                "the admin listener has the address of the public one",
                "give it another port; it must not be reachable by users",
            );
        }
        if same(tls, listen) {
            self.error(
                "tls.listen",
                "TLS and plain HTTP have the same address",
                "give one of them another port, such as 8443, or write `listen: off`",
            );
        }
        if raw.listen.as_deref() == Some("off") && raw.h2c {
            self.error(
                "h2c",
                "there is no listener of plain HTTP to speak it on",
                "give `listen` an address, or remove `h2c`; over TLS, `tls.http2` is the key",
            );
        }
        if raw.listen.as_deref() == Some("off") && raw.tls.is_none() {
            self.error(
                "listen",
                "without a public listener nothing is served",
                "write an address and a port, or add the section `tls`",
            );
        }
    }

    fn listen(&mut self, path: &str, text: Option<&str>) -> Option<SocketAddr> {
        let text = text?;
        let address = value::listen(text);
        if address.is_none() {
            self.error(
                path,
                format!("`{text}` is not an address to listen on"),
                "write an address and a port, such as `0.0.0.0:8080`, `[::]:8080` or `localhost:8080`",
            );
        }
        address
    }

    fn error(&mut self, path: &str, message: impl std::fmt::Display, hint: impl std::fmt::Display) {
        let origin = self.tree.origin_of(path);
        let path = join(&self.here, path);
        self.problems
            .add(Severity::Error, origin, &path, message, hint);
    }

    /// An error whose text says, after a semicolon, what to do.
    fn explained(&mut self, path: &str, error: &dyn std::error::Error, otherwise: &str) {
        let text = error.to_string();
        let (message, hint) = text.split_once("; ").unwrap_or((&text, otherwise));
        self.error(path, message, hint);
    }

    fn warning(&mut self, path: &str, message: &str, hint: &str) {
        let origin = self.tree.origin_of(path);
        let path = join(&self.here, path);
        self.problems
            .add(Severity::Warning, origin, &path, message, hint);
    }

    /// Whether something was reported at or below `path`, so that what follows from it is not.
    fn is_reported(&self, path: &str) -> bool {
        let path = join(&self.here, path);
        let mut problems = self.problems.0.iter();
        problems.any(|problem| problem.place.path.starts_with(&path))
    }

    fn secret_file(&self, path: &str) -> std::io::Result<String> {
        self.sources.secret_file(Path::new(path))
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A URL for a message: who logs in with it is nobody's business.
fn without_userinfo(url: &str) -> &str {
    if url.contains('@') { "<redacted>" } else { url }
}

const SMALLEST_HEADERS: u64 = 8 << 10;

const LARGEST_HEADERS: usize = 1 << 20;

const LARGEST_TARGET: usize = 1 << 20;
