//! Where Bookwell keeps its rows.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bookwell::Database;

use crate::environment;
use crate::error::Error;

/// The database: one that was named, or a file that is gone at the end.
#[derive(Debug)]
pub(super) struct Place {
    url: String,
    /// Removed when dropped.
    folder: Option<PathBuf>,
}

impl Place {
    pub(super) fn open(named: Option<&str>) -> Result<Self, Error> {
        let variable = || environment::variable("DATABASE_URL").filter(|url| !url.is_empty());
        if let Some(url) = named.map(str::to_owned).or_else(variable) {
            if !Database::takes(&url) {
                return Err(Error::DatabaseScheme);
            }
            return Ok(Self { url, folder: None });
        }
        let random = URL_SAFE_NO_PAD.encode(environment::random()?);
        let folder = environment::temporary_folder().join(format!("vestibule-demo-{random}"));
        let made = fs::DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| Error::State {
            path: folder.clone(),
            error,
        })?;
        Ok(Self {
            url: format!("sqlite:{}?mode=rwc", folder.join("bookwell.db").display()),
            folder: Some(folder),
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether the rows outlive the demonstration.
    pub(super) fn is_kept(&self) -> bool {
        self.folder.is_none()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What stays behind is a file of a demonstration in the folder for such files.
            let _ = fs::remove_dir_all(folder);
        }
    }
}
