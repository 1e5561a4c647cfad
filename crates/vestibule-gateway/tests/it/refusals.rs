//! Every refusal over a real socket: its status, its code, and an upstream that saw nothing.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};

use vestibule_gateway::Clock;

use crate::gateway::{Gateway, NOW, config, cookie};
use crate::upstream::{OK, Upstream};

fn routes(upstream: &Upstream) -> String {
    format!(
        "limits: {{ headers: 32KiB, header_count: 60, target: 2KiB, body: 1KiB }}\n\
         upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: 'api:/v1/**', auth: required, token: {{ claim: /backendToken }}, methods: [GET, POST] }}\n\
         - {{ path: '/open/**', to: 'api:/open/**', auth: none }}\n\
         - {{ path: '/page/**', to: api, auth: required }}\n",
        upstream.address
    )
}

#[track_caller]
fn check(line: &str, lines: &[&str], status: u16, code: &str) {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let response = gateway.client().request(line, lines);
    assert_eq!((response.status, response.code()), (status, code), "{line}");
    assert!(upstream.is_untouched(), "{line}");
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    assert!(response.headers.get("x-request-id").is_some());
    assert_eq!(response.headers.all("set-cookie"), [] as [&str; 0]);
}

#[test]
fn calls_without_a_session_are_401() {
    check("GET /api/a", &[], 401, "unauthenticated");
    check(
        "GET /api/a",
        &["Cookie: authjs.session-token=x.y"],
        401,
        "unauthenticated",
    );
    check(
        "GET /api/a",
        &["Authorization: Bearer x", "Accept: */*"],
        401,
        "unauthenticated",
    );
    check(
        "POST /page/a",
        &["Accept: text/html", "Content-Length: 0"],
        401,
        "unauthenticated",
    );
    check(
        "GET /page/a",
        &["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"],
        401,
        "unauthenticated",
    );
}

// TH-75: what no window shows gets no page, and a socket none either.
#[test]
fn only_a_window_is_sent_to_the_sign_in_page() {
    for lines in [
        &["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"][..],
        &["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"],
        &["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: font"],
        &["Sec-Fetch-Mode: same-origin", "Sec-Fetch-Dest: worker"],
        &["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
        &["Accept: text/html, */*", "X-Requested-With: XMLHttpRequest"],
        &["Accept: application/json", "Origin: https://other.test"],
        &["Accept: text/x-component", "RSC: 1"],
        &[
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Accept: text/html",
            "Sec-Fetch-Mode: websocket",
        ],
    ] {
        check("GET /page/a", lines, 401, "unauthenticated");
    }
    let navigation = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
    check("POST /page/a", &navigation, 401, "unauthenticated");
    check("HEAD /page/a", &navigation, 401, "unauthenticated");
    check("GET /page/a", &navigation, 302, "unauthenticated");
}

#[test]
fn an_expired_session_has_a_code_of_its_own() {
    let old = cookie(r#"{"sub":"u-1","backendToken":"t"}"#);
    let upstream = Upstream::answering(OK);
    let yaml = format!("session: {{ max_age: 1s }}\n{}", routes(&upstream));
    let gateway = Gateway::start(&yaml);
    // Issued now, so still good; then a session that says it was issued long ago.
    assert_eq!(
        gateway
            .client()
            .get("/api/a", &[&format!("Cookie: {old}")])
            .status,
        200
    );
    let secret = vestibule_session::Secret::new(crate::gateway::SECRET).unwrap();
    let name = vestibule_session::CookieName::known()[1].clone();
    let writer = vestibule_session::Writer::new(&secret, name);
    let token = writer
        .encode(r#"{"sub":"u-1"}"#, NOW - 100, 3600, [1; 32])
        .unwrap();
    let response = gateway.client().get(
        "/api/a",
        &[&format!("Cookie: authjs.session-token={token}")],
    );
    assert_eq!((response.status, response.code()), (401, "session_expired"));
    assert_eq!(
        response.headers.get("www-authenticate"),
        Some("Bearer realm=\"vestibule\"")
    );
}

#[test]
fn navigations_go_to_the_sign_in_page_and_back() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let navigation = [
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
        "Accept: text/html",
    ];
    let response = gateway.client().get("/page/a?b=c&d=%2F", &navigation);
    assert_eq!(response.status, 302);
    let location = response.headers.get("location").unwrap();
    assert_eq!(
        location,
        "/api/auth/signin?callbackUrl=%2Fpage%2Fa%3Fb%3Dc%26d%3D%252F"
    );
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    assert!(upstream.is_untouched());
}

#[test]
fn unknown_addresses_and_methods_are_told_apart() {
    check("GET /nothing", &[], 404, "not_found");
    check("GET /.vestibule/jwks.json", &[], 404, "not_found");
    check("DELETE /api/a", &[], 405, "method_not_allowed");
    check("TRACE /open/a", &[], 405, "method_not_allowed");
}

#[test]
fn paths_with_two_meanings_are_refused() {
    for path in [
        "/open/../api/a",
        "/open/./a",
        "/open/%2e%2e/a",
        "/open/%2E./a",
        "/open/%252e%252e/a",
        "/open//a",
        "//open/a",
        "/open/a%2fb",
        "/open/a%5cb",
        "/open/a\\b",
        "/open/%00",
        "/open/%zz",
        "/open/%",
        "/open/%c0%ae",
        "/open/a;b",
        "/open/a%3bb",
        "/open/%23",
        "/open/%3f",
        "/open/\"",
        "/open/{",
    ] {
        check(&format!("GET {path}"), &[], 400, "bad_path");
    }
}

#[test]
fn limits_have_their_own_statuses() {
    check(
        &format!("GET /open/{}", "a".repeat(3000)),
        &[],
        414,
        "target_too_long",
    );
    check(
        "GET /open/a",
        &[&format!("X-Long: {}", "a".repeat(33_000))],
        431,
        "headers_too_large",
    );
    check("GET /open/a", &["X: y"; 80], 431, "headers_too_large");
    check(
        "POST /open/a",
        &["Content-Length: 1025"],
        413,
        "body_too_large",
    );
}

#[test]
fn a_body_that_grows_too_large_is_cut() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        // Waits for a body that never ends well.
        let _ = std::io::copy(&mut accepted.stream, &mut std::io::sink());
    });
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    client.send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send(format!(
        "400\r\n{}\r\n400\r\n{}\r\n",
        "a".repeat(1024),
        "b".repeat(1024)
    ));
    let response = client.response();
    assert_eq!((response.status, response.code()), (413, "body_too_large"));
}

