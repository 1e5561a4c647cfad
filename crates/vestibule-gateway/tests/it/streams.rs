//! Streams: each piece passes when it comes, and an end on either side is an end on the other.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::TRANSPORT;
use crate::client::PATIENCE;
use crate::gateway::{Gateway, routes};
use crate::upstream::{OK, Upstream};

const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/// An upstream that answers with `before` and then reports whether the gateway closed.
fn abandoned(before: &'static str) -> (Upstream, Receiver<bool>) {
    let (sender, closed) = channel();
    let sender = Mutex::new(sender);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.head();
        accepted.send(before);
        let _ = sender.lock().unwrap().send(accepted.is_closed());
    });
    (upstream, closed)
}

#[test]
fn each_event_passes_before_the_next_one_is_sent() {
    let (acknowledge, acknowledged) = channel();
    let acknowledged = Mutex::new(acknowledged);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send(STREAM);
        for number in 0..5 {
            accepted.send(format!("9\r\ndata: {number}\n\n\r\n"));
            let wait = acknowledged.lock().unwrap().recv_timeout(PATIENCE);
            assert_eq!(wait, Ok(number));
        }
        accepted.send("0\r\n\r\n");
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/events HTTP/1.1\r\nHost: app.test\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n");
    let (status, headers) = client.head();
    assert_eq!(status, 200);
    assert_eq!(headers.get("content-type"), Some("text/event-stream"));
    assert_eq!(headers.get("content-encoding"), None);
    for number in 0..5 {
        let event = format!("data: {number}\n\n");
        assert_eq!(client.chunk(), Some(event.into_bytes()));
        acknowledge.send(number).unwrap();
    }
    assert_eq!(client.chunk(), None);
}

#[test]
fn a_stream_outlives_the_keep_alive_timeout() {
    let (ended, end) = channel();
    let ended = Mutex::new(ended);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send(STREAM);
        accepted.send("3\r\none\r\n");
        // Silent for longer than clients may be idle, unless the gateway closes.
        let silence = Some(Duration::from_millis(600));
        accepted.stream.get_ref().set_read_timeout(silence).unwrap();
        let closed = accepted.is_closed();
        accepted.send("3\r\ntwo\r\n0\r\n\r\n");
        let _ = ended.lock().unwrap().send(closed);
    });
    let gateway = Gateway::start(&format!(
        "timeouts: {{ keep_alive: 100ms, request_headers: 100ms, drain: 250ms }}\n{}",
        routes(&upstream, "")
    ));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/events HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert_eq!(client.head().0, 200);
    assert_eq!(client.chunk().as_deref(), Some(&b"one"[..]));
    assert_eq!(end.recv_timeout(PATIENCE), Ok(false), "the stream was cut");
    assert_eq!(client.chunk().as_deref(), Some(&b"two"[..]));
    assert_eq!(client.chunk(), None);
}

#[test]
fn bodies_flow_both_ways_at_once() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(STREAM);
        for _ in 0..3 {
            // `4\r\nping\r\n` or however the gateway cuts it.
            let chunk = crate::client::chunk(&mut accepted.stream).unwrap();
            accepted.send(format!("{:x}\r\n", chunk.len()));
            accepted.send(chunk);
            accepted.send("\r\n");
        }
        assert_eq!(crate::client::chunk(&mut accepted.stream), None);
        accepted.send("0\r\n\r\n");
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.head().0, 200);
    for word in ["ping", "pong", "pang"] {
        client.send(format!("4\r\n{word}\r\n"));
        assert_eq!(client.chunk(), Some(word.as_bytes().to_vec()));
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.chunk(), None);
}

#[test]
fn a_client_that_leaves_a_stream_ends_it() {
    let (upstream, closed) =
        abandoned("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert_eq!(client.head().0, 200);
    assert!(client.chunk().is_some());
    drop(client);
    assert_eq!(closed.recv_timeout(PATIENCE), Ok(true));
}

#[test]
fn a_client_that_leaves_before_the_answer_ends_the_request() {
    let (upstream, closed) = abandoned("");
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    upstream.seen();
    drop(client);
    assert_eq!(closed.recv_timeout(PATIENCE), Ok(true));
}

#[test]
fn a_client_that_leaves_an_upload_ends_the_request() {
    let (sender, read) = channel();
    let sender = Mutex::new(sender);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.head();
        let body = accepted.take(4);
        let _ = sender.lock().unwrap().send((body, accepted.is_closed()));
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 10\r\n\r\nhalf");
    upstream.seen();
    drop(client);
    assert_eq!(read.recv_timeout(PATIENCE), Ok((b"half".to_vec(), true)));
}

#[test]
fn a_body_that_the_upstream_cuts_is_cut_for_the_client() {
    for (response, got) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "half"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "4\r\nhalf\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
            "4\r\nhalf\r\n",
        ),
    ] {
        let (given, go) = channel();
        let go = Mutex::new(go);
        let upstream = Upstream::serving(move |mut accepted| {
            accepted.request();
            // The head and the first piece come first, so that what is cut is the body.
            let (first, rest) = response.split_at(response.find("half").unwrap() + 4);
            accepted.send(first);
            let _ = go.lock().unwrap().recv_timeout(PATIENCE);
            accepted.send(rest);
        });
        let gateway = Gateway::start(&routes(&upstream, ""));
        let mut client = gateway.client_over(TRANSPORT);
        client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assert_eq!(client.head().0, 200);
        let mut octets = client.take(got.len());
        given.send(()).unwrap();
        octets.extend(client.rest());
        assert_eq!(String::from_utf8(octets).unwrap(), got, "{response}");
    }
}

#[test]
fn an_answer_during_an_upload_passes_and_the_rest_is_no_request() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.take(5);
        accepted.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
        accepted.is_closed();
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 100000\r\n\r\nhello");
    let response = client.response();
    assert_eq!((response.status, response.text()), (413, "big"));
    assert_eq!(response.headers.get("vestibule-refusal"), None);
    upstream.seen();
    // The connection may be closed by now.
    let _ = std::io::Write::write_all(
        client.socket(),
        b"GET /open/smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n",
    );
    assert!(client.is_closed());
    assert!(upstream.is_untouched());
}

#[test]
fn informational_answers_do_not_end_a_request() {
    let upstream = Upstream::serving(|mut accepted| {
        while accepted.request().is_some() {
            accepted.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
            accepted.send("HTTP/1.1 102 Processing\r\n\r\n");
            accepted.send(OK);
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    let response = client.get("/open/a", &[]);
    assert_eq!((response.status, response.text()), (200, "ok"));
    assert_eq!(client.get("/open/a", &[]).status, 200);
}
