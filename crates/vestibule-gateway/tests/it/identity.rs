//! What an upstream may believe is ours alone, however a client spells it.

use std::collections::BTreeMap;

use crate::client::Headers;
use crate::gateway::{Gateway, signed_in};
use crate::upstream::{OK, Upstream};

/// Names that a backend may take for the gateway's word.
const OWNED: &[&str] = &[
    "Authorization",
    "CF-Connecting-IP",
    "Forwarded",
    "Proxy",
    "Remote-Email",
    "Remote-Groups",
    "Remote-Name",
    "Remote-User",
    "True-Client-IP",
    "Vestibule-Jwt-Assertion",
    "Vestibule-Refusal",
    "Vestibule-Session",
    "Via",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Auth-Request-User",
    "X-Client-IP",
    "X-Forwarded-Email",
    "X-Forwarded-For",
    "X-Forwarded-Groups",
    "X-Forwarded-Host",
    "X-Forwarded-Method",
    "X-Forwarded-Port",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Prefix",
    "X-Forwarded-Proto",
    "X-Forwarded-Uri",
    "X-Forwarded-User",
    "X-Invoke-Path",
    "X-Matched-Path",
    "X-Middleware-Subrequest",
    "X-Now-Route-Matches",
    "X-Original-Method",
    "X-Original-URL",
    "X-Real-IP",
    "X-Request-Id",
    "X-Rewrite-URL",
    "X-Vestibule-User",
    "traceparent",
];

const FORGED: &str = "forged";

