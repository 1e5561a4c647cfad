//! What the gateway is told to do: checked, typed, complete.
//!
//! [`RawConfig`] is the file as it was written; [`Config`] is what it means.
//! [`Config::load`] turns the first into the second and collects every [`Problem`] on the way,
//! so nothing behind it validates again and no value in a `Config` can be wrong.
//! Command line, environment and file are arguments ([`Sources`]): nothing here reads the process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use vestibule_session::{CookieName, Pointer, Scheme, Secret};

use crate::policy::Requirement;
use crate::routes::{HostPattern, MethodSet, PathPattern, Rewrite};
use crate::tls::{Certificates, Outbound};

mod arguments;
mod check;
mod document;
mod known_secrets;
mod layers;
mod load;
mod problem;
mod rate_limit;
mod raw;
mod schema;
mod shape;
mod signin;
mod site;
mod sources;
mod substitute;
mod value;
mod yaml;

pub use crate::cors::{Cors, Origins};
pub use crate::policy::csrf::{Csrf, CsrfMode};
pub use load::Loaded;
pub use problem::{Origin, Place, Problem, Row, Severity};
pub use rate_limit::{RateKey, RateLimit};
pub use raw::RawConfig;
pub use signin::{SignIn, SignInClaim};
pub use site::Site;
pub use sources::{Overrides, Sources};

/// A configuration that can be served.
#[derive(Debug)]
pub struct Config {
    /// The public listener of plain HTTP; absent when switched off.
    pub listen: Option<SocketAddr>,
    /// Whether HTTP/2 is spoken on it too, with prior knowledge.
    pub h2c: bool,
    /// The public listener of TLS, where there is one.
    pub tls: Option<Tls>,
    /// The listener of health and metrics; absent when switched off.
    pub admin: Option<SocketAddr>,
    /// Peers whose `X-Forwarded-*` are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Which of their headers are read.
    pub forwarded_header: ForwardedHeader,
    /// Whether connections to [`Config::listen`] begin with a PROXY header.
    pub proxy_protocol: bool,
    /// At least one; a file without `sites` is one for every host.
    pub sites: Vec<Site>,
    /// What hardens answers where a route says nothing else.
    pub security_headers: SecurityHeaders,
    /// Bounds on what a client may send.
    pub limits: Limits,
    /// Time limits towards clients.
    pub timeouts: Timeouts,
    /// How many runtimes serve; one for each core unless configured.
    pub workers: usize,
    /// The weakening switches that are on, by their configured names (rule FC5).
    pub dangers: Vec<String>,
    /// Whether a refusal tells the client its precise cause: development only.
    pub explain_to_client: bool,
}

/// How TLS is spoken with clients.
#[derive(Debug)]
pub struct Tls {
    /// Its listener.
    pub listen: SocketAddr,
    /// At least one, each with its key.
    pub certificates: Arc<Certificates>,
    /// Whether HTTP/2 is offered beside HTTP/1.1.
    pub http2: bool,
    /// Whether plain HTTP only leads here.
    pub redirect_http: bool,
    /// Whether connections begin with a PROXY header.
    pub proxy_protocol: bool,
    /// From the connection to the end of the handshake.
    pub handshake_timeout: Duration,
}

/// Which headers trusted proxies say the client, scheme and host with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`.
    XForwarded,
}

/// The origin that users see.
#[derive(Debug, Clone)]
pub struct PublicUrl {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// Host, and the port where it is not the scheme's own.
    pub authority: Authority,
}

/// How sessions are read and how long an opened one is remembered.
#[derive(Debug)]
pub struct SessionConfig {
    /// Newest first.
    pub secrets: Vec<Secret>,
    /// Where the secrets came from, in the same words as in the file or the environment: for `check`.
    pub secrets_from: Vec<String>,
    /// Names that replace the four known ones; empty means the known ones.
    pub cookies: Vec<CookieName>,
    /// A session has at least one of these claims.
    pub identity_claims: Vec<Pointer>,
    /// The age, counted from `iat`, after which a session is refused whatever its `exp` says.
    pub max_age: Option<Duration>,
    /// How many opened sessions each core remembers; 0 remembers none.
    pub cache_entries: usize,
    /// The same-origin path of the sign-in page.
    pub sign_in_path: String,
}

/// Bounds on what a client may send.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Octets of all header names and values together.
    pub header_bytes: usize,
    /// Number of header lines.
    pub header_count: usize,
    /// Octets of the request target.
    pub target_bytes: usize,
    /// Octets of a request body; `None` is unlimited.
    pub body_bytes: Option<u64>,
    /// Open client connections of the whole process.
    pub connections: usize,
    /// Requests that run at once on one connection of HTTP/2.
    pub streams: usize,
    /// Those of one address; `None` is unlimited.
    pub connections_per_address: Option<usize>,
}

