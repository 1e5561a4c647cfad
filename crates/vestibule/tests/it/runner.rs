//! Runs the binary with nothing of this machine's environment.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

/// A run that is being put together.
pub(crate) struct Run {
    command: Command,
    input: Vec<u8>,
}

/// What a run gave back.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// `vestibule` with these arguments.
pub(crate) fn vestibule(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command.args(arguments).env_clear();
    Run {
        command,
        input: Vec::new(),
    }
}

impl Run {
    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn file(mut self, option: &str, path: &Path) -> Self {
        self.command.arg(option).arg(path);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn input(mut self, text: impl AsRef<[u8]>) -> Self {
        self.input = text.as_ref().to_vec();
        self
    }

    pub(crate) fn directory(mut self, path: &Path) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Starts it and lets it run.
    pub(crate) fn start(mut self) -> Running {
        let pipes = self.command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        // It is closed behind the last octet, so that nobody reads further.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let output = BufReader::new(child.stdout.take().unwrap());
        let log = Some(BufReader::new(child.stderr.take().unwrap()));
        Running { child, output, log }
    }

    pub(crate) fn finish(mut self) -> Finished {
        let pipes = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        // A command that fails early does not read its input, and that is its right.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let result = child.wait_with_output().unwrap();
        Finished {
            code: result.status.code().unwrap(),
            output: String::from_utf8(result.stdout).unwrap(),
            errors: String::from_utf8(result.stderr).unwrap(),
        }
    }

    /// The exit status of a run whose reader, as `head` may, is gone before the first line.
    pub(crate) fn code_without_reader(mut self) -> i32 {
        let pipes = self.command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        child.wait().unwrap().code().unwrap()
    }

    /// The output of a run that must succeed.
    #[track_caller]
    pub(crate) fn output(self) -> String {
        let finished = self.finish();
        assert_eq!(
            (finished.code, finished.errors.as_str()),
            (0, ""),
            "{}",
            finished.output
        );
        finished.output
    }
}

/// A run that goes on until it is told to stop.
pub(crate) struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Until somebody else listens.
    log: Option<BufReader<ChildStderr>>,
}

impl Running {
    /// The next line of the log, in JSON, with these words in it.
    #[track_caller]
    pub(crate) fn logged(&mut self, words: &str) -> serde_json::Value {
        serde_json::from_str(&self.complained(words)).unwrap()
    }

    /// The next line of the log, as text, with these words in it.
    #[track_caller]
    pub(crate) fn complained(&mut self, words: &str) -> String {
        line_with(self.log.as_mut().unwrap(), words)
    }

    /// Keeps the log from here on, so that no pipe is ever full.
    pub(crate) fn keep_log(&mut self) -> JoinHandle<String> {
        let mut log = self.log.take().unwrap();
        std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        })
    }

    /// The next line of standard output with these words in it.
    #[track_caller]
    pub(crate) fn told(&mut self, words: &str) -> String {
        line_with(&mut self.output, words)
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let mut kill = Command::new("kill");
        assert!(kill.args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

#[track_caller]
fn line_with(lines: &mut impl BufRead, words: &str) -> String {
    loop {
        let mut line = String::new();
        let read = lines.read_line(&mut line).unwrap();
        assert!(read > 0, "it ended without `{words}`");
        if line.contains(words) {
            return line;
        }
    }
}

/// A test that failed leaves no process behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Finished {
    /// The output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// An empty directory for the test of this name.
pub(crate) fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("vestibule")
        .join(test);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A file with this content in `directory`.
pub(crate) fn file(directory: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    path
}
