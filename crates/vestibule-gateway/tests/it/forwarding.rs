//! Forwarding headers: who may say what, and what the upstream is told (TP2 to TP5, TH-19).

use crate::client::Headers;
use crate::gateway::{Gateway, routes};
use crate::upstream::{OK, Upstream};

/// Everything that some proxy or server believes, with and without a word of sense.
const FORGED: [&str; 24] = [
    "Forwarded: for=203.0.113.7;proto=https;host=evil.test",
    "Forwarded: for=\"",
    "X-Forwarded-For: 203.0.113.7",
    "X-Forwarded-For: 203.0.113.7, 203.0.113.8",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Proto: https, http",
    "X-Forwarded-Scheme: https",
    "X-Forwarded-Ssl: on",
    "X-Forwarded-Host: evil.test",
    "X-Forwarded-Port: 443",
    "X-Forwarded-Prefix: /evil",
    "X-Forwarded-Server: evil.test",
    "X-Forwarded-Uri: /evil",
    "X-Forwarded-Method: GET",
    "X-Real-IP: 203.0.113.7",
    "X-Original-URL: /evil",
    "X-Original-Host: evil.test",
    "X-Original-Forwarded-For: 203.0.113.7",
    "X-Client-IP: 203.0.113.7",
    "True-Client-IP: 203.0.113.7",
    "CF-Connecting-IP: 203.0.113.7",
    "X_Forwarded_For: 203.0.113.7",
    "X-Forwarded_Proto: https",
    "X_Real_IP: 203.0.113.7",
];

/// What the upstream gets beside what every request has.
fn forwarded(headers: &Headers) -> Vec<(&str, &str)> {
    let usual = ["via", "x-request-id", "traceparent"];
    let mut lines: Vec<_> = (headers.0.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !usual.contains(name))
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn what_an_untrusted_peer_writes_changes_nothing() {
    let upstream = Upstream::answering(OK);
    for header in ["x_forwarded", "forwarded"] {
        let yaml = format!("forwarded_header: {header}\n{}", routes(&upstream, ""));
        let gateway = Gateway::start(&yaml);
        let mut client = gateway.client();
        assert_eq!(client.get("/open/a", &[]).status, 200);
        let expected = upstream.seen();
        let expected = forwarded(&expected.headers);
        assert_eq!(
            expected,
            [
                ("host", "app.test"),
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-host", "app.test"),
                ("x-forwarded-port", "80"),
                ("x-forwarded-proto", "http"),
            ]
        );
        for line in FORGED {
            assert_eq!(client.get("/open/a", &[line]).status, 200, "{line}");
            let seen = upstream.seen();
            assert_eq!(seen.line, "GET /open/a HTTP/1.1");
            assert_eq!(forwarded(&seen.headers), expected, "{line}");
        }
        assert_eq!(client.get("/open/a", &FORGED).status, 200);
        assert_eq!(forwarded(&upstream.seen().headers), expected);
    }
}

/// What a trusted peer says, under the one setting and under the other.
#[track_caller]
fn check(lines: &[&str], by_x_forwarded: [&str; 3], by_forwarded: [&str; 3]) {
    let upstream = Upstream::answering(OK);
    for (header, expected) in [("x_forwarded", by_x_forwarded), ("forwarded", by_forwarded)] {
        let gateway = Gateway::start(&format!(
            "trusted_proxies: [127.0.0.1]\nforwarded_header: {header}\n{}",
            routes(&upstream, "")
        ));
        assert_eq!(gateway.client().get("/open/a", lines).status, 200);
        let seen = upstream.seen();
        let found = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]
            .map(|name| seen.headers.all(name).join(" | "));
        assert_eq!(found, expected, "{header}");
        assert_eq!(seen.headers.get("forwarded"), None);
    }
}

#[test]
fn a_trusted_peer_says_it_in_one_header_or_in_the_other() {
    let nothing = ["127.0.0.1", "http", "app.test"];
    check(
        &["Forwarded: for=203.0.113.7;proto=https;host=shop.test"],
        nothing,
        ["203.0.113.7, 127.0.0.1", "https", "shop.test"],
    );
    check(
        &[
            "X-Forwarded-For: 203.0.113.7",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: shop.test",
        ],
        ["203.0.113.7, 127.0.0.1", "https", "shop.test"],
        nothing,
    );
    // Each is forged by whoever knows that the other one is read.
    check(
        &[
            "X-Forwarded-For: 203.0.113.7",
            "Forwarded: for=\"[2001:db8::7]:4711\"",
        ],
        ["203.0.113.7, 127.0.0.1", "http", "app.test"],
        ["2001:db8::7, 127.0.0.1", "http", "app.test"],
    );
}

#[test]
fn what_a_trusted_peer_says_in_two_ways_is_refused() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "trusted_proxies: [127.0.0.1]\nforwarded_header: forwarded\n{}",
        routes(&upstream, "")
    ));
    let mut client = gateway.client();
    for line in [
        "Forwarded: for=203.0.113.7;proto=https;proto=http",
        "Forwarded: for=203.0.113.7;host=\"a.test,b.test\"",
        "Forwarded: for=203.0.113.7;proto=\"https",
    ] {
        let response = client.get("/open/a", &[line]);
        assert_eq!(
            (response.status, response.code()),
            (400, "bad_request"),
            "{line}"
        );
    }
    assert!(upstream.is_untouched());
    // The operator's word is single.
    let gateway = Gateway::start(&format!(
        "public_url: https://app.test\ntrusted_proxies: [127.0.0.1]\nforwarded_header: forwarded\n{}",
        routes(&upstream, "")
    ));
    let line = "Forwarded: for=203.0.113.7;proto=https;proto=http";
    assert_eq!(gateway.client().get("/open/a", &[line]).status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.headers.get("x-forwarded-proto"), Some("https"));
    assert_eq!(seen.headers.get("x-forwarded-for"), Some("127.0.0.1"));
}
