//! The steps that need nothing but the toolchain.

use crate::command::{at_root, each_line, run};
use crate::repository;
use crate::tally::Tally;

/// What every build of the workspace is asked for, so that the steps share their artifacts.
pub(super) const WHOLE: [&str; 2] = ["--workspace", "--all-features"];

pub(super) fn format() -> Tally {
    Tally::of(run(at_root("cargo", ["fmt", "--all", "--check"])))
}

pub(super) fn clippy() -> Tally {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    Tally::of(run(at_root("cargo", arguments)))
}

pub(super) fn tests() -> Tally {
    let mut command = at_root("cargo", ["test", "--no-fail-fast"]);
    command.args(WHOLE).env("INSTA_UPDATE", "no");
    let mut tally = Tally::default();
    let well = each_line(command, |line| {
        if let Some(counts) = Tally::of_libtest(line) {
            tally += counts;
        }
    });
    tally.ended(well)
}

pub(super) fn documents() -> Tally {
    let mut command = at_root("cargo", ["doc", "--no-deps"]);
    command.args(WHOLE).env("RUSTDOCFLAGS", "-D warnings");
    Tally::of(run(command))
}

/// The targets are built outside the workspace, with their own flags; the script beside them knows how.
pub(super) fn fuzz() -> Tally {
    let script = "fuzz/smoke";
    if !repository::root().join(script).is_file() {
        println!("{script} is missing: it builds the fuzz targets and runs each for some seconds");
        return Tally::FAILED;
    }
    Tally::of(run(at_root(&format!("./{script}"), [""; 0])))
}
