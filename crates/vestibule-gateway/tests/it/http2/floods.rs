//! Frames without end (TH-81): the connection that sends them ends, and the others are served.

use super::start;
use super::wire::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, Outcome, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, Wire, block, frame, get,
};
use crate::gateway::Gateway;
use crate::upstream::{OK, Upstream};

/// Far more than any client has a reason for.
const MANY: usize = 100_000;

/// Sends `octets` again and again on a connection of which a first request is answered.
///
/// The connection must end, and somebody else must be served while it goes on and after it.
#[track_caller]
fn check(name: &str, octets: &[u8]) {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    wire.get(1, "/open/a");
    assert_eq!(wire.outcome(1).status(), 200);
    check_ends(name, &gateway, wire, octets);
}

#[track_caller]
fn check_ends(name: &str, gateway: &Gateway, mut wire: Wire, octets: &[u8]) {
    let mut other = gateway.client();
    wire.flood(octets, 100);
    assert_eq!(other.get("/open/b", &[]).status, 200, "{name}");
    // Answers are read by nobody, as a flood would have it: the gateway does not wait for that.
    wire.socket().set_nonblocking(false).unwrap();
    assert!(wire.flood(octets, MANY), "{name} went on without end");
    assert_eq!(other.get("/open/c", &[]).status, 200, "{name}");
}

#[test]
fn pings_and_settings_end() {
    check("pings", &frame(PING, 0, 0, &[0; 8]));
    check("settings", &frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 255, 255]));
    check("empty settings", &frame(SETTINGS, 0, 0, &[]));
}

#[test]
fn frames_that_nobody_knows_end() {
    check("unknown frames", &frame(0xfe, 0, 0, &[0; 8]));
    check("priorities", &frame(2, 0, 1, &[0, 0, 0, 0, 1]));
}

#[test]
fn windows_that_open_a_little_end() {
    check("small updates", &frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]));
}

#[test]
fn a_window_that_opens_too_far_is_an_error() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    wire.frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]);
    assert_eq!(wire.outcome(1), Outcome::GoAway(3)); // FLOW_CONTROL_ERROR
    let mut wire = Wire::connect(gateway.address);
    wire.frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 0]);
    assert_eq!(wire.outcome(1), Outcome::GoAway(1));
}

#[test]
fn pieces_of_a_body_without_anything_in_them_end() {
    let upstream = Upstream::serving(|mut accepted| {
        if accepted
            .head()
            .is_some_and(|head| head.get("x-open").is_some())
        {
            std::thread::park_timeout(crate::client::PATIENCE); // it reads no body
        } else {
            accepted.send(OK);
            while accepted.request().is_some() {
                accepted.send(OK);
            }
        }
    });
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let mut fields = get("/open/a").to_vec();
    fields[0].1 = "POST";
    fields.push(("x-open", "1"));
    wire.request(1, &fields, false);
    upstream.seen();
    check_ends("empty data", &gateway, wire, &frame(DATA, 0, 1, &[]));
    // Nor do pieces of one octet pile up where the upstream takes none: h2 numbers them.
    let mut wire = Wire::connect(gateway.address);
    wire.request(1, &fields, false);
    upstream.seen();
    check_ends("tiny data", &gateway, wire, &frame(DATA, 0, 1, b"x"));
}

#[test]
fn a_head_without_end_ends() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let head = block(&get("/open/a"));
    wire.frame(HEADERS, END_STREAM, 1, &head);
    check_ends(
        "empty continuations",
        &gateway,
        wire,
        &frame(CONTINUATION, 0, 1, &[]),
    );
    let mut wire = Wire::connect(gateway.address);
    wire.frame(HEADERS, END_STREAM, 1, &head);
    let more = block(&[("x-more", &"x".repeat(16_000))]);
    check_ends(
        "continuations",
        &gateway,
        wire,
        &frame(CONTINUATION, 0, 1, &more),
    );
    let untouched = |line: &str| line.contains("/open/a");
    while !upstream.is_untouched() {
        // The others' requests alone.
        assert!(!untouched("GET /open/b"));
    }
}

/// Requests that are given up before anybody looked at them (CVE-2023-44487).
#[test]
fn requests_that_are_given_up_at_once_end() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let head = block(&get("/open/a"));
    let mut other = gateway.client();
    let ended = (1..MANY).any(|round| {
        let stream = u32::try_from(2 * round + 1).unwrap();
        let request = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
        wire.flood(&[request, given_up(stream)].concat(), 1)
    });
    assert!(ended, "requests were begun and given up without end");
    assert_eq!(other.get("/open/b", &[]).status, 200);
}

/// The same behind our backs: an upstream has each of them by then.
#[test]
fn requests_that_are_given_up_later_end() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.is_closed();
    });
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let head = block(&get("/open/a"));
    let mut next = 1;
    for batch in 0.. {
        assert!(batch < 100, "requests were given up without end");
        let streams: Vec<u32> = (0..50).map(|number| next + 2 * number).collect();
        next += 102;
        let begun =
            (streams.iter()).map(|stream| frame(HEADERS, END_HEADERS | END_STREAM, *stream, &head));
        wire.write(&begun.collect::<Vec<_>>().concat());
        for _ in &streams {
            upstream.seen();
        }
        let given_up: Vec<_> = streams.into_iter().map(given_up).collect();
        let probe = frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            next - 2,
            &block(&get("/nowhere")),
        );
        if wire.flood(&given_up.concat(), 1) || wire.flood(&probe, 1) {
            return;
        }
        if !matches!(wire.outcome(next - 2), Outcome::Answer { .. }) {
            return;
        }
    }
}

fn given_up(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])
}

/// The same where it is we who give them up, for a fault in each (CVE-2025-8671).
#[test]
fn requests_that_must_be_given_up_end() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let mut fields = get("/open/a").to_vec();
    fields.push(("content-length", "no number"));
    let head = block(&fields);
    let ended = (0..MANY).any(|round| {
        let stream = u32::try_from(2 * round + 1).unwrap();
        wire.flood(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &head), 1)
    });
    assert!(ended, "faults were forgiven without end");
    assert!(upstream.is_untouched());
}

/// A table entry of 4 KiB, named again and again by one octet.
#[test]
fn a_head_that_is_short_on_the_wire_and_long_in_memory_is_refused() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let mut head = block(&get("/open/a"));
    // Literal with indexing: a name of one octet, a value of 4,000.
    head.extend([0x40, 1, b'x', 127]);
    head.extend([0xa1, 0x1e]); // 4,000 - 127, in sevens
    head.extend(vec![b'v'; 4000]);
    head.extend(vec![0xbe; 10_000]); // the newest entry, 40 MB in all
    wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, &head);
    // Refused by the protocol, with nothing of it kept: the answer of ours would have a body.
    let bare = Outcome::Answer {
        status: 431,
        body: String::new(),
    };
    let outcome = wire.outcome(1);
    assert!(
        outcome == bare || matches!(outcome, Outcome::GoAway(_)),
        "{outcome:?}"
    );
    assert!(upstream.is_untouched());
}
