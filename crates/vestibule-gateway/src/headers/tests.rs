use super::*;

fn map(lines: &[(&str, &str)]) -> HeaderMap {
    (lines.iter())
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            )
        })
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}

#[track_caller]
fn check_request(received: &[(&str, &str)], cookies: Cookies, expected: &[(&str, &str)]) {
    let mut headers = map(received);
    let value = HeaderValue::from_static;
    let outgoing = Outgoing {
        bearer: Some(&value("Bearer ours")),
        cookies,
        session_cookies: &CookieName::known(),
        host: value("app.test"),
        upgrade: false,
        received: Version::HTTP_11,
        request_id: &value("id"),
        traceparent: &value("trace"),
    };
    prepare_request(&mut headers, &outgoing);
    let ours = [
        ("host", "app.test"),
        ("authorization", "Bearer ours"),
        ("via", "1.1 vestibule"),
        ("x-request-id", "id"),
        ("traceparent", "trace"),
    ];
    let mut expected: Vec<_> = expected.iter().chain(&ours).copied().collect();
    let mut found: Vec<_> = (headers.iter())
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn owned_headers_are_ours_whatever_the_client_sends() {
    let forged = [
        ("Authorization", "Bearer forged"),
        ("X-Forwarded-User", "admin"),
        ("X_Forwarded_User", "admin"),
        ("Vestibule-Session", "x"),
        ("Remote_User", "root"),
        ("X-Middleware-Subrequest", "middleware"),
        ("traceparent", "forged"),
        ("Accept", "*/*"),
    ];
    check_request(&forged, Cookies::Drop, &[("accept", "*/*")]);
}

#[test]
fn connection_cannot_name_our_headers_away() {
    let received = [
        (
            "Connection",
            "close, Authorization, X-Request-Id, X-Mine, Content-Length",
        ),
        ("X-Mine", "1"),
        ("Content-Length", "3"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Authorization", "Basic x"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "x"),
        ("Expect", "100-continue"),
    ];
    check_request(&received, Cookies::Drop, &[("content-length", "3")]);
}

#[test]
fn cookies_go_along_only_where_the_route_says_so() {
    let received = [("Cookie", "a=b"), ("Cookie", "c=d")];
    check_request(&received, Cookies::Drop, &[]);
    check_request(
        &received,
        Cookies::Pass,
        &[("cookie", "a=b"), ("cookie", "c=d")],
    );
}

#[test]
fn the_session_stays_here_where_a_bearer_goes_along() {
    let others = |received: &[(&str, &str)], expected: &[(&str, &str)]| {
        check_request(received, Cookies::PassOthers, expected);
    };
    others(
        &[("Cookie", "a=b;  c=\"d\"")],
        &[("cookie", "a=b;  c=\"d\"")],
    );
    for name in [
        "authjs.session-token",
        "__Secure-authjs.session-token.0",
        "next-auth.session-token.12",
        "__Secure-next-auth.session-token",
        "authjs.session-token.x",
    ] {
        let all = format!("a=b; {name}=x.y; c=d;{name}.1=z;  e=f");
        others(&[("Cookie", &all)], &[("cookie", "a=b; c=d;  e=f")]);
        let first = format!("{name}=x; a=b");
        others(&[("Cookie", &first)], &[("cookie", "a=b")]);
        others(
            &[("Cookie", &format!("{name}=x")), ("Cookie", "a=b")],
            &[("cookie", "a=b")],
        );
    }
    let alike = [(
        "Cookie",
        "my-authjs.session-token=a; authjs.session-tokens=b",
    )];
    let kept = [(
        "cookie",
        "my-authjs.session-token=a; authjs.session-tokens=b",
    )];
    others(&alike, &kept);
}

#[test]
fn te_keeps_trailers_and_nothing_else() {
    check_request(
        &[("TE", "gzip, trailers;q=1")],
        Cookies::Drop,
        &[("te", "trailers")],
    );
    check_request(&[("TE", "gzip")], Cookies::Drop, &[]);
    check_request(
        &[("tracestate", "a=1")],
        Cookies::Drop,
        &[("tracestate", "a=1")],
    );
}

#[track_caller]
fn check_response(
    received: &[(&str, &str)],
    cookies: Cookies,
    read: bool,
    expected: &[(&str, &str)],
) {
    let mut headers = map(received);
    prepare_response(&mut headers, cookies, read, &HeaderValue::from_static("id"));
    let mut expected: Vec<_> = (expected.iter().copied())
        .chain([("x-request-id", "id")])
        .collect();
    let mut found: Vec<_> = (headers.iter())
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn marks_of_ours_and_connection_headers_do_not_come_from_upstreams() {
    let received = [
        ("Vestibule-Refusal", "forged"),
        ("X-Vestibule-Admin", "1"),
        ("Connection", "keep-alive"),
        ("Transfer-Encoding", "chunked"),
        ("ETag", "\"1\""),
        ("Retry-After", "3"),
    ];
    check_response(
        &received,
        Cookies::Pass,
        false,
        &[("etag", "\"1\""), ("retry-after", "3")],
    );
}

#[test]
fn set_cookie_passes_unmerged_or_not_at_all() {
    let received = [
        ("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2026 14:13:20 GMT"),
        ("Set-Cookie", "b=2"),
    ];
    let passed = received.map(|(_, value)| ("set-cookie", value));
    let private = [("cache-control", "no-store"), ("vary", "Cookie")];
    let all = [passed, private].concat();
    check_response(&received, Cookies::Pass, false, &all);
    check_response(&received, Cookies::Drop, false, &[]);
}

#[test]
fn what_used_a_session_is_never_stored() {
    let public = [("Cache-Control", "public, max-age=60"), ("Vary", "Accept")];
    let strict = [
        ("cache-control", "no-store"),
        ("vary", "Accept"),
        ("vary", "Cookie"),
    ];
    check_response(&public, Cookies::Drop, true, &strict);
    check_response(
        &public,
        Cookies::Drop,
        false,
        &[("cache-control", "public, max-age=60"), ("vary", "Accept")],
    );
    check_response(
        &[("Vary", "origin, cookie")],
        Cookies::Drop,
        true,
        &[("cache-control", "no-store"), ("vary", "origin, cookie")],
    );
}

#[test]
fn challenges_that_authenticate_a_connection_are_dropped() {
    for (received, kept) in [
        ("Negotiate", None),
        ("NTLM", None),
        ("negotiate YII=", None),
        ("Negotiate, NTLM", None),
        ("Basic realm=\"a\", Negotiate", Some("Basic realm=\"a\"")),
        (
            "Negotiate, Basic realm=\"a, Negotiate\"",
            Some("Basic realm=\"a, Negotiate\""),
        ),
        (
            "Negotiate a=b, c=d, Digest realm=\"x\\\",y\",  qop=\"auth\"",
            Some("Digest realm=\"x\\\",y\", qop=\"auth\""),
        ),
        (
            "Basic  realm = \"Negotiate\" ,x=y",
            Some("Basic  realm = \"Negotiate\" ,x=y"),
        ),
    ] {
        let expected: Vec<_> = kept
            .map(|kept| ("www-authenticate", kept))
            .into_iter()
            .collect();
        check_response(
            &[("WWW-Authenticate", received)],
            Cookies::Drop,
            false,
            &expected,
        );
    }
}

#[test]
fn a_cookie_is_not_for_caches() {
    let received = [
        ("Set-Cookie", "a=b"),
        ("Cache-Control", "public"),
        ("Vary", "Accept"),
    ];
    let private = [
        ("set-cookie", "a=b"),
        ("cache-control", "no-store"),
        ("vary", "Accept"),
        ("vary", "Cookie"),
    ];
    check_response(&received, Cookies::Pass, false, &private);
    check_response(&received, Cookies::PassOthers, false, &private);
    let public = [("cache-control", "public"), ("vary", "Accept")];
    check_response(&received, Cookies::Drop, false, &public);
}

#[test]
fn the_length_of_a_chunked_response_is_what_its_chunks_say() {
    let received = [("Content-Length", "1"), ("Transfer-Encoding", "chunked")];
    check_response(&received, Cookies::Drop, false, &[]);
    check_response(
        &[("Content-Length", "1")],
        Cookies::Drop,
        false,
        &[("content-length", "1")],
    );
}

#[test]
fn every_line_of_the_trace_state_goes_along() {
    let lines = [("tracestate", "a=1"), ("tracestate", "b=2")];
    check_request(&lines, Cookies::Drop, &lines);
}

#[test]
fn what_is_never_a_trailer_is_none() {
    for clean in [clean_trailers, clean_response_trailers] {
        let mut trailers = map(&[
            ("Cookie", "a=b"),
            ("Set-Cookie", "a=b"),
            ("Content-Length", "1"),
            ("Transfer-Encoding", "chunked"),
            ("Host", "other"),
            ("Content-Type", "text/html"),
            ("Authorization", "Bearer x"),
            ("If-Match", "x"),
            ("Vestibule-Refusal", "x"),
            ("Server-Timing", "a"),
            ("Grpc-Status", "0"),
        ]);
        clean(&mut trailers);
        let mut left: Vec<_> = trailers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["grpc-status", "server-timing"]);
    }
}
