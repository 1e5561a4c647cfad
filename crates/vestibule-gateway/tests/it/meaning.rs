//! One meaning of a request target over sockets: what was sent, what was decided, what was logged and
//! what the upstream got.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::gateway::{Gateway, signed_in};
use crate::log;
use crate::upstream::{OK, Upstream};

/// Open and guarded areas of an API that is mounted elsewhere, and of pages.
fn routes(upstream: &Upstream) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{0}/base' }}, web: {{ url: 'http://{0}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: 'api:/v1/**', auth: none }}\n\
         - {{ path: '/api/admin/**', to: 'api:/v1/admin/**', auth: required, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/pages/**', to: web, auth: none }}\n\
         - {{ path: '/pages/admin/**', to: web, auth: required }}\n",
        upstream.address
    )
}

/// A target without line ends; the framing of requests has tests of its own.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z0-9]{1,3}|admin|/|/",
        2 => "(\\.|%2[eE]|%252[eE]){1,2}",
        2 => "%(2[fF]|5[cC]|3[bB]|23|3[fF]|00|0[aAdD]|61|c0%af)|%25(2[fF]|61|3[fF])",
        1 => "[;:@!$&'()*+,=|\\[\\]\\\\\"<>^`{}% #?\t]",
    ];
    let pieces = proptest::collection::vec(piece.prop_map(String::into_bytes), 0..8);
    let raw = proptest::collection::vec(any::<u8>(), 0..2);
    let start = prop::sample::select(vec![
        "/api/",
        "/pages/",
        "/api/admin/",
        "/",
        "//",
        "/api//",
        "http://app.test/api/",
    ]);
    (start, pieces, raw).prop_map(|(start, pieces, raw)| {
        let mut target = [start.as_bytes(), &pieces.concat(), &raw].concat();
        target.retain(|octet| !b"\r\n".contains(octet));
        target
    })
}

/// Which request line the upstream gets for a target that was accepted.
fn mounted(target: &str) -> String {
    let target = target.strip_prefix("http://app.test").unwrap_or(target);
    // A fragment is cut off before anybody sees it.
    let target = target.split('#').next().unwrap_or_default();
    match target.strip_prefix("/api") {
        Some(rest) => format!("GET /base/v1{rest} HTTP/1.1"),
        None => format!("GET {target} HTTP/1.1"),
    }
}

#[test]
fn what_is_forwarded_and_logged_is_what_was_received() {
    let upstream = Upstream::answering(OK);
    let gateway = log::start(&routes(&upstream));
    let (number, forwarded) = (Cell::new(0), Cell::new(0));
    proptest!(Config::with_cases(400), |(target in sent())| {
        number.set(number.get() + 1);
        let id = format!("meaning-{}", number.get());
        let mut client = gateway.client();
        client.send([b"GET ", &*target, b" HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: ", id.as_bytes(), b"\r\n\r\n"].concat());
        let response = client.response();
        if response.headers.get("vestibule-refusal").is_some() {
            prop_assert!([400, 401, 404, 405].contains(&response.status), "{}", response.status);
            prop_assert!(upstream.is_untouched());
            return Ok(());
        }
        forwarded.set(forwarded.get() + 1);
        let target = String::from_utf8(target).unwrap();
        let seen = upstream.seen();
        prop_assert_eq!(&seen.line, &mounted(&target));
        prop_assert_eq!(seen.headers.all("host"), ["app.test"]);
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let path = path.strip_prefix("http://app.test").unwrap_or(path);
        prop_assert_eq!(&log::line(&id)["path"], path);
        prop_assert!(!path.contains("/admin/") && !path.ends_with("/admin"), "{}", path);
    });
    let (number, forwarded) = (number.get(), forwarded.get());
    assert!(forwarded > 20, "{forwarded} of {number} were accepted");
}

// TH-04.
#[test]
fn no_query_opens_a_guarded_path() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    proptest!(Config::with_cases(100), |(query in "[!-~&&[^#]]{0,20}|/api/x|\\.\\./x|%2e%2e/x|[?]/pages/x|;/pages")| {
        for path in ["/api/admin/x", "/pages/admin"] {
            let response = gateway.client().get(&format!("{path}?{query}"), &[]);
            let status = (response.status, response.code().to_owned());
            prop_assert!([(401, "unauthenticated".to_owned()), (400, "bad_path".to_owned()), (400, "bad_request".to_owned())].contains(&status), "{status:?}");
            prop_assert!(upstream.is_untouched());
        }
        // The parser refuses fewer characters than a URL may have, and what it takes goes along as it came.
        let response = gateway.client().get(&format!("/api/x?{query}"), &[]);
        if response.status == 200 {
            prop_assert_eq!(upstream.seen().line, format!("GET /base/v1/x?{query} HTTP/1.1"));
        }
    });
}

// TH-01: a header that names another address of the request is nobody's word.
#[test]
fn no_header_names_another_target() {
    let upstream = Upstream::answering(OK);
    let yaml = routes(&upstream);
    for trusted in ["[]", "[127.0.0.1/32]"] {
        let gateway = Gateway::start(&format!("trusted_proxies: {trusted}\n{yaml}"));
        for header in [
            "X-Forwarded-Uri: /api/x",
            "X-Forwarded-Path: /api/x",
            "X-Forwarded-Prefix: /pages",
            "X-Original-URL: /api/x",
            "X-Original-URL: http://app.test/api/x",
            "X-Original-URI: /api/x",
            "X-Rewrite-URL: /api/x",
            "X-Forwarded-Method: OPTIONS",
            "X-HTTP-Method-Override: OPTIONS",
            "X-Original-Method: OPTIONS",
        ] {
            let response = gateway.client().get("/api/admin/x", &[header]);
            assert_eq!(
                (response.status, response.code()),
                (401, "unauthenticated"),
                "{header}"
            );
            assert!(upstream.is_untouched(), "{header}");
            // Nor does it move a request that may pass.
            let session = signed_in();
            assert_eq!(
                gateway
                    .client()
                    .get("/api/admin/x", &[header, &session])
                    .status,
                200
            );
            assert_eq!(
                upstream.seen().line,
                "GET /base/v1/admin/x HTTP/1.1",
                "{header}"
            );
        }
    }
}

// TH-02: whoever a client says it is, it needs a session.
#[test]
fn no_probe_passes_without_a_session() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    for agent in [
        "kube-probe/1.33",
        "GoogleHC/1.0",
        "ELB-HealthChecker/2.0",
        "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)",
        "Envoy/HC",
        "Consul Health Check",
        "Blackbox Exporter/0.27.0",
        "Prometheus/3.5.0",
        "UptimeRobot/2.0",
    ] {
        let agent = format!("User-Agent: {agent}");
        for path in ["/api/admin/healthz", "/pages/admin/ready"] {
            let response = gateway.client().get(path, &[&agent]);
            assert_eq!(
                (response.status, response.code()),
                (401, "unauthenticated"),
                "{agent}"
            );
        }
        // The public listener has no path for probes: these are paths like any other.
        for path in [
            "/livez",
            "/readyz",
            "/healthz",
            "/metrics",
            "/ping",
            "/.vestibule/health",
        ] {
            let response = gateway.client().get(path, &[&agent]);
            assert_eq!(
                (response.status, response.code()),
                (404, "not_found"),
                "{path}"
            );
        }
    }
    assert!(upstream.is_untouched());
}
