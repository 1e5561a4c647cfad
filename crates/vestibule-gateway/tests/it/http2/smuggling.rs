//! Requests that mean one thing in HTTP/2 and another in HTTP/1.1: none of them goes up (TH-78).

use super::start;
use super::wire::{DATA, END_STREAM, HEADERS, Outcome, Wire, block, frame, get};
use crate::upstream::{OK, Upstream};

/// What must become of a request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// The protocol refuses it: the stream or the connection is broken off.
    Broken,
    /// It gets this answer of ours.
    Refused(u16),
}

use Fate::{Broken, Refused};

/// Sends one request on a connection of its own; the upstream must not hear of it.
#[track_caller]
fn check(name: &str, fields: &[(&str, &str)], body: Option<&[u8]>, fate: Fate) {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    wire.request(1, fields, body.is_none());
    if let Some(body) = body {
        // The gateway may have broken the connection off already.
        wire.flood(&frame(DATA, END_STREAM, 1, body), 1);
    }
    let outcome = wire.outcome(1);
    let as_expected = match fate {
        Broken => !matches!(outcome, Outcome::Answer { .. }),
        Refused(status) => outcome.status() == status,
    };
    assert!(as_expected, "{name}: {outcome:?}");
    assert!(upstream.is_untouched(), "{name}");
    // Whatever became of it, others are served.
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200, "{name}");
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&get("/open/a"), more].concat()
}

/// With this value of the pseudo-header at `position`.
fn but(position: usize, value: &str) -> Vec<(&str, &str)> {
    let mut fields = get("/open/a").to_vec();
    fields[position].1 = value;
    fields
}

#[test]
fn framing_of_http_1_has_no_meaning_here() {
    check(
        "chunked",
        &with(&[("transfer-encoding", "chunked")]),
        Some(b"0\r\n\r\n"),
        Broken,
    );
    check(
        "connection",
        &with(&[("connection", "keep-alive")]),
        None,
        Broken,
    );
    check(
        "keep-alive",
        &with(&[("keep-alive", "timeout=5")]),
        None,
        Broken,
    );
    check("upgrade", &with(&[("upgrade", "websocket")]), None, Broken);
    check(
        "proxy-connection",
        &with(&[("proxy-connection", "keep-alive")]),
        None,
        Broken,
    );
    check("te", &with(&[("te", "gzip")]), None, Broken);
}

#[test]
fn no_octet_of_a_field_ends_it_early() {
    for value in [
        "a\r\nx-forged: 1",
        "a\nx-forged: 1",
        "a\rb",
        "a\0b",
        "a\r\n\r\nGET /api/admin HTTP/1.1\r\nhost: app.test\r\n\r\n",
    ] {
        check(value, &with(&[("x-value", value)]), None, Broken);
        check(value, &with(&[("cookie", value)]), None, Broken);
        check(value, &but(0, value), None, Broken);
        check(value, &but(2, &format!("/open/{value}")), None, Broken);
        check(value, &but(3, &format!("app.test{value}")), None, Broken);
    }
    for name in ["x\r\ny", "x y", "x:y", "X-Upper", "", "x\0"] {
        check(name, &with(&[(name, "1")]), None, Broken);
    }
}

#[test]
fn a_pseudo_header_is_what_it_is_called() {
    check(
        "method with a space",
        &but(0, "GET /api/admin"),
        None,
        Broken,
    );
    check("method of a line", &but(0, "GET / HTTP/1.1"), None, Broken);
    check("empty method", &but(0, ""), None, Broken);
    check("empty path", &but(2, ""), None, Broken);
    check(
        "path with a space",
        &but(2, "/open/a HTTP/1.1"),
        None,
        Broken,
    );
    check("path without a slash", &but(2, "open/a"), None, Broken);
    check(
        "absolute path",
        &but(2, "http://other.test/open/a"),
        None,
        Broken,
    );
    check(
        "path of another host",
        &but(2, "//other.test/open/a"),
        None,
        Refused(400),
    );
    check("dots", &but(2, "/open/../api/a"), None, Refused(400));
    check("asterisk", &but(2, "*"), None, Refused(400));
    check("empty authority", &but(3, ""), None, Broken);
    check(
        "user information",
        &but(3, "app.test@other.test"),
        None,
        Refused(400),
    );
    check(
        "authority with a path",
        &but(3, "app.test/open"),
        None,
        Broken,
    );
    check(
        "authority with a space",
        &but(3, "app.test other"),
        None,
        Broken,
    );
    check("two paths", &with(&[(":path", "/api/a")]), None, Broken);
    check(
        "two authorities",
        &with(&[(":authority", "other.test")]),
        None,
        Broken,
    );
    check("unknown one", &with(&[(":x", "1")]), None, Broken);
    check(
        "behind others",
        &[&[("x", "1")][..], &get("/open/a")].concat(),
        None,
        Broken,
    );
    check("no method", &get("/open/a")[1..], None, Broken);
    check("status", &with(&[(":status", "200")]), None, Broken);
}

