//! What an upstream gets of a request that came over HTTP/2: the same as of any other.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::client::{Client, Pieces, request};
use super::start;
use super::wire::{Outcome, Wire, get};
use crate::gateway::{Gateway, Transport, cookie, routes};
use crate::upstream::{OK, Upstream};

const BOTH: [Transport; 2] = [Transport::Tcp, Transport::Tls];

fn session() -> String {
    cookie(r#"{"sub":"u-1","backendToken":"ada-token"}"#)
}

#[test]
fn a_session_becomes_a_bearer() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    for transport in BOTH {
        let mut client = Client::connect(&gateway, transport);
        let lines = [("cookie", &*session()), ("te", "trailers"), ("x-mine", "1")];
        let answer = client.get("/api/a?b=c", &lines);
        assert_eq!((answer.status, answer.text()), (200, "ok"), "{transport:?}");
        let seen = upstream.seen();
        assert_eq!(seen.line, "GET /api/a?b=c HTTP/1.1");
        let one = |name: &str| match *seen.headers.all(name) {
            [value] => value.to_owned(),
            ref others => panic!("{name}: {others:?}"),
        };
        assert_eq!(one("authorization"), "Bearer ada-token");
        assert_eq!(one("host"), "app.test");
        assert_eq!(one("x-forwarded-host"), "app.test");
        assert_eq!(one("via"), "2.0 vestibule");
        assert_eq!(one("te"), "trailers");
        assert_eq!(one("x-mine"), "1");
        // `:scheme` says `https` on both, and only the connection is believed.
        let scheme = if transport == Transport::Tls {
            "https"
        } else {
            "http"
        };
        assert_eq!(one("x-forwarded-proto"), scheme);
        assert!(seen.headers.get("cookie").is_none());
        assert!(!seen.headers.0.iter().any(|(name, _)| name.starts_with(':')));
    }
}

#[test]
fn a_scheme_of_any_kind_changes_nothing() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    for scheme in ["https", "http", "ftp"] {
        let mut wire = Wire::connect(gateway.address);
        let mut fields = get("/open/a");
        fields[1].1 = scheme;
        wire.request(1, &fields, true);
        assert_eq!(wire.outcome(1).status(), 200, "{scheme}");
        assert_eq!(
            upstream.seen().headers.get("x-forwarded-proto"),
            Some("http")
        );
    }
}

#[test]
fn without_a_session_there_is_a_refusal() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tls);
    let answer = client.get("/api/a", &[]);
    assert_eq!((answer.status, answer.code()), (401, "unauthenticated"));
    assert!(answer.header("x-request-id").is_some());
    let lines = [
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(client.get("/api/a", &lines).status, 302);
    assert!(upstream.is_untouched());
}

#[test]
fn crumbs_are_one_cookie_line() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "h2c: true\nupstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/**', to: web, auth: required }} ]\n",
        upstream.address
    ));
    // A session in chunks, each in a crumb of its own, between others.
    let long = format!(r#"{{"sub":"u-1","pad":"{}"}}"#, "x".repeat(6000));
    let chunks = cookie(&long);
    let crumbs: Vec<_> = std::iter::once("theme=dark")
        .chain(chunks.split("; "))
        .chain(["last=1"])
        .map(|crumb| ("cookie", crumb))
        .collect();
    assert!(crumbs.len() > 3);
    let answer = Client::connect(&gateway, Transport::Tcp).get("/a", &crumbs);
    assert_eq!(answer.status, 200);
    let seen = upstream.seen();
    let line = format!("theme=dark; {chunks}; last=1");
    assert_eq!(seen.headers.all("cookie"), [line.as_str()]);
}

#[test]
fn a_header_that_counts_once_comes_once() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tcp);
    for name in ["authorization", "origin", "sec-fetch-site", "host"] {
        let answer = client.get("/open/a", &[(name, "app.test"), (name, "app.test")]);
        assert_eq!(
            (answer.status, answer.code()),
            (400, "bad_request"),
            "{name}"
        );
    }
    assert!(upstream.is_untouched());
}

#[test]
fn a_host_beside_the_authority_says_the_same() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let with_host = |host| {
        let mut fields = get("/open/a").to_vec();
        fields.push(("host", host));
        fields
    };
    wire.request(1, &with_host("other.test"), true);
    assert_eq!(wire.outcome(1).status(), 400);
    let without: Vec<_> = get("/open/a")[..3].to_vec();
    wire.request(3, &without, true);
    assert_eq!(wire.outcome(3).status(), 400);
    assert!(upstream.is_untouched());
    wire.request(5, &with_host("App.Test"), true);
    assert_eq!(wire.outcome(5).status(), 200);
    assert_eq!(upstream.seen().headers.all("host"), ["app.test"]);
    // Nor need there be more than the header.
    let mut fields = without;
    fields.push(("host", "app.test"));
    wire.request(7, &fields, true);
    assert_eq!(wire.outcome(7).status(), 200);
    assert_eq!(upstream.seen().headers.all("host"), ["app.test"]);
}

