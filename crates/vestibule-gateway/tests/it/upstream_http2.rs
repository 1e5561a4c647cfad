//! HTTP/2 to upstreams: what passes, how connections are shared, and who gets nothing.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use tokio::sync::Notify;

use crate::authority::{Authority, Issued};
use crate::gateway::{Gateway, config_with, cookie, signed_in};
use crate::http2_upstream::{Exchange, Frames, Http2Upstream, SETTINGS};
use crate::secure_upstream::{before, showing};
use crate::upstream::{OK, Upstream};

/// One upstream with these settings behind two routes: `/open` for everybody, `/api` with a session.
pub(crate) fn routes(address: SocketAddr, settings: &str) -> String {
    format!(
        "danger_explain_to_client: true\n\
         upstreams: {{ api: {{ url: 'http://{address}', protocol: http2, {settings} }} }}\n\
         routes:\n\
         - {{ path: '/open/**', to: api, auth: none }}\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n",
    )
}

#[test]
fn request_and_answer_pass_as_they_would_over_http_1() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        let response = Response::builder()
            .status(201)
            .header("etag", "\"x\"")
            .header("vestibule-refusal", "forged")
            .header("trailer", "x-checksum, vestibule-refusal");
        let response = response.body(()).unwrap();
        let mut stream = exchange.respond.send_response(response, false).unwrap();
        stream
            .send_data(Bytes::from_static(b"made"), false)
            .unwrap();
        let mut trailers = HeaderMap::new();
        trailers.insert("x-checksum", HeaderValue::from_static("abc"));
        trailers.insert("vestibule-refusal", HeaderValue::from_static("forged"));
        stream.send_trailers(trailers).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    client.send(format!(
        "POST /api/a?b=c HTTP/1.1\r\nHost: app.test\r\nSec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\nTE: trailers, gzip\r\n\
         Connection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nAuthorization: Bearer forged\r\n\
         Trailer: X-Checksum, Authorization\r\n{}\r\n\r\n\
         2\r\nok\r\n0\r\nX-Checksum: abc\r\nAuthorization: Bearer forged\r\n\r\n",
        signed_in()
    ));
    let response = client.response();
    assert_eq!((response.status, response.text()), (201, "made"));
    assert_eq!(response.headers.get("etag"), Some("\"x\""));
    assert_eq!(response.headers.get("vestibule-refusal"), None);
    let trailers = [("x-checksum".to_owned(), "abc".to_owned())];
    assert_eq!(response.trailers.0, trailers);

    let seen = upstream.seen();
    assert_eq!(seen.head.method, "POST");
    // `:scheme` is the transport's, `:authority` is what would be `Host`.
    assert_eq!(seen.head.uri.to_string(), "http://app.test/api/a?b=c");
    let header = |name: &str| seen.head.headers.get(name).map(HeaderValue::as_bytes);
    assert_eq!(header("authorization"), Some(&b"Bearer ada-token"[..]));
    assert_eq!(header("te"), Some(&b"trailers"[..]));
    for absent in [
        "host",
        "connection",
        "keep-alive",
        "transfer-encoding",
        "x-hop",
        "cookie",
    ] {
        assert_eq!(header(absent), None, "{absent}");
    }
    assert_eq!(seen.body, b"ok");
    let trailers: Vec<_> = seen.trailers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(trailers, ["x-checksum"]);
}

#[test]
fn statuses_without_a_body_and_early_hints_pass() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        let early = Response::builder().status(103).body(()).unwrap();
        exchange.respond.send_informational(early).unwrap();
        let status = exchange.head.uri.path().rsplit('/').next().unwrap();
        let response = Response::builder().status(status).header("etag", "\"x\"");
        let response = match status {
            "200" => response.header("content-length", "1234"),
            _ => response,
        };
        let response = response.body(()).unwrap();
        exchange.respond.send_response(response, true).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let mut client = gateway.client();
    for (line, status) in [
        ("HEAD /open/200", 200),
        ("DELETE /open/204", 204),
        ("GET /open/304", 304),
        ("GET /open/404", 404),
    ] {
        let response = client.request(line, &[]);
        assert_eq!(response.status, status, "{line}");
        assert_eq!(response.headers.get("etag"), Some("\"x\""), "{line}");
        if line == "HEAD /open/200" {
            assert_eq!(response.headers.get("content-length"), Some("1234"));
        }
    }
}

#[test]
fn a_hundred_requests_share_one_connection() {
    let (waiting, arrived) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let upstream = Http2Upstream::serving(async move |mut exchange: Exchange| {
        exchange.read().await;
        // Nobody is answered before all are there.
        let all = arrived.notified();
        if waiting.fetch_add(1, Ordering::Relaxed) + 1 == 100 {
            arrived.notify_waiters();
        } else {
            all.await;
        }
        exchange.answer("ok");
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let start = Barrier::new(100);
    std::thread::scope(|scope| {
        for number in 0..100 {
            let (gateway, start) = (&gateway, &start);
            scope.spawn(move || {
                let mut client = gateway.client();
                start.wait();
                let response = client.get(&format!("/open/{number}"), &[]);
                assert_eq!((response.status, response.text()), (200, "ok"));
            });
        }
    });
    for _ in 0..100 {
        assert_eq!(upstream.seen().connection, 0);
    }
}

#[test]
fn more_connections_are_opened_when_the_upstream_takes_no_more_streams() {
    let (waiting, arrived) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let upstream = Http2Upstream::taking(2, async move |mut exchange: Exchange| {
        exchange.read().await;
        let all = arrived.notified();
        if waiting.fetch_add(1, Ordering::Relaxed) + 1 == 6 {
            arrived.notify_waiters();
        } else {
            all.await;
        }
        exchange.answer("ok");
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(gateway.client().get("/open/a", &[]).status, 200));
        }
    });
    let mut connections: Vec<_> = (0..6).map(|_| upstream.seen().connection).collect();
    connections.sort_unstable();
    assert_eq!(connections, [0, 0, 1, 1, 2, 2]);
}

