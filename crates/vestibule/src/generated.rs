//! What is printed from definitions: completions, the JSON Schema.

use std::io::Write;

use clap_complete::Shell;

use crate::cli;
use crate::error::Error;
use crate::Verdict;

pub(crate) fn completions(shell: Shell, output: &mut dyn Write) -> Result<Verdict, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::definitions(), "vestibule", &mut script);
    output.write_all(&script)?;
    Ok(Verdict::Good)
}

pub(crate) fn schema(output: &mut dyn Write) -> Result<Verdict, Error> {
    // SCHEMA
    writeln!(output)?;
    Ok(Verdict::Good)
}