#[test]
fn no_tunnels_are_opened() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let connect = [(":method", "CONNECT"), (":authority", "app.test:443")];
    wire.request(1, &connect, false);
    assert_eq!(wire.outcome(1).status(), 405);
    // RFC 8441: a client is told that it may by a setting that we do not send.
    let mut extended = get("/open/a").to_vec();
    extended[0].1 = "CONNECT";
    extended.push((":protocol", "websocket"));
    wire.request(3, &extended, false);
    assert_eq!(wire.outcome(3), Outcome::Reset(1));
    let options = [
        (":method", "OPTIONS"),
        (":scheme", "http"),
        (":path", "*"),
        (":authority", "app.test"),
    ];
    wire.request(5, &options, true);
    assert_eq!(wire.outcome(5).status(), 204);
    assert!(upstream.is_untouched());
}

#[test]
fn a_body_goes_up_as_it_was_framed() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tls);
    let mut post = request("POST", "/open/a", &[("expect", "100-continue")]);
    *post.body_mut() = Pieces::of(&["hello ", "world"]);
    assert_eq!(client.send(post).status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.body, b"hello world");
    assert_eq!(seen.headers.all("transfer-encoding"), ["chunked"]);
    assert!(seen.headers.get("content-length").is_none() && seen.headers.get("expect").is_none());

    let mut post = request("POST", "/open/a", &[("content-length", "5")]);
    *post.body_mut() = Pieces::of(&["hel", "lo"]);
    assert_eq!(client.send(post).status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.body, b"hello");
    assert_eq!(seen.headers.all("content-length"), ["5"]);
    assert!(seen.headers.get("transfer-encoding").is_none());
}

#[test]
fn trailers_go_up_without_what_is_ours() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tcp);
    let names = ["x-sum", "x-forwarded-for", "authorization"];
    let mut trailers = HeaderMap::new();
    for name in names {
        trailers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
    }
    let mut post = request("POST", "/open/a", &[("trailer", &names.join(", "))]);
    *post.body_mut() = Pieces::of(&["hello"]).then(trailers);
    assert_eq!(client.send(post).status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.trailers.0, [("x-sum".to_owned(), "1".to_owned())]);
}

#[test]
fn the_limits_on_a_head_have_the_same_answers() {
    let upstream = Upstream::answering(OK);
    let gateway = start(
        &upstream,
        "limits: { headers: 8KiB, header_count: 20, target: 100B }",
    );
    let mut client = Client::connect(&gateway, Transport::Tcp);
    let long = "x".repeat(9000);
    let answer = client.get("/open/a", &[("x-long", &long)]);
    assert_eq!((answer.status, answer.code()), (431, "headers_too_large"));
    let many: Vec<_> = (0..25).map(|_| ("x-many", "1")).collect();
    let answer = client.get("/open/a", &many);
    assert_eq!((answer.status, answer.code()), (431, "headers_too_large"));
    let answer = client.get(&format!("/open/{}", "a".repeat(100)), &[]);
    assert_eq!((answer.status, answer.code()), (414, "target_too_long"));
    // Cookies in crumbs are as many lines as cookies in one.
    let crumbs: Vec<_> = (0..25).map(|_| ("cookie", "a=1")).collect();
    assert_eq!(client.get("/open/a", &crumbs).status, 200);
    upstream.seen();
    assert!(upstream.is_untouched());
}

#[test]
fn a_body_beyond_its_limit_is_refused() {
    let upstream = Upstream::serving(|mut accepted| {
        while accepted.head().is_some() {
            let _ = std::io::copy(&mut accepted.stream, &mut std::io::sink());
        }
    });
    let gateway = start(&upstream, "limits: { body: 4B }");
    let mut client = Client::connect(&gateway, Transport::Tcp);
    for lines in [&[("content-length", "5")][..], &[]] {
        let mut post = request("POST", "/open/a", lines);
        *post.body_mut() = Pieces::of(&["hello"]);
        let answer = client.send(post);
        assert_eq!((answer.status, answer.code()), (413, "body_too_large"));
    }
    // The connection lives on: a body that nobody wants is no reason to close it.
    assert_eq!(client.get("/nowhere", &[]).status, 404);
}

#[test]
fn the_protocol_is_the_one_that_was_agreed_on() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    // Without the option, the preface is nothing to answer.
    let mut wire = Wire::silent(gateway.address);
    wire.write(super::wire::PREFACE);
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut wire.socket(), &mut answer);
    assert!(answer.is_empty(), "{answer:?}");
    // With it, both are spoken on one listener.
    let gateway = start(&upstream, "");
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    assert_eq!(upstream.seen().headers.get("via"), Some("1.1 vestibule"));
    Client::connect(&gateway, Transport::Tcp).get("/open/a", &[]);
    assert_eq!(upstream.seen().headers.get("via"), Some("2.0 vestibule"));
}
