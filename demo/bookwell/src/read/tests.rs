use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    count: i64,
    to: Address,
    #[serde(default)]
    colour: Option<Colour>,
    #[serde(default)]
    more: Vec<Address>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    street: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    from: String,
    limit: Option<i64>,
    colour: Option<Colour>,
}

#[track_caller]
fn check(body: &str, faults: &[(&str, &str)]) {
    let problem = parse::<Order>(body.as_bytes()).unwrap_err();
    assert_eq!(problem.code(), Code::ValidationFailed, "{body}");
    assert_eq!(problem.faults(), faults, "{body}");
}

#[test]
fn the_place_that_is_wrong_is_named() {
    let body = r#"{"count":1,"to":{"street":"a"},"colour":"red"}"#;
    let order = parse::<Order>(body.as_bytes()).unwrap();
    assert_eq!((order.count, order.colour), (1, Some(Colour::Red)));

    check(r#"{"count":1.5}"#, &[("count", "format")]);
    check(r#"{"count":"1"}"#, &[("count", "format")]);
    check(r#"{"count":99999999999999999999}"#, &[("count", "format")]);
    check(r#"{"count":1,"to":"a"}"#, &[("to", "format")]);
    check(
        r#"{"count":1,"to":{"street":null}}"#,
        &[("to.street", "format")],
    );
    check(r#"{"colour":"blue"}"#, &[("colour", "format")]);
    check(r#"{"colour":7}"#, &[("colour", "format")]);
    check(r#"{"count":1e400}"#, &[("count", "format")]);
    check(r#"{"to":{"street":"\ud800"}}"#, &[("to.street", "format")]);
    check(
        r#"{"more":[{"street":"a"},{"street":2}]}"#,
        &[("more[1].street", "format")],
    );
}

#[test]
fn a_field_that_is_missing_unknown_or_there_twice_is_named() {
    check("{}", &[("count", "required")]);
    check(r#"{"count":1,"to":{}}"#, &[("to.street", "required")]);
    check(r#"{"more":[{}]}"#, &[("more[0].street", "required")]);
    check(r#"{"other":1}"#, &[("other", "unknown")]);
    check(r#"{"to":{"other":1}}"#, &[("to.other", "unknown")]);
    check(r#"{"`":1}"#, &[("`", "unknown")]);
    check(r#"{"count":1,"count":2}"#, &[("count", "format")]);
    check(
        r#"{"to":{"street":"a","street":"b"}}"#,
        &[("to.street", "format")],
    );
}

#[test]
fn what_is_no_document_has_no_field() {
    for body in [
        "",
        "{",
        "null",
        "7",
        r#""text""#,
        r#"{"count":1,"to":{"street":"a"}} {}"#,
    ] {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        assert_eq!(problem.code(), Code::BadRequest, "{body}");
    }
}

#[tokio::test]
async fn the_parameter_that_is_wrong_is_named() {
    for (query, fault) in [
        ("", ("from", "required")),
        ("?from=a&limit=x", ("limit", "format")),
        ("?from=a&limit=1.5", ("limit", "format")),
        ("?from=a&colour=blue", ("colour", "format")),
        ("?from=a&other=1", ("other", "unknown")),
        ("?from=a&from=b", ("from", "format")),
    ] {
        let (mut parts, ()) = http::Request::get(format!("/{query}"))
            .body(())
            .unwrap()
            .into_parts();
        let problem = Params::<Question>::from_request_parts(&mut parts, &())
            .await
            .unwrap_err();
        assert_eq!(problem.code(), Code::ValidationFailed, "{query}");
        assert_eq!(problem.faults(), [fault], "{query}");
    }
}
