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
        host: value("app.test"),
        upgrade: false,
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
    check_response(&received, Cookies::Pass, false, &passed);
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
