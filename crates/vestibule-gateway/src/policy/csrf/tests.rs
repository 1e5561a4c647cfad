use http::Uri;
use vestibule_session::{Pointer, Scheme};

use super::*;
use crate::config::{Auth, Cors, Origins, PublicUrl};
use crate::policy::tests::{opened, route};
use crate::request::{Host, Peer};
use crate::routes::Rewrite;

/// A request as `METHOD target | Name: value | …` to `http://app.test:8080`.
struct Head {
    method: Method,
    headers: HeaderMap,
    request: Request,
}

fn head(line: &str, peer: &Peer) -> Head {
    let mut parts = line.split(" | ");
    let (method, target) = parts.next().unwrap().split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let headers: HeaderMap = parts
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    let host = Host::parse(&HeaderValue::from_static("app.test:8080")).unwrap();
    let request = Request {
        site: Some(0),
        target: Target::parse(&target.parse::<Uri>().unwrap(), 999).unwrap(),
        client: crate::request::Client::direct(peer, &host),
        host,
        kind: Kind::of(&method, &headers),
    };
    Head {
        method,
        headers,
        request,
    }
}

fn api() -> Route {
    let mut route = route(Auth::Required);
    route.token = Token::Claim(Pointer::parse("/backendToken").unwrap());
    route
}

fn pages() -> Route {
    let mut route = route(Auth::Optional);
    route.cookies = Cookies::Pass;
    route
}

fn csrf() -> Csrf {
    Csrf {
        has_hosts: false,
        allowed_origins: vec![Origin::parse("https://admin.test").unwrap()],
        header: Some((
            HeaderName::from_static("x-csrf"),
            HeaderValue::from_static("1"),
        )),
    }
}

fn found(csrf: &Csrf, route: &Route, line: &str, has_session: bool) -> Option<&'static str> {
    let peer = Peer::new("203.0.113.7".parse().unwrap(), Scheme::Http);
    let head = head(line, &peer);
    let session = opened(r#"{"sub":"u-1"}"#, &[]);
    let session = has_session.then_some(&*session);
    let sent = Sent {
        method: &head.method,
        headers: &head.headers,
        request: &head.request,
    };
    foreign(csrf, route, sent, session, "/api/auth/signin").map(Foreign::cause)
}

/// For somebody who is signed in, on a route with a token.
#[track_caller]
fn check(line: &str, expected: Option<&str>) {
    assert_eq!(found(&csrf(), &api(), line, true), expected, "{line}");
}

const HANDSHAKE: &str = "Connection: Upgrade | Upgrade: websocket";

// TH-68.
#[test]
fn fetch_metadata_decides_where_there_is_some() {
    check("POST /x | Sec-Fetch-Site: same-origin", None);
    check("POST /x | Sec-Fetch-Site: none", None);
    // A page that keeps its address to itself posts to its own origin.
    check("POST /x | Sec-Fetch-Site: same-origin | Origin: null", None);
    check("POST /x | Sec-Fetch-Site: cross-site", Some("cross_site"));
    check("POST /x | Sec-Fetch-Site: same-site", Some("same_site"));
    check("POST /x | Sec-Fetch-Site: Same-Origin", Some("cross_site"));
    check("POST /x | Sec-Fetch-Site: ", Some("cross_site"));
    check("POST /x | Sec-Fetch-Site: else", Some("cross_site"));
    // Ours by name, and by a browser's word not from us.
    let ours = "Origin: http://app.test:8080";
    check(
        &format!("POST /x | Sec-Fetch-Site: cross-site | {ours}"),
        Some("cross_site"),
    );
    check(
        &format!("POST /x | Sec-Fetch-Site: same-site | {ours}"),
        Some("same_site"),
    );
    check(
        "POST /x | Sec-Fetch-Site: cross-site | Origin: https://admin.test",
        None,
    );
    check(
        "POST /x | Sec-Fetch-Site: same-site | Origin: https://admin.test",
        None,
    );
    check(
        "POST /x | Sec-Fetch-Site: same-site | Origin: https://other.test",
        Some("same_site"),
    );
}

