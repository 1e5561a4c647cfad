//! What a session opened and that goes on ends with the session, and with its secret (TH-62).

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use vestibule_gateway::Clock;

use crate::client::{Client, PATIENCE};
use crate::gateway::{Gateway, NOW, SECRET, config, cookie, cookie_of, routes, signed_in};
use crate::said;
use crate::upstream::Upstream;

const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const SWITCHED: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const OTHER: &str = "nT4bX9vQ2mK7yR5cW8dL6hJ1aZ0pS3fG";

/// One second before readers take the sessions of these tests for expired: an hour, and the tolerance.
const LAST_SECOND: u64 = NOW + 3600 + 15 - 1;

/// Streams, tunnels, and an answer of known length whose second half comes when a stream has ended.
fn lasting() -> (Upstream, Receiver<bool>) {
    let (report, closed) = channel();
    let report = Mutex::new(report);
    let (ended, end) = channel();
    let (ended, end) = (Mutex::new(ended), Mutex::new(end));
    let upstream = Upstream::serving(move |mut accepted| {
        let seen = accepted.request().unwrap();
        if seen.line.contains("/long") {
            accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
            let _ = end.lock().unwrap().recv_timeout(PATIENCE);
            accepted.send("full");
            return;
        }
        if seen.line.contains("/ws") {
            accepted.send(format!("{SWITCHED}one"));
        } else {
            accepted.send(format!("{STREAM}3\r\none\r\n"));
        }
        // Asked before the lock is taken: others wait for their own end meanwhile.
        let closed = accepted.is_closed();
        let _ = report.lock().unwrap().send(closed);
        let _ = ended.lock().unwrap().send(());
    });
    (upstream, closed)
}

/// A client that has got the first event of a stream, or of a tunnel.
fn begun(gateway: &Gateway, path: &str, id: &str, cookie: &str) -> Client {
    let mut client = gateway.client();
    let upgrade = if path.ends_with("/ws") {
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    } else {
        ""
    };
    client.send(format!(
        "GET {path} HTTP/1.1\r\nHost: app.test\r\nX-Request-Id: {id}\r\n{upgrade}{cookie}\r\n\r\n"
    ));
    let (status, _) = client.head();
    if status == 101 {
        assert_eq!(client.take(3), b"one");
    } else {
        assert_eq!(status, 200);
        assert_eq!(client.chunk().as_deref(), Some(&b"one"[..]));
    }
    client
}

#[track_caller]
fn cause(id: &str) -> Option<String> {
    let is_of = |it: &said::Fields| it.get("request_id").is_some_and(|given| given == id);
    said::event(0, is_of).get("cause").cloned()
}

#[test]
fn streams_and_tunnels_end_with_their_session() {
    let (upstream, closed) = lasting();
    let yaml = format!("trusted_proxies: [127.0.0.0/8]\n{}", routes(&upstream, ""));
    let gateway = Gateway::start_at(config(&yaml), Clock::new(|| LAST_SECOND));
    for (path, id) in [("/api/events", "lease-stream"), ("/api/ws", "lease-tunnel")] {
        let mut client = begun(&gateway, path, id, &signed_in());
        assert_eq!(client.rest(), b"", "{path}");
        assert_eq!(closed.recv_timeout(PATIENCE), Ok(true), "{path}");
        drop(client);
        assert_eq!(cause(id).as_deref(), Some("session_over"), "{path}");
    }
}

/// A download is no way to stay, and half of it is of no use.
#[test]
fn an_answer_of_known_length_is_not_cut() {
    let (upstream, closed) = lasting();
    let gateway = Gateway::start_at(config(&routes(&upstream, "")), Clock::new(|| LAST_SECOND));
    let mut long = gateway.client();
    long.send(format!(
        "GET /api/long HTTP/1.1\r\nHost: app.test\r\n{}\r\n\r\n",
        signed_in()
    ));
    assert_eq!(long.head().0, 200);
    let mut stream = begun(&gateway, "/api/events", "lease-other", &signed_in());
    assert_eq!(stream.rest(), b"");
    assert_eq!(closed.recv_timeout(PATIENCE), Ok(true));
    assert_eq!(long.take(8), b"halffull");
}

#[test]
fn what_a_removed_secret_opened_ends_and_the_rest_goes_on() {
    let (upstream, closed) = lasting();
    let with = |secrets: &str| {
        let session = format!("session: {{ secrets: [{secrets}] }}");
        config(&format!(
            "trusted_proxies: [127.0.0.0/8]\n{session}\n{}",
            routes(&upstream, "")
        ))
    };
    let claims = r#"{"sub":"u-1","backendToken":"ada-token"}"#;
    let new = format!("Cookie: {}", cookie(claims));
    let old = format!("Cookie: {}", cookie_of(OTHER, claims));
    let gateway = Gateway::start_with(with(&format!("{SECRET}, {OTHER}")));
    let mut stays = begun(&gateway, "/api/ws", "lease-stays", &new);
    let mut stream = begun(&gateway, "/api/events", "lease-old-stream", &old);
    let mut tunnel = begun(&gateway, "/api/ws", "lease-old-tunnel", &old);
    gateway
        .control
        .reload(with(&format!("{OTHER}, {SECRET}")))
        .unwrap();
    // Each connection is told by the same core, in the order in which it asks: nothing has ended.
    assert_eq!(gateway.client().get("/nowhere", &[]).status, 404);
    assert!(closed.try_recv().is_err());
    gateway.control.reload(with(SECRET)).unwrap();
    for (client, id) in [
        (&mut stream, "lease-old-stream"),
        (&mut tunnel, "lease-old-tunnel"),
    ] {
        assert_eq!(client.rest(), b"", "{id}");
        assert_eq!(closed.recv_timeout(PATIENCE), Ok(true), "{id}");
        assert_eq!(cause(id).as_deref(), Some("secret_removed"), "{id}");
    }
    stays.send("still here");
    assert_eq!(closed.recv_timeout(PATIENCE), Ok(false));
}
