//! The access line: one for each request, with its fields and without a secret.

use std::sync::{Arc, Barrier};

use crate::client::Client;
use crate::gateway::{Gateway, SECRET, cookie, routes};
use crate::said::{self, Fields};
use crate::upstream::{OK, Upstream};

/// A gateway that takes request ids from these tests.
pub(crate) fn start(yaml: &str) -> Gateway {
    Gateway::start(&format!("trusted_proxies: [127.0.0.0/8]\n{yaml}"))
}

fn is_of(id: &str) -> impl Fn(&Fields) -> bool {
    move |line| line.get("request_id").is_some_and(|given| given == id)
}

/// The lines of a request so far.
fn lines(id: &str) -> Vec<Fields> {
    let mut events = said::events();
    events.retain(is_of(id));
    events
}

/// The one line of a request, waited for.
#[track_caller]
pub(crate) fn line(id: &str) -> Fields {
    said::event(0, is_of(id))
}

#[track_caller]
pub(crate) fn check(line: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let found = line.get(name).map(String::as_str);
        assert_eq!(found, Some(*value), "{name} in {line:?}");
    }
}

#[test]
fn a_forwarded_request_has_its_fields() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(seen.body);
        }
    });
    let gateway = start(&routes(&upstream, ""));
    let mut client = gateway.client();
    client.send(format!(
        "POST /api/a%20b?token=in-the-query HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: log-forwarded\r\n\
         X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: http\r\nOrigin: http://app.test\r\nCookie: {}\r\nContent-Length: 5\r\n\r\nhello",
        cookie(r#"{"sub":"u-1","backendToken":"in-the-session"}"#)
    ));
    assert_eq!(client.response().text(), "hello");
    let line = line("log-forwarded");
    check(
        &line,
        &[
            ("target", "access"),
            ("method", "POST"),
            ("path", "/api/a%20b"),
            ("route", "/api/**"),
            ("status", "200"),
            ("upstream", "api"),
            ("client_addr", "9.9.9.9"),
            ("bytes_in", "5"),
            ("bytes_out", "5"),
        ],
    );
    for absent in ["reason", "cause", "cookies"] {
        assert_eq!(line.get(absent), None, "{absent}");
    }
    for time in ["duration_ms", "upstream_ms"] {
        assert!(line[time].parse::<f64>().unwrap() > 0.0, "{time}");
    }
}

#[test]
fn a_refused_request_names_its_cookies_and_its_cause() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&routes(&upstream, ""));
    gateway.client().get(
        "/api/a?code=in-the-query",
        &[
            "X-Request-Id: log-refused",
            "Cookie: theme=in-a-cookie; __Secure-authjs.session-token=in-the-session; r\u{e9}d=x",
            "Authorization: Bearer in-the-header",
        ],
    );
    let line = line("log-refused");
    check(
        &line,
        &[
            ("status", "401"),
            ("reason", "unauthenticated"),
            ("route", "/api/**"),
            ("path", "/api/a"),
        ],
    );
    assert!(line.contains_key("cause"), "{line:?}");
    let names = r"theme,__Secure-authjs.session-token,r\xc3\xa9d";
    assert_eq!(line["cookies"], names);
    assert_eq!(line.get("upstream"), None);
}

#[test]
fn nothing_that_is_said_holds_a_secret() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&routes(&upstream, ""));
    let session = cookie(r#"{"sub":"u-1","backendToken":"confidential-token"}"#);
    let value = session.split_once('=').unwrap().1;
    let (header, broken) = (format!("Cookie: {session}"), format!("Cookie: {session}x"));
    for (id, line) in [("log-secret-1", &header), ("log-secret-2", &broken)] {
        let id = format!("X-Request-Id: {id}");
        gateway.client().get(
            "/api/a?q=confidential-query",
            &[line, &id, "Authorization: Bearer confidential-header"],
        );
    }
    line("log-secret-1");
    line("log-secret-2");
    let said = format!("{:?}", said::events());
    for secret in ["confidential", SECRET, value] {
        assert!(!said.contains(secret), "{secret} was said");
    }
}

