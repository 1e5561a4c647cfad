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

// TH-13: a page and the call behind it are decided alike, for everybody.
#[test]
fn a_page_is_open_to_whom_its_calls_are() {
    let upstream = Upstream::answering(OK);
    let guards = [
        "auth: required",
        "auth: required, require: { claim: /role, equals: ADMIN }",
        "auth: required, require: { any: [ { claim: /role, in: [ADMIN, OWNER] }, { claim: /slug, present: true } ] }",
        "auth: optional",
        "auth: none",
    ];
    let routes = guards.iter().enumerate().map(|(n, guard)| {
        format!(
            "- {{ path: '/{n}/page/**', to: web, {guard} }}\n- {{ path: '/{n}/api/**', to: api, {guard} }}\n"
        )
    });
    let gateway = Gateway::start(&format!(
        "upstreams: {{ api: {{ url: 'http://{0}' }}, web: {{ url: 'http://{0}' }} }}\nroutes:\n{1}",
        upstream.address,
        routes.collect::<String>()
    ));
    let signed_in = |claims: &str| format!("Cookie: {}", cookie(claims));
    let people = [
        "Cookie: theme=dark".to_owned(),
        "Cookie: authjs.session-token=broken".to_owned(),
        signed_in(r#"{"name":"nobody"}"#),
        signed_in(r#"{"sub":"u-1"}"#),
        signed_in(r#"{"sub":"u-1","role":"OWNER"}"#),
        signed_in(r#"{"sub":"u-1","role":"ADMIN","slug":null}"#),
        signed_in(r#"{"sub":"u-1","role":["ADMIN"],"slug":"acme"}"#),
    ];
    let navigation = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
    let mut allowed = Vec::new();
    for (n, guard) in guards.iter().enumerate() {
        for person in &people {
            let passes = |path: &str, lines: &[&str]| {
                let lines = [&[person.as_str()], lines].concat();
                let status = gateway.client().get(path, &lines).status;
                // Whoever may not come is sent away in the way that fits, and reaches nobody.
                assert_eq!(status == 200, !upstream.is_untouched(), "{path} {person}");
                status == 200
            };
            let page = passes(&format!("/{n}/page/x"), &navigation);
            let fetched = passes(
                &format!("/{n}/page/x"),
                &["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"],
            );
            let call = passes(&format!("/{n}/api/x"), &[]);
            assert_eq!((page, fetched), (call, call), "{guard} {person}");
            allowed.push(usize::from(call));
        }
    }
    let counts: Vec<usize> = allowed
        .chunks(people.len())
        .map(|row| row.iter().sum())
        .collect();
    assert_eq!(counts, [4, 2, 3, 7, 7]);
}
