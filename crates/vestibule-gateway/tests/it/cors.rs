//! Pages of other origins read what their route lets them read, and nothing else (TH-77).

use crate::client::Response;
use crate::gateway::{Gateway, cookie, signed_in};
use crate::upstream::Upstream;

/// Of the route whose settings these are, and of one that leaves the matter to its upstream.
fn routes(upstream: &Upstream, cors: &str) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }}, methods: [GET, POST], cors: {{ {cors} }} }}\n\
         - {{ path: '/own/**', to: api, auth: none }}\n",
        upstream.address
    )
}

const LISTED: &str = "origins: ['https://shop.test'], credentials: true, headers: [Content-Type, X-Tenant-Key], expose: [ETag], max_age: 5m";

const OPEN: &str = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n\
                    Access-Control-Expose-Headers: X-Secret\r\nContent-Length: 2\r\n\r\nok";

/// What an answer says about other origins.
fn said(response: &Response) -> Vec<String> {
    let headers = response.headers.0.iter();
    let mut said: Vec<_> = headers
        .filter_map(|(name, value)| Some((name.strip_prefix("access-control-")?, value)))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    said.sort();
    said
}

fn varies(response: &Response) -> bool {
    let vary = response.headers.all("vary").join(", ");
    vary.split(", ").any(|name| name == "Origin")
}

#[test]
fn a_preflight_is_answered_without_the_upstream_and_without_a_session() {
    let upstream = Upstream::answering(OPEN);
    let gateway = Gateway::start(&routes(&upstream, LISTED));
    let mut client = gateway.client();
    let granted = [
        "allow-credentials: true",
        "allow-headers: Content-Type, X-Tenant-Key",
        "allow-methods: GET, HEAD, POST",
        "allow-origin: https://shop.test",
        "max-age: 300",
    ];
    for (origin, method, status, expected) in [
        ("https://shop.test", "POST", 204, &granted[..]),
        ("https://shop.test", "GET", 204, &granted),
        ("https://evil.test", "POST", 204, &[]),
        ("http://shop.test", "POST", 204, &[]),
        ("https://shop.test.evil.test", "POST", 204, &[]),
        ("https://shop.test:8443", "POST", 204, &[]),
        ("null", "POST", 204, &[]),
        // No route takes this, so that the request is an ordinary one.
        ("https://shop.test", "DELETE", 405, &[]),
        ("https://shop.test", "TRACE", 405, &[]),
        ("https://shop.test", "not a method", 405, &[]),
    ] {
        let lines = [
            &*format!("Origin: {origin}"),
            &*format!("Access-Control-Request-Method: {method}"),
            "Access-Control-Request-Headers: content-type",
        ];
        let response = client.request("OPTIONS /api/a", &lines);
        assert_eq!(response.status, status, "{origin} {method}");
        assert_eq!(said(&response), expected, "{origin} {method}");
        assert!(status == 405 || varies(&response), "{origin} {method}");
        assert_eq!(response.headers.get("set-cookie"), None);
    }
    // Neither header alone makes a preflight.
    for line in [
        "Origin: https://shop.test",
        "Access-Control-Request-Method: GET",
    ] {
        assert_eq!(client.request("OPTIONS /api/a", &[line]).status, 405);
    }
    assert!(upstream.is_untouched());
}

#[test]
fn the_upstreams_own_word_is_replaced() {
    let upstream = Upstream::answering(OPEN);
    let gateway = Gateway::start(&routes(&upstream, LISTED));
    let cookie = signed_in();
    let get = |lines: &[&str]| {
        let lines: Vec<_> = lines.iter().copied().chain([&*cookie]).collect();
        let response = gateway.client().get("/api/a", &lines);
        assert_eq!(response.status, 200);
        assert!(varies(&response));
        said(&response)
    };
    let granted = [
        "allow-credentials: true",
        "allow-origin: https://shop.test",
        "expose-headers: ETag",
    ];
    assert_eq!(get(&["Origin: https://shop.test"]), granted);
    assert_eq!(get(&["Origin: https://evil.test"]), [""; 0]);
    assert_eq!(get(&["Origin: null"]), [""; 0]);
    assert_eq!(get(&[]), [""; 0]);
    // A route without `cors` leaves the matter to its upstream, preflights too.
    let response = gateway
        .client()
        .get("/own/a", &["Origin: https://evil.test"]);
    assert_eq!(said(&response).len(), 3);
    let lines = [
        "Origin: https://a.test",
        "Access-Control-Request-Method: PUT",
    ];
    let response = gateway.client().request("OPTIONS /own/a", &lines);
    assert_eq!((response.status, said(&response).len()), (200, 3));
}

#[test]
fn a_script_can_read_why_it_was_refused() {
    let upstream = Upstream::answering(OPEN);
    let gateway = Gateway::start(&routes(&upstream, LISTED));
    let nameless = format!("Cookie: {}", cookie(r#"{"sub":"u"}"#));
    for (line, cookie, status) in [
        ("GET /api/a", "Cookie: a=b", 401),
        ("GET /api/a", &*nameless, 401),
        ("POST /api/a", "Cookie: a=b", 401),
    ] {
        for (origin, readable) in [("https://shop.test", true), ("https://evil.test", false)] {
            let lines = [cookie, &*format!("Origin: {origin}")];
            let response = gateway.client().request(line, &lines);
            assert_eq!(response.status, status);
            let allowed = response.headers.get("access-control-allow-origin");
            assert_eq!(allowed, readable.then_some(origin));
            assert!(varies(&response));
        }
    }
    // An origin that is let in with credentials may also act, and no other.
    let cookie = signed_in();
    for (origin, status) in [("https://shop.test", 200), ("https://evil.test", 403)] {
        let lines = [
            &*cookie,
            &*format!("Origin: {origin}"),
            "Sec-Fetch-Site: cross-site",
        ];
        let response = gateway.client().request("POST /api/a", &lines);
        assert_eq!(response.status, status, "{origin}");
    }
}

#[test]
fn everybody_gets_nothing_that_is_the_users() {
    let upstream = Upstream::answering(OPEN);
    let gateway = Gateway::start(&routes(&upstream, "origins: ['*']"));
    let lines = [
        "Origin: https://any.test",
        "Access-Control-Request-Method: GET",
    ];
    let response = gateway.client().request("OPTIONS /api/a", &lines);
    let granted = [
        "allow-headers: Content-Type",
        "allow-methods: GET, HEAD, POST",
        "allow-origin: *",
        "max-age: 600",
    ];
    assert_eq!(said(&response), granted);
    let response = gateway.client().get("/api/a", &lines[..1]);
    assert_eq!(response.status, 401);
    assert_eq!(said(&response), ["allow-origin: *"]);
    assert!(varies(&response));
    // Cookies that came along all the same do not act.
    let cookie = signed_in();
    let response = gateway
        .client()
        .request("POST /api/a", &[&cookie, lines[0]]);
    assert_eq!((response.status, response.code()), (403, "csrf"));
    assert!(upstream.is_untouched());
}
