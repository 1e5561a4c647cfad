//! A session becomes a bearer, and nothing else of the client's identity reaches the upstream.

use crate::gateway::{Gateway, cookie, cookie_named};
use crate::upstream::{OK, Upstream};

const ADA: &str = r#"{"sub":"u-1","backendToken":"ada-token"}"#;

/// An API, and an application that reads the session itself.
fn routes(upstream: &Upstream) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{0}' }}, web: {{ url: 'http://{0}' }} }}\n\
         routes:\n\
         - {{ path: '/api/agent/**', to: 'api:/v1/agent/**', auth: required, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/optional/**', to: api, auth: optional, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/passing/**', to: api, auth: required, token: {{ claim: /backendToken }}, cookies: pass }}\n\
         - {{ path: '/open/**', to: api, auth: none }}\n\
         - {{ path: '/api/auth/**', to: web, auth: none }}\n\
         - {{ path: '/pages/**', to: web, auth: required }}\n",
        upstream.address
    )
}

#[test]
fn the_claim_reaches_the_backend_as_its_bearer_and_the_cookie_does_not() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = format!("Cookie: theme=dark; {}", cookie(ADA));
    let response = gateway
        .client()
        .get("/api/agent/health?deep=1&x=%2F", &[&cookie]);
    assert_eq!((response.status, response.text()), (200, "ok"));
    let seen = upstream.seen();
    assert_eq!(seen.line, "GET /v1/agent/health?deep=1&x=%2F HTTP/1.1");
    assert_eq!(seen.headers.all("authorization"), ["Bearer ada-token"]);
    assert_eq!(seen.headers.get("cookie"), None);
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    assert_eq!(response.headers.get("vary"), Some("Cookie"));
    assert_eq!(
        response.headers.get("x-request-id"),
        seen.headers.get("x-request-id")
    );
    assert_eq!(response.headers.get("vestibule-refusal"), None);
}

#[test]
fn what_the_upstream_sees_is_this_list_and_no_more() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = format!("Cookie: {}", cookie(ADA));
    let forged = [
        &*cookie,
        "Authorization: Bearer forged",
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-Proto: https",
        "X_Forwarded_Host: evil.test",
        "X-Real-IP: 6.6.6.6",
        "Forwarded: for=6.6.6.6",
        "Remote-User: root",
        "X-Auth-Request-Email: root@evil.test",
        "Vestibule-Jwt-Assertion: x",
        "X-Vestibule-User: root",
        "x-middleware-subrequest: middleware",
        "X-Request-Id: forged",
        "Connection: keep-alive, Authorization, X-Forwarded-For",
        "Keep-Alive: timeout=5",
        "TE: trailers, gzip",
        "Upgrade: h2c",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "Accept: */*",
        "RSC: 1",
    ];
    assert_eq!(gateway.client().get("/api/agent/a", &forged).status, 200);
    let mut seen: Vec<_> = upstream.seen().headers.0;
    seen.sort();
    let id = seen
        .iter()
        .find(|(name, _)| name == "x-request-id")
        .unwrap()
        .1
        .clone();
    assert_ne!(id, "forged");
    let port = gateway.address.port().to_string();
    let expected = [
        ("accept", "*/*"),
        ("authorization", "Bearer ada-token"),
        ("host", "app.test"),
        ("rsc", "1"),
        ("te", "trailers"),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
        ("via", "1.1 vestibule"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "app.test"),
        ("x-forwarded-port", "80"),
        ("x-forwarded-proto", "http"),
        ("x-request-id", &id),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(seen, expected, "{port}");
}

#[test]
fn a_large_session_in_chunks_opens() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let claims = format!(
        r#"{{"email":"a@b","backendToken":"t","pad":"{}"}}"#,
        "x".repeat(30_000)
    );
    let cookie = format!("Cookie: {}", cookie(&claims));
    assert!(cookie.len() > 40_000);
    assert_eq!(gateway.client().get("/api/agent/a", &[&cookie]).status, 200);
    assert_eq!(upstream.seen().headers.all("authorization"), ["Bearer t"]);
}

#[test]
fn optional_routes_serve_both_and_forward_no_forged_bearer() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    let anonymous = client.get("/optional/a", &["Authorization: Bearer forged"]);
    assert_eq!(anonymous.status, 200);
    assert_eq!(anonymous.headers.get("cache-control"), Some("no-store"));
    assert_eq!(upstream.seen().headers.get("authorization"), None);
    client.get("/optional/a", &[&format!("Cookie: {}", cookie(ADA))]);
    assert_eq!(
        upstream.seen().headers.get("authorization"),
        Some("Bearer ada-token")
    );
}