/// TH-80: what authenticates a connection would authenticate everybody on it.
#[test]
fn two_users_share_a_connection_and_nothing_else() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        let response = Response::builder()
            .status(401)
            .header("www-authenticate", "Negotiate")
            .header("www-authenticate", "NTLM TlRM, Basic realm=\"x\"");
        let response = response.body(()).unwrap();
        exchange.respond.send_response(response, true).unwrap();
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    for user in ["ada", "bob"] {
        let claims = format!(r#"{{"sub":"{user}","backendToken":"{user}-token"}}"#);
        let session = format!("Cookie: {}", cookie(&claims));
        let response = gateway.client().get("/api/a", &[&session]);
        assert_eq!(response.status, 401);
        let challenges = response.headers.all("www-authenticate");
        assert_eq!(challenges, ["Basic realm=\"x\""]);
        let seen = upstream.seen();
        assert_eq!(seen.connection, 0);
        let bearers: Vec<_> = seen.head.headers.get_all("authorization").iter().collect();
        assert_eq!(bearers, [&format!("Bearer {user}-token")]);
    }
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        let size: usize = exchange
            .head
            .uri
            .path()
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let mut response = Response::new(());
        for (number, part) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let value = HeaderValue::from_str(&part.repeat(size / 4)).unwrap();
            let name = format!("x-part-{number}")
                .parse::<http::HeaderName>()
                .unwrap();
            response.headers_mut().insert(name, value);
        }
        let _ = exchange.respond.send_response(response, true);
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    assert_eq!(gateway.client().get("/open/100000", &[]).status, 200);
    let response = gateway.client().get("/open/200000", &[]);
    assert_eq!(
        (response.status, response.code()),
        (502, "upstream_invalid")
    );
    assert_eq!(gateway.client().get("/open/4", &[]).status, 200);
}

#[test]
fn an_upstream_that_does_not_speak_http_2_gets_nothing_of_a_request() {
    let (report, octets) = channel();
    let report = Mutex::new(report);
    let address = Frames::silent(move |frames| {
        frames.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        let _ = report.lock().unwrap().send(frames.rest());
    });
    let gateway = Gateway::start(&routes(address, ""));
    let response = gateway.client().get("/api/a", &[&signed_in()]);
    assert_eq!(
        (response.status, response.code()),
        (502, "upstream_invalid")
    );
    let octets = octets.recv().unwrap();
    assert!(octets.starts_with(b"PRI * HTTP/2.0"));
    // Preface and settings, and no header block.
    let kinds = octets[24..].first_chunk::<4>().map(|head| head[3]);
    assert_eq!(kinds, Some(SETTINGS));
    assert!(octets.len() < 120, "{} octets", octets.len());
}

#[test]
fn a_web_socket_is_refused_in_clear_words() {
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        exchange.answer("ok");
    });
    let gateway = Gateway::start(&routes(upstream.address, ""));
    let response = gateway.client().get(
        "/open/ws",
        &[
            "Connection: upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        ],
    );
    assert_eq!(
        (response.status, response.code()),
        (502, "upstream_unreachable")
    );
    assert!(response.text().contains("websocket_over_http2"));
    assert!(upstream.is_untouched());
}

#[test]
fn over_tls_http_2_is_agreed_on_or_nothing_is_sent() {
    let issued = Authority::system().issue(&["localhost"]);
    let start = |upstream: SocketAddr, alpn: &[&str]| {
        let address = before(upstream, showing(&issued, alpn));
        let yaml = routes(address, "").replace("http://127.0.0.1", "https://localhost");
        Gateway::start_with(config_with(&yaml, &[Issued::shared()]))
    };
    let upstream = Http2Upstream::serving(async |mut exchange: Exchange| {
        exchange.read().await;
        exchange.answer("ok");
    });
    let gateway = start(upstream.address, &["h2", "http/1.1"]);
    let response = gateway.client().get("/api/a", &[&signed_in()]);
    assert_eq!((response.status, response.text()), (200, "ok"));
    assert_eq!(
        upstream.seen().head.uri.to_string(),
        "https://app.test/api/a"
    );

    for alpn in [&["http/1.1"][..], &[]] {
        let upstream = Upstream::answering(OK);
        let gateway = start(upstream.address, alpn);
        let response = gateway.client().get("/api/a", &[&signed_in()]);
        assert_eq!(
            (response.status, response.code()),
            (502, "upstream_unreachable")
        );
        assert!(response.text().contains(r#""cause":"tls""#), "{alpn:?}");
        assert!(upstream.is_untouched());
    }
}
