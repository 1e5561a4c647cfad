//! A configuration without a process around it, for the checks that need one.

use std::io;
use std::path::Path;

use vestibule_gateway::config::{Config, Overrides, Sources};

/// The first secret of `vectors/public.json`.
pub(crate) const SECRET: &str = "public-secret-one-3f9a1c5e7b2d4068a1c3e5f70912b4d6";
/// The clock of `vectors/public.json`.
pub(crate) const NOW: u64 = 1_790_000_000;

/// What this file means; it has to be a good one.
pub(crate) fn config(yaml: &str) -> Config {
    let loaded = Config::load(&Sources {
        environment: &|name| (name == "AUTH_SECRET").then(|| SECRET.to_owned()),
        environment_names: Vec::new(),
        read_file: &|_: &Path| Err(io::ErrorKind::NotFound.into()),
        system_roots: &Vec::new,
        anybody_can_read: &|_: &Path| false,
        now: NOW,
        overrides: Overrides::default(),
        file: Some(("vestibule.yaml".into(), yaml.to_owned())),
        cores: 1,
    });
    loaded
        .config
        .unwrap_or_else(|| panic!("{:?}", loaded.problems))
}
