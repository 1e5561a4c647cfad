//! The configuration file as it may be written: keys and shapes, nothing checked.
//!
//! The types below are the one list of keys. The JSON Schema is made from them,
//! `shape.rs` compares a document with that schema, and what passes is read into them.
//! What a missing key means stands in [`DEFAULTS`]; a field is an `Option` because a value that
//! was refused is left out, so that the remaining checks can go on.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

mod cross_site;
mod rate_limit;
mod signin;
mod site;

pub(super) use cross_site::{RawCors, RawCsrf, RawCsrfMode, RawRouteCsrf, RawSecurityHeaders};
pub(super) use rate_limit::{RawRateKey, RawRateLimit};
pub(super) use signin::RawSignIn;
pub(super) use site::{RawSite, RawSites, SITE_KEYS, SITE_NEEDS};

/// The configuration of the gateway.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Vestibule configuration")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that stands in the file by itself"
)]
pub struct RawConfig {
    /// Address and port of the public listener of plain HTTP, or `off` where there is `tls`.
    /// Without it, the variables `HOST` and `PORT` are honoured.
    pub(super) listen: Option<String>,
    /// Whether the listener of plain HTTP speaks HTTP/2 too, with clients that begin with it (h2c).
    #[serde(default)]
    pub(super) h2c: bool,
    /// A public listener of TLS beside it; none without this section.
    pub(super) tls: Option<RawTls>,
    /// The listener of health and metrics, or `off`.
    pub(super) admin: Option<RawAdmin>,
    /// Scheme and host that users see: `https://app.example.com`.
    /// Without it, the variables `AUTH_URL` and `NEXTAUTH_URL` are honoured, then the connection decides.
    pub(super) public_url: Option<String>,
    /// Addresses and networks of the proxies in front, whose `X-Forwarded-*` are believed.
    pub(super) trusted_proxies: Option<Vec<String>>,
    /// Which headers they say the client, scheme and host with; the others are never read.
    pub(super) forwarded_header: Option<RawForwardedHeader>,
    /// Whether connections to `listen` begin with a PROXY header, version 1 or 2, of a trusted proxy.
    #[serde(default)]
    pub(super) proxy_protocol: bool,
    /// How sessions are read.
    #[serde(default)]
    pub(super) session: RawSession,
    /// The sign-in endpoints below `/api/auth`, for a backend that has a login call of its own.
    pub(super) signin: Option<RawSignIn>,
    /// What is done about requests that the page of another site may have caused.
    #[serde(default)]
    pub(super) csrf: RawCsrf,
    /// Headers that harden answers, each where the upstream does not say it itself.
    pub(super) security_headers: Option<RawSecurityHeaders>,
    /// Bounds on what a client may send.
    #[serde(default)]
    pub(super) limits: RawLimits,
    /// Time limits towards clients, and of the stop.
    #[serde(default)]
    pub(super) timeouts: RawTimeouts,
    /// Backends and the web application, by name.
    #[serde(default)]
    pub(super) upstreams: BTreeMap<String, RawUpstream>,
    /// Which request goes where. The most specific path wins; a tie is an error.
    #[serde(default)]
    pub(super) routes: Vec<RawRoute>,
    /// Several applications in one gateway, each chosen by the host of the request.
    pub(super) sites: Option<Vec<RawSite>>,
    /// How many threads serve; one for each core by default.
    pub(super) workers: Option<u64>,
    /// Accept session secrets that are short or published. For development only.
    #[serde(default)]
    pub(super) danger_weak_secrets: bool,
    /// Tell the client the precise cause of a refusal. For development only.
    #[serde(default)]
    pub(super) danger_explain_to_client: bool,
}

/// Prints no value: secrets are among them.
impl fmt::Debug for RawConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawConfig(..)")
    }
}

/// The listener of health and metrics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawAdmin {
    /// Address and port; nothing on it asks for authentication.
    Listen(String),
    /// No such listener.
    Off,
}

