//! The access line: one for each request, with its fields and without a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::client::{Client, PATIENCE};
use crate::gateway::{Gateway, SECRET, cookie, routes};
use crate::upstream::{OK, Upstream};

type Fields = BTreeMap<&'static str, String>;

/// Everything that the gateways of this test binary say.
struct Collector;

static EVENTS: Mutex<Vec<Fields>> = Mutex::new(Vec::new());
static ARRIVED: Condvar = Condvar::new();
static INSTALLED: Once = Once::new();

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "access" || metadata.target().starts_with("vestibule")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(Fields::from([
            ("target", event.metadata().target().into()),
            ("level", event.metadata().level().to_string()),
        ]));
        event.record(&mut line);
        events().push(line.0);
        ARRIVED.notify_all();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(Fields);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

fn events() -> MutexGuard<'static, Vec<Fields>> {
    EVENTS.lock().unwrap()
}

/// A gateway whose lines are kept, and that takes request ids from these tests.
fn start(yaml: &str) -> Gateway {
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Collector).unwrap());
    Gateway::start(&format!("trusted_proxies: [127.0.0.0/8]\n{yaml}"))
}

fn lines(id: &str, events: &[Fields]) -> Vec<Fields> {
    let is_of = |line: &&Fields| line.get("request_id").is_some_and(|given| given == id);
    events.iter().filter(is_of).cloned().collect()
}

/// The one line of a request, waited for.
#[track_caller]
fn line(id: &str) -> Fields {
    let (events, waited) = ARRIVED
        .wait_timeout_while(events(), PATIENCE, |events| lines(id, events).is_empty())
        .unwrap();
    assert!(!waited.timed_out(), "no line of {id}");
    lines(id, &events).remove(0)
}

#[track_caller]
fn check(line: &Fields, expected: &[(&str, &str)]) {
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
         X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: http\r\nCookie: {}\r\nContent-Length: 5\r\n\r\nhello",
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
fn a_refused_method_names_its_route() {
    let upstream = Upstream::answering(OK);
    let reading = "methods: [GET], auth: none";
    let gateway = start(&format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\nroutes: [{{ path: '/api/**', to: api, {reading} }}]\n",
        upstream.address
    ));
    let id = "X-Request-Id: log-method";
    gateway.client().request("DELETE /api/a", &[id]);
    let line = line("log-method");
    check(
        &line,
        &[
            ("status", "405"),
            ("reason", "method_not_allowed"),
            ("route", "/api/**"),
        ],
    );
}

#[test]
fn a_rewritten_path_that_is_unknown_is_warned_of_once() {
    let upstream = Upstream::answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    let gateway = start(&format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\nroutes: [{{ path: '/doubtful/**', to: 'api:/v1/**', auth: none }}]\n",
        upstream.address
    ));
    let mut client = gateway.client();
    for id in ["log-doubt-1", "log-doubt-2"] {
        client.get("/doubtful/a", &[&format!("X-Request-Id: {id}")]);
        line(id);
    }
    let events = events();
    let warnings = events.iter().filter(|line| {
        let has = |name, value: &str| line.get(name).is_some_and(|found| found == value);
        has("level", "WARN") && has("route", "/doubtful/**") && !has("target", "access")
    });
    assert_eq!(warnings.count(), 1);
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
    let said = format!("{:?}", *events());
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
        let found = lines(&format!("log-one-{number}"), &events());
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
    let (events, waited) = ARRIVED
        .wait_timeout_while(events(), PATIENCE, |events| !events.iter().any(is_told))
        .unwrap();
    assert!(!waited.timed_out(), "no event");
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
    assert!(lines("log-tunnel", &events()).is_empty());
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
    let gateway = start(&routes(&upstream, ""));
    let before = events().len();
    let mut client = gateway.client();
    client.send("no request at all\r\n\r\n");
    assert_eq!(client.response().status, 400);
    let not_http = |line: &Fields| line.get("cause").is_some_and(|cause| cause == "not_http");
    let (events, waited) = ARRIVED
        .wait_timeout_while(events(), PATIENCE, |events| {
            !events.iter().skip(before).any(not_http)
        })
        .unwrap();
    assert!(!waited.timed_out());
    let line = events.iter().rfind(|line| not_http(line)).unwrap();
    check(
        line,
        &[
            ("method", "-"),
            ("status", "400"),
            ("reason", "bad_request"),
        ],
    );
}