#[test]
fn hosts_and_repeated_headers_are_refused() {
    check("GET /open/a", &["Host: other.test"], 400, "bad_request");
    check("GET http://other.test/open/a", &[], 400, "bad_path");
    check(
        "GET /api/a",
        &["Authorization: Bearer a", "Authorization: Bearer b"],
        400,
        "bad_request",
    );
    check(
        "GET /api/a",
        &["Origin: http://a", "Origin: http://b"],
        400,
        "bad_request",
    );
}

#[test]
fn the_server_is_asked_about_by_its_host() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    assert_eq!(client.request("OPTIONS *", &[]).status, 204);
    client.send("OPTIONS * HTTP/1.1\r\n\r\n");
    let response = client.response();
    assert_eq!((response.status, response.code()), (400, "bad_path"));
}

/// TH-14: the clock stands for any bug.
#[test]
fn a_panic_is_the_end_of_its_request_alone() {
    static BROKEN: AtomicBool = AtomicBool::new(false);
    let upstream = Upstream::answering(OK);
    let clock = Clock::new(|| {
        assert!(!BROKEN.load(Ordering::Relaxed), "the clock is broken");
        NOW
    });
    let gateway = Gateway::start_at(config(&routes(&upstream)), clock);
    let mut other = gateway.client();
    assert_eq!(other.get("/open/a", &[]).status, 200);
    let mut client = gateway.client();
    BROKEN.store(true, Ordering::Relaxed);
    let response = client.get("/api/a", &[]);
    BROKEN.store(false, Ordering::Relaxed);
    assert_eq!((response.status, response.code()), (500, "internal"));
    assert!(client.is_closed());
    assert_eq!(other.get("/open/a", &[]).status, 200);
    assert_eq!(other.get("/api/a", &[]).status, 401);
}

/// What is answered without a request: marked like every refusal, and the end of the connection.
#[track_caller]
fn check_unreadable(gateway: &Gateway, octets: &str, status: u16, code: &str, cause: &str) {
    let mut client = gateway.client();
    client.send(octets);
    let response = client.response();
    let shown: String = octets.chars().take(200).collect();
    assert_eq!(
        (response.status, response.code()),
        (status, code),
        "{shown}"
    );
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["cause"].as_str().unwrap_or_default(), cause, "{shown}");
    let id = response.headers.get("x-request-id").unwrap();
    assert_eq!(body["request_id"], id);
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    assert_eq!(response.headers.get("vary"), Some("Cookie"));
    assert_eq!(response.headers.get("connection"), Some("close"));
    assert!(client.is_closed(), "{shown}");
}

fn explaining(upstream: &Upstream) -> Gateway {
    let switch = "danger_explain_to_client: true\n";
    Gateway::start(&format!("{switch}{}", routes(upstream)))
}