/// Time limits towards clients, and of the stop.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// From the first octet of a request head to its last.
    pub request_headers: Duration,
    /// A kept-alive connection without a request.
    pub keep_alive: Duration,
    /// How long running requests may go on after SIGTERM.
    pub drain: Duration,
    /// How long `/readyz` says 503 before the listener closes.
    pub shutdown_delay: Duration,
}

/// A backend or the web application.
#[derive(Debug)]
pub struct Upstream {
    /// Its name in the configuration, in logs and in metrics.
    pub name: String,
    /// How TLS is spoken with it, where its URL is `https`.
    pub tls: Option<Outbound>,
    /// The version of HTTP that it is spoken to with.
    pub protocol: Protocol,
    /// Host and port to connect to.
    pub authority: Authority,
    /// Port to connect to, the scheme's own when the URL names none.
    pub port: u16,
    /// Path in front of every forwarded path, without a final slash; mostly empty.
    pub base_path: String,
    /// Whether the upstream gets the public host in `Host`, as web applications want.
    pub preserve_host: bool,
    /// Until the connection stands.
    pub connect_timeout: Duration,
    /// From the sent request to the head of the response.
    pub response_timeout: Duration,
    /// Between two pieces of a body, either way, and on a tunnel.
    pub idle_timeout: Duration,
    /// The whole exchange; `None` is unlimited, as streams need.
    pub total_timeout: Option<Duration>,
    /// Idle connections that each core keeps.
    pub idle_connections: usize,
}

impl Upstream {
    /// The scheme of its URL.
    pub fn scheme(&self) -> Scheme {
        if self.tls.is_some() {
            Scheme::Https
        } else {
            Scheme::Http
        }
    }
}

/// A version of HTTP towards an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: agreed on by ALPN over TLS, else with prior knowledge (RFC 9113 §3.3).
    Http2,
}

/// One line of `routes:`.
#[derive(Debug)]
pub struct Route {
    /// The host it belongs to; `None` is any.
    pub host: Option<HostPattern>,
    /// The path it belongs to.
    pub path: PathPattern,
    /// The methods it takes; `None` is all (never `TRACE` or `CONNECT`).
    pub methods: Option<MethodSet>,
    /// Index into [`Site::upstreams`].
    pub upstream: usize,
    /// How the path changes on its way; `None` leaves it.
    pub rewrite: Option<Rewrite>,
    /// Whether a session is needed.
    pub auth: Auth,
    /// What the backend gets.
    pub token: Token,
    /// What the session must say, with `auth: required`.
    pub require: Option<Requirement>,
    /// Whether the upstream's `Set-Cookie` reach the browser, and the browser's cookies the upstream.
    pub cookies: Cookies,
    /// What happens to a request that the page of another site may have caused.
    pub csrf: CsrfMode,
    /// Which pages of other origins may read its answers.
    pub cors: Option<Cors>,
    /// What hardens its answers, instead of [`Config::security_headers`].
    pub security_headers: Option<SecurityHeaders>,
    /// Whether a session may come as `Authorization: Bearer <JWE>` (TH-48).
    pub accept_bearer_session: bool,
    /// Unusual paths that this route takes (rule PT3).
    pub allow: crate::request::Unusual,
    /// Octets of a request body; overrides [`Limits::body_bytes`]. `Some(None)` lifts it.
    pub body_bytes: Option<Option<u64>>,
    /// How many requests it takes of each client, in the order in which they are asked.
    pub rate_limits: Vec<RateLimit>,
}

/// Whether a route needs a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// The session is not looked at.
    None,
    /// A session is used where there is one.
    Optional,
    /// Without a session there is no request.
    Required,
}

/// What the backend gets as `Authorization: Bearer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// The claim of the session at this place.
    Claim(Pointer),
    /// Nothing.
    None,
}

/// Headers that harden answers, each where the upstream does not say it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityHeaders {
    /// For data.
    Api,
    /// None.
    Off,
    /// For pages.
    Page,
}

/// What happens to cookies between browser and upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// Neither `Cookie` up nor `Set-Cookie` down: the rule for APIs (CK5, TH-88).
    Drop,
    /// Both as they came, byte for byte: the rule for the web application.
    Pass,
    /// The same without the session's own cookies, for an upstream that gets a bearer instead.
    PassOthers,
}

#[cfg(test)]
mod tests;
