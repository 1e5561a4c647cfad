//! Connections on both sides: kept, given up, limited, and never trusted twice.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::TRANSPORT;
use crate::client::{Client, PATIENCE};
use crate::gateway::{Gateway, TLS, Transport, routes};
use crate::upstream::{OK, Upstream};

#[test]
fn requests_in_a_row_share_one_upstream_connection() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            if seen.line.contains("/chunked") {
                accepted.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                );
            } else {
                accepted.send(OK);
            }
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    for round in 0..50 {
        // Clients come and go; what they share is the upstream.
        let mut client = gateway.client_over(TRANSPORT);
        let path = ["/open/length", "/open/chunked"][round % 2];
        assert_eq!(client.get(path, &[]).text(), "ok");
        assert_eq!(upstream.seen().connection, 0, "round {round}");
    }
}

#[test]
fn a_connection_with_an_unfinished_answer_is_not_shared() {
    let upstream = Upstream::serving(|mut accepted| {
        while accepted.request().is_some() {
            // More than was promised: whoever came next would get it as an answer.
            accepted.send(format!(
                "{OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
            ));
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for _ in 0..10 {
        let response = client.get("/open/a", &[]);
        assert_eq!((response.status, response.text()), (200, "ok"));
    }
}

#[test]
fn connection_close_is_obeyed() {
    let upstream =
        Upstream::answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for number in 0..3 {
        let response = client.get("/open/a", &[]);
        assert_eq!(response.text(), "ok");
        // The client's own connection is its own affair.
        assert_eq!(response.headers.get("connection"), None);
        assert_eq!(upstream.seen().connection, number);
    }
}

#[test]
fn a_pooled_connection_that_the_upstream_closed_is_not_used() {
    let (report, closed) = channel();
    let report = Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send(OK);
        drop(accepted);
        let _ = report.lock().unwrap().send(());
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for number in 0..20 {
        let response = client.request("POST /open/a", &["Content-Length: 0"]);
        assert_eq!((response.status, response.text()), (200, "ok"));
        assert_eq!(upstream.seen().connection, number);
        closed.recv_timeout(PATIENCE).unwrap();
    }
}

/// A booking that may have happened is not repeated (TH-91).
#[test]
fn a_request_that_arrived_is_not_sent_again() {
    for line in ["POST /open/book", "GET /open/book"] {
        let upstream = Upstream::serving(|mut accepted| {
            while let Some(seen) = accepted.request() {
                if seen.line.contains("/book") {
                    // Closing without lingering sends a reset.
                    let socket = SockRef::from(accepted.stream.get_ref());
                    socket.set_linger(Some(Duration::ZERO)).unwrap();
                    return;
                }
                accepted.send(OK);
            }
        });
        let gateway = Gateway::start(&routes(&upstream, ""));
        let mut client = gateway.client_over(TRANSPORT);
        // First over a new connection, then over a pooled one.
        for warm in [false, true] {
            if warm {
                assert_eq!(client.get("/open/warm", &[]).status, 200);
                upstream.seen();
            }
            let response = client.request(line, &["Content-Length: 0"]);
            assert_eq!(
                (response.status, response.code()),
                (502, "upstream_unreachable")
            );
            assert!(upstream.seen().line.contains("/book"));
            assert!(upstream.is_untouched(), "{line} was sent again");
        }
    }
}

#[test]
fn beyond_the_limit_clients_are_turned_away_until_a_place_is_free() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "limits: {{ connections: 2 }}\nlisten: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{TLS}{}",
        routes(&upstream, "")
    ));
    let mut first = gateway.client_over(TRANSPORT);
    let mut second = gateway.client_over(TRANSPORT);
    // An answer shows that the connection was accepted.
    assert_eq!(first.get("/open/a", &[]).status, 200);
    assert_eq!(second.get("/open/a", &[]).status, 200);
    let mut third = gateway.client_over(TRANSPORT);
    // Words would need a handshake, and that is what there is no place for.
    if TRANSPORT == Transport::Tcp {
        let response = third.response();
        assert_eq!((response.status, response.code()), (503, "unavailable"));
        assert_eq!(response.headers.get("retry-after"), Some("1"));
        assert_eq!(response.headers.get("connection"), Some("close"));
        assert_eq!(response.headers.get("cache-control"), Some("no-store"));
        assert_eq!(response.headers.get("vary"), Some("Cookie"));
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            response.headers.get("x-request-id"),
            body["request_id"].as_str()
        );
    }
    assert!(third.is_closed());
    let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
    let line = "status=\"503\",reason=\"unavailable\"} 1\n";
    assert!(metrics.text().contains(line), "{}", metrics.text());
    assert_eq!(first.get("/open/a", &["Connection: close"]).status, 200);
    assert!(first.is_closed());
    // The place is free when the task is over, which is right after the close that was seen.
    let served = (0..1000).any(|_| {
        let mut fourth = gateway.client_over(TRANSPORT);
        let _ = std::io::Write::write_all(
            fourth.socket(),
            b"GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n",
        );
        fourth.status_line().starts_with("HTTP/1.1 200")
    });
    assert!(served, "the place was not given back");
}

