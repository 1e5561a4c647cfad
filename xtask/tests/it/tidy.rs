//! Invariants of ARCHITECTURE.md that a compiler does not check.

use std::fs;
use std::path::{Path, PathBuf};

use super::{root, sources};

/// Which crates of the workspace each of them may depend on.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("vestibule-session", &[]),
    ("vestibule-gateway", &["vestibule-session"]),
    ("vestibule-signin", &["vestibule-session"]),
    ("bookwell", &["vestibule-session"]),
    (
        "vestibule",
        &[
            "bookwell",
            "vestibule-gateway",
            "vestibule-session",
            "vestibule-signin",
        ],
    ),
];

/// Where crates of the workspace lie.
const CRATES: [&str; 2] = ["crates", "demo"];

/// Lines that a source file may have. A longer one needs a line in `LONG_FILES`, with its reason.
const MAX_LINES: usize = 500;
const LONG_FILES: &[(&str, &str)] = &[];

/// File names that say nothing about their content.
const EMPTY_NAMES: &[&str] = &[
    "common",
    "constants",
    "globals",
    "helpers",
    "imp",
    "manager",
    "misc",
    "mod",
    "types",
    "util",
    "utils",
];

/// A young crate with one main author: what one module alone names can be replaced.
const YAML: &str = "serde_saphyr";
const YAML_PLACE: &str = "crates/vestibule-gateway/src/config";

/// Where a text is parted at semicolons in a file that knows the `Cookie` header: one scanner knows what a
/// cookie is and what belongs to a session (TH-35).
const COOKIE_SCANNER: &[(&str, &str)] = &[
    (
        "crates/vestibule-gateway/src/headers.rs",
        "the codings of `TE`",
    ),
    (
        "crates/vestibule-gateway/src/headers/session_cookies.rs",
        "removes what the scanner could take, held to it by a property",
    ),
    ("crates/vestibule-session/src/scan.rs", "the scanner"),
];

/// The files of hops 2 to 4 with what stands in their folders, which never see the engine.
const PURE_HOPS: &[&str] = &["routes", "session", "policy"];

#[test]
fn crates_depend_only_on_the_layers_below() {
    for (name, allowed) in MAY_DEPEND_ON {
        let manifest = CRATES.map(|folder| root().join(folder).join(name).join("Cargo.toml"));
        let manifest = manifest.iter().find(|path| path.is_file()).unwrap();
        for line in fs::read_to_string(manifest).unwrap().lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let ours = dependency.starts_with("vestibule") || dependency == "bookwell";
            assert!(
                !ours || allowed.contains(&dependency),
                "{name} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn every_crate_has_a_layer() {
    let entries = CRATES.map(|folder| fs::read_dir(root().join(folder)).unwrap());
    for entry in entries.into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            MAY_DEPEND_ON.iter().any(|(known, _)| *known == name),
            "no layer for {name}"
        );
    }
}

#[test]
fn source_files_stay_within_budget() {
    for path in every_source() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        let excused = LONG_FILES.iter().any(|(file, _)| path.ends_with(file));
        assert!(
            lines <= MAX_LINES || excused,
            "{} has {lines} lines",
            path.display()
        );
    }
}

#[test]
fn source_files_are_named_by_what_they_hold() {
    for path in every_source() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !EMPTY_NAMES.contains(&name),
            "{} is named by nothing",
            path.display()
        );
    }
}

#[test]
fn nothing_is_left_for_later_or_switched_off() {
    // Spelled in two parts, so that this file passes its own search.
    let found = ["#[ign", "todo", "FIX", "XX"];
    let ends = ["ore", "!(", "ME", "X"];
    for path in every_source() {
        let source = fs::read_to_string(&path).unwrap();
        for (found, end) in found.iter().zip(ends) {
            let word = format!("{found}{end}");
            assert!(!source.contains(&word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    for path in every_source() {
        let source = fs::read_to_string(&path).unwrap();
        let attribute = ["#[allow", "#![allow"].map(|start| format!("{start}("));
        assert!(
            !attribute.iter().any(|word| source.contains(word)),
            "{} allows a lint",
            path.display()
        );
    }
}

#[test]
fn one_module_alone_reads_yaml() {
    for path in sources("crates") {
        let here =
            path.starts_with(root().join(YAML_PLACE)) || path.ends_with(format!("{YAML_PLACE}.rs"));
        assert!(
            here || !code(&path).contains(YAML),
            "{} names {YAML}",
            path.display()
        );
    }
}

#[test]
fn one_module_alone_parts_the_cookie_header() {
    let mut found = Vec::new();
    for path in ["crates", "demo"].into_iter().flat_map(sources) {
        let relative = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let code = code(&path);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let tests = !relative.contains("/src/") || relative.ends_with("tests.rs");
        let parts = [
            "split(';'",
            "split_once(';'",
            "split(\";\"",
            "split(\"; \"",
            "memchr(b';'",
            "== b';'",
        ];
        let splits = parts.iter().any(|part| code.contains(part));
        if !tests && splits && code.to_lowercase().contains("cookie") {
            found.push(relative.to_owned());
        }
    }
    found.sort();
    let known: Vec<_> = COOKIE_SCANNER.iter().map(|(path, _)| *path).collect();
    assert_eq!(found, known, "read cookies with `vestibule_session::pairs`");
}

#[test]
fn routing_session_and_policy_never_see_the_engine() {
    let folder = root().join("crates/vestibule-gateway/src");
    for path in sources("crates/vestibule-gateway/src") {
        let relative = path.strip_prefix(&folder).unwrap();
        let hop = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap();
        if !PURE_HOPS.contains(&hop.trim_end_matches(".rs")) {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for engine in ["hyper", "tokio", "async fn"] {
            assert!(
                !source.contains(engine),
                "{} names {engine}",
                path.display()
            );
        }
    }
}

#[test]
fn the_session_library_has_no_engine_no_clock_and_no_environment() {
    for path in sources("crates/vestibule-session/src") {
        let code = code(&path);
        for word in [
            "tokio",
            "std::net",
            "std::env",
            "std::fs",
            "SystemTime",
            "Instant::now",
            "tracing::",
        ] {
            assert!(!code.contains(word), "{} names {word}", path.display());
        }
    }
}

/// A source without its comments and examples.
fn code(path: &Path) -> String {
    let source = fs::read_to_string(path).unwrap();
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The sources of the workspace and of the fuzz targets beside it.
fn every_source() -> Vec<PathBuf> {
    ["crates", "demo", "fuzz", "xtask"]
        .into_iter()
        .flat_map(sources)
        .collect()
}
