//! What depends on a session is for nobody else; what the upstream said stays as it said it.

use std::fmt::Write as _;

use crate::client::Headers;
use crate::gateway::{Gateway, cookie, signed_in};
use crate::upstream::{OK, Upstream};

/// End-to-end headers that applications live on (TH-87).
const GOLDEN: [(&str, &str); 18] = [
    ("accept-ranges", "bytes"),
    ("access-control-allow-origin", "https://app.test"),
    ("age", "7"),
    ("alt-svc", "h3=\":443\""),
    ("content-disposition", "attachment; filename=\"a b.pdf\""),
    ("content-encoding", "br"),
    ("content-language", "de"),
    ("content-security-policy", "default-src 'self'"),
    ("content-type", "application/pdf"),
    ("date", "Tue, 28 Jul 2026 10:00:00 GMT"),
    ("etag", "W/\"abc\""),
    ("last-modified", "Mon, 27 Jul 2026 10:00:00 GMT"),
    ("link", "</next>; rel=\"next\""),
    ("location", "https://elsewhere.test/a?b=c"),
    ("ratelimit", "\"default\";r=50;t=30"),
    ("retry-after", "120"),
    ("server", "backend/1"),
    ("x-total-count", "42"),
];

fn routes(upstream: &Upstream) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }}, methods: [GET] }}\n\
         - {{ path: '/optional/**', to: api, auth: optional, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/page/**', to: api, auth: optional }}\n\
         - {{ path: '/open/**', to: api, auth: none }}\n",
        upstream.address
    )
}

#[track_caller]
fn is_private(headers: &Headers) {
    assert_eq!(headers.all("cache-control"), ["no-store"]);
    for name in FOR_CACHES {
        assert_eq!(headers.get(name), None);
    }
    let vary = headers.all("vary").join(", ").to_ascii_lowercase();
    assert!(vary.split(", ").any(|name| name == "cookie"), "{vary}");
}

/// What caches read in place of `Cache-Control`.
const FOR_CACHES: [&str; 5] = [
    "cdn-cache-control",
    "expires",
    "surrogate-control",
    "vercel-cdn-cache-control",
    "x-accel-expires",
];

#[test]
fn what_read_a_session_is_stored_by_nobody() {
    let others = FOR_CACHES.map(|name| format!("{name}: 600\r\n")).concat();
    let upstream = Upstream::serving(move |mut accepted| {
        while let Some(seen) = accepted.request() {
            let status = seen.line.split(['/', ' ']).nth(3).unwrap();
            accepted.send(format!(
                "HTTP/1.1 {status} Thus\r\nCache-Control: public, max-age=3600\r\nCache-Control: immutable\r\n\
                 {others}Vary: Accept-Encoding\r\nContent-Length: 0\r\n\r\n"
            ));
        }
    });
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    let cookie = signed_in();
    for status in [200, 201, 301, 400, 401, 403, 404, 410, 500, 503] {
        for lines in [&[&*cookie][..], &[]] {
            let response = client.get(&format!("/optional/{status}"), lines);
            assert_eq!(response.status, status);
            is_private(&response.headers);
            let vary = response.headers.all("vary").join(", ");
            assert!(vary.contains("Accept-Encoding"), "{vary}");
        }
        let response = client.get(&format!("/api/{status}"), &[&cookie]);
        assert_eq!(response.status, status);
        is_private(&response.headers);
    }
}

#[test]
fn what_we_answer_is_stored_by_nobody() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let mut upstream = Upstream::answering(OK);
    upstream.address = address;
    let gateway = Gateway::start(&routes(&upstream));
    let (ada, tokenless) = (signed_in(), format!("Cookie: {}", cookie(r#"{"sub":"u"}"#)));
    let navigation = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
    for (line, lines, status) in [
        ("GET /api/a", &[][..], 401),
        ("GET /api/a", &["Cookie: authjs.session-token=x"], 401),
        ("GET /api/a", &[&tokenless], 401),
        ("GET /api/a", &navigation, 302),
        ("GET /nowhere", &[&ada], 404),
        ("GET /nowhere", &navigation, 404),
        ("POST /api/a", &[&ada], 405),
        ("GET /open/../a", &[&ada], 400),
        ("GET /api/a", &[&ada], 502),
        ("GET /open/a", &navigation, 502),
    ] {
        let response = gateway.client().request(line, lines);
        assert_eq!(response.status, status, "{line}");
        is_private(&response.headers);
    }
}

#[test]
fn pages_that_no_session_changes_keep_what_the_upstream_says() {
    let upstream = Upstream::answering(
        "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nVary: RSC\r\nContent-Length: 0\r\n\r\n",
    );
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    let cookie = signed_in();
    for path in ["/page/a", "/open/a"] {
        for lines in [&[&*cookie][..], &[]] {
            let response = client.get(path, lines);
            assert_eq!(
                response.headers.all("cache-control"),
                ["public, max-age=60"]
            );
            assert_eq!(response.headers.all("vary"), ["RSC"]);
        }
    }
}

/// The client must be able to tell a backend's 401 from ours (TH-67).
#[test]
fn a_401_of_the_upstream_passes_as_its_own() {
    let upstream = Upstream::answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\n\
         Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"error\":\"token\"}",
    );
    let gateway = Gateway::start(&routes(&upstream));
    let navigation = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
    let cookie = signed_in();
    for more in [&navigation[..], &[]] {
        let lines: Vec<_> = more.iter().copied().chain([&*cookie]).collect();
        let response = gateway.client().get("/api/a", &lines);
        assert_eq!(response.status, 401);
        assert_eq!(response.text(), "{\"error\":\"token\"}");
        assert_eq!(response.headers.get("vestibule-refusal"), None);
        assert_eq!(
            response.headers.all("www-authenticate"),
            ["Bearer error=\"invalid_token\""]
        );
        assert_eq!(
            response.headers.get("content-type"),
            Some("application/json")
        );
    }
}

/// A connection that authenticates itself would answer the next user as this one (TH-80).
#[test]
fn an_upstream_cannot_ask_for_authentication_of_its_connection() {
    let upstream = Upstream::answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM TlRM\r\n\
         WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
    );
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = signed_in();
    for path in ["/open/a", "/api/a"] {
        let response = gateway
            .client()
            .get(path, &[&cookie, "Authorization: Negotiate forged"]);
        assert_eq!(
            response.headers.all("www-authenticate"),
            ["Basic realm=\"x\""]
        );
        let seen = upstream.seen();
        assert_ne!(seen.headers.get("authorization"), Some("Negotiate forged"));
    }
}

/// The token belongs to the configured upstream and goes nowhere else (TH-28).
#[test]
fn redirects_are_the_clients_to_follow() {
    let second = Upstream::answering(OK);
    let location = format!("http://{}/stolen", second.address);
    let sent = location.clone();
    let upstream = Upstream::serving(move |mut accepted| {
        while let Some(seen) = accepted.request() {
            let status = seen.line.split(['/', ' ']).nth(3).unwrap();
            accepted.send(format!(
                "HTTP/1.1 {status} Moved\r\nLocation: {sent}\r\nContent-Length: 0\r\n\r\n"
            ));
        }
    });
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    for status in [301, 302, 303, 307, 308] {
        let response = client.get(&format!("/api/{status}"), &[&signed_in()]);
        assert_eq!(response.status, status);
        assert_eq!(response.headers.all("location"), [&*location]);
        assert_eq!(response.headers.get("vestibule-refusal"), None);
    }
    assert!(second.is_untouched());
}

#[test]
fn end_to_end_headers_pass_and_hop_by_hop_headers_do_not() {
    let mut head = "HTTP/1.1 429 Too Many Requests\r\n".to_owned();
    for (name, value) in GOLDEN {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str(
        "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\n\
         Upgrade: h2c\r\nContent-Length: 0\r\n\r\n",
    );
    let upstream = Upstream::serving(move |mut accepted| {
        while accepted.request().is_some() {
            accepted.send(&head);
        }
    });
    let gateway = Gateway::start(&routes(&upstream));
    let response = gateway.client().get("/open/a", &[]);
    assert_eq!(response.status, 429);
    let mut headers = response.headers.0;
    headers.retain(|(name, _)| name != "x-request-id" && name != "content-length");
    headers.sort();
    let expected = GOLDEN.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(headers, expected);
}