fn routes(upstream: &Upstream) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/optional/**', to: api, auth: optional, token: {{ claim: /backendToken }} }}\n",
        upstream.address
    )
}

/// The name as it is, shouted, whispered, and with one or all of its dashes as underscores.
fn spellings(name: &str) -> Vec<String> {
    let mut spellings = vec![
        name.to_owned(),
        name.to_uppercase(),
        name.to_lowercase(),
        name.replace('-', "_"),
        name.replacen('-', "_", 1),
        name.to_lowercase().replace('-', "_"),
    ];
    spellings.sort();
    spellings.dedup();
    spellings
}

/// What a server reads that folds names for CGI (RFC 3875 §4.1.18): letters without case, `-` as `_`.
fn folded(headers: &Headers) -> BTreeMap<String, Vec<String>> {
    let mut folded = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in &headers.0 {
        let name = name.to_uppercase().replace('-', "_");
        // New for each request.
        let value = match &*name {
            "X_REQUEST_ID" | "TRACEPARENT" if !value.contains(FORGED) => "ours",
            _ => value,
        };
        folded.entry(name).or_default().push(value.to_owned());
    }
    folded
}

/// Sends each forgery and compares what the upstream reads with what it reads of an honest request.
#[track_caller]
fn check(path: &str, session: Option<&str>, forgeries: impl Fn(&str) -> Vec<Vec<String>>) -> usize {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let mut count = 0;
    let mut client = gateway.client();
    let session: Vec<_> = session.into_iter().collect();
    assert_eq!(client.get(path, &session).status, 200);
    let honest = folded(&upstream.seen().headers);
    for name in OWNED.iter().flat_map(|name| spellings(name)) {
        for lines in forgeries(&name) {
            count += 1;
            let lines: Vec<_> = session
                .iter()
                .copied()
                .chain(lines.iter().map(String::as_str))
                .collect();
            let response = client.get(path, &lines);
            if name.eq_ignore_ascii_case("authorization") && response.status == 400 {
                // Twice: nobody may choose between the two (HD3).
                assert!(upstream.is_untouched());
                client = gateway.client();
                continue;
            }
            assert_eq!(response.status, 200, "{lines:?}");
            assert_eq!(folded(&upstream.seen().headers), honest, "{lines:?}");
        }
    }
    count
}

/// Once, twice, as a list, and beside the same name in another case.
fn in_headers(name: &str) -> Vec<Vec<String>> {
    let once = format!("{name}: {FORGED}");
    vec![
        vec![once.clone()],
        vec![once.clone(), format!("{name}: {FORGED}-too")],
        vec![format!("{name}: {FORGED}, {FORGED}-too")],
        vec![once, format!("{}: {FORGED}-too", name.to_uppercase())],
    ]
}

// TH-15.
#[test]
fn the_upstream_reads_our_value_and_no_other() {
    let count = check("/api/a", Some(&signed_in()), in_headers);
    assert!(count > 500, "{count}");
}

// TH-16: where we have nothing to say, nobody else has either.
#[test]
fn an_anonymous_user_has_no_name_of_their_own_making() {
    check("/optional/a", None, in_headers);
}

// TH-17.
#[test]
fn no_header_of_ours_is_named_away() {
    check("/api/a", Some(&signed_in()), |name| {
        vec![
            vec![format!("Connection: keep-alive, {name}")],
            vec![format!("Connection: {name}"), format!("{name}: {FORGED}")],
            vec![
                format!("Proxy-Connection: {name}"),
                format!("Keep-Alive: {name}"),
            ],
        ]
    });
}

// TH-15: what comes behind the body.
#[test]
fn no_trailer_is_a_header_of_ours() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let mut client = gateway.client();
    let session = signed_in();
    for name in OWNED.iter().flat_map(|name| spellings(name)) {
        client.send(format!(
            "POST /api/a HTTP/1.1\r\nHost: app.test\r\n{session}\r\nTransfer-Encoding: chunked\r\n\
             Trailer: X-Checksum, {name}\r\n\r\n2\r\nok\r\n0\r\n{name}: {FORGED}\r\nX-Checksum: abc\r\n\
             {name}: {FORGED}-too\r\n\r\n"
        ));
        assert_eq!(client.response().status, 200, "{name}");
        let trailers = upstream.seen().trailers.0;
        assert_eq!(
            trailers,
            [("x-checksum".to_owned(), "abc".to_owned())],
            "{name}"
        );
    }
}

// TH-22: the client's cookies stay here whatever they are called, and however many lines they have.
#[test]
fn no_cookie_of_the_client_reaches_an_api() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let session = signed_in();
    for name in ["Cookie", "COOKIE", "cookie"] {
        for lines in [
            vec![format!("{name}: other={FORGED}")],
            vec![format!("{name}: a={FORGED}"), format!("{name}: b={FORGED}")],
        ] {
            let lines: Vec<_> = [session.as_str()]
                .into_iter()
                .chain(lines.iter().map(String::as_str))
                .collect();
            assert_eq!(gateway.client().get("/api/a", &lines).status, 200);
            let seen = folded(&upstream.seen().headers);
            assert_eq!(seen.get("COOKIE"), None, "{lines:?}");
            assert_eq!(seen["AUTHORIZATION"], ["Bearer ada-token"]);
        }
    }
}

// TH-18: a bearer of the client's own is no login.
#[test]
fn no_bearer_of_the_client_is_a_login() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let session = signed_in();
    let session = session.trim_start_matches("Cookie: authjs.session-token=");
    for bearer in [
        "Bearer ada-token",
        "Bearer x",
        "bearer x",
        "Basic YWRhOmFkYQ==",
        // Unsigned, and one that ended in 2001.
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ.",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjEwMDAwMDAwMDB9.c2ln",
        // Even the session itself, where the route does not ask for it (TH-48).
        &format!("Bearer {session}"),
    ] {
        let line = format!("Authorization: {bearer}");
        let response = gateway.client().get("/api/a", &[&line]);
        assert_eq!(
            (response.status, response.code()),
            (401, "unauthenticated"),
            "{bearer}"
        );
        assert!(upstream.is_untouched(), "{bearer}");
        assert_eq!(gateway.client().get("/optional/a", &[&line]).status, 200);
        assert_eq!(
            upstream.seen().headers.get("authorization"),
            None,
            "{bearer}"
        );
    }
}
