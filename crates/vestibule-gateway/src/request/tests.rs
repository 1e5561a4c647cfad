use std::time::Duration;

use proptest::prelude::*;
use vestibule_session::Scheme;

use super::*;
use crate::config::{Limits, SessionConfig, Timeouts};
use crate::refusal::BadPath;

fn config() -> Config {
    let session = SessionConfig {
        secrets: Vec::new(),
        secrets_from: Vec::new(),
        cookies: Vec::new(),
        identity_claims: Vec::new(),
        max_age: None,
        cache_entries: 0,
        sign_in_path: "/signin".into(),
    };
    let limits = Limits {
        header_bytes: 65_536,
        header_count: 128,
        target_bytes: 100,
        body_bytes: None,
        connections: 100,
        streams: 100,
    };
    let second = Duration::from_secs(1);
    let timeouts = Timeouts {
        request_headers: second,
        keep_alive: second,
        drain: second,
        shutdown_delay: second,
    };
    Config {
        listen: "127.0.0.1:8080".parse().ok(),
        h2c: false,
        tls: None,
        admin: None,
        public_url: None,
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        session,
        signin: None,
        limits,
        timeouts,
        upstreams: Vec::new(),
        routes: Vec::new(),
        claims: Vec::new(),
        workers: 1,
        dangers: Vec::new(),
        explain_to_client: false,
    }
}

/// A head as `METHOD target`, then `Name: value`.
fn read_head(lines: &[&str]) -> Result<Request, Refusal> {
    let (method, target) = lines[0].split_once(' ').unwrap();
    let headers: HeaderMap = lines[1..]
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        })
        .collect();
    let peer = Peer::new("10.0.0.9".parse().unwrap(), Scheme::Http);
    read(
        &method.parse().unwrap(),
        &target.parse().unwrap(),
        &headers,
        &peer,
        &config(),
    )
}

#[track_caller]
fn check_refused(lines: &[&str], expected: impl Into<Refusal>) {
    assert_eq!(
        read_head(lines).map(|_| ()),
        Err(expected.into()),
        "{lines:?}"
    );
}

#[test]
fn a_head_is_read_in_one_go() {
    let request = read_head(&[
        "GET /tenant/x?y",
        "Host: gateway.internal",
        "X-Forwarded-For: 198.51.100.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: App.example.com",
        "Accept: text/html",
    ])
    .unwrap();
    assert_eq!(request.target.as_str(), "/tenant/x?y");
    assert_eq!(request.host.name(), "app.example.com");
    assert_eq!(request.client.address().to_string(), "198.51.100.1");
    assert_eq!(request.client.scheme(), Scheme::Https);
    assert_eq!(request.kind, Kind::Navigation);
}

// TH-20.
#[test]
fn what_counts_once_comes_once() {
    let cases = [
        ("Authorization: Bearer a", "Authorization: Bearer a"),
        ("Authorization: Bearer a", "authorization: Bearer b"),
        ("Origin: https://a.example", "Origin: null"),
        ("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"),
    ];
    for (first, second) in cases {
        assert!(read_head(&["GET /", "Host: h", first]).is_ok());
        check_refused(&["GET /", "Host: h", first, second], BadRequest::Repeated);
        check_refused(
            &["GET /", first, "Host: h", "X: y", second],
            BadRequest::Repeated,
        );
    }
    check_refused(&["GET /", "Host: h", "Host: h"], BadRequest::Host);
    assert!(
        read_head(&[
            "GET /",
            "Host: h",
            "Cookie: a=b",
            "Cookie: c=d",
            "Accept: a",
            "Accept: b"
        ])
        .is_ok()
    );
}

#[test]
fn tunnels_are_refused_with_what_is_taken() {
    for lines in [
        ["CONNECT h:443", "Host: h:443"],
        ["CONNECT /", "Host: h"],
        ["GET h", "Host: h"],
    ] {
        let refusal = read_head(&lines).map(|_| ()).unwrap_err();
        let allow = MethodSet::all().to_string();
        assert_eq!(refusal, Refusal::MethodNotAllowed { allow });
    }
}

#[test]
fn only_options_concerns_the_server() {
    assert!(is_about_server(&Method::OPTIONS, &Uri::from_static("*")));
    assert!(!is_about_server(&Method::GET, &Uri::from_static("*")));
    assert!(!is_about_server(&Method::OPTIONS, &Uri::from_static("/*")));
    assert!(!is_about_server(&Method::OPTIONS, &Uri::from_static("/")));
    check_refused(&["GET *", "Host: h"], BadPath::Form);
}

#[test]
fn a_head_is_refused_for_its_target_first() {
    check_refused(&["GET /.."], BadPath::DotSegment);
    check_refused(&["GET /"], BadRequest::Host);
    check_refused(
        &[&format!("GET /{}", "a".repeat(100)), "Host: h"],
        Refusal::TargetTooLong,
    );
    check_refused(
        &["GET /", "Host: h", "X-Forwarded-Proto: https,http"],
        BadRequest::ForwardedAmbiguous,
    );
}

proptest! {
    // TH-14.
    #[test]
    fn any_head_is_read_without_a_panic(
        target in "/[ -~]{0,40}",
        values in proptest::collection::vec((0..10_usize, "[\t -~]{0,40}"), 0..10),
    ) {
        let Ok(uri) = target.parse::<Uri>() else { return Ok(()) };
        let names = [
            "host", "origin", "accept", "upgrade", "connection", "sec-fetch-mode", "x-forwarded-for",
            "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(names[name], value.parse().unwrap());
        }
        let peer = Peer::new("10.0.0.9".parse().unwrap(), Scheme::Http);
        if let Ok(request) = read(&Method::GET, &uri, &headers, &peer, &config()) {
            request.client.forward(&mut headers);
            prop_assert_eq!(headers.get_all("x-forwarded-for").iter().count(), 1);
        }
    }
}
