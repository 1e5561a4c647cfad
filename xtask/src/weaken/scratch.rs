//! A second tree of the repository, in which protections are taken out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::{command, repository};

/// The tree as it is now, committed or not, in a folder of its own with a target directory of its own:
/// what is weakened is never built where the real thing is.
pub(super) struct Scratch {
    folder: PathBuf,
    tree: PathBuf,
}

impl Scratch {
    /// Brings the second tree up to date; files that did not change keep their time, so little is built.
    pub(super) fn open() -> Result<Self, String> {
        let folder = repository::target().join("weaken");
        let scratch = Self {
            tree: folder.join("tree"),
            folder,
        };
        let tree = &scratch.tree;
        fs::create_dir_all(tree).map_err(|error| format!("{}: {error}", tree.display()))?;
        let (index, within) = (
            scratch.folder.join("index"),
            scratch.folder.join("tree.index"),
        );
        let here: &[(&str, &Path)] = &[("GIT_INDEX_FILE", &index)];
        let there: &[(&str, &Path)] = &[("GIT_INDEX_FILE", &within), ("GIT_WORK_TREE", tree)];
        // With indexes of our own nothing of the user's is touched, and no second worktree is known to git.
        git(here, &["add", "--all"])?;
        let now = git(here, &["write-tree"])?;
        git(there, &["read-tree", "--reset", "-u", &now])?;
        Ok(scratch)
    }

    /// A path in the second tree, by its path from the top.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.tree.join(file)
    }

    /// `cargo test` in the second tree, with these words and with its output in a file.
    pub(super) fn test(&self, words: &[&str]) -> io::Result<(Command, PathBuf)> {
        let output = self.folder.join("output.txt");
        let file = fs::File::create(&output)?;
        let mut command = command::at(&self.tree, "cargo", ["test"]);
        command
            .args(words)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            // Cases that a property test finds are the weakening's and not worth keeping.
            .env("PROPTEST_FAILURE_PERSISTENCE", "off")
            .env("INSTA_UPDATE", "no")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        Ok((command, output))
    }
}

fn git(variables: &[(&str, &Path)], arguments: &[&str]) -> Result<String, String> {
    let mut command = command::at_root("git", arguments);
    command.envs(variables.iter().copied());
    let output = command
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("git {}: {}", arguments.join(" "), said.trim()))
}
