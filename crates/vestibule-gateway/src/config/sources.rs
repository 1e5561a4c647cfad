//! Where a configuration comes from; all of it is an argument, nothing is read from the process.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;

use super::document::Node;
use super::problem::{Origin, Place, Problem, Severity};

/// Everything that may say a value.
pub struct Sources<'a> {
    /// The value of an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The names of all environment variables, to find misspelt ones of ours.
    pub environment_names: Vec<String>,
    /// Reads a secret file.
    pub read_file: &'a dyn Fn(&Path) -> io::Result<String>,
    /// The certificates of the authorities that the system trusts.
    pub system_roots: &'a dyn Fn() -> Vec<CertificateDer<'static>>,
    /// Whether every user of the machine can read a file.
    pub anybody_can_read: &'a dyn Fn(&Path) -> bool,
    /// The time, in Unix seconds.
    pub now: u64,
    /// What the command line says.
    pub overrides: Overrides,
    /// The configuration file and its text.
    pub file: Option<(PathBuf, String)>,
    /// How many cores the machine offers.
    pub cores: usize,
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("overrides", &self.overrides)
            .field("file", &self.file.as_ref().map(|(path, _)| path))
            .finish_non_exhaustive()
    }
}

/// The arguments of `vestibule serve` that stand for configuration values.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--web URL`: the web application.
    pub web: Option<String>,
    /// `--route PATTERN=URL`, in order.
    pub routes: Vec<String>,
    /// `--listen ADDRESS`.
    pub listen: Option<String>,
    /// `--secret-file FILE`, newest first; they replace the configured secrets.
    pub secret_files: Vec<PathBuf>,
}

impl Sources<'_> {
    /// The value of a variable, or what stands in the file that `…_FILE` names,
    /// or in the file of this name in the credentials directory of systemd.
    pub(super) fn secret(&self, name: &str) -> Option<(Origin, io::Result<String>)> {
        if let Some(value) = (self.environment)(name) {
            return Some((Origin::Shared(name.to_owned()), Ok(value)));
        }
        let variable = format!("{name}_FILE");
        if let Some(path) = (self.environment)(&variable) {
            return Some((Origin::Shared(variable), self.secret_file(Path::new(&path))));
        }
        let directory = PathBuf::from((self.environment)("CREDENTIALS_DIRECTORY")?);
        match self.secret_file(&directory.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some((
                Origin::Shared(format!("CREDENTIALS_DIRECTORY/{name}")),
                read,
            )),
        }
    }

    /// The secret in a file: its text less exactly one final newline.
    pub(super) fn secret_file(&self, path: &Path) -> io::Result<String> {
        let mut text = (self.read_file)(path)?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(text)
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// Adds an error at the value named `path`.
    pub(super) fn error(
        &mut self,
        tree: &Node,
        path: &str,
        message: impl fmt::Display,
        hint: impl fmt::Display,
    ) {
        self.add(Severity::Error, tree.origin_of(path), path, message, hint);
    }

    pub(super) fn add(
        &mut self,
        severity: Severity,
        origin: &Origin,
        path: &str,
        message: impl fmt::Display,
        hint: impl fmt::Display,
    ) {
        self.0.push(Problem {
            severity,
            message: message.to_string(),
            place: Place {
                origin: origin.clone(),
                path: path.to_owned(),
            },
            hint: hint.to_string(),
        });
    }

    pub(super) fn have_error(&self) -> bool {
        let mut problems = self.0.iter();
        problems.any(|problem| problem.severity == Severity::Error)
    }
}