#[test]
fn what_is_no_request_at_all_is_refused_like_everything_else() {
    let upstream = Upstream::answering(OK);
    let gateway = explaining(&upstream);
    for head in [
        "GET /open/< HTTP/1.1\r\nHost: app.test\r\n\r\n",
        "GET /open/a b HTTP/1.1\r\nHost: app.test\r\n\r\n",
        "GET /open/a HTTP/1.1\r\nHost: app.test\r\nX : y\r\n\r\n",
        "GET /open/a HTTP/1.1\r\nHost: app.test\r\nX: y\r\n folded\r\n\r\n",
        "GET /open/a HTTP/1.1\r\nHost: app.test\r\nX: a\rb\r\n\r\n",
        "GET /open/\0 HTTP/1.1\r\nHost: app.test\r\n\r\n",
        "POST /open/a HTTP/1.0\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n",
        "hello\r\n\r\n",
    ] {
        check_unreadable(&gateway, head, 400, "bad_request", "not_http");
    }
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: app.test\r\n\r\n",
        "a".repeat(66_000)
    );
    check_unreadable(&gateway, &long, 414, "target_too_long", "");
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(300));
    check_unreadable(&gateway, &many, 431, "headers_too_large", "");
    assert!(upstream.is_untouched());
}

/// Whoever reads such a message differently than we do sees another request behind it (TH-78).
#[test]
fn framing_with_two_readings_is_refused() {
    let upstream = Upstream::answering(OK);
    let gateway = explaining(&upstream);
    for rest in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Content-Length: +1\r\n\r\na",
        "Content-Length: 1, 1\r\n\r\na",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "X: y\n\r\n",
        "X: y\r\n\n",
    ] {
        let octets = format!("POST /open/a HTTP/1.1\r\nHost: app.test\r\n{rest}");
        check_unreadable(&gateway, &octets, 400, "bad_request", "framing");
    }
    let bare = "GET /open/a HTTP/1.1\nHost: app.test\n\n";
    check_unreadable(&gateway, bare, 400, "bad_request", "framing");
    assert!(upstream.is_untouched());
}

#[test]
fn a_request_before_an_ambiguous_one_is_answered() {
    let upstream = Upstream::answering(OK);
    let gateway = explaining(&upstream);
    let mut client = gateway.client();
    client.send(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n\
         POST /open/b HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    assert_eq!(client.response().text(), "ok");
    let response = client.response();
    assert_eq!((response.status, response.code()), (400, "bad_request"));
    assert!(client.is_closed());
    assert!(upstream.seen().line.contains("/open/a"));
    assert!(upstream.is_untouched());
}

#[test]
fn bodies_with_two_readings_are_refused_and_cut() {
    for body in [
        "3\nabc\r\n0\r\n\r\n",
        "0\r\nX: y\n\r\n",
        "zz\r\n",
        "1\r\nab\r\n0\r\n\r\n",
    ] {
        let upstream = Upstream::serving(|mut accepted| {
            accepted.head();
            let _ = std::io::copy(&mut accepted.stream, &mut std::io::sink());
        });
        let gateway = explaining(&upstream);
        let mut client = gateway.client();
        client
            .send("POST /open/a HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send(body);
        let response = client.response();
        assert_eq!(
            (response.status, response.code()),
            (400, "bad_request"),
            "{body:?}"
        );
        assert!(response.text().contains(r#""cause":"framing""#), "{body:?}");
        assert!(client.is_closed(), "{body:?}");
    }
}

#[test]
fn the_three_upstream_failures_are_told_apart() {
    let dead = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nonsense = Upstream::answering("SSH-2.0-OpenSSH\r\n\r\n");
    let silent = Upstream::serving(|mut accepted| while accepted.request().is_some() {});
    let closing = Upstream::serving(|mut accepted| drop(accepted.request()));
    for (address, status, code) in [
        (dead, 502, "upstream_unreachable"),
        (nonsense.address, 502, "upstream_invalid"),
        (silent.address, 504, "upstream_timeout"),
        (closing.address, 502, "upstream_unreachable"),
    ] {
        let yaml = format!(
            "upstreams: {{ api: {{ url: 'http://{address}', timeout: 100ms }} }}\n\
             routes: [ {{ path: '/**', to: api, auth: none }} ]\n"
        );
        let gateway = Gateway::start(&yaml);
        let response = gateway.client().get("/a", &[]);
        assert_eq!((response.status, response.code()), (status, code));
        let page = gateway.client().get("/a", &["Accept: text/html"]);
        assert_eq!(
            page.headers.get("content-type"),
            Some("text/html; charset=utf-8")
        );
    }
}

#[test]
fn causes_reach_the_client_only_where_they_are_meant_to() {
    for (switch, shown) in [("", false), ("danger_explain_to_client: true\n", true)] {
        let upstream = Upstream::answering(OK);
        let gateway = Gateway::start(&format!("{switch}{}", routes(&upstream)));
        let response = gateway.client().get("/api/a", &[]);
        assert_eq!(
            response.text().contains("no_cookie"),
            shown,
            "{}",
            response.text()
        );
    }
}
