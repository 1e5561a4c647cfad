//! The cookie name that was given on the command line.

use vestibule_session::{CookieName, Version};

use crate::error::Error;

/// Takes a name, and the family from the name itself where none is given.
pub(crate) fn cookie_name(name: &str, version: Option<Version>) -> Result<CookieName, Error> {
    let version = version.unwrap_or_else(|| guessed(name));
    CookieName::new(name, version).map_err(|_| Error::CookieName {
        name: name.to_owned(),
    })
}

fn guessed(name: &str) -> Version {
    if name.contains("next-auth") {
        Version::V4
    } else {
        Version::V5
    }
}
