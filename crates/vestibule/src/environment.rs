//! The process: its variables, files, standard input, clock and randomness.
//!
//! Nothing else in the workspace reads them; everything behind gets them as arguments.

use std::io::{self, IsTerminal as _, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;

use crate::error::Error;

/// The value of a variable that is set; a value that is not text counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where variables are read"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The names of all variables.
pub(crate) fn variable_names() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect()
}

/// Reads a file, or standard input for `-`, up to a size that no cookie, secret or configuration needs.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    if path == Path::new("-") {
        return read_standard_input();
    }
    let content = std::fs::File::open(path).and_then(bounded);
    content.map_err(|error| Error::Read {
        path: path.into(),
        error,
    })
}

/// Reads a text for the configuration, which words its own complaints.
pub(crate) fn read_configured(path: &Path) -> io::Result<String> {
    let content = std::fs::File::open(path).and_then(bounded)?;
    String::from_utf8(content)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text"))
}

/// The certificates of the authorities that the system trusts, or of those in `SSL_CERT_FILE` and
/// `SSL_CERT_DIR`; what cannot be read is left out.
pub(crate) fn system_roots() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// Whether every user of the machine can read a file.
pub(crate) fn anybody_can_read(path: &Path) -> bool {
    let metadata = std::fs::metadata(path);
    metadata.is_ok_and(|metadata| metadata.permissions().mode() & READ_BY_OTHERS != 0)
}

/// Whether there is such a file.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Reads standard input to its end.
pub(crate) fn read_standard_input() -> Result<Vec<u8>, Error> {
    let content = bounded(io::stdin().lock());
    content.map_err(|error| Error::Read {
        path: PathBuf::from("-"),
        error,
    })
}

/// Reads a file that must be text.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read(path)?).map_err(|_| Error::NotText { path: path.into() })
}

/// Where files go that nobody keeps.
pub(crate) fn temporary_folder() -> PathBuf {
    std::env::temp_dir()
}

/// Whether a person would have to type what we read.
pub(crate) fn input_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Whether a person reads what we log.
pub(crate) fn log_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    wall_clock()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// The time for the log.
#[expect(clippy::disallowed_methods, reason = "this is the clock of the binary")]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}

/// Fresh octets of the operating system.
pub(crate) fn random() -> Result<[u8; 32], Error> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets).map_err(Error::Random)?;
    Ok(octets)
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    source.take(MAX_INPUT + 1).read_to_end(&mut content)?;
    if u64::try_from(content.len()).is_ok_and(|length| length > MAX_INPUT) {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 16 MiB",
        ));
    }
    Ok(content)
}

/// `o+r`.
const READ_BY_OTHERS: u32 = 0o004;

const MAX_INPUT: u64 = 16 * 1024 * 1024;
