//! Health and metrics as an operator sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;
use vestibule_session::Reason;

use crate::client::{Client, Response};
use crate::gateway::{Gateway, cookie, routes, signed_in};
use crate::http2_upstream::{Exchange, Http2Upstream};
use crate::upstream::{OK, Upstream};
use crate::upstream_http2::routes as http2_routes;

/// Every series that a gateway has which served nobody yet, apart from those of reasons and causes.
const FROM_THE_START: [&str; 9] = [
    "vestibule_cache_entries",
    "vestibule_cache_hits_total",
    "vestibule_cache_misses_total",
    "vestibule_config_last_reload_successful",
    "vestibule_config_last_reload_timestamp_seconds",
    "vestibule_connections_open",
    "vestibule_danger_settings",
    "vestibule_streams_open{kind=\"websocket\"}",
    "vestibule_upstream_connections{upstream=\"api\",state=\"idle\"}",
];

fn with_admin(yaml: &str) -> Gateway {
    Gateway::start(&format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{yaml}"
    ))
}

fn admin(gateway: &Gateway, path: &str) -> Response {
    Client::connect(gateway.admin.unwrap()).get(path, &[])
}

/// The series of an exposition that is well formed: described, typed, each once, and ended.
fn series(gateway: &Gateway) -> BTreeMap<String, f64> {
    let response = admin(gateway, "/metrics");
    assert_eq!(
        response.headers.get("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let text = response.text().strip_suffix("# EOF\n").expect("an end");
    let (mut series, mut family) = (BTreeMap::new(), "");
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<_> = comment.splitn(3, ' ').collect();
            assert!(["HELP", "TYPE", "UNIT"].contains(&words[0]), "{line}");
            family = words[1];
            continue;
        }
        assert!(line.starts_with(family), "{line} belongs to no {family}");
        let (name, value) = line.rsplit_once(' ').unwrap();
        let value = value.parse().unwrap();
        assert_eq!(series.insert(name.to_owned(), value), None, "{line}");
    }
    series
}

#[test]
fn health_says_little_and_only_to_readers() {
    let upstream = Upstream::answering(OK);
    let gateway = with_admin(&routes(&upstream, ""));
    for path in ["/livez", "/readyz", "/healthz"] {
        let response = admin(&gateway, path);
        assert_eq!((response.status, response.text()), (200, "ok\n"));
        assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    }
    assert_eq!(admin(&gateway, "/").status, 404);
    let mut client = Client::connect(gateway.admin.unwrap());
    assert_eq!(
        client
            .request("POST /metrics", &["Content-Length: 0"])
            .status,
        405
    );
    assert_eq!(client.request("HEAD /livez", &[]).status, 200);
    // The public listener knows nothing of it.
    let mut public = gateway.client();
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(public.get(path, &[]).code(), "not_found");
    }
}

#[test]
fn every_reason_and_cause_is_there_before_its_first_event() {
    let upstream = Upstream::answering(OK);
    let gateway = with_admin(&routes(&upstream, ""));
    let series = series(&gateway);
    for name in FROM_THE_START {
        assert!(series.contains_key(name), "{name}");
    }
    // On each route as well, with each of its methods.
    for method in ["GET", "POST", "DELETE"] {
        let name = requests("/api/**", method, 401, "unauthenticated");
        assert_eq!(series.get(&name), Some(&0.0), "{name}");
    }
    let name = "vestibule_sessions_total{outcome=\"claim_invalid\",cause=\"no_backend_token\"}";
    assert_eq!(series.get(name), Some(&0.0));
    for reason in Reason::ALL {
        let (outcome, cause) = (reason.outcome(), reason.code());
        let name = format!("vestibule_sessions_total{{outcome=\"{outcome}\",cause=\"{cause}\"}}");
        assert_eq!(series.get(&name), Some(&0.0), "{name}");
    }
    for (reason, status) in [
        ("bad_path", 400),
        ("bad_request", 400),
        ("body_too_large", 413),
        ("headers_too_large", 431),
        ("internal", 500),
        ("method_not_allowed", 405),
        ("not_found", 404),
        ("rate_limited", 429),
        ("session_expired", 401),
        ("target_too_long", 414),
        ("unauthenticated", 401),
        ("unavailable", 503),
        ("upstream_invalid", 502),
        ("upstream_timeout", 504),
        ("upstream_unreachable", 502),
    ] {
        let name = requests("", "GET", status, reason);
        assert_eq!(series.get(&name), Some(&0.0), "{name}");
    }
    let info = (series.iter()).find(|(name, _)| name.starts_with("vestibule_build_info"));
    let (name, value) = info.expect("build info");
    assert!(name.contains("version=\"") && name.contains("commit=\"c0ffee\""));
    assert!((value - 1.0).abs() < f64::EPSILON);
    assert_eq!(
        series.get("vestibule_config_last_reload_successful"),
        Some(&1.0)
    );
    assert_eq!(series.get("vestibule_danger_settings"), Some(&0.0));
}