#[test]
fn without_metadata_the_origin_decides() {
    check("POST /x | Origin: http://app.test:8080", None);
    check("POST /x | Origin: HTTP://APP.test:8080", None);
    check("POST /x | Origin: https://admin.test", None);
    check("POST /x | Origin: https://admin.test:443", None);
    check("POST /x | Origin: null", Some("null_origin"));
    for origin in [
        "http://evil.test",
        "http://app.test.evil.test:8080",
        "http://evilapp.test:8080",
        "http://x.app.test:8080",
        "https://admin.test.evil.test",
        "http://app.test:8080, http://evil.test",
        "http://app.test:8080 http://evil.test",
        "http://app.test:8080/",
        "chrome-extension://app.test:8080",
        "",
    ] {
        check(
            &format!("POST /x | Origin: {origin}"),
            Some("foreign_origin"),
        );
    }
    for origin in [
        "http://app.test",
        "https://app.test:8080",
        "https://app.test",
    ] {
        check(
            &format!("POST /x | Origin: {origin}"),
            Some("scheme_or_port"),
        );
    }
    check(
        "POST /x | Origin: http://admin.test",
        Some("foreign_origin"),
    );
}

#[test]
fn a_program_says_so_and_overrides_nothing() {
    check("POST /x", Some("no_origin"));
    check("POST /x | X-CSRF: 1", None);
    check("POST /x | X-CSRF: 2", Some("no_origin"));
    check("POST /x | X-CSRF: 1 | Origin: null", Some("null_origin"));
    check(
        "POST /x | X-CSRF: 1 | Origin: http://evil.test",
        Some("foreign_origin"),
    );
    check(
        "POST /x | X-CSRF: 1 | Sec-Fetch-Site: cross-site",
        Some("cross_site"),
    );
    check(
        "POST /x | X-CSRF: 1 | Sec-Fetch-Site: same-site",
        Some("same_site"),
    );
    let none = found(&Csrf::default(), &api(), "POST /x | X-CSRF: 1", true);
    assert_eq!(none, Some("no_origin"));
}

#[test]
fn what_only_reads_passes_and_a_handshake_does_not() {
    for method in ["GET", "HEAD", "OPTIONS"] {
        check(
            &format!("{method} /x | Sec-Fetch-Site: cross-site | Origin: http://evil.test"),
            None,
        );
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "QUERY", "get"] {
        check(
            &format!("{method} /x | Origin: http://evil.test"),
            Some("foreign_origin"),
        );
    }
    // TH-69: Chromium sends an origin and no metadata.
    check(&format!("GET /ws | {HANDSHAKE}"), Some("no_origin"));
    check(
        &format!("GET /ws | {HANDSHAKE} | Origin: http://evil.test"),
        Some("foreign_origin"),
    );
    check(
        &format!("GET /ws | {HANDSHAKE} | Sec-Fetch-Site: cross-site"),
        Some("cross_site"),
    );
    check(
        &format!("GET /ws | {HANDSHAKE} | Origin: http://app.test:8080"),
        None,
    );
    check(&format!("GET /ws | {HANDSHAKE} | X-CSRF: 1"), None);
}

#[test]
fn without_cookies_there_is_nothing_to_misuse() {
    let csrf = csrf();
    // A webhook of a provider, and the same with a cookie.
    assert_eq!(found(&csrf, &pages(), "POST /hook", false), None);
    let line = "POST /hook | Cookie: a=b";
    assert_eq!(found(&csrf, &pages(), line, false), Some("no_origin"));
    let mut optional = api();
    optional.auth = Auth::Optional;
    assert_eq!(found(&csrf, &optional, line, false), None);
    // A page is told apart all the same: what it posts may sign the user in as somebody else.
    for line in [
        "POST /login | Sec-Fetch-Site: cross-site",
        "POST /login | Sec-Fetch-Site: cross-site | Cookie: a=b",
    ] {
        let found = found(&csrf, &pages(), line, false);
        assert_eq!(found, Some("cross_site"), "{line}");
    }
}

