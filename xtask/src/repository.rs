//! Where things lie.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders that hold what was made, not what was written.
const MADE: [&str; 6] = [
    ".git",
    ".next",
    "artifacts",
    "node_modules",
    "target",
    "corpus",
];

/// The top of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target directory, which need not be `target`: this very program lies in it.
pub(crate) fn target() -> PathBuf {
    let built = env::current_exe().ok();
    let above = built
        .as_deref()
        .and_then(|program| program.ancestors().nth(2));
    above.map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// Every written file with this extension, sorted.
pub(crate) fn files(extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(root(), extension, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            let made = MADE.iter().any(|name| entry.file_name() == *name);
            if !made {
                collect(&path, extension, found)?;
            }
        } else if path.extension() == Some(OsStr::new(extension)) {
            found.push(path);
        }
    }
    Ok(())
}

/// A path as it reads in a message: from the top of the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