fn requests(route: &str, method: &str, status: u16, reason: &str) -> String {
    format!(
        "vestibule_http_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{status}\",reason=\"{reason}\"}}"
    )
}

#[test]
fn requests_count_by_route_method_status_and_reason() {
    let upstream = Upstream::answering(OK);
    let gateway = with_admin(&routes(&upstream, ""));
    let mut client = gateway.client();
    let signed_in = signed_in();
    let nameless = format!("Cookie: {}", cookie(r#"{"sub":"u"}"#));
    for (line, lines) in [
        ("GET /open/a?user=ada", &[][..]),
        ("GET /open/b", &[]),
        ("BREW /open/b", &[]),
        ("GET /api/a", &[signed_in.as_str()]),
        ("GET /api/a", &[signed_in.as_str()]),
        ("POST /api/a", &[]),
        ("GET /nowhere", &[]),
        ("GET /open/../a", &[]),
        ("GET /api/a", &["Cookie: authjs.session-token=x"]),
        ("GET /api/a", &[nameless.as_str()]),
        (
            "GET /api/a",
            &["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"],
        ),
    ] {
        client.request(line, lines);
    }
    let series = series(&gateway);
    for (name, count) in [
        (requests("/open/**", "GET", 200, ""), 2.0),
        (requests("/open/**", "other", 200, ""), 1.0),
        (requests("/api/**", "GET", 200, ""), 2.0),
        (requests("/api/**", "POST", 401, "unauthenticated"), 1.0),
        (requests("/api/**", "GET", 401, "unauthenticated"), 2.0),
        (requests("/api/**", "GET", 302, "unauthenticated"), 1.0),
        (requests("", "GET", 404, "not_found"), 1.0),
        (requests("", "GET", 400, "bad_path"), 1.0),
        (sessions("ok", ""), 2.0),
        (sessions("claim_invalid", "no_backend_token"), 1.0),
        (sessions("no_cookie", "no_cookie"), 2.0),
        ("vestibule_cache_hits_total".to_owned(), 1.0),
        ("vestibule_cache_entries".to_owned(), 2.0),
        ("vestibule_connections_open".to_owned(), 1.0),
        (
            "vestibule_upstream_requests_total{upstream=\"api\",outcome=\"ok\"}".to_owned(),
            5.0,
        ),
        (
            "vestibule_upstream_connections{upstream=\"api\",state=\"idle\"}".to_owned(),
            1.0,
        ),
        (
            "vestibule_http_request_duration_seconds_count{route=\"/open/**\"}".to_owned(),
            3.0,
        ),
    ] {
        assert_eq!(series.get(&name), Some(&count), "{name} in {series:#?}");
    }
    let malformed = series
        .iter()
        .filter(|(name, value)| name.contains("outcome=\"malformed\"") && **value > 0.0);
    assert_eq!(malformed.count(), 1);
    let text = format!("{series:?}");
    assert!(!text.contains("ada") && !text.contains("nowhere"), "{text}");
}

fn sessions(outcome: &str, cause: &str) -> String {
    format!("vestibule_sessions_total{{outcome=\"{outcome}\",cause=\"{cause}\"}}")
}

#[test]
fn buckets_add_up() {
    let upstream = Upstream::answering(OK);
    let gateway = with_admin(&routes(&upstream, ""));
    let mut client = gateway.client();
    for _ in 0..5 {
        client.get("/open/a", &[]);
    }
    let prefix = "vestibule_http_request_duration_seconds_bucket{";
    let text = admin(&gateway, "/metrics");
    let buckets = text.text().lines().filter(|line| line.starts_with(prefix));
    let counts: Vec<f64> = buckets
        .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
        .collect();
    assert!(counts.len() > 5 && counts.is_sorted(), "{counts:?}");
    assert_eq!(counts.last(), Some(&5.0));
}

#[test]
fn a_refused_reload_and_dangers_can_be_seen() {
    let upstream = Upstream::answering(OK);
    let gateway = with_admin(&routes(&upstream, ""));
    gateway.control.reload_failed();
    assert_eq!(
        series(&gateway).get("vestibule_config_last_reload_successful"),
        Some(&0.0)
    );
    let dangerous = format!("danger_explain_to_client: true\n{}", routes(&upstream, ""));
    let config = crate::gateway::config(&dangerous);
    gateway.control.reload(config).unwrap();
    let series = series(&gateway);
    assert_eq!(
        series.get("vestibule_config_last_reload_successful"),
        Some(&1.0)
    );
    assert_eq!(series.get("vestibule_danger_settings"), Some(&1.0));
}

#[test]
fn labels_tell_sites_apart_and_no_host_of_a_client_is_one() {
    let upstream = Upstream::answering(OK);
    let site = |host: &str| {
        format!(
            "- hosts: [{host}]\n  upstreams: {{ web: {{ url: 'http://{}' }} }}\n  \
             routes: [ {{ path: '/**', to: web, auth: none }} ]\n",
            upstream.address
        )
    };
    let gateway = with_admin(&format!(
        "sites:\n{}{}",
        site("app.test"),
        site("'*.b.test'")
    ));
    let mut client = gateway.client();
    for host in [
        "app.test",
        "APP.test",
        "x.b.test",
        "y.b.test",
        "made-up.test",
    ] {
        client.send(format!("GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        client.response();
    }
    let series = series(&gateway);
    let value = |name: &str| series.get(name).copied();
    assert_eq!(value(&requests("app.test/**", "GET", 200, "")), Some(2.0));
    assert_eq!(value(&requests("*.b.test/**", "GET", 200, "")), Some(2.0));
    assert_eq!(value(&requests("", "GET", 404, "not_found")), Some(1.0));
    for name in ["app.test/web", "*.b.test/web"] {
        let sent =
            format!("vestibule_upstream_requests_total{{upstream=\"{name}\",outcome=\"ok\"}}");
        assert_eq!(value(&sent), Some(2.0), "{name}");
        let idle = format!("vestibule_upstream_connections{{upstream=\"{name}\",state=\"idle\"}}");
        assert!(value(&idle).is_some(), "{name}");
    }
    assert!(
        !series
            .keys()
            .any(|name| name.contains("made-up") || name.contains("x.b.test"))
    );
}

#[test]
fn a_connection_of_http_2_is_idle_without_a_stream() {
    let answer = Arc::new(Notify::new());
    let told = Arc::clone(&answer);
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        exchange.read().await;
        told.notified().await;
        exchange.answer("ok");
    });
    let gateway = with_admin(&http2_routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    upstream.seen();
    let idle = "vestibule_upstream_connections{upstream=\"api\",state=\"idle\"}";
    assert_eq!(series(&gateway).get(idle), Some(&0.0));
    answer.notify_one();
    assert_eq!(client.response().text(), "ok");
    assert_eq!(series(&gateway).get(idle), Some(&1.0));
}
