//! Bodies pass as they are: every octet, every framing, every trailer, and statuses that have none.

use super::TRANSPORT;
use crate::gateway::{Gateway, routes, signed_in};
use crate::upstream::{OK, Upstream};

/// Octets without a pattern, the same in every run.
fn noise(octets: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(octets).collect()
}

/// In chunks of uneven sizes, as a client may cut them.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = body;
    for size in [1, 7, 4096, 65_537, 300_000].into_iter().cycle() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        if chunk.is_empty() {
            break;
        }
        text.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
        text.extend_from_slice(chunk);
        text.extend_from_slice(b"\r\n");
        rest = after;
    }
    text.extend_from_slice(b"0\r\n\r\n");
    text
}

#[test]
fn five_megabytes_come_back_as_they_went() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            if seen.line.contains("/length") {
                accepted.answer(seen.body);
            } else {
                accepted.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                accepted.send(chunked(&seen.body));
            }
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let body = noise(5_000_000);
    let mut client = gateway.client_over(TRANSPORT);
    for path in ["/open/length", "/open/chunked"] {
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: app.test\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        client.send(&body);
        let by_length = client.response();
        assert!(by_length.body == body, "{path}: octets changed");
        assert!(
            upstream.seen().body == body,
            "{path}: octets changed on the way up"
        );

        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n"
        ));
        client.send(chunked(&body));
        let by_chunks = client.response();
        assert!(by_chunks.body == body, "{path}: octets changed");
        assert_eq!(
            by_chunks.headers.get("content-length").is_some(),
            path == "/open/length"
        );
        assert!(
            upstream.seen().body == body,
            "{path}: octets changed on the way up"
        );
    }
}

/// What the upstream said before it broke off is the client's, and so is the break.
#[test]
fn a_body_that_is_cut_in_one_piece_with_its_head_comes_as_far_as_it_goes() {
    for (head, part) in [
        ("Content-Length: 10", "abc"),
        ("Transfer-Encoding: chunked", "3\r\nabc\r\nzz\r\n"),
    ] {
        let upstream = Upstream::serving(move |mut accepted| {
            accepted.request();
            accepted.send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{part}"));
        });
        let gateway = Gateway::start(&routes(&upstream, ""));
        let mut client = gateway.client_over(TRANSPORT);
        client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assert_eq!(client.head().0, 200, "{head}");
        let rest = client.rest();
        let rest = String::from_utf8(rest).unwrap();
        assert!(
            rest.contains("abc") && !rest.contains("0\r\n\r\n"),
            "{head}: {rest:?}"
        );
    }
}

#[test]
fn invalid_utf_8_and_empty_bodies_pass() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(seen.body);
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for body in [&b"{\"name\":\"\xff\xfe\x80\"}"[..], b"", b"\r\n0\r\n\r\n"] {
        client.send(format!(
            "POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        client.send(body);
        assert_eq!(client.response().body, body);
        let seen = upstream.seen();
        assert_eq!(seen.body, body);
        assert_eq!(seen.headers.get("content-type"), Some("application/json"));
    }
}

#[test]
fn trailers_pass_upwards_without_the_names_that_are_ours() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\
         Trailer: X-Checksum, Authorization, X-Forwarded-For, X-Vestibule-User, Connection\r\n\r\n\
         2\r\nok\r\n0\r\nX-Checksum: abc\r\nAuthorization: Bearer forged\r\n\
         X-Forwarded-For: 6.6.6.6\r\nX-Vestibule-User: root\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(client.response().status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.body, b"ok");
    let trailers = [("x-checksum".to_owned(), "abc".to_owned())];
    assert_eq!(seen.trailers.0, trailers);
}

