//! `vestibule man`: one page, made from the definitions.

use std::io::{self, Write};

use clap_mangen::Man;

use crate::Verdict;
use crate::cli;
use crate::error::Error;

/// The front page, then a section for each command.
pub(crate) fn run(output: &mut dyn Write) -> Result<Verdict, Error> {
    let mut definitions = cli::definitions();
    definitions.build();

    let front = Man::new(definitions.clone());
    front.render_title(output)?;
    front.render_name_section(output)?;
    front.render_synopsis_section(output)?;
    front.render_description_section(output)?;
    front.render_options_section(output)?;
    for command in definitions
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        section(command, output)?;
    }
    remarks(&definitions, "SH", output)?;
    Ok(Verdict::Good)
}

fn section(command: &clap::Command, output: &mut dyn Write) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    writeln!(output, ".SH \"{}\"", name.to_uppercase())?;
    let page = Man::new(command.clone());
    let mut parts = Vec::new();
    page.render_synopsis_section(&mut parts)?;
    page.render_description_section(&mut parts)?;
    page.render_options_section(&mut parts)?;
    for line in String::from_utf8_lossy(&parts).lines() {
        match line.strip_prefix(".SH ") {
            Some(heading) => writeln!(output, ".SS {heading}")?,
            None => writeln!(output, "{line}")?,
        }
    }
    remarks(command, "SS", output)
}

/// Examples, environment and exit status: headings in capitals, the rest line for line.
fn remarks(command: &clap::Command, heading: &str, output: &mut dyn Write) -> io::Result<()> {
    let Some(text) = command.get_after_long_help() else {
        return Ok(());
    };
    for line in text.to_string().lines() {
        if line.starts_with(|first: char| first.is_ascii_uppercase()) {
            writeln!(output, ".fi\n.{heading} \"{line}\"\n.nf")?;
        } else {
            let line = line
                .replace('\\', "\\e")
                .replace('-', "\\-")
                .replace('\'', "\\(aq");
            // A dot at the beginning would be a request.
            let guard = if line.starts_with('.') { "\\&" } else { "" };
            writeln!(output, "{guard}{line}")?;
        }
    }
    writeln!(output, ".fi")
}