/// Which headers trusted proxies say the client, scheme and host with.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawForwardedHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`.
    XForwarded,
}

/// A public listener of TLS.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawTls {
    /// Address and port.
    pub(super) listen: Option<String>,
    /// Certificates with their keys: the first is the default, the others are chosen by the name
    /// that the client asks for (SNI). Read again with each reload.
    #[schemars(required)]
    pub(super) certificates: Option<Vec<RawCertificate>>,
    /// Whether HTTP/2 is offered beside HTTP/1.1.
    pub(super) http2: Option<bool>,
    /// Whether plain HTTP only leads here: each request there is answered with 308.
    #[serde(default)]
    pub(super) redirect_http: bool,
    /// Whether connections begin with a PROXY header, version 1 or 2, of a trusted proxy.
    #[serde(default)]
    pub(super) proxy_protocol: bool,
    /// From the connection to the end of the handshake.
    pub(super) handshake_timeout: Option<String>,
}

/// A certificate with its key.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawCertificate {
    /// PEM file with the certificate, then those that lead to its authority.
    #[schemars(required)]
    pub(super) cert_file: Option<String>,
    /// PEM file with the private key.
    #[schemars(required)]
    pub(super) key_file: Option<String>,
}

/// How sessions are read.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawSession {
    /// The secrets of the application, newest first; as variables, not as literal text.
    /// Without these and `secret_files`, `AUTH_SECRET`, `NEXTAUTH_SECRET` and `AUTH_SECRET_3` to `AUTH_SECRET_1` are taken.
    pub(super) secrets: Option<Vec<String>>,
    /// Files that hold one secret each; exactly one final newline is dropped.
    pub(super) secret_files: Option<Vec<String>>,
    /// Names that replace the four that Auth.js uses by itself.
    pub(super) cookies: Option<Vec<RawCookie>>,
    /// JSON pointers; a session has at least one of these claims.
    pub(super) identity_claims: Option<Vec<String>>,
    /// The age, counted from `iat`, after which a session is refused whatever its `exp` says.
    pub(super) max_age: Option<String>,
    /// How many opened sessions each core remembers; 0 remembers none.
    pub(super) cache_entries: Option<u64>,
    /// The path of the sign-in page, on the same origin.
    pub(super) sign_in: Option<String>,
}

/// A session cookie with a name of its own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawCookie {
    /// The name without a chunk number.
    #[schemars(required)]
    pub(super) name: Option<String>,
    /// The version of Auth.js that writes it.
    #[schemars(required)]
    pub(super) version: Option<RawVersion>,
    /// The salt of its key, where it is not the name.
    pub(super) salt: Option<String>,
}

/// The version of Auth.js that writes a cookie.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawVersion {
    /// `next-auth` 4.
    V4,
    /// `next-auth` 5.
    V5,
}

/// Bounds on what a client may send.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawLimits {
    /// Octets of all header names and values together.
    pub(super) headers: Option<String>,
    /// Number of header lines.
    pub(super) header_count: Option<u64>,
    /// Octets of the request target, path and query.
    pub(super) target: Option<String>,
    /// Octets of a request body, or `unlimited`; bodies are streamed, never buffered.
    pub(super) body: Option<String>,
    /// Open client connections of the whole process.
    pub(super) connections: Option<u64>,
    /// Requests that run at once on one connection of HTTP/2.
    pub(super) streams: Option<u64>,
    /// Open client connections of one address, an IPv6 one by its /64, or `unlimited`.
    /// Trusted proxies are exempt.
    pub(super) connections_per_address: Option<String>,
}

/// Time limits towards clients, and of the stop.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawTimeouts {
    /// From the first octet of a request head to its last.
    pub(super) request_headers: Option<String>,
    /// A kept-alive connection without a request.
    pub(super) keep_alive: Option<String>,
    /// How long running requests may go on after SIGTERM.
    pub(super) drain: Option<String>,
    /// How long `/readyz` says 503 before the listener closes; may be `0s`.
    pub(super) shutdown_delay: Option<String>,
}

