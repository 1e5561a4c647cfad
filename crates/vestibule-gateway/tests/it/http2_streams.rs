//! HTTP/2 to upstreams: bodies in both directions, and that a stream is in no other's way.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use http::Response;
use socket2::SockRef;

use crate::client::PATIENCE;
use crate::gateway::Gateway;
use crate::http2_upstream::{
    DATA, END_HEADERS, Exchange, Frames, HEADERS, Http2Upstream, RST_STREAM, STATUS_200,
};
use crate::upstream_http2::routes;

#[test]
fn a_client_that_leaves_takes_its_stream_along_and_no_other() {
    let (report, left) = channel();
    let report = Mutex::new(report);
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        exchange.read().await;
        if exchange.head.uri.path() == "/open/long" {
            let response = Response::new(());
            let mut stream = exchange.respond.send_response(response, false).unwrap();
            stream
                .send_data(Bytes::from_static(b"begun"), false)
                .unwrap();
            let reason = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
            report.lock().unwrap().send(reason.unwrap()).unwrap();
        } else {
            exchange.answer("ok");
        }
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send("GET /open/long HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert_eq!(client.head().0, 200);
    drop(client);
    assert_eq!(left.recv().unwrap(), Reason::CANCEL);
    assert_eq!(gateway.client().get("/open/a", &[]).text(), "ok");
    assert_eq!(
        (upstream.seen().connection, upstream.seen().connection),
        (0, 0)
    );
}

#[test]
fn a_client_that_leaves_before_the_answer_takes_its_stream_along() {
    let (report, left) = channel();
    let report = Mutex::new(report);
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        exchange.read().await;
        let reason = exchange.reset().await;
        report.lock().unwrap().send(reason).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send("GET /open/long HTTP/1.1\r\nHost: app.test\r\n\r\n");
    upstream.seen();
    drop(client);
    assert_eq!(left.recv().unwrap(), Some(Reason::CANCEL));
}

#[test]
fn a_stream_that_breaks_off_cuts_its_client_alone() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        if exchange.head.uri.path() == "/open/broken" {
            let response = Response::new(());
            let mut stream = exchange.respond.send_response(response, false).unwrap();
            stream
                .send_data(Bytes::from_static(b"begun"), false)
                .unwrap();
            tokio::task::yield_now().await;
            stream.send_reset(Reason::INTERNAL_ERROR);
        } else {
            exchange.answer("ok");
        }
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send("GET /open/broken HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert_eq!(client.head().0, 200);
    let rest = String::from_utf8(client.rest()).unwrap();
    assert!(!rest.contains("0\r\n\r\n"), "{rest:?}");
    assert_eq!(gateway.client().get("/open/a", &[]).text(), "ok");
    assert_eq!(
        (upstream.seen().connection, upstream.seen().connection),
        (0, 0)
    );
}

#[test]
fn an_upload_beyond_the_limit_is_broken_off() {
    let (report, broken) = channel();
    let report = Mutex::new(report);
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        let mut octets = 0;
        let end = loop {
            match exchange.body.data().await {
                Some(Ok(data)) => octets += data.len(),
                Some(Err(error)) => break error.reason(),
                None => break None,
            }
        };
        report.lock().unwrap().send((octets, end)).unwrap();
        if end.is_none() {
            exchange.answer("ok");
        }
    });
    let limit = format!("limits: {{ body: 4B }}\n{}", routes(upstream.address, ""));
    let gateway = Gateway::start(&limit);
    let mut client = gateway.client();
    let head = "POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(format!("{head}4\r\nfour\r\n"));
    client.send("1\r\n5\r\n");
    let response = client.response();
    assert_eq!((response.status, response.code()), (413, "body_too_large"));
    let (octets, end) = broken.recv().unwrap();
    assert!(octets <= 4);
    assert_eq!(end, Some(Reason::CANCEL));
    // The connection serves on.
    let mut client = gateway.client();
    client.send(format!("{head}4\r\nfour\r\n0\r\n\r\n"));
    assert_eq!(client.response().text(), "ok");
    assert_eq!(broken.recv().unwrap(), (4, None));
}

