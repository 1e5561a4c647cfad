//! `require`: what it means, and what is wrong with it.

use super::*;
use crate::policy::Requirement;

fn process(require: &str) -> Process {
    let route =
        format!("  - {{ path: /tenant/*/**, to: web, auth: required, require: {require} }}");
    Process::with_file(small_with(5, &route))
}

fn required(require: &str) -> Option<Requirement> {
    let mut config = process(require).config();
    config.sites[0].routes.remove(0).require
}

#[track_caller]
fn check(process: &Process, path: &str, message: &str, hint: &str) {
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("not one problem: {:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, path, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    let Origin::File { line: 5, .. } = &problem.place.origin else {
        panic!("not in its line: {problem}");
    };
    assert!(loaded.config.is_none());
}

#[test]
fn rules_mean_what_they_say() {
    let check = |require: &str, expected: &str| {
        assert_eq!(required(require).unwrap().to_string(), expected);
    };
    check("{ claim: /role, equals: ADMIN }", "/role equals ADMIN");
    check(
        "{ all: [ { claim: /role, in: [A, B] } ] }",
        "/role in [A, B]",
    );
    check("{ claim: /n, equals: 7 }", "/n equals 7");
    check("{ claim: /n, equals: true }", "/n equals true");
    check(
        "{ claim: /slug, equals_segment: 2 }",
        "/slug equals segment 2",
    );
    check(
        "{ claim: /slug, equals_segment: 3 }",
        "/slug equals segment 3",
    );
    check("{ claim: /slug, present: true }", "/slug present");
    check("{ claim: /slug, present: false }", "/slug absent");
    check(
        "{ any: [ { claim: /role, equals: ROOT }, { all: [ { claim: /role, equals: ADMIN }, { claim: /slug, equals_segment: 2 } ] } ] }",
        "/role equals ROOT or (/role equals ADMIN and /slug equals segment 2)",
    );
}

#[test]
fn a_claim_is_asked_for_once() {
    let require = "{ any: [ { claim: /role, equals: A }, { claim: /slug, present: true }, { claim: /role, equals: B } ] }";
    let config = process(require).config();
    let claims: Vec<_> = config.sites[0]
        .claims
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(claims, ["/role", "/slug"]);
    let Some(Requirement::Any(parts)) = &config.sites[0].routes[0].require else {
        panic!("{:?}", config.sites[0].routes);
    };
    let positions: Vec<_> = parts
        .iter()
        .map(|part| match part {
            Requirement::Rule(rule) => rule.position,
            Requirement::All(_) | Requirement::Any(_) => panic!("{part:?}"),
        })
        .collect();
    assert_eq!(positions, [0, 1, 0]);
}

#[test]
fn faults_have_their_place_and_cure() {
    let at = "routes[0].require";
    for (require, path, message, hint) in [
        ("{}", at, "exactly one of", "nest the others"),
        (
            "{ equals: A }",
            at,
            "exactly one of `all`, `any` and `claim`",
            "write one",
        ),
        (
            "{ all: [ { claim: /a, equals: b } ], claim: /a, equals: b }",
            at,
            "exactly one of",
            "nest",
        ),
        (
            "{ all: [ { claim: /a, equals: b } ], equals: b }",
            at,
            "`all` stands beside",
            "into the list",
        ),
        (
            "{ any: [ { claim: /a, equals: b } ], present: true }",
            at,
            "`any` stands beside",
            "into the list",
        ),
        ("{ claim: /a }", at, "exactly one thing", "`equals_segment`"),
        (
            "{ claim: /a, equals: b, in: [c] }",
            at,
            "exactly one thing",
            "join rules",
        ),
        (
            "{ claim: role, equals: b }",
            "routes[0].require.claim",
            "does not name a claim",
            "`/role`",
        ),
        (
            "{ claim: /a, in: [] }",
            "routes[0].require.in",
            "empty list",
            "name the values",
        ),
        (
            "{ all: [] }",
            "routes[0].require.all",
            "no rule in the list",
            "add one",
        ),
        (
            "{ any: [] }",
            "routes[0].require.any",
            "no rule in the list",
            "add one",
        ),
        (
            "{ claim: /a, equals_segment: 0 }",
            "routes[0].require.equals_segment",
            "no segment of this number",
            "count from 1",
        ),
        (
            "{ claim: /a, equals_segment: 1 }",
            "routes[0].require.equals_segment",
            "`/tenant/*/**` has no segment",
            "it is 2",
        ),
        (
            "{ claim: /a, equals_segment: x }",
            "routes[0].require.equals_segment",
            "cannot be `x`",
            "a whole number",
        ),
        (
            "{ claim: /a, present: yes }",
            "routes[0].require.present",
            "cannot be `yes`",
            "`true` or `false`",
        ),
        (
            "{ claim: /a, equal: b }",
            "routes[0].require.equal",
            "unknown key `equal`",
            "did you mean `equals`?",
        ),
        (
            "{ all: [ { any: [ { claim: /a, eqals: b } ] } ] }",
            "routes[0].require.all[0].any[0].eqals",
            "unknown key",
            "did you mean `equals`?",
        ),
        ("[ { claim: /a, equals: b } ]", at, "is a list", "such as"),
        ("ADMIN", at, "cannot be `ADMIN`", "such as"),
        (
            "{ all: [ { all: [ { all: [ { all: [ { claim: /a, equals: b } ] } ] } ] } ] }",
            "routes[0].require.all[0].all[0].all[0].all[0]",
            "nested too deeply",
            "4 levels",
        ),
    ] {
        check(&process(require), path, message, hint);
    }
}

#[test]
fn rules_need_a_session() {
    for auth in ["optional", "none"] {
        let route = format!(
            "  - {{ path: /**, to: web, auth: {auth}, require: {{ claim: /a, equals: b }} }}"
        );
        let process = Process::with_file(small_with(5, &route));
        check(
            &process,
            "routes[0].require",
            "without one pass",
            "`auth: required`",
        );
    }
}

#[test]
fn a_closed_path_has_no_segment_behind_its_last() {
    let route =
        "  - { path: /a/*, to: web, auth: required, require: { claim: /a, equals_segment: 3 } }";
    let process = Process::with_file(small_with(5, route));
    check(
        &process,
        "routes[0].require.equals_segment",
        "`/a/*` has no segment",
        "count from 1",
    );
}
