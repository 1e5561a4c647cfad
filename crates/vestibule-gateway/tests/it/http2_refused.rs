//! HTTP/2 to upstreams, when they refuse, go away or fall silent: sent again is only what was not processed.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use crate::client::Response;
use crate::gateway::Gateway;
use crate::http2_upstream::{END_HEADERS, Frames, HEADERS, STATUS_200};
use crate::upstream_http2::routes;

/// Answers each stream with `act`, and reports the connection of each.
fn upstream(act: impl Fn(&Frames, u32) + Send + Sync + 'static) -> (SocketAddr, Receiver<usize>) {
    let (report, opened) = channel();
    let report = Mutex::new(report);
    let address = Frames::serving(move |frames| {
        while let Some(stream) = frames.opened() {
            report.lock().unwrap().send(frames.number).unwrap();
            act(frames, stream);
        }
    });
    (address, opened)
}

fn post(gateway: &Gateway) -> Response {
    let mut client = gateway.client();
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\n\r\nbody");
    client.response()
}

#[track_caller]
fn is_unreachable(response: &Response) {
    let code = (response.status, response.code());
    assert_eq!(code, (502, "upstream_unreachable"));
}

#[test]
fn a_request_behind_a_goaway_goes_to_a_new_connection() {
    let (address, opened) = upstream(|frames, stream| {
        if frames.number == 0 {
            frames.go_away(0);
        } else {
            frames.answer(stream);
        }
    });
    let gateway = Gateway::start(&routes(address, ""));
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    assert_eq!((opened.recv().unwrap(), opened.recv().unwrap()), (0, 1));
    // And so does everybody after it.
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    assert_eq!(opened.recv().unwrap(), 1);
}

#[test]
fn what_runs_before_a_goaway_comes_to_its_end_there() {
    let (address, opened) = upstream(|frames, stream| {
        if frames.number == 0 {
            frames.go_away(stream);
        }
        frames.answer(stream);
    });
    let gateway = Gateway::start(&routes(address, ""));
    for _ in 0..2 {
        assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    }
    assert_eq!((opened.recv().unwrap(), opened.recv().unwrap()), (0, 1));
}

/// TH-91: the upstream may have done what it was asked.
#[test]
fn a_request_that_may_have_been_processed_is_not_sent_again() {
    // 1 is PROTOCOL_ERROR, 2 INTERNAL_ERROR, 8 CANCEL, 11 ENHANCE_YOUR_CALM.
    for reason in [1, 2, 8, 11] {
        let (address, opened) = upstream(move |frames, stream| frames.reset(stream, reason));
        let gateway = Gateway::start(&routes(address, ""));
        is_unreachable(&gateway.client().get("/open/a", &[]));
        is_unreachable(&post(&gateway));
        drop(gateway);
        assert_eq!(opened.try_iter().count(), 2, "{reason}");
    }
    // A connection that ends behind a GOAWAY which counts the stream among the processed.
    let (report, opened) = channel();
    let report = Mutex::new(report);
    let address = Frames::serving(move |frames| {
        let stream = frames.opened().unwrap();
        report.lock().unwrap().send(()).unwrap();
        frames.go_away(stream);
    });
    let gateway = Gateway::start(&routes(address, ""));
    is_unreachable(&gateway.client().get("/open/a", &[]));
    drop(gateway);
    assert_eq!(opened.try_iter().count(), 1);
}

#[test]
fn a_refused_stream_is_opened_again_a_few_times() {
    let refused = Mutex::new(0);
    let (address, opened) = upstream(move |frames, stream| {
        let mut refused = refused.lock().unwrap();
        if *refused < 2 {
            *refused += 1;
            frames.reset(stream, REFUSED_STREAM);
        } else {
            frames.answer(stream);
        }
    });
    let gateway = Gateway::start(&routes(address, ""));
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
    drop(gateway);
    assert_eq!(opened.try_iter().count(), 3);

    let (address, opened) = upstream(|frames, stream| frames.reset(stream, REFUSED_STREAM));
    let gateway = Gateway::start(&routes(address, ""));
    is_unreachable(&gateway.client().get("/open/a", &[]));
    drop(gateway);
    assert_eq!(opened.try_iter().count(), 3);
}

/// The body is streamed, so what was taken of it cannot be sent a second time.
#[test]
fn a_refused_stream_with_a_body_is_not_opened_again() {
    let (address, opened) = upstream(|frames, stream| {
        // The data was sent along.
        frames.next();
        frames.reset(stream, REFUSED_STREAM);
    });
    let gateway = Gateway::start(&routes(address, ""));
    is_unreachable(&post(&gateway));
    drop(gateway);
    assert_eq!(opened.try_iter().count(), 1);
}

#[test]
fn a_connection_that_died_while_idle_is_replaced() {
    let (report, closed) = channel();
    let report = Mutex::new(report);
    let address = Frames::serving(move |frames| {
        let stream = frames.opened().unwrap();
        frames.answer(stream);
        frames.close();
        report.lock().unwrap().send(frames.number).unwrap();
    });
    let gateway = Gateway::start(&routes(address, ""));
    for number in 0..3 {
        assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
        assert_eq!(closed.recv().unwrap(), number);
    }
}

#[test]
fn an_upstream_without_settings_is_a_connect_timeout() {
    let address = Frames::silent(Frames::end);
    let gateway = Gateway::start(&routes(address, "connect_timeout: 50ms"));
    let response = gateway.client().get("/open/a", &[]);
    assert_eq!(
        (response.status, response.code()),
        (504, "upstream_timeout")
    );
    assert!(response.text().contains("connect_timeout"));
}

#[test]
fn an_upstream_without_an_answer_is_a_timeout_and_its_stream_is_reset() {
    let (report, reset) = channel();
    let report = Mutex::new(report);
    let address = Frames::serving(move |frames| {
        frames.opened();
        let frame = frames.next().unwrap();
        report
            .lock()
            .unwrap()
            .send((frame.kind, frame.payload))
            .unwrap();
        frames.end();
    });
    let gateway = Gateway::start(&routes(address, "timeout: 50ms"));
    let response = gateway.client().get("/open/a", &[]);
    assert_eq!(
        (response.status, response.code()),
        (504, "upstream_timeout")
    );
    assert!(response.text().contains("response_timeout"));
    // CANCEL.
    assert_eq!(reset.recv().unwrap(), (3, vec![0, 0, 0, 8]));
}

#[test]
fn a_body_that_falls_silent_is_cut() {
    let address = Frames::serving(|frames| {
        let stream = frames.opened().unwrap();
        frames.send(HEADERS, END_HEADERS, stream, STATUS_200);
        frames.end();
    });
    for setting in ["idle_timeout: 50ms", "total_timeout: 50ms"] {
        let gateway = Gateway::start(&routes(address, setting));
        let mut client = gateway.client();
        client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assert_eq!(client.head().0, 200, "{setting}");
        assert_eq!(client.rest(), b"", "{setting}");
    }
}

const REFUSED_STREAM: u32 = 7;
