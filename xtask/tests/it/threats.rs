//! `docs/threats.md` is held to the code: each threat is answered once, by tests that exist.

use std::collections::BTreeMap;
use std::fs;

use super::weakening::Weakening;
use super::{root, text};

/// The last row's number; the first is 1, and none is missing between.
const THREATS: usize = 117;

/// Where the rows stand, and what their links are relative to.
const PAGE: &str = "docs/threats.md";

/// What a row without a test has to say.
const WITHOUT_A_TEST: [&str; 2] = ["not offered", "design"];

#[test]
fn each_threat_has_one_row() {
    let page = text(PAGE);
    let mut counts = BTreeMap::new();
    for row in rows(&page) {
        *counts.entry(row.id.to_owned()).or_insert(0) += 1;
    }
    let expected = (1..=THREATS).map(|number| (format!("TH-{number:02}"), 1));
    assert_eq!(counts, expected.collect());
}

#[test]
fn each_row_has_tests_or_says_why_not() {
    let page = text(PAGE);
    for row in rows(&page) {
        let answer = row.answer.to_lowercase();
        let excused = WITHOUT_A_TEST.iter().any(|word| answer.contains(word));
        assert!(
            excused || !row.tests.is_empty(),
            "{} has no test and does not say that it is a matter of design or not offered",
            row.id
        );
    }
}

#[test]
fn each_test_that_a_row_names_exists() {
    let page = text(PAGE);
    for row in rows(&page) {
        for (name, link) in &row.tests {
            let path = link.strip_prefix("../").unwrap_or_else(|| panic!("{link}"));
            assert!(
                has_test(&text(path), path, name),
                "{}: {path} has no test `{name}`",
                row.id
            );
        }
    }
}

#[test]
fn each_weakening_can_be_made_and_names_a_threat_and_a_test() {
    let page = text(PAGE);
    let mut count = 0;
    for entry in fs::read_dir(root().join("xtask/weakenings")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let weakening = Weakening::parse(&text(&format!("xtask/weakenings/{file}")))
            .unwrap_or_else(|fault| panic!("{file}: {fault}"));
        let threat = &weakening.threat;
        let words = file
            .strip_suffix(".txt")
            .unwrap_or_else(|| panic!("{file}"));
        assert!(
            words.starts_with(&format!("{threat}-")),
            "{file} is not named by its threat, {threat}"
        );
        assert!(
            rows(&page).any(|row| row.id == threat),
            "{file}: {PAGE} has no row {threat}"
        );
        if let Err(fault) = weakening.applied(&text(&weakening.file)) {
            panic!("{file}: {}: {fault}", weakening.file);
        }
        let (program, name) = weakening.program_and_name();
        assert!(
            program.starts_with("-p "),
            "{file}: the test is in no crate"
        );
        assert!(
            a_source_has(name.rsplit("::").next().unwrap_or(name)),
            "{file}: there is no test `{name}`"
        );
        count += 1;
    }
    assert!(count > 0);
}

struct Row<'a> {
    id: &'a str,
    answer: &'a str,
    /// Name and link of each test.
    tests: Vec<(&'a str, &'a str)>,
}

fn rows(page: &str) -> impl Iterator<Item = Row<'_>> {
    page.lines()
        .filter(|line| line.starts_with("| TH-"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [id, _, answer, tests] = cells[..] else {
                panic!("not four cells: {line}");
            };
            let tests = tests.split("), ").filter(|test| !test.is_empty());
            let tests = tests.map(|test| {
                let (name, link) = test
                    .split_once("](")
                    .unwrap_or_else(|| panic!("{id}: {test}"));
                let name = name.trim_start_matches('[').trim_matches('`');
                (name, link.trim_end_matches(')'))
            });
            Row {
                id,
                answer,
                tests: tests.collect(),
            }
        })
}

/// A function in Rust; a title in quotes elsewhere.
fn has_test(source: &str, path: &str, name: &str) -> bool {
    if path.strip_suffix(".rs").is_some() {
        source.contains(&format!("fn {name}("))
    } else {
        ['"', '\'', '`']
            .iter()
            .any(|quote| source.contains(&format!("{quote}{name}{quote}")))
    }
}

/// Whether any source has a function of this name. It may be made by a macro, so the definition will do.
fn a_source_has(name: &str) -> bool {
    ["crates", "demo", "xtask"]
        .into_iter()
        .flat_map(super::sources)
        .any(|path| {
            fs::read_to_string(path)
                .unwrap()
                .contains(&format!("fn {name}("))
        })
}
