//! What holds for every request head, from its octets to the decision and the line for the upstream.
//!
//! The hops are called in the order of `handle.rs`. What must never pass is written here a second time,
//! without routes and without a reader of sessions.

use std::rc::Rc;
use std::sync::LazyLock;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Uri};
use url::Url;
use vestibule_gateway::config::{Auth, Config, CsrfMode, Site, Token};
use vestibule_gateway::policy::{self, Decision, csrf};
use vestibule_gateway::refusal::Refusal;
use vestibule_gateway::request::{self, Kind, Peer, Request};
use vestibule_gateway::routes::{Routes, upstream_path};
use vestibule_gateway::session::Sessions;
use vestibule_gateway::sites::Sites;
use vestibule_session::{CookieName, Reader, Reason, Rules, Scheme, Secret, Version, Writer};

use super::configured::{NOW, SECRET, config};
use super::head;
use super::reading::readings;

/// Every kind of route; `/base` is where the API's own paths begin.
const CONFIGURATION: &str = r#"
trusted_proxies: [ 192.0.2.0/24 ]
session: { secrets: [ "${AUTH_SECRET}" ], cache_entries: 0 }
upstreams:
  web: { url: http://web.test:3000 }
  api: { url: http://api.test:3001/base }
routes:
  - { path: /**, to: web, auth: optional }
  - { path: /**, host: static.test, to: web, auth: none }
  - { path: /**, host: "*.tenants.test", to: web, auth: required }
  - { path: /admin/**, to: web, auth: required, require: { claim: /role, equals: ADMIN } }
  - { path: /api/agent/**, to: "api:/v1/agent/**", auth: required, token: { claim: /backendToken } }
  - { path: /api/agent/public, to: "api:/v1/public", auth: optional, token: { claim: /backendToken } }
  - { path: "/api/tenants/*/rooms/*", to: "api:/v1/rooms/*/*", methods: [GET, PUT], auth: required, token: { claim: /backendToken } }
  - { path: /cli/**, to: api, auth: required, accept_bearer_session: true, allow: [encoded_slash] }
  - { path: /hooks/**, to: api, auth: none, allow: [encoded_slash, empty_segments, path_parameters, encoded_reserved] }
"#;

/// The words that stand for tokens in a seed, so that it is short and the fuzzer can move them.
const GOOD: &str = "@good";
const GUEST: &str = "@guest";
const OLD: &str = "@old";
const FOREIGN: &str = "@foreign";

struct Gateway {
    config: Config,
    hosts: Sites,
    routes: Routes,
    reader: Reader,
    tokens: [(&'static str, String); 4],
    peers: [Peer; 2],
}

static GATEWAY: LazyLock<Gateway> = LazyLock::new(Gateway::new);

/// What became of a head.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Refused(&'static str),
    SignIn,
    Forwarded {
        route: usize,
        is_known: bool,
        line: String,
    },
}

/// Checks one head; says whether it was forwarded by somebody's word.
pub(crate) fn check(input: &[u8]) -> bool {
    let gateway = &*GATEWAY;
    let Some(head) = head::parse(input, |value| gateway.with_tokens(value)) else {
        return false;
    };
    if request::is_about_server(&head.method, &head.uri) {
        return false;
    }
    let has = |word: &str| {
        input
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    let mut forwarded = false;
    for peer in &gateway.peers {
        let (outcome, seen) = gateway.answer(&head.method, &head.uri, &head.headers, peer);
        if let (Outcome::Forwarded { is_known, line, .. }, Some(seen)) = (&outcome, &seen) {
            forwarded = true;
            assert!(
                !is_known || has(GOOD) || has(GUEST),
                "a session out of nothing"
            );
            check_received(&head.target, seen);
            check_line(line, seen);
            assert!(
                *is_known || !is_guarded(seen),
                "{} went around the guard",
                head.target
            );
            let by_cookie = *is_known && !head.headers.contains_key(AUTHORIZATION);
            assert!(
                !by_cookie || !is_foreign(&head, seen),
                "another site acted for the user"
            );
        }
        check_query(gateway, &head, peer, &outcome);
    }
    forwarded
}

/// What is forwarded is what was received.
fn check_received(received: &str, seen: &Request) {
    // A fragment is cut off by the parser.
    let received = received.split('#').next().unwrap_or_default();
    let target = seen.target.as_str();
    if received.starts_with('/') {
        assert_eq!(received, target);
    } else {
        let whole = received.ends_with(target) || target.starts_with("/?") || target == "/";
        assert!(whole, "{received} became {target}");
    }
}

/// The line is the received one, or stays below the base that its route names.
fn check_line(line: &str, seen: &Request) {
    let path = line.split('?').next().unwrap_or_default();
    let url = Url::parse(&format!("http://upstream.test{line}")).expect("a URL");
    assert_eq!(
        url.host_str(),
        Some("upstream.test"),
        "{line} names a server"
    );
    assert_eq!(url.path(), path, "a reader would rewrite it");
    assert_eq!(
        line.split_once('?').map(|(_, query)| query),
        seen.target.query()
    );
    if line != seen.target.as_str() {
        for reading in readings(path) {
            assert_eq!(
                reading.first().map(String::as_str),
                Some("base"),
                "{line} leaves the base"
            );
        }
    }
}

/// Whether somebody behind us may take the path for one that needs a session.
fn is_guarded(seen: &Request) -> bool {
    let host = seen.host.name();
    if host == "static.test" {
        return false;
    }
    if let Some(name) = host.strip_suffix(".tenants.test") {
        return !name.contains('.');
    }
    readings(seen.target.path()).iter().any(|reading| {
        let names: Vec<&str> = reading.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["api", "agent", "public"] => false,
            ["admin" | "cli", ..] | ["api", "agent", ..] => true,
            ["api", "tenants", tenant, "rooms", room] => !tenant.is_empty() && !room.is_empty(),
            _ => false,
        }
    })
}

/// Whether nothing says that a page of ours caused what changes something, or opens a socket.
fn is_foreign(head: &head::Head, seen: &Request) -> bool {
    let acts = !head.method.is_safe() || seen.kind == Kind::WebSocket;
    let header = |name: &str| head.headers.get(name)?.to_str().ok();
    let is_ours = |origin: &str| {
        let url = Url::parse(origin).ok();
        url.is_some_and(|url| url.host_str() == Some(seen.host.name()))
    };
    let by_us = matches!(header("sec-fetch-site"), Some("same-origin" | "none"));
    acts && !by_us && !header("origin").is_some_and(is_ours)
}

/// The query decides nothing (PT6).
fn check_query(gateway: &Gateway, head: &head::Head, peer: &Peer, outcome: &Outcome) {
    // It may be too long, or have octets that no query has.
    if matches!(outcome, Outcome::Refused("bad_path" | "target_too_long")) {
        return;
    }
    let path = head.target.split(['?', '#']).next().unwrap_or_default();
    let Ok(uri) = path.parse::<Uri>() else { return };
    let (mut other, _) = gateway.answer(&head.method, &uri, &head.headers, peer);
    if let (Outcome::Forwarded { line, .. }, Outcome::Forwarded { line: with, .. }) =
        (&mut other, outcome)
    {
        let (path, _) = with.split_once('?').unwrap_or((with, ""));
        assert_eq!(line, path);
        line.clone_from(with);
    }
    assert_eq!(other, *outcome);
}

impl Gateway {
    fn new() -> Self {
        let config = config(CONFIGURATION);
        let hosts = Sites::new(config.sites.iter().map(|site| site.hosts.as_slice()));
        let site = &config.sites[0];
        let rules = Rules {
            cookies: CookieName::known().into(),
            identity_claims: site.session.identity_claims.clone(),
            max_age: None,
        };
        let full = r#"{"sub":"u-1","role":"ADMIN","backendToken":"ada-token"}"#;
        let token = |secret: &str, claims: &str, now: u64| {
            let secret = Secret::new(secret).expect("the text is not empty");
            let name = CookieName::new("authjs.session-token", Version::V5);
            let writer = Writer::new(&secret, name.expect("a cookie's name"));
            let token = writer.encode(claims, now, 3600, [7; 32]);
            token.expect("claims are an object")
        };
        Self {
            hosts: hosts.expect("one site"),
            routes: Routes::new(&site.routes).expect("no two are alike"),
            reader: Reader::new(&site.session.secrets, rules),
            tokens: [
                (GOOD, token(SECRET, full, NOW)),
                (GUEST, token(SECRET, r#"{"sub":"u-2"}"#, NOW)),
                (OLD, token(SECRET, full, NOW - 7200)),
                (
                    FOREIGN,
                    token("the-secret-of-somebody-else-0123", full, NOW),
                ),
            ],
            peers: ["198.51.100.7", "192.0.2.1"]
                .map(|address| Peer::new(address.parse().expect("an address"), Scheme::Http)),
            config,
        }
    }

    /// A header's value with tokens in the place of their words.
    fn with_tokens(&self, value: &[u8]) -> Vec<u8> {
        match str::from_utf8(value) {
            Ok(text) if text.contains('@') => {
                let words = self.tokens.iter();
                let text = words.fold(text.to_owned(), |text, (word, token)| {
                    text.replace(word, token)
                });
                text.into_bytes()
            }
            Ok(_) | Err(_) => value.to_owned(),
        }
    }

    fn answer(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        peer: &Peer,
    ) -> (Outcome, Option<Request>) {
        let seen = request::read(method, uri, headers, peer, &self.config, &self.hosts);
        match seen {
            Ok(seen) => (
                self.decide(method, headers, &seen)
                    .unwrap_or_else(|refusal| Outcome::Refused(refusal.code())),
                Some(seen),
            ),
            Err(refusal) => (Outcome::Refused(refusal.code()), None),
        }
    }

    /// Hops 2 to 5, as far as they are without an upstream.
    fn decide(
        &self,
        method: &Method,
        headers: &HeaderMap,
        seen: &Request,
    ) -> Result<Outcome, Refusal> {
        let site: &Site = &self.config.sites[seen.site.ok_or(Refusal::NoSite)?];
        let index = self.routes.find(seen.host.name(), &seen.target, method)?;
        let route = &site.routes[index];
        let pointers: Rc<[_]> = match &route.token {
            Token::Claim(pointer) => Rc::new([pointer.clone()]),
            Token::None => Rc::new([]),
        };
        let sessions = Sessions::new(0, pointers, site.claims.as_slice().into());
        let opened = match (route.auth, &route.token) {
            (Auth::None, _) | (Auth::Optional, Token::None) => Err(Reason::NoCookie),
            (Auth::Optional | Auth::Required, _) => {
                let (scheme, bearer) = (seen.client.scheme(), route.accept_bearer_session);
                let opened = sessions.open(&self.reader, headers, scheme, NOW, bearer);
                opened.map_err(|failure| failure.reason())
            }
        };
        let known = opened.as_deref().map_err(|reason| *reason);
        let sent = csrf::Sent {
            method,
            headers,
            request: seen,
        };
        let sign_in_path = &site.session.sign_in_path;
        let foreign = csrf::foreign(&site.csrf, route, sent, known.ok(), sign_in_path);
        let enforced = foreign.filter(|_| route.csrf == CsrfMode::Enforce);
        let is_known = match policy::decide(route, seen, known, enforced, sign_in_path) {
            Decision::Forward(principal) => principal.is_some(),
            Decision::Refuse(refusal) => return Err(refusal),
            Decision::SignIn { .. } => return Ok(Outcome::SignIn),
        };
        assert!(is_known || route.auth != Auth::Required, "nobody passed");
        let upstream = &site.upstreams[route.upstream];
        let line = upstream_path(route.rewrite.as_ref(), &seen.target, &upstream.base_path)?;
        Ok(Outcome::Forwarded {
            route: index,
            is_known,
            line: line.as_str().to_owned(),
        })
    }
}
