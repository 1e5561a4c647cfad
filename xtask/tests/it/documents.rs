//! Words that stand in the code and in a page: the same ones in both.

use std::fs;

use super::{root, text};

#[test]
fn every_cause_of_a_session_failure_has_a_row() {
    let guide = text("docs/guides/troubleshoot-401.md");
    let reason = text("crates/vestibule-session/src/reason.rs");
    for code in words(&reason, "fn code(") {
        assert!(
            guide.contains(&format!("| `{code}` |")),
            "troubleshoot-401.md has no row for {code}"
        );
    }
}

#[test]
fn every_cause_in_the_guide_is_one_that_exists() {
    let guide = text("docs/guides/troubleshoot-401.md");
    let reason = text("crates/vestibule-session/src/reason.rs");
    let mut known = words(&reason, "fn code(");
    known.push("no_backend_token");
    for row in guide.lines().filter_map(|line| line.strip_prefix("| `")) {
        let code = row.split('`').next().unwrap();
        assert!(
            known.contains(&code),
            "troubleshoot-401.md explains {code}, which no session fails with"
        );
    }
}

#[test]
fn every_cause_of_a_forged_request_has_a_row_and_every_row_a_cause() {
    let guide = text("docs/guides/cross-site.md");
    let csrf = text("crates/vestibule-gateway/src/policy/csrf.rs");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut rows: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    let mut causes = words(&csrf, "fn cause(");
    rows.sort_unstable();
    causes.sort_unstable();
    assert_eq!(rows, causes);
}

#[test]
fn every_refusal_has_a_row_and_every_row_a_refusal() {
    let page = text("docs/reference/refusals.md");
    let refusal = text("crates/vestibule-gateway/src/refusal.rs");
    let codes = words(&refusal, "fn code(");
    for code in &codes {
        assert!(
            page.contains(&format!("| `{code}` |")),
            "refusals.md has no row for {code}"
        );
    }
    for row in page.lines().filter_map(|line| line.strip_prefix("| `")) {
        let code = row.split('`').next().unwrap();
        assert!(
            codes.contains(&code),
            "refusals.md has {code}, which no refusal answers"
        );
    }
}

#[test]
fn every_page_is_in_the_index() {
    let index = text("docs/README.md");
    for folder in ["guides", "reference"] {
        for entry in fs::read_dir(root().join("docs").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let link = format!("({folder}/{name})");
            assert!(
                index.contains(&link),
                "docs/README.md does not name {folder}/{name}"
            );
        }
    }
}

/// The quoted words of one function.
fn words<'a>(source: &'a str, function: &str) -> Vec<&'a str> {
    let body = source
        .split(function)
        .nth(1)
        .unwrap_or_else(|| panic!("no `{function}`"));
    let body = body.split("\n    }\n").next().unwrap();
    let words: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    assert!(!words.is_empty(), "`{function}` names no word");
    words
}
