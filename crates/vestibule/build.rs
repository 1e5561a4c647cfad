//! Says what the program is built from: commit, date and target.
//!
//! Asks git where there is a repository, and the network never. Whoever builds without one, as for
//! a container, sets `VESTIBULE_COMMIT` and `VESTIBULE_DATE`; without either the build goes on.

use std::path::Path;
use std::process::Command;

fn main() {
    let commit = said("VESTIBULE_COMMIT").or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    // The date of the commit and not of the build: the same source gives the same program.
    let date = said("VESTIBULE_DATE").or_else(|| git(&["show", "-s", "--format=%cs", "HEAD"]));
    let target = variable("TARGET");
    let known = [commit.as_deref(), date.as_deref(), target.as_deref()];
    let build: Vec<_> = known.into_iter().flatten().collect();
    let commit = commit.as_deref().unwrap_or("unknown");
    let lines = [
        format!("cargo::rustc-env=VESTIBULE_COMMIT={commit}"),
        format!("cargo::rustc-env=VESTIBULE_BUILD={}", build.join(" ")),
        "cargo::rerun-if-changed=build.rs".to_owned(),
    ];
    for line in &lines {
        tell(line);
    }
    // It gets a line with each commit and each change of the branch.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        tell(&format!("cargo::rerun-if-changed={log}"));
    }
}

/// What the environment says, if it says anything.
fn said(name: &str) -> Option<String> {
    tell(&format!("cargo::rerun-if-env-changed={name}"));
    variable(name).filter(|value| !value.is_empty())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script is told by variables alone"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The answer of git; nothing where there is no git, no repository or no commit.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let answer = answer.trim();
    (output.status.success() && !answer.is_empty()).then(|| answer.to_owned())
}

/// On standard output, this is how cargo is told.
fn tell(line: &str) {
    println!("{line}");
}
