//! What a client may send, bounded before anything is decoded or decrypted (CK3, TH-32, TH-84).

use std::fmt::Write as _;

use crate::gateway::{Gateway, cookie, routes};
use crate::upstream::{OK, Upstream};

/// What a request with these header lines is answered with, and why.
#[track_caller]
fn check(gateway: &Gateway, what: &str, lines: &[&str], status: u16, cause: &str) {
    let response = gateway.client().get("/api/a", lines);
    assert_eq!(response.status, status, "{what}: {}", response.text());
    if status != 200 {
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        let found = body["cause"].as_str().unwrap_or_default();
        assert_eq!(found, cause, "{what}");
    }
}

fn cookies(pairs: impl IntoIterator<Item = String>) -> String {
    format!(
        "Cookie: {}",
        pairs.into_iter().collect::<Vec<_>>().join("; ")
    )
}

#[test]
fn each_bound_has_its_answer() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "danger_explain_to_client: true\nlimits: {{ headers: 256KiB, header_count: 100 }}\n{}",
        routes(&upstream, "")
    ));
    let session = cookie(r#"{"sub":"u-1","backendToken":"bounded-token"}"#);
    let beside = |pairs: Vec<String>| cookies(pairs.into_iter().chain([session.clone()]));
    let named = |name: &str, count: usize| (0..count).map(|it| format!("{name}{it}=x")).collect();
    let chunk = |number: &str, value: &str| format!("authjs.session-token.{number}={value}");
    for (what, line, status, cause) in [
        ("cookies of others", beside(named("other", 127)), 200, ""),
        (
            "chunks",
            cookies((0..32).map(|it| chunk(&it.to_string(), "x"))),
            401,
            "opaque_id",
        ),
        (
            "one chunk more",
            cookies((0..33).map(|it| chunk(&it.to_string(), "x"))),
            401,
            "too_large",
        ),
        (
            "a chunk far away",
            beside(vec![chunk("4294967296", "x")]),
            401,
            "too_large",
        ),
        (
            "a chunk of no number",
            beside(vec![chunk("007", "x"), chunk("+1", "x"), chunk("", "x")]),
            200,
            "",
        ),
        (
            "a chunk with a gap",
            cookies([chunk("0", "x"), chunk("2", "x")]),
            401,
            "missing_chunk",
        ),
        (
            "repeats",
            cookies(vec!["authjs.session-token=x".to_owned(); 4]),
            401,
            "malformed",
        ),
        (
            "more repeats than are tried",
            cookies(vec!["authjs.session-token=x".to_owned(); 5]),
            401,
            "malformed",
        ),
        (
            "octets in all",
            cookies((0..20).map(|it| chunk(&it.to_string(), &"x".repeat(4000)))),
            401,
            "too_large",
        ),
        (
            "depth",
            format!(
                "Cookie: {}",
                cookie(&format!(
                    r#"{{"sub":"u-1","backendToken":"t","deep":{}{}}}"#,
                    "[".repeat(60),
                    "]".repeat(60)
                ))
            ),
            200,
            "",
        ),
        (
            "one level more",
            format!(
                "Cookie: {}",
                cookie(&format!(
                    r#"{{"sub":"u-1","backendToken":"t","deep":{}{}}}"#,
                    "[".repeat(64),
                    "]".repeat(64)
                ))
            ),
            401,
            "malformed",
        ),
    ] {
        check(&gateway, what, &[&line], status, cause);
    }
    let many: Vec<String> = (0..100).map(|it| format!("X-{it}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(&gateway, "headers", &many, 431, "");
    let long = format!("X-Long: {}", "y".repeat(257 * 1024));
    check(&gateway, "octets of headers", &[&long], 431, "");
}

/// The session went along to the backend twice, as cookie and as bearer, and the backend had no room (TH-84).
#[test]
fn a_session_of_twelve_chunks_passes_and_leaves_room_upstream() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let claims = format!(
        r#"{{"sub":"u-1","backendToken":"{}","pad":"{}"}}"#,
        "t".repeat(2000),
        "x".repeat(32_000)
    );
    let session = cookie(&claims);
    assert_eq!(session.matches("authjs.session-token.").count(), 12);
    let response = gateway
        .client()
        .get("/api/a", &[&format!("Cookie: {session}")]);
    assert_eq!(response.status, 200, "{}", response.text());
    let mut head = String::new();
    for (name, value) in upstream.seen().headers.0 {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    assert!(head.len() < 8 * 1024, "{}", head.len());
}
