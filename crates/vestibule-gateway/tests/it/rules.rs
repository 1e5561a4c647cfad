//! Rules on claims, from the configuration to the backend that is not asked.

use crate::gateway::{Gateway, config, cookie};
use crate::upstream::{OK, Upstream};

/// Bookwell's rule for operators, and one for tenants.
fn routes(upstream: &Upstream, admin: &str) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/api/admin/**', to: 'api:/v1/admin/**', auth: required, token: {{ claim: /backendToken }}, require: {{ all: [ {{ claim: /role, equals: {admin} }} ] }} }}\n\
         - {{ path: '/tenant/*/**', to: api, auth: required, token: {{ claim: /backendToken }}, require: {{ claim: /slug, equals_segment: 2 }} }}\n",
        upstream.address
    )
}

fn session(role: &str) -> String {
    let claims = format!(r#"{{"sub":"u-1","role":"{role}","slug":"acme","backendToken":"t"}}"#);
    format!("Cookie: {}", cookie(&claims))
}

#[test]
fn a_session_that_does_not_fit_reaches_no_backend() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, "PLATFORM_ADMIN"));
    let mut client = gateway.client();
    let admin = session("PLATFORM_ADMIN");
    assert_eq!(client.get("/api/admin/users", &[&admin]).status, 200);
    assert_eq!(upstream.seen().line, "GET /v1/admin/users HTTP/1.1");
    let response = client.get("/api/admin/users", &[&session("TENANT_ADMIN")]);
    assert_eq!((response.status, response.code()), (403, "forbidden"));
    assert_eq!(response.headers.get("www-authenticate"), None);
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    let text = response.text();
    for word in ["PLATFORM", "TENANT", "role", "policy"] {
        assert!(!text.contains(word), "{text}");
    }
    // Who has no session is asked for one first, and a person gets a page.
    let stranger = client.get("/api/admin/users", &[]);
    assert_eq!((stranger.status, stranger.code()), (401, "unauthenticated"));
    let navigation = [
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
        &session("x"),
    ];
    let page = client.get("/api/admin/users", &navigation);
    assert_eq!((page.status, page.code()), (403, "forbidden"));
    assert_eq!(
        page.headers.get("content-type"),
        Some("text/html; charset=utf-8")
    );
    let socket = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Origin: http://app.test",
        &session("x"),
    ];
    assert_eq!(client.get("/api/admin/ws", &socket).code(), "forbidden");
    assert!(upstream.is_untouched());
}

#[test]
fn each_request_is_measured_anew() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, "PLATFORM_ADMIN"));
    let mut client = gateway.client();
    let cookie = session("PLATFORM_ADMIN");
    // One session, remembered after the first request: the path decides each time.
    for (path, status) in [
        ("/tenant/acme", 200),
        ("/tenant/other/acme", 403),
        ("/tenant/acme/x", 200),
        ("/tenant/%61cme/x", 200),
        ("/tenant/ACME", 403),
    ] {
        assert_eq!(client.get(path, &[&cookie]).status, status, "{path}");
    }
    assert_eq!(client.get("/api/admin/x", &[&cookie]).status, 200);
    let next = routes(&upstream, "ROOT");
    gateway.control.reload(config(&next)).unwrap();
    assert_eq!(client.get("/api/admin/x", &[&cookie]).status, 403);
}
