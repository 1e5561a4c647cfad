//! What a client gets of an upstream's answer: a response of HTTP/2, whatever it was before.

use super::client::{Client, request};
use super::start;
use super::wire::{Outcome, Wire, get};
use crate::gateway::{Gateway, Transport};
use crate::upstream::Upstream;

/// The client and what it talks to.
fn answering(response: &'static str) -> (Client, Gateway, Upstream) {
    let upstream = Upstream::answering(response);
    let gateway = start(&upstream, "");
    let client = Client::connect(&gateway, Transport::Tls);
    (client, gateway, upstream)
}

#[test]
fn what_is_about_a_connection_stays_there() {
    let (mut client, _gateway, _upstream) = answering(
        "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n\
         Proxy-Connection: close\r\nUpgrade: h2c\r\nETag: \"1\"\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nok\r\n0\r\n\r\n",
    );
    let answer = client.get("/open/a", &[]);
    assert_eq!((answer.status, answer.text()), (200, "ok"));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let gone = [
        "connection",
        "keep-alive",
        "x-hop",
        "proxy-connection",
        "upgrade",
        "transfer-encoding",
    ];
    for name in gone {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn trailers_come_down_without_marks_of_ours() {
    let (mut client, _gateway, _upstream) = answering(
        "HTTP/1.1 200 OK\r\nTrailer: Grpc-Status\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nok\r\n0\r\nGrpc-Status: 0\r\nVestibule-Refusal: forged\r\n\r\n",
    );
    let answer = client.get("/open/a", &[("te", "trailers")]);
    assert_eq!(answer.text(), "ok");
    let trailers = answer.trailers.unwrap();
    assert_eq!(trailers["grpc-status"], "0");
    assert_eq!(trailers.len(), 1);
}

#[test]
fn an_answer_without_a_body_has_none() {
    for (response, status) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204),
        (
            "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 9\r\n\r\n",
            304,
        ),
        (
            "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
            205,
        ),
    ] {
        let (mut client, _gateway, _upstream) = answering(response);
        for _ in 0..2 {
            let answer = client.get("/open/a", &[]);
            assert_eq!((answer.status, answer.text()), (status, ""));
        }
    }
}

#[test]
fn the_answer_to_head_is_a_head() {
    let (mut client, gateway, _upstream) =
        answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    let answer = client.send(request("HEAD", "/open/a", &[]));
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert_eq!(answer.header("content-length"), Some("1000"));
    // And ours as well: a client would take octets behind it for a fault.
    let mut wire = Wire::connect(gateway.address);
    let mut fields = get("/nowhere");
    fields[0].1 = "HEAD";
    wire.request(1, &fields, true);
    let nothing = Outcome::Answer {
        status: 404,
        body: String::new(),
    };
    assert_eq!(wire.outcome(1), nothing);
    let length = |answer: super::client::Answer| answer.header("content-length").map(str::to_owned);
    let asked = length(client.send(request("HEAD", "/nowhere", &[])));
    assert_eq!(asked, length(client.get("/nowhere", &[])));
}

#[test]
fn a_switch_of_protocols_is_never_passed_on() {
    let (mut client, _gateway, _upstream) = answering(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    let answer = client.get("/open/a", &[]);
    assert_eq!((answer.status, answer.code()), (502, "upstream_invalid"));
}

#[test]
fn an_answer_that_breaks_off_has_no_end() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    });
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    wire.get(1, "/open/a");
    assert_eq!(wire.outcome(1), Outcome::Reset(2));
    // Its neighbours do not feel it.
    wire.get(3, "/nowhere");
    assert_eq!(wire.outcome(3).status(), 404);
}

#[test]
fn an_event_arrives_when_it_is_sent() {
    let (go_on, gone_on) = std::sync::mpsc::channel::<()>();
    let gone_on = std::sync::Mutex::new(gone_on);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        // The next one only when the client has the last one.
        while gone_on.lock().unwrap().recv().is_ok() {
            accepted.send("9\r\ndata: 1\n\n\r\n");
        }
        accepted.send("0\r\n\r\n");
    });
    let gateway = start(&upstream, "");
    let mut client = Client::connect(&gateway, Transport::Tls);
    let mut response = client.begin(request("GET", "/open/events", &[]));
    for _ in 0..5 {
        go_on.send(()).unwrap();
        let event = client.piece(&mut response).unwrap().unwrap();
        assert_eq!(event, "data: 1\n\n");
    }
    drop(go_on);
    // The end is a frame without anything in it.
    while let Some(piece) = client.piece(&mut response) {
        assert!(piece.unwrap().is_empty());
    }
}

#[test]
fn many_requests_share_a_connection() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(seen.line);
        }
    });
    let gateway = start(&upstream, "limits: { streams: 50 }");
    let mut wire = Wire::connect(gateway.address);
    for round in 0..10 {
        let first = round * 100 + 1;
        let streams = (first..first + 100).step_by(2);
        let paths: Vec<_> = streams
            .clone()
            .map(|stream| format!("/open/{stream}"))
            .collect();
        for (stream, path) in streams.clone().zip(&paths) {
            wire.get(stream, path);
        }
        let mut open = paths.len();
        let mut bodies = std::collections::BTreeMap::<u32, Vec<u8>>::new();
        while open > 0 {
            let frame = wire.next().expect("more answers");
            if frame.kind == super::wire::DATA {
                bodies
                    .entry(frame.stream)
                    .or_default()
                    .extend(&frame.payload);
            }
            assert_ne!(frame.kind, super::wire::RST_STREAM, "{frame:?}");
            if frame.stream > 0 && frame.flags & super::wire::END_STREAM > 0 && frame.kind < 2 {
                open -= 1;
            }
        }
        for stream in streams {
            let body = String::from_utf8_lossy(&bodies[&stream]).into_owned();
            assert_eq!(body, format!("GET /open/{stream} HTTP/1.1"));
        }
    }
}

#[test]
fn a_client_that_gives_up_ends_the_call_to_the_upstream() {
    let (report, closed) = std::sync::mpsc::channel();
    let report = std::sync::Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.head();
        let _ = report.lock().unwrap().send(accepted.is_closed());
    });
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    wire.get(1, "/open/a");
    upstream.seen();
    wire.frame(super::wire::RST_STREAM, 0, 1, &[0, 0, 0, 8]);
    assert!(closed.recv_timeout(crate::client::PATIENCE).unwrap());
}
