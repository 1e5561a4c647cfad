//! The help texts, whole: a change of the command line shows in review.

use crate::runner::vestibule;

#[track_caller]
fn check(name: &str, arguments: &[&str]) {
    insta::assert_snapshot!(name, vestibule(arguments).output());
}

#[test]
fn help_is_as_it_was_reviewed() {
    check("vestibule", &["--help"]);
    check("vestibule-short", &["-h"]);
    check("check", &["check", "--help"]);
    check("completions", &["completions", "--help"]);
    check("demo", &["demo", "--help"]);
    check("explain", &["explain", "--help"]);
    check("man", &["man", "--help"]);
    check("mint", &["mint", "--help"]);
    check("schema", &["schema", "--help"]);
    check("secret", &["secret", "--help"]);
    check("serve", &["serve", "--help"]);
}

#[test]
fn the_version_says_what_it_was_built_from() {
    let (version, build) = (env!("CARGO_PKG_VERSION"), env!("VESTIBULE_BUILD"));
    let output = vestibule(&["--version"]).output();
    assert_eq!(output, format!("vestibule {version} ({build})\n"));
    let target = build.split(' ').next_back().unwrap();
    assert!(target.starts_with(std::env::consts::ARCH), "{build}");
    let short = vestibule(&["-V"]).output();
    assert_eq!(short, format!("vestibule {version}\n"));
}

#[test]
fn short_help_fits_a_screen() {
    for command in [
        "check",
        "completions",
        "demo",
        "explain",
        "man",
        "mint",
        "schema",
        "secret",
        "serve",
    ] {
        let lines = vestibule(&[command, "-h"]).output().lines().count();
        assert!(lines <= 40, "{command} has {lines} lines");
    }
}
