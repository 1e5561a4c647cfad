//! Web sockets: a tunnel stands after the upstream's 101 and not an octet earlier.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use super::TRANSPORT;
use crate::client::{Client, PATIENCE};
use crate::gateway::{Gateway, routes, signed_in};
use crate::upstream::{Accepted, OK, Upstream};

const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn handshake(path: &str, line: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: app.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{line}\r\n"
    )
}

/// Sends back what comes, four octets at a time, to the end.
fn echo(mut accepted: Accepted) {
    accepted.head();
    accepted.send(SWITCHED);
    while !std::io::BufRead::fill_buf(&mut accepted.stream).is_ok_and(<[u8]>::is_empty) {
        let octets = accepted.take(4);
        accepted.send(octets);
    }
}

fn switched(client: &mut Client) {
    let (status, headers) = client.head();
    assert_eq!(status, 101);
    assert_eq!(headers.get("upgrade"), Some("websocket"));
    assert_eq!(headers.get("connection"), Some("upgrade"));
    assert_eq!(
        headers.get("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
}

#[test]
fn octets_pass_both_ways_after_the_switch() {
    let upstream = Upstream::serving(echo);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    for word in [b"ping", b"\x00\xff\r\n", b"pong"] {
        client.send(word);
        assert_eq!(client.take(4), word);
    }
}

#[test]
fn many_octets_pass_without_loss() {
    let upstream = Upstream::serving(echo);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    let octets: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut sender = client.socket().try_clone().unwrap();
    let sent = octets.clone();
    let sending =
        std::thread::spawn(move || std::io::Write::write_all(&mut sender, &sent).unwrap());
    assert!(client.take(octets.len()) == octets, "octets changed");
    sending.join().unwrap();
}

#[test]
fn the_upstream_gets_the_bearer_and_no_cookie() {
    let upstream = Upstream::serving(echo);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake(
        "/api/ws",
        &format!("Sec-Fetch-Site: same-origin\r\n{}\r\n", signed_in()),
    ));
    switched(&mut client);
    let seen = upstream.seen().headers;
    assert_eq!(seen.all("authorization"), ["Bearer ada-token"]);
    assert_eq!(seen.get("cookie"), None);
    assert_eq!(seen.get("upgrade"), Some("websocket"));
    assert_eq!(seen.get("connection"), Some("upgrade"));
    assert_eq!(
        seen.get("sec-websocket-key"),
        Some("dGhlIHNhbXBsZSBub25jZQ==")
    );
}

#[test]
fn without_a_session_there_is_no_tunnel() {
    let upstream = Upstream::serving(echo);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/api/ws", ""));
    let response = client.response();
    assert_eq!((response.status, response.code()), (401, "unauthenticated"));
    assert!(upstream.is_untouched());
}

#[test]
fn what_the_upstream_sends_behind_its_101_arrives() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(format!("{SWITCHED}hello"));
        accepted.is_closed();
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    assert_eq!(client.take(5), b"hello");
}

/// Pingora's CVE-2026-2833: what stands behind a handshake is not the upstream's before it agreed.
#[test]
fn what_the_client_sends_behind_its_handshake_waits_for_the_101() {
    let (report, reported) = channel();
    let report = Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.head();
        let silence = Some(std::time::Duration::from_millis(200));
        accepted.stream.get_ref().set_read_timeout(silence).unwrap();
        let early = std::io::BufRead::fill_buf(&mut accepted.stream).is_ok();
        accepted
            .stream
            .get_ref()
            .set_read_timeout(Some(PATIENCE))
            .unwrap();
        accepted.send(SWITCHED);
        let _ = report.lock().unwrap().send((early, accepted.take(5)));
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(format!("{}early", handshake("/open/ws", "")));
    switched(&mut client);
    let reported = reported.recv_timeout(PATIENCE);
    assert_eq!(reported, Ok((false, b"early".to_vec())));
}

#[test]
fn what_stands_behind_a_refused_handshake_is_a_request_with_its_own_decision() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            if seen.line.contains("/ws") {
                accepted.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            } else {
                accepted.send(OK);
            }
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(format!(
        "{}GET /api/secret HTTP/1.1\r\nHost: app.test\r\nAuthorization: Bearer forged\r\n\r\n",
        handshake("/open/ws", "")
    ));
    let refused = client.response();
    assert_eq!((refused.status, refused.text()), (403, "no"));
    assert_eq!(refused.headers.get("vestibule-refusal"), None);
    assert!(upstream.seen().line.contains("/open/ws"));
    // It needs a session, as if it had come alone.
    let pipelined = client.response();
    assert_eq!(
        (pipelined.status, pipelined.code()),
        (401, "unauthenticated")
    );
    assert!(upstream.is_untouched());
}

#[test]
fn a_silent_tunnel_ends_after_the_idle_timeout() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(SWITCHED);
        accepted.is_closed();
    });
    let gateway = Gateway::start(&routes(&upstream, "idle_timeout: 100ms"));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    assert!(client.is_closed());
}

#[test]
fn a_tunnel_outlives_the_timeouts_of_requests() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(SWITCHED);
        let silence = Some(std::time::Duration::from_millis(500));
        accepted.stream.get_ref().set_read_timeout(silence).unwrap();
        let closed = accepted.is_closed();
        accepted.send(if closed { "cut" } else { "yes" });
        accepted
            .stream
            .get_ref()
            .set_read_timeout(Some(PATIENCE))
            .unwrap();
        accepted.is_closed();
    });
    let gateway = Gateway::start(&format!(
        "timeouts: {{ keep_alive: 50ms, request_headers: 50ms, drain: 250ms }}\n{}",
        routes(&upstream, "timeout: 100ms")
    ));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    assert_eq!(client.take(3), b"yes");
}

#[test]
fn either_side_may_finish_and_still_listen() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(SWITCHED);
        let mut said = Vec::new();
        std::io::Read::read_to_end(&mut accepted.stream, &mut said).unwrap();
        said.reverse();
        accepted.send(said);
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    client.send("olleh");
    client.finish_sending();
    assert_eq!(client.rest(), b"hello");
}

#[test]
fn a_client_that_leaves_ends_the_tunnel() {
    let (report, closed) = channel();
    let report = Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.head();
        accepted.send(SWITCHED);
        let _ = report.lock().unwrap().send(accepted.is_closed());
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(handshake("/open/ws", ""));
    switched(&mut client);
    drop(client);
    assert_eq!(closed.recv_timeout(PATIENCE), Ok(true));
}

#[test]
fn a_switch_that_nobody_asked_for_is_no_answer() {
    let upstream = Upstream::serving(|mut accepted| {
        while accepted.head().is_some() {
            accepted.send(SWITCHED);
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for lines in [&[][..], &["Connection: Upgrade", "Upgrade: h2c"]] {
        let response = client.get("/open/a", lines);
        assert_eq!(
            (response.status, response.code()),
            (502, "upstream_invalid")
        );
        assert_eq!(upstream.seen().headers.get("upgrade"), None);
    }
}

#[test]
fn a_switch_in_the_middle_of_an_upload_is_no_answer() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(SWITCHED);
        accepted.is_closed();
    });
    let gateway = Gateway::start(&routes(&upstream, "timeout: 200ms"));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 9\r\n\r\nhalf");
    let response = client.response();
    assert_eq!(
        (response.status, response.code()),
        (502, "upstream_invalid")
    );
}

#[test]
fn http_1_0_knows_no_upgrade() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/ws HTTP/1.0\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_eq!(client.response().status, 200);
    assert_eq!(upstream.seen().headers.get("upgrade"), None);
}
