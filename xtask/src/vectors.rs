//! `cargo xtask vectors`: session vectors from the real packages.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{at, at_root, run};
use crate::prerequisite::Prerequisite;
use crate::repository;

const USAGE: &str = "\
Makes session vectors by running the real packages, and compares them with what each family expects

USAGE
  cargo xtask vectors [FILE]    FILE is target/vectors/generated.json unless given

`vectors/public.json` is not made again: its random parts would change without a reason.
";

/// Makes the vectors; says whether the packages agree with the families.
pub(crate) fn main(arguments: &[String]) -> Result<bool, String> {
    let out = match arguments {
        [] => generated(),
        [one] if one == "--help" || one == "-h" => {
            print!("{USAGE}");
            return Ok(true);
        }
        [file] => std::path::absolute(file).map_err(|error| format!("`{file}`: {error}"))?,
        [..] => return Err(format!("one file at most\n\n{USAGE}")),
    };
    for needed in [Prerequisite::Node, Prerequisite::Npm] {
        if let Some(missing) = needed.missing() {
            return Err(missing);
        }
    }
    if !install(Path::new("vectors/generate")) {
        return Ok(false);
    }
    Ok(generate(&out))
}

/// Where the vector tests of the session library look for a second set.
pub(crate) fn generated() -> PathBuf {
    repository::target().join("vectors/generated.json")
}

/// Runs the generator, which fails where a package disagrees with what a family expects.
pub(crate) fn generate(out: &Path) -> bool {
    if let Some(Err(error)) = out.parent().map(fs::create_dir_all) {
        println!("{}: {error}", out.display());
        return false;
    }
    let mut generate = at_root("node", ["vectors/generate/generate.mjs", "--out"]);
    generate.arg(out);
    run(generate)
}

/// Installs the locked packages of a folder unless they are there; says whether they are.
pub(crate) fn install(folder: &Path) -> bool {
    let folder = repository::root().join(folder);
    if is_installed(&folder) {
        return true;
    }
    run(at(&folder, "npm", ["ci", "--no-audit", "--no-fund"]))
}

/// npm leaves its own copy of the lock file where it installs.
fn is_installed(folder: &Path) -> bool {
    let modified = |file: &str| fs::metadata(folder.join(file)).and_then(|file| file.modified());
    match (
        modified("package-lock.json"),
        modified("node_modules/.package-lock.json"),
    ) {
        (Ok(locked), Ok(installed)) => installed >= locked,
        _ => false,
    }
}