/// A backend or the web application.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawUpstream {
    /// `http://host:port` or `https://host:port`, with a path where everything lies below it.
    #[schemars(required)]
    pub(super) url: Option<String>,
    /// Whether it gets the public host in `Host`; `false` sends the host of `url`.
    pub(super) preserve_host: Option<bool>,
    /// Until the connection stands.
    pub(super) connect_timeout: Option<String>,
    /// From the sent request to the head of the response; a stream may then go on.
    pub(super) timeout: Option<String>,
    /// Between two pieces of a body, either way, and on a WebSocket.
    pub(super) idle_timeout: Option<String>,
    /// The whole exchange, or `unlimited`, as streams need.
    pub(super) total_timeout: Option<String>,
    /// Idle connections that each core keeps.
    pub(super) idle_connections: Option<u64>,
    /// The version of HTTP that it is spoken to with.
    pub(super) protocol: Option<RawProtocol>,
    /// PEM file with the authorities that may have issued its certificate, instead of the system's.
    pub(super) ca_file: Option<String>,
    /// The name that its certificate is for, where that is not the host of `url`.
    pub(super) server_name: Option<String>,
    /// PEM file with the certificate that the gateway shows to it.
    pub(super) cert_file: Option<String>,
    /// PEM file with the private key of `cert_file`.
    pub(super) key_file: Option<String>,
    /// Take any certificate, so that anybody on the way can be the upstream. For development only.
    pub(super) danger_accept_invalid_certificates: Option<bool>,
}

/// A version of HTTP towards an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawProtocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: agreed on by ALPN over `https`, with prior knowledge over `http` (h2c).
    Http2,
}

/// One route.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct RawRoute {
    /// Segments: literal, `*` for any one, `**` at the end for any number.
    #[schemars(required)]
    pub(super) path: Option<String>,
    /// `app.example.com` or `*.example.com`; any host without it.
    pub(super) host: Option<String>,
    /// The name of an upstream, then, after a colon, the path that replaces `path`.
    #[schemars(required)]
    pub(super) to: Option<String>,
    /// The methods that it takes; all without it, never `TRACE` and `CONNECT`. `GET` includes `HEAD`.
    pub(super) methods: Option<Vec<String>>,
    /// Whether a session is needed; there is no default.
    #[schemars(required)]
    pub(super) auth: Option<RawAuth>,
    /// What the upstream gets as `Authorization: Bearer`.
    pub(super) token: Option<RawToken>,
    /// What the session must say, with `auth: required`; otherwise the request is refused with 403.
    pub(super) require: Option<RawRequirement>,
    /// What happens to `Cookie` and `Set-Cookie`.
    /// By default `pass` where the route keeps the path and leads to the application, else `drop`.
    /// The application is the upstream that has a route for the sign-in page, as `/**` is, and none with a token.
    pub(super) cookies: Option<RawCookies>,
    /// Whether a session may also come as `Authorization: Bearer <session token>`.
    pub(super) accept_bearer_session: Option<bool>,
    /// Unusual paths that the route takes.
    /// By default all but `empty_segments` where the route carries no token and keeps the path, else none.
    pub(super) allow: Option<Vec<RawAllow>>,
    /// What happens to a request that the page of another site may have caused; instead of `csrf.mode`.
    /// By default nobody looks where the upstream gets neither cookies nor anything of a session.
    pub(super) csrf: Option<RawRouteCsrf>,
    /// Which pages of other origins may read the answers; none without it.
    pub(super) cors: Option<RawCors>,
    /// Headers that harden the answers; instead of `security_headers` of all routes.
    pub(super) security_headers: Option<RawSecurityHeaders>,
    /// Octets of a request body, or `unlimited`; instead of `limits.body`.
    pub(super) body: Option<String>,
    /// How many requests it takes of each client, session or tenant; who sends more gets 429.
    pub(super) rate_limits: Option<Vec<RawRateLimit>>,
}

