//! Rules on claims, each with what passes and what does not.

use std::num::NonZeroUsize;

use super::*;

/// A rule about the one claim that is asked for.
fn rule(test: Test) -> Requirement {
    rule_on(0, "/claim", test)
}

fn rule_on(position: usize, claim: &str, test: Test) -> Requirement {
    Requirement::Rule(Rule {
        claim: Pointer::parse(claim).unwrap(),
        position,
        test,
    })
}

fn equals(text: &str) -> Test {
    Test::Equals(text.to_owned())
}

fn one_of(texts: &[&str]) -> Test {
    Test::In(texts.iter().map(ToString::to_string).collect())
}

fn segment(number: usize) -> Test {
    Test::EqualsSegment(NonZeroUsize::new(number).unwrap())
}

/// The rule that a session with this value of the claim does not meet.
fn unmet(require: &Requirement, value: &str, path: &str) -> Option<String> {
    let claims = format!(r#"{{"sub":"u-1","claim":{value}}}"#);
    refused(require, &opened(&claims, &["/claim"]), path)
}

fn refused(require: &Requirement, session: &Opened, path: &str) -> Option<String> {
    let route = Route {
        require: Some(require.clone()),
        allow: Unusual::PAGES,
        ..route(Auth::Required)
    };
    let request = request(path, Kind::Navigation);
    match decide(&route, &request, Ok(session), None, SIGN_IN) {
        Decision::Forward(Some(_)) => None,
        Decision::Refuse(Refusal::Forbidden { rule }) => Some(rule),
        other @ (Decision::Forward(None) | Decision::Refuse(_) | Decision::SignIn { .. }) => {
            panic!("{other:?}")
        }
    }
}

#[track_caller]
fn check(test: Test, path: &str, pass: &[&str], fail: &[&str]) {
    let rule = rule(test);
    for value in pass {
        assert_eq!(unmet(&rule, value, path), None, "{value}");
    }
    for value in fail {
        let told = unmet(&rule, value, path);
        assert_eq!(told, Some(rule.to_string()), "{value}");
    }
}

#[test]
fn a_claim_equals_a_text() {
    check(
        equals("ADMIN"),
        "/",
        &[r#""ADMIN""#, r#""\u0041DMIN""#, r#"["USER","ADMIN"]"#],
        &[
            r#""admin""#,
            r#""ADMIN ""#,
            r#""USER""#,
            r#"["ADMINS"]"#,
            r#"[["ADMIN"]]"#,
            r#"{"ADMIN":true}"#,
            r#"{"0":"ADMIN"}"#,
            "null",
            "true",
            "[]",
            r#""\ud800""#,
        ],
    );
    check(equals("true"), "/", &["true"], &["false", "1", "null"]);
    check(
        equals("7"),
        "/",
        &["7", r#""7""#, "[6,7]"],
        &["7.0", "77", "null"],
    );
    // A claim that is not there is not the text that stands for nothing.
    check(equals("null"), "/", &[r#""null""#], &["null", "[null]"]);
    check(equals(""), "/", &[r#""""#], &["null", "[]", "{}"]);
}

#[test]
fn a_claim_is_in_a_list() {
    let test = || one_of(&["ADMIN", "OWNER"]);
    check(
        test(),
        "/",
        &[r#""OWNER""#, r#"["x","ADMIN"]"#],
        &[r#""USER""#, "null", r#""ADMIN, OWNER""#],
    );
}

#[test]
fn a_claim_is_present_or_not() {
    let something = [r#""""#, "false", "0", "[]", "{}"];
    check(Test::Present(true), "/", &something, &["null"]);
    check(Test::Present(false), "/", &["null"], &something);
    let missing = opened(r#"{"sub":"u-1"}"#, &["/claim"]);
    assert!(refused(&rule(Test::Present(true)), &missing, "/").is_some());
    assert!(refused(&rule(Test::Present(false)), &missing, "/").is_none());
    assert!(refused(&rule(equals("")), &missing, "/").is_some());
}

#[test]
fn a_claim_equals_a_segment_of_the_path() {
    let acme = r#""acme""#;
    check(
        segment(2),
        "/tenant/acme",
        &[acme, r#"["b","acme"]"#],
        &[r#""b""#, "null", r#""""#],
    );
    check(segment(2), "/tenant/acme/x?tenant=b", &[acme], &[r#""b""#]);
    check(segment(2), "/tenant/%61cme", &[acme], &[r#""%61cme""#]);
    check(
        segment(2),
        "/tenant/caf%C3%A9",
        &[r#""café""#],
        &[r#""caf%C3%A9""#, r#""cafe""#],
    );
    check(segment(2), "/tenant/ACME", &[], &[acme]);
    check(segment(2), "/tenant/acme;b", &[], &[acme]);
    check(segment(2), "/tenant/acme%2fb", &[], &[acme]);
    check(
        segment(2),
        "/tenant",
        &[],
        &[acme, r#""""#, "null", r#""tenant""#],
    );
    // Nobody owns a segment without a name.
    check(
        segment(2),
        "/tenant/",
        &[],
        &[acme, r#""""#, "null", r#"[""]"#],
    );
    check(segment(3), "/tenant/acme/b", &[r#""b""#], &[acme]);
}

#[test]
fn rules_are_joined_and_the_failing_one_is_told() {
    let asked = ["/role", "/tenant"];
    let role = |role| rule_on(0, "/role", equals(role));
    let tenant = || rule_on(1, "/tenant", segment(2));
    let require = Requirement::All(vec![
        Requirement::Any(vec![
            role("ROOT"),
            Requirement::All(vec![
                role("ADMIN"),
                rule_on(1, "/tenant", Test::Present(true)),
            ]),
        ]),
        tenant(),
    ]);
    let check = |claims: &str, expected: Option<&str>| {
        let told = refused(&require, &opened(claims, &asked), "/tenant/acme");
        assert_eq!(told.as_deref(), expected, "{claims}");
    };
    check(r#"{"sub":"1","role":"ROOT","tenant":"acme"}"#, None);
    check(r#"{"sub":"1","role":"ADMIN","tenant":"acme"}"#, None);
    check(
        r#"{"sub":"1","role":"ROOT","tenant":"b"}"#,
        Some("/tenant equals segment 2"),
    );
    let any = "/role equals ROOT or (/role equals ADMIN and /tenant present)";
    check(r#"{"sub":"1","role":"USER","tenant":"acme"}"#, Some(any));
    check(r#"{"sub":"1","role":"ADMIN"}"#, Some(any));
}

#[test]
fn what_is_told_holds_no_claim() {
    let told = unmet(&rule(one_of(&["A", "B"])), r#""their-own-secret""#, "/").unwrap();
    assert_eq!(told, "/claim in [A, B]");
    let told = unmet(&rule(Test::Present(false)), r#""their-own-secret""#, "/").unwrap();
    assert_eq!(told, "/claim absent");
}

#[test]
fn without_a_session_no_rule_is_asked() {
    let route = Route {
        require: Some(rule(Test::Present(false))),
        ..route(Auth::Required)
    };
    let request = request("/x", Kind::Call);
    let decision = decide(&route, &request, Err(Reason::NoCookie), None, SIGN_IN);
    assert!(matches!(
        decision,
        Decision::Refuse(Refusal::Unauthenticated(Reason::NoCookie))
    ));
}