#[test]
fn each_request_has_one_line() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&routes(&upstream, ""));
    let mut client = gateway.client();
    for number in 0..20 {
        let path = ["/open/a", "/api/a", "/nowhere", "/open/../x"][number % 4];
        client.get(path, &[&format!("X-Request-Id: log-one-{number}")]);
    }
    // The last line may come after its response.
    line("log-one-19");
    for number in 0..20 {
        let found = lines(&format!("log-one-{number}"));
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

fn leave(gateway: &Gateway, path: &str, id: &str, upstream: &Upstream) -> Client {
    let mut client = gateway.client();
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: {id}\r\n\r\n"
    ));
    upstream.seen();
    client
}

#[test]
fn a_refused_session_is_told_with_its_rule_and_without_its_claims() {
    let upstream = Upstream::answering(OK);
    let rule = "auth: required, require: { all: [ { claim: /sub, present: true }, { claim: /role, in: [A, B] } ] }";
    let yaml = routes(&upstream, "").replace("auth: required", rule);
    let gateway = start(&yaml);
    let cookie = cookie(r#"{"sub":"u-1","role":"in-the-session","backendToken":"t"}"#);
    let lines = ["X-Request-Id: log-rule", &format!("Cookie: {cookie}")];
    assert_eq!(gateway.client().get("/api/a", &lines).status, 403);
    let line = line("log-rule");
    check(
        &line,
        &[
            ("reason", "forbidden"),
            ("cause", "policy"),
            ("rule", "/role in [A, B]"),
        ],
    );
    assert!(!format!("{line:?}").contains("in-the-session"), "{line:?}");
}

#[test]
fn a_handshake_that_fails_is_told_without_the_clients_words() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&routes(&upstream, ""));
    let mut client = Client::connect(gateway.tls_address.unwrap());
    client.send("GET /open/in-the-target HTTP/1.1\r\nHost: app.test\r\n\r\n");
    client.rest();
    let is_told = |line: &Fields| line.get("message").is_some_and(|it| it.contains("no TLS"));
    said::event(0, is_told);
    let events = said::events();
    for line in events.iter().filter(|line| is_told(line)) {
        check(line, &[("level", "DEBUG"), ("client_addr", "127.0.0.1")]);
        assert!(!format!("{line:?}").contains("in-the-target"), "{line:?}");
    }
}

#[test]
fn clients_that_leave_before_the_answer_are_499() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.request();
        accepted.is_closed();
    });
    let gateway = start(&routes(&upstream, ""));
    drop(leave(&gateway, "/open/a", "log-left", &upstream));
    check(&line("log-left"), &[("status", "499"), ("path", "/open/a")]);
}

#[test]
fn a_cut_answer_says_so() {
    let arrived = Arc::new(Barrier::new(2));
    let cut = Arc::clone(&arrived);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        cut.wait();
    });
    let gateway = start(&routes(&upstream, ""));
    let mut client = leave(&gateway, "/open/a", "log-cut", &upstream);
    assert_eq!(client.head().0, 200);
    assert_eq!(client.take(4), b"half");
    arrived.wait();
    assert_eq!(client.rest(), b"");
    check(
        &line("log-cut"),
        &[
            ("status", "200"),
            ("cause", "upstream_broken"),
            ("bytes_out", "4"),
        ],
    );
}

#[test]
fn a_tunnel_has_its_line_at_its_end() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        );
        accepted.take(3);
        accepted.send("hello");
        accepted.is_closed();
    });
    let gateway = start(&routes(&upstream, ""));
    let mut client = gateway.client();
    client.send(
        "GET /open/ws HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: log-tunnel\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    assert_eq!(client.head().0, 101);
    client.send("abc");
    assert_eq!(client.take(5), b"hello");
    assert!(lines("log-tunnel").is_empty());
    drop(client);
    check(
        &line("log-tunnel"),
        &[("status", "101"), ("bytes_in", "3"), ("bytes_out", "5")],
    );
}