/// Whether a route needs a session.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawAuth {
    /// The session is not looked at.
    None,
    /// A session is used where there is one.
    Optional,
    /// Without a session there is no request.
    Required,
}

/// What the upstream gets as `Authorization: Bearer`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawToken {
    /// A claim of the session, as a JSON pointer: `/backendToken`.
    Claim(String),
    /// Nothing.
    None,
}

/// What a session must say: `all` or `any` of several rules, or one rule about a `claim`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Requirement")]
pub(super) struct RawRequirement {
    /// Rules that hold together.
    pub(super) all: Option<Vec<Self>>,
    /// Rules of which one is enough.
    pub(super) any: Option<Vec<Self>>,
    /// A JSON pointer; beside it stands one of the keys below. Of a list, one element is enough.
    pub(super) claim: Option<String>,
    /// The claim is this text, or the number or truth value that is written so.
    pub(super) equals: Option<String>,
    /// The claim is one of these.
    #[serde(rename = "in")]
    pub(super) one_of: Option<Vec<String>>,
    /// `true`: the claim is there and not `null`; `false`: it is not.
    pub(super) present: Option<bool>,
    /// The claim is this segment of the request's path, decoded, counted from 1.
    pub(super) equals_segment: Option<u64>,
}

/// What happens to cookies between browser and upstream.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawCookies {
    /// Neither `Cookie` up nor `Set-Cookie` down: for APIs.
    Drop,
    /// Both as they came, but no session cookie beside a token: for the web application.
    Pass,
}

/// An unusual path.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RawAllow {
    /// `//`.
    EmptySegments,
    /// `%23`, `%3f`, and `%25` before two hex digits.
    EncodedReserved,
    /// `%2f`; never `%5c`, which some servers take for a slash and others do not.
    EncodedSlash,
    /// `;` and `%3b`.
    PathParameters,
}

/// What holds where nobody says otherwise; `*` stands for every upstream and every route.
/// The number of workers comes from the machine. A section of [`ON_DEMAND`] is there only where somebody wrote it.
pub(super) const DEFAULTS: &str = "
listen: 0.0.0.0:8080
h2c: false
admin: { listen: 127.0.0.1:8081 }
tls:
  listen: 0.0.0.0:8443
  http2: true
  redirect_http: false
  proxy_protocol: false
  handshake_timeout: 10s
trusted_proxies: []
forwarded_header: x_forwarded
proxy_protocol: false
session:
  identity_claims: [/sub, /email, /id]
  max_age: unlimited
  cache_entries: 10000
  sign_in: /api/auth/signin
signin:
  timeout: 10s
  show: []
  update: []
  max_age: 30d
  absolute_age: 90d
  failures: { per_account: 10, per_address: 5, window: 15m }
csrf:
  mode: enforce
  allowed_origins: []
security_headers: off
limits:
  headers: 64KiB
  header_count: 128
  target: 8KiB
  body: unlimited
  connections: 10000
  streams: 100
  connections_per_address: unlimited
timeouts:
  request_headers: 10s
  keep_alive: 75s
  drain: 30s
  shutdown_delay: 0s
upstreams:
  '*':
    preserve_host: true
    connect_timeout: 5s
    timeout: 60s
    idle_timeout: 300s
    total_timeout: unlimited
    idle_connections: 64
    protocol: http1
    danger_accept_invalid_certificates: false
routes:
  '*':
    token: none
    accept_bearer_session: false
danger_weak_secrets: false
danger_explain_to_client: false
";

/// Sections that are off until they are written.
pub(super) const ON_DEMAND: [&str; 2] = ["signin", "tls"];