// CS5.
#[test]
fn the_endpoints_of_sign_in_have_a_token_of_their_own() {
    let foreign = "Sec-Fetch-Site: cross-site | Origin: https://provider.test | Cookie: a=b";
    let check = |route: &Route, path: &str, expected: Option<&str>| {
        let line = format!("POST {path} | {foreign}");
        assert_eq!(found(&csrf(), route, &line, false), expected, "{path}");
    };
    check(&pages(), "/api/auth/callback/apple", None);
    check(&pages(), "/api/auth/signout?x=y", None);
    check(&pages(), "/api/authors", Some("cross_site"));
    check(&pages(), "/api", Some("cross_site"));
    check(&pages(), "/api/x/auth/callback", Some("cross_site"));
    check(&pages(), "/api/AUTH/callback", Some("cross_site"));
    // What carries a token, or another path, is no application's own.
    check(&api(), "/api/auth/callback", Some("cross_site"));
    let mut rewritten = pages();
    rewritten.rewrite = Rewrite::new(
        &crate::routes::PathPattern::parse("/api/auth/**").unwrap(),
        "/v1/**",
    )
    .ok();
    check(&rewritten, "/api/auth/callback", Some("cross_site"));
    let mut others = pages();
    others.cookies = Cookies::PassOthers;
    check(&others, "/api/auth/callback", Some("cross_site"));
    let socket = format!("GET /api/auth/ws | {HANDSHAKE} | Cookie: a=b | Origin: http://evil.test");
    let socket = found(&csrf(), &pages(), &socket, false);
    assert_eq!(socket, Some("foreign_origin"));
    for (sign_in, base) in [
        ("/api/auth/signin", "/api/auth"),
        ("/api/auth/signin?x=/signin", "/api/auth"),
        ("/auth/signin", "/auth"),
        ("/base/api/auth/signin", "/base/api/auth"),
        // A page of the application: everything beside it is no endpoint.
        ("/login", "/api/auth"),
        ("/signin", "/api/auth"),
        ("/tenant/signin", "/api/auth"),
        ("/", "/api/auth"),
    ] {
        assert_eq!(endpoints(sign_in), base, "{sign_in}");
    }
}

#[test]
fn a_route_may_let_other_origins_in() {
    let shop = |credentials| {
        let mut route = api();
        route.cors = Some(Cors {
            origins: Origins::Listed(vec![Origin::parse("https://shop.test").unwrap()]),
            credentials,
            methods: HeaderValue::from_static("POST"),
            headers: None,
            expose: None,
            max_age: HeaderValue::from_static("600"),
        });
        route
    };
    let from = "POST /x | Sec-Fetch-Site: cross-site | Origin: https://shop.test";
    let check = |route: &Route, has_session, expected| {
        assert_eq!(found(&csrf(), route, from, has_session), expected);
    };
    check(&shop(true), true, None);
    // Without credentials such a page gets what everybody gets, and a cookie that came along is none.
    check(&shop(false), true, Some("cross_site"));
    check(&shop(false), false, None);
    check(&api(), false, Some("cross_site"));
    let mut any = shop(false);
    if let Some(cors) = &mut any.cors {
        cors.origins = Origins::Any;
    }
    check(&any, true, Some("cross_site"));
    check(&any, false, None);
}

#[test]
fn nobody_looks_where_the_route_says_so() {
    let mut route = api();
    route.csrf = CsrfMode::Off;
    let line = "POST /x | Sec-Fetch-Site: cross-site";
    assert_eq!(found(&csrf(), &route, line, true), None);
    route.csrf = CsrfMode::LogOnly;
    assert_eq!(found(&csrf(), &route, line, true), Some("cross_site"));
}

#[test]
fn our_origin_is_the_public_one_where_it_is_known() {
    let peer = Peer::new("203.0.113.7".parse().unwrap(), Scheme::Http);
    let public = PublicUrl {
        scheme: Scheme::Https,
        authority: "app.example.com".parse().unwrap(),
    };
    let host = Host::parse(&HeaderValue::from_static("app.test:8080")).unwrap();
    let mut head = head("POST /x", &peer);
    head.request.client = crate::request::Client::public(&peer, &host, &public);
    for (origin, expected) in [
        ("https://app.example.com", None),
        ("https://app.example.com:443", None),
        ("http://app.example.com", Some("scheme_or_port")),
        ("http://app.test:8080", Some("foreign_origin")),
    ] {
        head.headers.insert(ORIGIN, origin.parse().unwrap());
        let session = opened(r#"{"sub":"u-1"}"#, &[]);
        let sent = Sent {
            method: &head.method,
            headers: &head.headers,
            request: &head.request,
        };
        let found = foreign(&csrf(), &api(), sent, Some(&session), "/login");
        assert_eq!(found.map(Foreign::cause), expected, "{origin}");
    }
}
