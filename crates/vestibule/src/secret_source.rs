//! The secrets that a command works with: from files or from the application's variables.

use std::path::{Path, PathBuf};

use vestibule_session::{Secret, Version};

use crate::environment;
use crate::error::Error;

/// A secret and the place that it was read from.
#[derive(Debug)]
pub(crate) struct Given {
    /// In words for a person: a file or a variable.
    pub(crate) origin: String,
    pub(crate) secret: Secret,
}

/// The secrets in `files`, or where there are none, all that the variables give.
///
/// `version` decides which variable comes first, as it does in the application.
pub(crate) fn given(files: &[PathBuf], version: Version) -> Result<Vec<Given>, Error> {
    if !files.is_empty() {
        return files.iter().map(|path| file(path)).collect();
    }
    let mut given = Vec::new();
    for name in variables(version) {
        // Auth.js passes over empty variables too (`@auth/core` 0.41.3 lib/utils/env.js).
        if let Some(text) = environment::variable(name).filter(|text| !text.is_empty()) {
            let origin = name.to_owned();
            given.push(checked(origin, text)?);
            continue;
        }
        if let Some(path) = environment::variable(&format!("{name}_FILE")) {
            given.push(file(Path::new(&path))?);
        }
    }
    if given.is_empty() {
        return Err(Error::NoSecret);
    }
    Ok(given)
}

fn file(path: &Path) -> Result<Given, Error> {
    let mut text = environment::read_text(path)?;
    // Editors end a file with a newline that is no part of the secret; a second one is (rule D17).
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    checked(format!("`{}`", path.display()), text)
}

fn checked(origin: String, text: String) -> Result<Given, Error> {
    match Secret::new(text) {
        Ok(secret) => Ok(Given { origin, secret }),
        Err(_) => Err(Error::EmptySecret { origin }),
    }
}

/// In the order in which an application would write with them.
fn variables(version: Version) -> [&'static str; 5] {
    let [first, second] = match version {
        Version::V4 => ["NEXTAUTH_SECRET", "AUTH_SECRET"],
        Version::V5 => ["AUTH_SECRET", "NEXTAUTH_SECRET"],
    };
    [
        first,
        second,
        "AUTH_SECRET_3",
        "AUTH_SECRET_2",
        "AUTH_SECRET_1",
    ]
}