/// Anonymous callers pass here, so a session that is of no use must not lock its user out.
#[test]
fn an_optional_route_takes_a_session_without_the_claim_for_none() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = format!("Cookie: {}", cookie(r#"{"sub":"u-1"}"#));
    let response = gateway.client().get("/optional/a", &[&cookie]);
    assert_eq!(response.status, 200);
    let seen = upstream.seen();
    assert_eq!(seen.headers.get("authorization"), None);
    assert_eq!(seen.headers.get("cookie"), None);
}

#[test]
fn pages_keep_their_cookies_and_get_no_bearer() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = cookie(ADA);
    gateway
        .client()
        .get("/pages/a", &[&format!("Cookie: {cookie}")]);
    let seen = upstream.seen();
    assert_eq!(seen.headers.get("cookie"), Some(&*cookie));
    assert_eq!(seen.headers.get("authorization"), None);
}

/// CK5: on none of its routes does an API get the session, whoever may call it.
#[test]
fn an_api_gets_no_session_on_its_public_routes_either() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let session = cookie(ADA);
    let mut client = gateway.client();
    client.get("/open/a", &[&format!("Cookie: {session}")]);
    assert_eq!(upstream.seen().headers.get("cookie"), None);
    // Asked for, the others go along beside the bearer, and the session still does not.
    let cookies = format!("Cookie: theme=dark; {session}; lang=de");
    client.get("/passing/a", &[&cookies]);
    let seen = upstream.seen();
    assert_eq!(seen.headers.get("cookie"), Some("theme=dark; lang=de"));
    assert_eq!(seen.headers.get("authorization"), Some("Bearer ada-token"));
}

#[test]
fn a_session_without_the_claim_is_refused_before_the_upstream() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = format!("Cookie: {}", cookie(r#"{"sub":"u-1"}"#));
    let response = gateway.client().get("/api/agent/a", &[&cookie]);
    assert_eq!((response.status, response.code()), (401, "unauthenticated"));
    assert!(upstream.is_untouched());
}

#[test]
fn https_is_believed_from_trusted_proxies_only() {
    let upstream = Upstream::answering(OK);
    let secure = cookie_named("__Secure-authjs.session-token", ADA);
    let both = format!("Cookie: authjs.session-token=stale; {secure}");
    let lines = [
        &*both,
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 9.9.9.9",
    ];
    for (trusted, proto, address) in [
        ("[]", "http", "127.0.0.1"),
        ("[127.0.0.1/32]", "https", "9.9.9.9, 127.0.0.1"),
    ] {
        let yaml = format!("trusted_proxies: {trusted}\n{}", routes(&upstream));
        let gateway = Gateway::start(&yaml);
        assert_eq!(gateway.client().get("/api/agent/a", &lines).status, 200);
        let seen = upstream.seen();
        assert_eq!(seen.headers.all("x-forwarded-proto"), [proto]);
        assert_eq!(seen.headers.all("x-forwarded-for"), [address]);
    }
}

#[test]
fn set_cookie_of_an_api_is_dropped_and_of_pages_passes_unmerged() {
    let upstream = Upstream::answering(
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 14:13:20 GMT\r\n\
         Set-Cookie: b=2\r\nVestibule-Refusal: forged\r\nContent-Length: 0\r\n\r\n",
    );
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = format!("Cookie: {}", cookie(ADA));
    let mut client = gateway.client();
    let api = client.get("/api/agent/a", &[&cookie]);
    assert_eq!(api.headers.all("set-cookie"), [] as [&str; 0]);
    assert_eq!(api.headers.get("vestibule-refusal"), None);
    let page = client.get("/pages/a", &[&cookie]);
    assert_eq!(
        page.headers.all("set-cookie"),
        ["a=1; Expires=Wed, 21 Oct 2026 14:13:20 GMT", "b=2"]
    );
    assert_eq!(page.headers.get("cache-control"), Some("no-store"));
}

#[test]
fn a_route_without_auth_looks_at_no_session() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let response = gateway
        .client()
        .get("/open/a", &["Cookie: authjs.session-token=broken"]);
    assert_eq!(response.status, 200);
    assert_eq!(response.headers.get("cache-control"), None);
}
