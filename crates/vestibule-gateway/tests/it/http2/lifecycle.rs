//! The end of a connection: draining, idle clients, and clients that began something and stopped.

use super::client::{Client, request};
use super::start;
use super::wire::{CONTINUATION, GOAWAY, HEADERS, Outcome, PING, Wire, block, frame, get};
use crate::gateway::Transport;
use crate::upstream::{OK, Upstream};

#[test]
fn a_draining_gateway_finishes_what_runs_and_says_goodbye() {
    let (go_on, gone_on) = std::sync::mpsc::channel::<()>();
    let gone_on = std::sync::Mutex::new(gone_on);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
        gone_on.lock().unwrap().recv().unwrap();
        accepted.send("lf");
        accepted.is_closed();
    });
    let gateway = start(&upstream, "timeouts: { drain: 20s }");
    let mut busy = Wire::connect(gateway.address);
    busy.get(1, "/open/a");
    upstream.seen();
    let mut idle = Wire::connect(gateway.address);
    idle.get(1, "/nowhere");
    assert_eq!(idle.outcome(1).status(), 404);
    gateway.control.drain();
    assert!(idle.rest().iter().any(|frame| frame.kind == GOAWAY));
    // The busy one is told as well, and has its answer nevertheless.
    while busy.next().expect("a goodbye").kind != GOAWAY {}
    go_on.send(()).unwrap();
    let rest = busy.rest();
    let body: Vec<u8> = (rest.iter())
        .filter(|frame| frame.kind == super::wire::DATA)
        .flat_map(|frame| frame.payload.clone())
        .collect();
    assert!(body.ends_with(b"lf"), "{rest:?}");
    gateway.join();
}

#[test]
fn a_draining_gateway_cuts_what_does_not_end() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.request();
        accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
        accepted.is_closed();
    });
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tls);
    let mut response = client.begin(request("GET", "/open/a", &[]));
    assert_eq!(client.piece(&mut response).unwrap().unwrap(), "ha");
    gateway.control.drain();
    gateway.join();
    assert!(client.piece(&mut response).unwrap().is_err());
}

#[test]
fn an_idle_client_is_left_however_often_it_pings() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "timeouts: { keep_alive: 300ms, drain: 250ms }");
    let mut wire = Wire::connect(gateway.address);
    wire.get(1, "/open/a");
    assert_eq!(wire.outcome(1).status(), 200);
    let ping = frame(PING, 0, 0, &[1; 8]);
    let mut reader = Wire::silent(gateway.address);
    // Each ping waits for its answer, so that they neither flood nor pause.
    let mut pings = 0;
    while !wire.flood(&ping, 1) && wire.next().is_some() {
        pings += 1;
        std::thread::park_timeout(std::time::Duration::from_millis(20));
        assert!(pings < 1000, "a ping kept the connection");
    }
    assert!(pings > 0);
    assert!(reader.rest().is_empty()); // nor is one kept that never said anything
}

#[test]
fn a_head_has_its_time_on_an_idle_and_on_a_busy_connection() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.request();
        accepted.is_closed();
    });
    let gateway = start(
        &upstream,
        "timeouts: { request_headers: 300ms, drain: 250ms }",
    );
    let fields = get("/open/a");
    let begun = |stream| {
        [
            frame(HEADERS, 1, stream, &block(&fields[..1])),
            frame(CONTINUATION, 0, stream, &block(&fields[1..2])),
        ]
        .concat()
    };
    // With the settings out of the way: nothing may come within a head.
    let settled = || {
        let mut wire = Wire::connect(gateway.address);
        wire.get(1, "/nowhere");
        assert_eq!(wire.outcome(1).status(), 404);
        wire
    };
    let mut idle = settled();
    idle.write(&begun(3));
    let mut busy = settled();
    busy.get(3, "/open/a");
    upstream.seen();
    busy.write(&begun(5));
    assert_eq!(idle.outcome(3), Outcome::Closed);
    assert_eq!(busy.outcome(5), Outcome::Closed);
    // Half a preface and half of a frame's header are no more.
    let mut preface = Wire::silent(gateway.address);
    preface.write(&super::wire::PREFACE[..10]);
    assert!(preface.rest().is_empty());
    let mut part = Wire::connect(gateway.address);
    part.write(&[0, 0]);
    part.rest();
    assert!(upstream.is_untouched());
}

#[test]
fn a_body_that_stops_in_the_middle_is_not_waited_for() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        let _ = std::io::copy(&mut accepted.stream, &mut std::io::sink());
    });
    let gateway = crate::gateway::Gateway::start(&format!(
        "h2c: true\n{}",
        crate::gateway::routes(&upstream, "timeout: 300ms")
    ));
    let mut wire = Wire::connect(gateway.address);
    let mut post = get("/open/a").to_vec();
    post[0].1 = "POST";
    for stream in [1, 3, 5] {
        wire.request(stream, &post, false);
        wire.frame(super::wire::DATA, 0, stream, b"half");
    }
    for stream in [1, 3, 5] {
        upstream.seen();
        let Outcome::Answer { status, body } = wire.outcome(stream) else {
            continue; // its answer came before that of another one, which was read for it
        };
        assert_eq!(status, 504, "{body}");
        return;
    }
    panic!("no answer");
}

#[test]
fn requests_beyond_the_limit_of_a_connection_are_refused_by_the_protocol() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.is_closed();
    });
    let gateway = start(&upstream, "limits: { streams: 3 }");
    let mut wire = Wire::connect(gateway.address);
    for stream in [1, 3, 5] {
        wire.get(stream, "/open/a");
        upstream.seen();
    }
    wire.get(7, "/open/a");
    assert_eq!(wire.outcome(7), Outcome::Reset(7)); // REFUSED_STREAM
    assert!(upstream.is_untouched());
    // A place is free again with the end of a request.
    wire.frame(super::wire::RST_STREAM, 0, 1, &[0, 0, 0, 8]);
    wire.get(9, "/nowhere");
    assert_eq!(wire.outcome(9).status(), 404);
}

#[test]
fn connections_beyond_the_limit_are_turned_away() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&upstream, "limits: { connections: 1 }");
    let mut first = Wire::connect(gateway.address);
    first.get(1, "/open/a");
    assert_eq!(first.outcome(1).status(), 200);
    let second = Wire::silent(gateway.address);
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut second.socket(), &mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 503 "));
    drop(second);
    first.get(3, "/open/a");
    assert_eq!(first.outcome(3).status(), 200);
}
