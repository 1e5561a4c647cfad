//! What the demonstration keeps between two starts: a certificate, a password and a key, in the user's state directory.

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
        // A relative path counts as none: XDG Base Directory Specification, "Basics".
        let base = set("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
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

    /// The password of the demonstration's accounts, so that kept data stay reachable.
    pub(super) fn password(&self) -> Result<String, Error> {
        self.kept("password", PASSWORD_LENGTH)
    }

    /// The key of the API's tokens, so that sessions go on where their data do.
    pub(super) fn token_key(&self) -> Result<Vec<u8>, Error> {
        let key = self.kept("token-key", TOKEN_KEY_LENGTH)?;
        Ok(key.into_bytes())
    }

    /// A random text, made once.
    fn kept(&self, name: &str, length: usize) -> Result<String, Error> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            // A damaged file is made anew.
            Ok(text) if text.trim().len() == length => return Ok(text.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, error)),
        }
        let mut text = URL_SAFE_NO_PAD.encode(environment::random()?);
        text.truncate(length);
        self.write(name, text.as_bytes())?;
        Ok(text)
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

/// 256 bits.
const TOKEN_KEY_LENGTH: usize = 43;
