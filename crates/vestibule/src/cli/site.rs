//! The arguments that name a site of the configuration.

use std::path::PathBuf;

use clap::Args;

/// Whose secrets and cookie names are meant.
#[derive(Debug, Args)]
pub(crate) struct OfSite {
    /// Host of the site in the configuration whose secrets and cookie names are meant
    ///
    /// Without it, no configuration is read. A configuration without `sites` is one site for every
    /// host.
    #[arg(long, value_name = "HOST", conflicts_with = "secret_file")]
    pub(crate) site: Option<String>,

    /// Configuration file for --site [default: the one that `serve` would find]
    #[arg(short, long, value_name = "FILE", requires = "site")]
    pub(crate) config: Option<PathBuf>,
}
