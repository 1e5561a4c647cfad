use super::*;

fn claims(json: &str) -> Claims {
    Claims::new(json.into(), Version::V5).unwrap()
}

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "an expectation reads best as a value"
)]
fn check(json: &str, expected: Result<Range<u64>, Reason>) {
    assert_eq!(claims(json).validity(None), expected, "{json}");
}

#[track_caller]
fn check_identity(json: &str, expected: bool) {
    let [sub, email] = ["/sub", "/user/email"].map(|text| Pointer::parse(text).unwrap());
    assert_eq!(
        claims(json).names_somebody(&[sub, email]),
        expected,
        "{json}"
    );
}

#[test]
fn expiry_is_forgiven_for_fourteen_seconds_and_no_more() {
    check(r#"{"exp":1000}"#, Ok(0..1015));
    check(r#"{"exp":1000.5}"#, Ok(0..1016));
    check(r#"{"exp":-5e9}"#, Ok(0..0));
    check(r#"{"exp":1e400}"#, Ok(0..u64::MAX));
    check("{}", Ok(0..u64::MAX));
}

#[test]
fn a_session_begins_fifteen_seconds_before_nbf() {
    check(r#"{"nbf":1000,"exp":2000}"#, Ok(985..2015));
    check(r#"{"nbf":3}"#, Ok(0..u64::MAX));
}

#[test]
fn a_time_that_is_no_number_is_invalid_and_null_is_not_absent() {
    for value in ["\"1000\"", "null", "true", "[1]", "{}"] {
        for name in ["exp", "nbf", "iat"] {
            check(
                &format!(r#"{{"{name}":{value}}}"#),
                Err(Reason::ClaimInvalid),
            );
        }
    }
}

#[test]
fn payloads_that_are_no_object_are_malformed() {
    for json in ["", "[]", "1", "\"a\"", "null", "{", "{}x", "{\"a\":}"] {
        check(json, Err(Reason::Malformed));
    }
}

#[test]
fn max_age_counts_from_the_issue_time() {
    let validity = |json| claims(json).validity(Some(100));
    assert_eq!(validity(r#"{"iat":1000,"exp":9000}"#), Ok(0..1115));
    assert_eq!(validity(r#"{"iat":1000,"exp":1050}"#), Ok(0..1065));
    assert_eq!(validity(r#"{"exp":9000}"#), Err(Reason::ClaimInvalid));
}

#[test]
fn one_identity_claim_is_enough_and_an_empty_one_is_none() {
    check_identity(r#"{"sub":"1"}"#, true);
    check_identity(r#"{"sub":7}"#, true);
    check_identity(r#"{"user":{"email":"a@b"}}"#, true);
    check_identity(r#"{"sub":" \ud800"}"#, true);
    check_identity(r#"{"sub":[],"user":{"email":"a@b"}}"#, true);
    for json in [r#"{"sub":""}"#, r#"{"sub":null}"#, r#"{"name":"a"}"#, "{}"] {
        check_identity(json, false);
    }
}

#[test]
fn an_identity_claim_is_a_text_or_a_number() {
    for value in [
        "[\"a\"]",
        "[1]",
        "[]",
        "{\"a\":1}",
        "{}",
        "true",
        "false",
        "null",
        "\" \"",
        "\"\\t\\n\"",
        "\"\\u00a0\"",
    ] {
        check_identity(&format!(r#"{{"sub":{value}}}"#), false);
    }
    for value in ["0", "-1", "1.5e3", "\"0\"", "\" a \"", "\"\\u0041\""] {
        check_identity(&format!(r#"{{"sub":{value}}}"#), true);
    }
}

#[test]
fn pointers_reach_members_elements_and_the_last_of_repeated_names() {
    let claims = claims(r#"{"a":1.50,"a":[10,{"b~/":"x\n"}],"\u0063":"d","s":"\ud800"}"#);
    let raw = |pointer| claims.raw(&Pointer::parse(pointer).unwrap());
    assert_eq!(raw("/a/0"), Some("10"));
    assert_eq!(raw("/a/1/b~0~1"), Some(r#""x\n""#));
    assert_eq!(raw("/c"), Some("\"d\""));
    assert_eq!(raw("/s"), Some(r#""\ud800""#));
    for pointer in ["/x", "/a/2", "/a/01", "/a/+1", "/a/-", "/a/0/b", "/c/0"] {
        assert_eq!(raw(pointer), None, "{pointer}");
    }
    let string = |pointer| claims.string(&Pointer::parse(pointer).unwrap());
    assert_eq!(string("/a/1/b~0~1").as_deref(), Some("x\n"));
    assert_eq!(string("/a/0"), None);
    assert_eq!(string("/s"), None);
}

#[test]
fn nesting_is_bounded_and_brackets_in_strings_do_not_count() {
    let nested = |depth| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(Claims::new(nested(63).into(), Version::V5).is_ok());
    assert_eq!(
        Claims::new(nested(64).into(), Version::V5),
        Err(Reason::Malformed)
    );
    let text = format!(r#"{{"a":"\"{}"}}"#, "[".repeat(100));
    assert!(Claims::new(text.into(), Version::V5).is_ok());
}

#[test]
fn invalid_utf_8_is_refused_in_v5_and_replaced_in_v4() {
    let payload = b"{\"a\":\"\xff\"}".to_vec();
    assert_eq!(
        Claims::new(payload.clone(), Version::V5),
        Err(Reason::Malformed)
    );
    let replaced = Claims::new(payload, Version::V4).unwrap();
    assert_eq!(replaced.as_json(), "{\"a\":\"\u{fffd}\"}");
}

#[test]
fn members_are_replaced_and_the_others_keep_their_text() {
    let claims = Claims::new(
        br#"{"a":1.50,"b":"\ud800","a":2,"c":[ 1 ]}"#.to_vec(),
        Version::V5,
    );
    let claims = claims.unwrap();
    let changed = claims.with(&[("a", "\"x\""), ("d \"", "null")]).unwrap();
    assert_eq!(
        changed.as_json(),
        r#"{"b":"\ud800","c":[ 1 ],"a":"x","d \"":null}"#
    );
    assert_eq!(claims.with(&[("a", "1,\"b\":2")]), Err(InvalidClaims));
    let lone = Claims::new(br#"{"\ud800":1}"#.to_vec(), Version::V5).unwrap();
    assert_eq!(lone.with(&[("a", "1")]), Err(InvalidClaims));
}
