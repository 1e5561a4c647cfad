//! The policy of `deny.toml`, checked by cargo-deny.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{at_root, output, run};
use crate::tally::Tally;
use crate::{prerequisite, repository};

/// The version that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

const CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

pub(super) fn check() -> Tally {
    let Some(tool) = tool() else {
        println!(
            "skipped: cargo-deny could not be installed; by hand: cargo install --locked cargo-deny --version {VERSION}"
        );
        return Tally {
            skipped: CHECKS.len() as u64 + 1,
            ..Tally::default()
        };
    };
    let deny = |arguments: &[&str]| {
        let mut command = at_root(&tool.to_string_lossy(), ["--all-features"]);
        command.args(arguments);
        Tally::of(run(command))
    };
    let mut tally = Tally::default();
    for check in CHECKS {
        tally += deny(&["check", check]);
    }
    // A test run does not fetch the database: it would answer differently from day to day.
    if has_database() {
        tally += deny(&["--offline", "check", "advisories"]);
    } else {
        println!("advisories are skipped: there is no database; `cargo deny fetch db` gets it");
        tally += Tally::SKIPPED;
    }
    tally
}

/// The one on the machine, else our own below the target directory, built once in a minute or two.
fn tool() -> Option<PathBuf> {
    let tools = repository::target().join("tools");
    let ours = tools.join("bin/cargo-deny");
    let found = prerequisite::find("cargo-deny").or_else(|| ours.is_file().then(|| ours.clone()));
    if let Some(tool) = found.filter(|tool| answers(tool)) {
        return Some(tool);
    }
    // Unoptimised: building takes a third of the time, and checking a second.
    let mut install = at_root(
        "cargo",
        [
            "install",
            "--quiet",
            "--locked",
            "--debug",
            "cargo-deny",
            "--version",
            VERSION,
        ],
    );
    install.arg("--root").arg(&tools);
    run(install);
    Some(ours).filter(|tool| answers(tool))
}

fn answers(tool: &Path) -> bool {
    output(Command::new(tool).arg("--version")).is_some()
}

/// Where cargo-deny keeps the advisory databases that it fetched.
fn has_database() -> bool {
    let given = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = given.or_else(|| Some(env::home_dir()?.join(".cargo")));
    home.is_some_and(|home| home.join("advisory-dbs").is_dir())
}
