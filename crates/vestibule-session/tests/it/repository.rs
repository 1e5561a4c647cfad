//! Where the files of the repository stand that the tests read and write.

use std::path::{Path, PathBuf};

/// A file or folder by its path from the top of the repository.
pub(crate) fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// A file below the target folder.
pub(crate) fn in_target(path: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    folder
        .expect("cargo makes it inside the target folder")
        .join(path)
}

/// The text of a file that has to be there.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
