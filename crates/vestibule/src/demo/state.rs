//! What the demonstration keeps between two starts: a certificate and a password, in the user's state directory.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::environment;
use crate::error::Error;

/// The directory, for this user alone.
#[derive(Debug)]
pub(super) struct State {
    directory: PathBuf,
}

impl State {
    /// `$XDG_STATE_HOME/vestibule/demo`, or `~/.local/state/vestibule/demo`.
    pub(super) fn open() -> Result<Self, Error> {
        let set = |name| environment::variable(name).filter(|value| !value.is_empty());
        let base = set("XDG_STATE_HOME")
            .map(PathBuf::from)
            .or_else(|| set("HOME").map(|home| Path::new(&home).join(".local/state")))
            .ok_or(Error::NoStateDirectory)?;
        let directory = base.join("vestibule").join("demo");
        let made = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory);
        made.map_err(|error| failed(&directory, error))?;
        Ok(Self { directory })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The password of the demonstration's accounts: made once, so that kept data stay reachable.
    pub(super) fn password(&self) -> Result<String, Error> {
        let path = self.path("password");
        match fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, error)),
        }
        let mut password = URL_SAFE_NO_PAD.encode(environment::random()?);
        password.truncate(PASSWORD_LENGTH);
        self.write("password", password.as_bytes())?;
        Ok(password)
    }

    /// Writes a file as a whole, for this user alone.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let (path, draft) = (self.path(name), self.path(&format!("{name}.new")));
        let write = || {
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(content)?;
            fs::rename(&draft, &path)
        };
        write().map_err(|error| failed(&path, error))
    }
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::State {
        path: path.into(),
        error,
    }
}

/// 96 bits, which nobody guesses and anybody can type.
const PASSWORD_LENGTH: usize = 16;
