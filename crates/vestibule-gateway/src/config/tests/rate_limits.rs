//! `rate_limits`: what they mean, and what is wrong with them.

use super::*;

fn process(auth: &str, limits: &str) -> Process {
    let route = format!("  - {{ path: /a, to: web, auth: {auth}, rate_limits: {limits} }}");
    Process::with_file(small_with(5, &route))
}

fn limits(auth: &str, limits: &str) -> Vec<String> {
    let config = process(auth, limits).config();
    let limits = config.sites[0].routes[0].rate_limits.iter();
    limits.map(ToString::to_string).collect()
}

#[track_caller]
fn refused(limits: &str, path: &str, message: &str, hint: &str) {
    let loaded = process("optional", limits).load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{limits}: not one problem: {:#?}", loaded.problems);
    };
    let path = format!("routes[0].rate_limits{path}");
    assert_eq!(problem.place.path, path, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    let Origin::File { line: 5, .. } = &problem.place.origin else {
        panic!("not in its line: {problem}");
    };
    assert!(loaded.config.is_none());
}

#[test]
fn limits_mean_what_they_say() {
    let address = "[ { key: address, requests: 10, per: 1m } ]";
    for auth in ["none", "optional", "required"] {
        assert_eq!(limits(auth, address), ["address 10/60s burst 10"]);
    }
    assert_eq!(limits("none", "[]"), [""; 0]);
    // The narrow ones are asked first.
    let several = "[ { key: { claim: /tenantId }, requests: 1000, per: 24h, burst: 50 }, \
                     { key: session, requests: 5, per: 1s }, \
                     { key: address, requests: 1000000, per: 1h }, \
                     { key: address, requests: 10, per: 1m } ]";
    assert_eq!(
        limits("required", several),
        [
            "address 1000000/3600s burst 1000000",
            "address 10/60s burst 10",
            "session 5/1s burst 5",
            "claim /tenantId 1000/86400s burst 50",
        ]
    );
}

#[test]
fn a_session_is_counted_by_its_identity() {
    let session = "[ { key: session, requests: 5, per: 1s } ]";
    let config = process("required", session).config();
    let claims: Vec<_> = config.sites[0]
        .claims
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(claims, ["/sub", "/email", "/id"]);
    let RateKey::Session { positions } = &config.sites[0].routes[0].rate_limits[0].key else {
        panic!()
    };
    assert_eq!(positions, &[0, 1, 2]);
}

#[test]
fn wrong_limits_are_refused() {
    let one = |limit: &str| format!("[ {{ {limit} }} ]");
    for (limit, path, message, hint) in [
        (
            "requests: 1, per: 1s",
            "[0].key",
            "has no `key`",
            "`address`",
        ),
        (
            "key: address, per: 1s",
            "[0].requests",
            "has no `requests`",
            "a whole number",
        ),
        (
            "key: address, requests: 1",
            "[0].per",
            "has no `per`",
            "a text",
        ),
        (
            "key: user, requests: 1, per: 1s",
            "[0].key",
            "`user` is not",
            "`session`",
        ),
        (
            "key: session, requests: 1, per: 1s",
            "[0].key",
            "without a session",
            "auth: required",
        ),
        (
            "key: { claim: /t }, requests: 1, per: 1s",
            "[0].key",
            "without a session",
            "auth: required",
        ),
        (
            "key: address, requests: 0, per: 1s",
            "[0].requests",
            "is zero",
            "at least 1",
        ),
        (
            "key: address, requests: 1000001, per: 1s",
            "[0].requests",
            "no sensible number",
            "at most 1000000",
        ),
        (
            "key: address, requests: 1, per: 0s",
            "[0].per",
            "is zero",
            "how long",
        ),
        (
            "key: address, requests: 1, per: 60",
            "[0].per",
            "not a duration",
            "a unit",
        ),
        (
            "key: address, requests: 1, per: 500ms",
            "[0].per",
            "whole seconds",
            "`1s`",
        ),
        (
            "key: address, requests: 1, per: 25h",
            "[0].per",
            "at most a day",
            "`1h`",
        ),
        (
            "key: address, requests: 1, per: 1s, burst: 0",
            "[0].burst",
            "is zero",
            "at least 1",
        ),
        (
            "key: address, requests: 1, per: 1s, brust: 2",
            "[0].brust",
            "unknown",
            "`burst`",
        ),
    ] {
        refused(&one(limit), path, message, hint);
    }
    let twice =
        "[ { key: address, requests: 1, per: 1s }, { key: address, requests: 2, per: 1s } ]";
    refused(twice, "[1]", "the same requests", "keep the smaller");
    let pointer = "[ { key: { claim: tenant.id }, requests: 1, per: 1s } ]";
    let loaded = process("required", pointer).load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("not one problem: {:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, "routes[0].rate_limits[0].key.claim");
    assert!(problem.hint.contains("/tenant/id"), "{problem}");
}