#[test]
fn a_length_is_that_of_the_body() {
    let post = |length| {
        let mut fields = with(&[("content-length", length)]);
        fields[0].1 = "POST";
        fields
    };
    check("end at once", &post("5"), None, Broken);
    check("signed", &post("+2"), Some(b"ok"), Broken);
    check("no number", &post("2x"), Some(b"ok"), Broken);
    check("a list", &post("2, 2"), Some(b"ok"), Broken);
    check("hexadecimal", &post("0x2"), Some(b"ok"), Broken);
    check(
        "too large",
        &post("99999999999999999999"),
        Some(b"ok"),
        Broken,
    );
    let mut twice = post("2");
    twice.push(("content-length", "3"));
    check("two of them", &twice, Some(b"ok"), Broken);
}

#[test]
fn one_length_goes_up() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let mut fields = with(&[("content-length", "2"), ("content-length", "2")]);
    fields[0].1 = "POST";
    wire.request(1, &fields, false);
    wire.frame(DATA, END_STREAM, 1, b"ok");
    assert_eq!(wire.outcome(1).status(), 200);
    let seen = upstream.seen();
    assert_eq!(seen.headers.all("content-length"), ["2"]);
    assert_eq!(seen.body, b"ok");
}

#[test]
fn a_body_of_another_length_is_never_a_whole_request() {
    for (length, body) in [("5", &b"ok"[..]), ("1", b"ok"), ("0", b"ok")] {
        let (report, read) = std::sync::mpsc::channel();
        let report = std::sync::Mutex::new(report);
        let upstream = Upstream::serving(move |mut accepted| {
            let mut octets = Vec::new();
            let _ = std::io::Read::read_to_end(&mut accepted.stream, &mut octets);
            let _ = report.lock().unwrap().send(octets);
        });
        let gateway = start(&upstream, "");
        let mut wire = Wire::connect(gateway.address);
        let mut fields = with(&[("content-length", length)]);
        fields[0].1 = "POST";
        wire.request(1, &fields, false);
        wire.flood(&frame(DATA, END_STREAM, 1, body), 1);
        let outcome = wire.outcome(1);
        assert!(
            !matches!(outcome, Outcome::Answer { .. }),
            "{length}: {outcome:?}"
        );
        // What began to go up is broken off, and no second request stands behind it.
        if let Ok(octets) = read.recv_timeout(std::time::Duration::from_millis(300)) {
            let text = String::from_utf8(octets).unwrap();
            let Some((_, sent)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            assert!(sent.len() <= length.parse().unwrap(), "{length}: {text:?}");
            assert_ne!(sent.len(), body.len(), "{length}: {text:?}");
        }
    }
}

#[test]
fn trailers_are_no_headers() {
    // A second block that does not end the request, and one with a pseudo-header.
    for (flags, fields) in [(4, [("x-sum", "1")]), (5, [(":path", "/api/a")])] {
        let upstream = Upstream::answering(OK);
        let gateway = start(&upstream, "");
        let mut wire = Wire::connect(gateway.address);
        let mut post = get("/open/a").to_vec();
        post[0].1 = "POST";
        wire.request(1, &post, false);
        wire.flood(&frame(HEADERS, flags, 1, &block(&fields)), 1);
        let outcome = wire.outcome(1);
        if matches!(outcome, Outcome::Answer { .. }) {
            // What is no trailer is dropped then, and the request is the one that it was.
            let seen = upstream.seen();
            assert_eq!(seen.line, "POST /open/a HTTP/1.1", "{flags}");
            assert!(
                seen.trailers.0.is_empty() && seen.body.is_empty(),
                "{seen:?}"
            );
        }
        assert!(upstream.is_untouched(), "{flags}");
    }
}

#[test]
fn frames_where_none_belong_end_the_connection() {
    for (name, octets) in [
        (
            "headers on the connection itself",
            frame(HEADERS, 5, 0, &block(&get("/open/a"))),
        ),
        (
            "an even stream",
            frame(HEADERS, 5, 2, &block(&get("/open/a"))),
        ),
        ("data before a request", frame(DATA, 1, 1, b"x")),
        ("a frame of another kind within a head", {
            let head = block(&get("/open/a"));
            [
                frame(HEADERS, 1, 1, &head[..4]),
                frame(6, 0, 0, &[0; 8]),
                frame(9, 4, 1, &head[4..]),
            ]
            .concat()
        }),
        ("more padding than there is", frame(DATA, 8, 1, &[200, 0])),
        (
            "a frame longer than allowed",
            frame(DATA, 0, 1, &vec![0; 20_000]),
        ),
        (
            "a table that grows beyond its size",
            frame(HEADERS, 5, 1, &[0x3f, 0xff, 0xff, 0x03]),
        ),
        (
            "an entry that is not there",
            frame(HEADERS, 5, 1, &[0xff, 0x80, 0x01]),
        ),
    ] {
        let upstream = Upstream::answering(OK);
        let gateway = start(&upstream, "");
        let mut wire = Wire::connect(gateway.address);
        wire.flood(&octets, 1);
        let outcome = wire.outcome(1);
        assert!(
            matches!(outcome, Outcome::GoAway(_) | Outcome::Closed),
            "{name}: {outcome:?}"
        );
        assert!(upstream.is_untouched(), "{name}");
    }
}