#[test]
fn both_ways_flow_at_once() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        let response = Response::new(());
        let mut stream = exchange.respond.send_response(response, false).unwrap();
        while let Some(Ok(data)) = exchange.body.data().await {
            let _ = exchange.body.flow_control().release_capacity(data.len());
            stream.send_data(data, false).unwrap();
        }
        stream.send_data(Bytes::new(), true).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.head().0, 200);
    // The next piece goes up only after the last one came down.
    for piece in ["a", "b", "c"] {
        client.send(format!("1\r\n{piece}\r\n"));
        assert_eq!(client.chunk().unwrap(), piece.as_bytes());
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.chunk(), None);
}

#[test]
fn megabytes_come_back_as_they_went() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        let heard = exchange.read().await;
        let response = Response::new(());
        let mut stream = exchange.respond.send_response(response, false).unwrap();
        stream.send_data(heard.body.into(), true).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let body: Vec<u8> = (0..3_000_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let mut client = gateway.client();
    client.send(format!(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    client.send(&body);
    assert!(client.response().body == body, "octets changed");
    let seen = upstream.seen();
    assert!(seen.body == body, "octets changed on the way up");
    assert_eq!(seen.head.headers["content-length"], "3000000");
}

/// What the upstream sent before it heard that a client left is no attack of the upstream.
#[test]
fn a_thousand_clients_that_leave_do_not_end_the_connection() {
    const LEAVING: usize = 1100;
    let (report, all) = channel();
    let report = Mutex::new(report);
    let address = Frames::serving(move |frames| {
        let mut left = Vec::new();
        while let Some(frame) = frames.next() {
            match frame.kind {
                HEADERS if left.len() < LEAVING => {
                    frames.send(HEADERS, END_HEADERS, frame.stream, STATUS_200);
                }
                // The connection is the first one still.
                HEADERS if frames.number == 0 => frames.answer(frame.stream),
                RST_STREAM => {
                    left.push(frame.stream);
                    if left.len() == LEAVING {
                        for stream in &left {
                            frames.send(DATA, 0, *stream, b"x");
                        }
                        report.lock().unwrap().send(()).unwrap();
                    }
                }
                _ => {}
            }
        }
    });
    let gateway = Gateway::start(&routes(address, ""));
    for _ in 0..LEAVING {
        let mut client = gateway.client();
        client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assert_eq!(client.head().0, 200);
    }
    all.recv_timeout(PATIENCE).unwrap();
    for _ in 0..3 {
        assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    }
}

/// Far above what the windows, a few sockets and the gateway hold together, far below the body.
const HELD: usize = 16 * 1024 * 1024;

/// Waiting this long for room is taken for stalled; a slow machine stalls earlier, never later.
const STALLED: Duration = Duration::from_millis(500);

#[test]
fn a_client_that_does_not_read_stalls_its_stream_and_nobody_else() {
    let (report, stalled) = channel();
    let report = Mutex::new(report);
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        exchange.read().await;
        if exchange.head.uri.path() != "/open/long" {
            return exchange.answer("ok");
        }
        let response = Response::new(());
        let mut stream = exchange.respond.send_response(response, false).unwrap();
        let mut written = 0;
        while written < 4 * HELD {
            stream.reserve_capacity(16 * 1024);
            let room = std::future::poll_fn(|cx| stream.poll_capacity(cx));
            let Ok(Some(Ok(room))) = tokio::time::timeout(STALLED, room).await else {
                break;
            };
            written += room;
            stream.send_data(vec![b'x'; room].into(), false).unwrap();
        }
        report.lock().unwrap().send(written).unwrap();
        // It stays open while others are served.
        let _ = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    // More than would fit into one window of the connection, if it were one for all.
    let mut clients: Vec<_> = (0..40).map(|_| gateway.client()).collect();
    for client in &mut clients {
        SockRef::from(&*client.socket())
            .set_recv_buffer_size(64 * 1024)
            .unwrap();
        client.send("GET /open/long HTTP/1.1\r\nHost: app.test\r\n\r\n");
    }
    for _ in 0..40 {
        let written = stalled.recv().unwrap();
        assert!(written < HELD, "{written} octets were taken");
    }
    assert_eq!(gateway.client().get("/open/a", &[]).text(), "ok");
    for _ in 0..41 {
        assert_eq!(upstream.seen().connection, 0);
    }
}