#[test]
fn a_head_that_does_not_come_closes_the_connection() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "timeouts: {{ request_headers: 200ms, drain: 250ms }}\n{}",
        routes(&upstream, "")
    ));
    for part in ["", "GET /open/a HTTP/1.1\r\nHost: app.test\r\nX-Slow: "] {
        let mut client = gateway.client_over(TRANSPORT);
        client.send(part);
        assert!(client.is_closed(), "{part:?}");
    }
    // On a kept connection as well.
    let mut client = gateway.client_over(TRANSPORT);
    assert_eq!(client.get("/open/a", &[]).status, 200);
    client.send("GET /open/a HT");
    assert!(client.is_closed());
    upstream.seen();
    assert!(upstream.is_untouched());
}

#[test]
fn an_idle_connection_is_closed_after_the_keep_alive_timeout() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "timeouts: {{ keep_alive: 100ms, drain: 250ms }}\n{}",
        routes(&upstream, "")
    ));
    let mut client = gateway.client_over(TRANSPORT);
    assert_eq!(client.get("/open/a", &[]).status, 200);
    assert!(client.is_closed());
}

/// An address whose connections are never established, as long as the sockets live.
fn full() -> (SocketAddr, Socket, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let wait = Duration::from_millis(200);
    let waiting = std::iter::from_fn(|| TcpStream::connect_timeout(&address, wait).ok());
    let waiting = waiting.take(64).collect();
    (address, socket, waiting)
}

#[test]
fn deadlines_before_the_answer_are_told_apart() {
    let (full, _socket, _waiting) = full();
    let dead = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let silent = Upstream::serving(|mut accepted| while accepted.request().is_some() {});
    for (address, settings, status, code, cause) in [
        (
            full,
            "connect_timeout: 100ms",
            504,
            "upstream_timeout",
            Some("connect_timeout"),
        ),
        (
            full,
            "total_timeout: 100ms",
            504,
            "upstream_timeout",
            Some("timeout"),
        ),
        (
            silent.address,
            "timeout: 100ms",
            504,
            "upstream_timeout",
            Some("response_timeout"),
        ),
        (
            silent.address,
            "total_timeout: 100ms",
            504,
            "upstream_timeout",
            Some("timeout"),
        ),
        (
            dead,
            "connect_timeout: 5s",
            502,
            "upstream_unreachable",
            None,
        ),
    ] {
        let gateway = Gateway::start(&format!(
            "danger_explain_to_client: true\n\
             upstreams: {{ api: {{ url: 'http://{address}', {settings} }} }}\n\
             routes: [ {{ path: '/**', to: api, auth: none }} ]\n"
        ));
        let response = gateway.client_over(TRANSPORT).get("/a", &[]);
        assert_eq!(
            (response.status, response.code()),
            (status, code),
            "{settings}"
        );
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["cause"].as_str(), cause, "{settings}");
    }
}

#[test]
fn a_stalled_upload_is_told_from_a_slow_upstream() {
    let silent = Upstream::serving(|mut accepted| while accepted.request().is_some() {});
    let gateway = Gateway::start(&format!(
        "danger_explain_to_client: true\n{}",
        routes(&silent, "timeout: 100ms")
    ));
    for (body, cause) in [("half", "upload_timeout"), ("complete", "response_timeout")] {
        let mut client = gateway.client_over(TRANSPORT);
        client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 8\r\n\r\n");
        client.send(body);
        let response = client.response();
        assert_eq!(
            (response.status, response.code()),
            (504, "upstream_timeout")
        );
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["cause"], cause);
    }
}

#[test]
fn deadlines_in_the_middle_of_a_body_cut_it() {
    for settings in ["idle_timeout: 100ms", "total_timeout: 300ms"] {
        let (report, closed) = channel();
        let report = Mutex::new(report);
        let upstream = Upstream::serving(move |mut accepted| {
            accepted.request();
            accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            let _ = report.lock().unwrap().send(accepted.is_closed());
        });
        let gateway = Gateway::start(&routes(&upstream, settings));
        let mut client = gateway.client_over(TRANSPORT);
        client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assert_eq!(client.head().0, 200);
        assert_eq!(client.rest(), b"half", "{settings}");
        assert_eq!(closed.recv_timeout(PATIENCE), Ok(true), "{settings}");
    }
}

#[test]
fn a_slow_upload_is_no_slow_upstream() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, "timeout: 300ms"));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 8\r\n\r\n");
    // Each octet comes well within the deadline, all of them together do not.
    let mut clock = gateway.client_over(TRANSPORT);
    clock
        .socket()
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    for _ in 0..8 {
        assert!(!clock.is_closed());
        client.send("x");
    }
    assert_eq!(client.response().status, 200);
    assert_eq!(upstream.seen().body, b"xxxxxxxx");
}
