//! Every freedom of a protected header that Auth.js does not use (TH-31).

use super::*;

#[track_caller]
fn check(json: &str, expected: Result<(Encryption, Option<&str>), Unreadable>) {
    let found = Header::parse(&URL_SAFE_NO_PAD.encode(json));
    let found = found.as_ref().map(|it| (it.encryption, it.kid.as_deref()));
    assert_eq!(found.map_err(|unreadable| *unreadable), expected, "{json}");
}

#[test]
fn headers_that_auth_js_writes_are_read() {
    let cbc = r#"{"alg":"dir","enc":"A256CBC-HS512","kid":"k"}"#;
    check(cbc, Ok((Encryption::A256CbcHs512, Some("k"))));
    let gcm = r#"{"alg":"dir","enc":"A256GCM"}"#;
    check(gcm, Ok((Encryption::A256Gcm, None)));
    let typed = r#"{"typ":"JWT","cty":"JWT","enc":"A256GCM","alg":"dir"}"#;
    check(typed, Ok((Encryption::A256Gcm, None)));
}

#[test]
fn header_members_that_auth_js_never_writes_are_refused() {
    for member in [
        r#""zip":"DEF""#,
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""p2c":2147483647"#,
        r#""p2s":"c2FsdA""#,
        r#""epk":{}"#,
        r#""jku":"https://a.test""#,
        r#""sub":"u-1""#,
        r#""":0"#,
    ] {
        let json = format!(r#"{{"alg":"dir","enc":"A256GCM",{member}}}"#);
        check(&json, Err(Unreadable::Unsupported));
    }
}

#[test]
fn algorithms_other_than_dir_with_two_encryptions_are_refused() {
    for (alg, enc) in [
        (r#""none""#, r#""A256GCM""#),
        (r#""A256KW""#, r#""A256GCM""#),
        (r#""PBES2-HS512+A256KW""#, r#""A256GCM""#),
        (r#""Dir""#, r#""A256GCM""#),
        (r#"["dir"]"#, r#""A256GCM""#),
        ("null", r#""A256GCM""#),
        (r#""dir""#, r#""A128CBC-HS256""#),
        (r#""dir""#, r#""A192GCM""#),
        (r#""dir""#, r#""a256gcm""#),
        (r#""dir""#, r#""""#),
        (r#""dir""#, "null"),
    ] {
        let json = format!(r#"{{"alg":{alg},"enc":{enc}}}"#);
        check(&json, Err(Unreadable::Unsupported));
    }
    check(r#"{"enc":"A256GCM"}"#, Err(Unreadable::Unsupported));
    check(r#"{"alg":"dir"}"#, Err(Unreadable::Unsupported));
    check("{}", Err(Unreadable::Unsupported));
}

#[test]
fn members_written_twice_are_refused() {
    for json in [
        r#"{"alg":"none","alg":"dir","enc":"A256GCM"}"#,
        r#"{"alg":"dir","enc":"A256GCM","enc":"A256GCM"}"#,
        r#"{"alg":"dir","\u0061lg":"dir","enc":"A256GCM"}"#,
        r#"{"alg":"dir","enc":"A256GCM","kid":"a","kid":"b"}"#,
    ] {
        check(json, Err(Unreadable::Unsupported));
    }
}

#[test]
fn a_kid_that_is_no_text_is_present_and_matches_no_key() {
    for kid in ["null", "7", "[]", "{}", "true", r#""\ud800""#] {
        let json = format!(r#"{{"alg":"dir","enc":"A256GCM","kid":{kid}}}"#);
        check(&json, Ok((Encryption::A256Gcm, Some(""))));
    }
    let key = key(Version::V5);
    assert_ne!(key.kid(Encryption::A256Gcm), Some(""));
    assert_ne!(key.kid(Encryption::A256CbcHs512), Some(""));
}

#[test]
fn headers_that_are_no_object_are_malformed() {
    for json in [
        "",
        "[]",
        "\"dir\"",
        "null",
        "{",
        "{}{}",
        "{\"alg\"}",
        "\u{feff}{}",
    ] {
        check(json, Err(Unreadable::Malformed));
    }
    let long = format!(
        r#"{{"alg":"dir","enc":"A256GCM","typ":"{}"}}"#,
        "x".repeat(2048)
    );
    check(&long, Err(Unreadable::Malformed));
    assert_eq!(
        Header::parse(&URL_SAFE_NO_PAD.encode(b"{\"typ\":\"\xff\"}")),
        Err(Unreadable::Malformed)
    );
}