#[test]
fn trailers_pass_downwards_without_marks_of_ours() {
    let upstream = Upstream::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum, Vestibule-Refusal\r\n\r\n\
         2\r\nok\r\n0\r\nX-Checksum: abc\r\nVestibule-Refusal: forged\r\n\r\n",
    );
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    let response = client.get("/open/a", &["TE: trailers"]);
    assert_eq!(response.text(), "ok");
    let trailers = [("x-checksum".to_owned(), "abc".to_owned())];
    assert_eq!(response.trailers.0, trailers);
    assert_eq!(upstream.seen().headers.get("te"), Some("trailers"));
    // Whoever did not ask for trailers gets the body alone (RFC 9110 §6.5.1).
    let response = client.get("/open/a", &[]);
    assert_eq!((response.text(), response.trailers.0.len()), ("ok", 0));
}

#[test]
fn expectations_are_met_after_the_decision() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let head = "POST /api/a HTTP/1.1\r\nHost: app.test\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 5\r\nExpect: 100-continue\r\n";

    let mut stranger = gateway.client_over(TRANSPORT);
    stranger.send(format!("{head}\r\n"));
    assert_eq!(stranger.response().status, 401);
    assert!(upstream.is_untouched());

    let mut client = gateway.client_over(TRANSPORT);
    client.send(format!("{head}{}\r\n\r\n", signed_in()));
    assert_eq!(client.head().0, 100);
    client.send("hello");
    assert_eq!(client.response().status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.body, b"hello");
    assert_eq!(seen.headers.get("expect"), None);
}

#[test]
fn a_limit_is_told_before_the_client_is_asked_for_its_body() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "limits: {{ body: 4B }}\n{}",
        routes(&upstream, "")
    ));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    );
    let response = client.response();
    assert_eq!((response.status, response.code()), (413, "body_too_large"));
    assert!(upstream.is_untouched());
}

#[test]
fn statuses_without_a_body_pass() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            let status = seen.line.rsplit('/').nth(1).unwrap();
            let status = status.strip_suffix(" HTTP").unwrap();
            let length = match status {
                "200" | "304" => "Content-Length: 1234\r\n",
                "205" => "Content-Length: 0\r\n",
                _ => "",
            };
            accepted.send(format!(
                "HTTP/1.1 {status} Thus\r\nETag: \"x\"\r\n{length}\r\n"
            ));
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    for (line, status) in [
        ("HEAD /open/200", 200),
        ("DELETE /open/204", 204),
        ("GET /open/304", 304),
        ("POST /open/205", 205),
        ("HEAD /open/304", 304),
        ("GET /open/204", 204),
    ] {
        let response = client.request(line, &[]);
        assert_eq!(response.status, status, "{line}");
        assert_eq!(response.headers.get("etag"), Some("\"x\""), "{line}");
        assert_eq!(response.headers.get("vestibule-refusal"), None, "{line}");
        assert!(response.body.is_empty(), "{line}");
        if line == "HEAD /open/200" {
            assert_eq!(response.headers.get("content-length"), Some("1234"));
        }
        // All on one connection, so no body was read where there is none.
        assert_eq!(upstream.seen().connection, 0, "{line}");
    }
}

#[test]
fn a_client_of_http_1_0_gets_its_body_up_to_the_end_of_the_connection() {
    let upstream = Upstream::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    );
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/a HTTP/1.0\r\nHost: app.test\r\n\r\n");
    let (status, headers) = client.head();
    assert_eq!(status, 200);
    assert_eq!(headers.get("transfer-encoding"), None);
    assert_eq!(client.rest(), b"hello");
    assert_eq!(upstream.seen().line, "GET /open/a HTTP/1.1");
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(format!("{} {}", seen.line, seen.body.len()));
        }
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(
        "GET /open/1 HTTP/1.1\r\nHost: app.test\r\n\r\n\
         POST /open/2 HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\n\r\nabc\
         GET /nowhere HTTP/1.1\r\nHost: app.test\r\n\r\n\
         GET /open/4 HTTP/1.1\r\nHost: app.test\r\n\r\n",
    );
    assert_eq!(client.response().text(), "GET /open/1 HTTP/1.1 0");
    assert_eq!(client.response().text(), "POST /open/2 HTTP/1.1 3");
    assert_eq!(client.response().code(), "not_found");
    assert_eq!(client.response().text(), "GET /open/4 HTTP/1.1 0");
}