#[test]
fn a_refused_path_is_in_its_line_escaped() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&routes(&upstream, ""));
    let path = format!("/open/%2e%2e/'{}", "a".repeat(300));
    let response = gateway
        .client()
        .get(&format!("{path}?secret=1"), &["X-Request-Id: log-bad-path"]);
    assert_eq!(response.code(), "bad_path");
    let shown = format!("/open/%2e%2e/\\'{}", "a".repeat(186));
    check(
        &line("log-bad-path"),
        &[("path", &*shown), ("cause", "dot_segment")],
    );
}

#[test]
fn a_client_that_breaks_off_its_upload_is_499_and_one_that_breaks_framing_is_not() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        let _ = std::io::copy(&mut accepted.stream, &mut std::io::sink());
    });
    let gateway = start(&routes(&upstream, ""));
    for (id, framing, body) in [
        ("log-short", "Content-Length: 10", "abc"),
        ("log-chunk", "Transfer-Encoding: chunked", "5\r\nabc"),
    ] {
        let mut client = gateway.client();
        client.send(format!(
            "POST /open/a HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: {id}\r\n{framing}\r\n\r\n{body}"
        ));
        upstream.seen();
        drop(client);
        check(&line(id), &[("status", "499"), ("cause", "client_left")]);
        assert_eq!(line(id).get("reason"), None);
    }
    let mut client = gateway.client();
    client.send(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: log-broken\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    );
    upstream.seen();
    client.send("de\r\nzz\r\n");
    assert_eq!(client.response().status, 400);
    let broken = [
        ("status", "400"),
        ("reason", "bad_request"),
        ("cause", "framing"),
    ];
    check(&line("log-broken"), &broken);
}

#[test]
fn what_is_no_request_has_a_line_as_well() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&format!("h2c: true\n{}", routes(&upstream, "")));
    let before = said::count();
    let mut client = gateway.client();
    client.send("no request at all\r\n\r\n");
    assert_eq!(client.response().status, 400);
    check_unasked("not_http", before);
    // And who breaks the rules of HTTP/2: here with data that belongs to nothing.
    let mut client = gateway.client();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x01\0\0\0\0\0\x01x");
    check_unasked("http2", before);
}

/// Waits for a line with this cause behind those `before`.
#[track_caller]
fn check_unasked(cause: &str, before: usize) {
    let line = said::event(before, |line| {
        line.get("cause").is_some_and(|found| found == cause)
    });
    check(
        &line,
        &[
            ("method", "-"),
            ("status", "400"),
            ("reason", "bad_request"),
        ],
    );
}

#[test]
fn the_line_of_a_request_names_its_site() {
    let upstream = Upstream::answering(OK);
    let yaml = format!(
        "sites:\n- hosts: ['*.a.test', app.test]\n  upstreams: {{ web: {{ url: 'http://{}' }} }}\n  \
         routes: [ {{ path: '/**', to: web, auth: none }} ]\n",
        upstream.address
    );
    let gateway = start(&yaml);
    gateway.client().get("/x", &["X-Request-Id: log-site"]);
    let of_site = [
        ("site", "*.a.test"),
        ("route", "*.a.test/**"),
        ("upstream", "*.a.test/web"),
    ];
    check(&line("log-site"), &of_site);
    let elsewhere = ["X-Request-Id: log-no-site", "X-Forwarded-Host: b.test"];
    gateway.client().get("/x", &elsewhere);
    let line = line("log-no-site");
    let refused = [
        ("reason", "not_found"),
        ("cause", "no_site"),
        ("path", "/x"),
    ];
    check(&line, &refused);
    assert_eq!((line.get("site"), line.get("route")), (None, None));
}
