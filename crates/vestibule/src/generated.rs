//! What is printed from definitions: completions, the JSON Schema.

use std::io::{self, Write};

use clap_complete::Shell;
use vestibule_gateway::config::Config;

use crate::Verdict;
use crate::cli;
use crate::error::Error;

/// The script that teaches `shell` our arguments.
pub(crate) fn completions(shell: Shell, output: &mut dyn Write) -> Result<Verdict, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::definitions(), "vestibule", &mut script);
    output.write_all(&script)?;
    Ok(Verdict::Good)
}

/// The schema of `vestibule.yaml`.
pub(crate) fn schema(output: &mut dyn Write) -> Result<Verdict, Error> {
    serde_json::to_writer_pretty(&mut *output, &Config::schema()).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(Verdict::Good)
}
