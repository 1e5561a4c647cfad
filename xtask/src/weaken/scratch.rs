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
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let scratch = Self {
            tree: folder.join("tree"),
            folder,
        };
        let commit = scratch.snapshot()?;
        if !scratch.tree.join(".git").exists() {
            git(&[], ["worktree", "prune"])?;
            let tree = scratch.tree.display().to_string();
            let add = ["worktree", "add", "--force", "--detach", &tree, &commit];
            git(&[], add)?;
        }
        scratch.git_within(["checkout", "--quiet", "--force", "--detach", &commit])?;
        scratch.git_within(["clean", "--quiet", "--force", "-d"])?;
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

    /// A commit of the tree as it is, made with an index of our own: nothing of the user's is touched.
    fn snapshot(&self) -> Result<String, String> {
        let index = self.folder.join("index");
        let index: [(&str, &Path); 1] = [("GIT_INDEX_FILE", &index)];
        git(&index, ["add", "--all"])?;
        let tree = git(&index, ["write-tree"])?;
        let arguments = [
            "commit-tree",
            "-p",
            "HEAD",
            "-m",
            "The tree as it is",
            &tree,
        ];
        git(&index, arguments)
    }

    fn git_within<const N: usize>(&self, arguments: [&str; N]) -> Result<String, String> {
        let mut command = command::at(&self.tree, "git", arguments);
        said(&mut command)
    }
}

fn git<const N: usize>(
    variables: &[(&str, &Path)],
    arguments: [&str; N],
) -> Result<String, String> {
    let mut command = command::at_root("git", arguments);
    command.envs(variables.iter().copied());
    said(&mut command)
}

fn said(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let words: Vec<_> = command
        .get_args()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    Err(format!(
        "git {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}
