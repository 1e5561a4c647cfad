//! The steps that run the real packages on Node.js.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::rust::WHOLE;
use crate::command::{at, at_root, each_line, quietly, run};
use crate::tally::Tally;
use crate::{repository, vectors};

/// The packages agree with the vectors, we agree with new ones, and the packages read what we write.
pub(super) fn vectors() -> Tally {
    if !vectors::install(Path::new("vectors/generate")) {
        return Tally::FAILED;
    }
    let mut tally = Tally::default();
    let verify = at_root(
        "node",
        ["vectors/generate/verify.mjs", "vectors/public.json"],
    );
    let well = each_line(verify, |line| {
        if let Some(counts) = Tally::of_vectors(line) {
            tally += counts;
        }
    });
    let mut tally = tally.ended(well);
    let asked = [
        "vectors/generate/signin.mjs",
        "--verify",
        "vectors/signin.json",
    ];
    tally += Tally::of(run(at_root("node", asked)));

    let lines = repository::target().join("vectors/written.jsonl");
    // A file of an earlier run proves nothing.
    let _ = fs::remove_file(&lines);
    tally += Tally::of(vectors::generate(&vectors::generated()));
    let mut test = at_root("cargo", ["test", "--quiet", "--test", "it"]);
    test.args(WHOLE).args(["--", "generated", "written"]);
    tally += Tally::of(run(test));
    tally += written(&lines);
    tally
}

/// The tests named `written` of the session library leave what they wrote, one JSON object a line.
fn written(lines: &Path) -> Tally {
    let Ok(input) = File::open(lines) else {
        println!("no test wrote {}", repository::shown(lines));
        return Tally::FAILED;
    };
    let mut read = at_root("node", ["vectors/generate/read.mjs"]);
    read.stdin(input);
    let mut tally = Tally::default();
    let well = quietly(read, |answer| {
        let opened = answer.starts_with(r#"{"ok":true"#);
        tally += Tally::of(opened);
        if !opened {
            // The claims come first and may be long; the error stands at the end.
            let error = answer
                .rsplit_once(r#""error":"#)
                .map_or(answer, |(_, error)| error);
            println!(
                "line {} of {}: {error}",
                tally.passed + tally.failed,
                repository::shown(lines)
            );
        }
    });
    let tally = tally.ended(well);
    println!(
        "the real packages open {} of {} that we wrote",
        tally.passed,
        tally.passed + tally.failed
    );
    tally
}

/// Builds the gateway, then lets the tests build application and page and start everything.
pub(super) fn interop() -> Tally {
    for folder in ["interop/next16", "interop/react", "interop/grpc"] {
        if !vectors::install(Path::new(folder)) {
            return Tally::FAILED;
        }
    }
    if !build() {
        return Tally::FAILED;
    }
    tests_in("interop/run")
}

/// The browser side of Bookwell's pages, as its author checks it, and that the committed files are what it makes.
pub(super) fn pages() -> Tally {
    let folder = "demo/bookwell/pages";
    if !vectors::install(Path::new(folder)) {
        return Tally::FAILED;
    }
    let script = |name: &str| {
        at(
            &repository::root().join(folder),
            "npm",
            ["run", "--silent", name],
        )
    };
    let mut tally = Tally::default();
    let well = each_line(script("check"), |line| {
        if let Some(counts) = Tally::of_node(line) {
            tally += counts;
        }
    });
    let mut tally = tally.ended(well);
    tally += Tally::of(run(script("fresh")));
    tally
}

/// Builds the demonstration, then lets a browser use it.
pub(super) fn browser() -> Tally {
    if !vectors::install(Path::new("interop/bookwell")) || !build() {
        return Tally::FAILED;
    }
    tests_in("interop/bookwell")
}

/// The same targets as `cargo test`, so that nothing is built twice.
fn build() -> bool {
    let mut build = at_root(
        "cargo",
        ["build", "--lib", "--bins", "--tests", "--examples"],
    );
    build.args(WHOLE);
    run(build)
}

/// Runs the tests of a folder with the binary that was built.
fn tests_in(folder: &str) -> Tally {
    let files = match test_files(folder) {
        Ok(files) => files,
        Err(error) => {
            println!("{folder} cannot be read: {error}");
            return Tally::FAILED;
        }
    };
    let mut test = at_root("node", ["--test", "--test-reporter=spec"]);
    test.args(files).env(
        "VESTIBULE_BIN",
        repository::target().join("debug/vestibule"),
    );
    let mut tally = Tally::default();
    let well = each_line(test, |line| {
        if let Some(counts) = Tally::of_node(line) {
            tally += counts;
        }
    });
    tally.ended(well)
}

/// Node.js 20 takes files, not patterns.
fn test_files(folder: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(repository::root().join(folder))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
