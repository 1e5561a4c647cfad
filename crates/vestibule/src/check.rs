//! `vestibule check`: the problems of a configuration, and the settings in force.

use std::io::{self, Write};

use serde::Serialize;
use vestibule_gateway::config::{Origin, Problem, Row};

use crate::Verdict;
use crate::cli::{Check, CheckFormat};
use crate::configuration::{self, Read};
use crate::error::Error;
use crate::paint::{BAD, FAINT, GOOD, LABEL, harmless};
use crate::problem;

/// Checks and prints; warnings alone are no failure.
pub(crate) fn run(arguments: &Check, output: &mut dyn Write) -> Result<Verdict, Error> {
    let read = configuration::read(&arguments.configuration)?;
    match arguments.format {
        CheckFormat::Json => json(&read, output)?,
        CheckFormat::Text => text(&read, output)?,
    }
    Ok(if read.errors() == 0 {
        Verdict::Good
    } else {
        Verdict::Bad
    })
}

fn text(read: &Read, output: &mut dyn Write) -> io::Result<()> {
    let Read { loaded, file } = read;
    problem::print(&loaded.problems, file.as_ref(), output)?;
    let errors = read.errors();
    if errors == 0 {
        settings(&loaded.rows, output)?;
        writeln!(output)?;
    }
    let warnings = count(loaded.problems.len() - errors, "warning");
    match errors {
        0 => writeln!(
            output,
            "{GOOD}ok{GOOD:#}: it can be served, with {warnings}"
        ),
        _ => writeln!(
            output,
            "{BAD}error{BAD:#}: {} and {warnings}",
            count(errors, "error")
        ),
    }
}

fn settings(rows: &[Row], output: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let variables = row.variables.iter().map(|name| format!(", ${name}"));
            let origin = format!("{}{}", row.origin, variables.collect::<String>());
            (harmless(&row.path), harmless(&row.value), harmless(&origin))
        })
        .collect();
    let longest = |lengths: &mut dyn Iterator<Item = usize>| {
        lengths.max().unwrap_or_default().min(MAX_COLUMN)
    };
    let paths = longest(&mut shown.iter().map(|(path, ..)| path.chars().count()));
    let values = longest(&mut shown.iter().map(|(_, value, _)| value.chars().count()));
    writeln!(
        output,
        "{LABEL}{:paths$}  {:values$}  from{LABEL:#}",
        "setting", "value"
    )?;
    for (path, value, origin) in &shown {
        writeln!(
            output,
            "{path:paths$}  {value:values$}  {FAINT}{origin}{FAINT:#}"
        )?;
    }
    Ok(())
}

fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

fn json(read: &Read, output: &mut dyn Write) -> io::Result<()> {
    let ok = read.errors() == 0;
    let rows = read.loaded.rows.iter().filter(|_| ok);
    let result = Findings {
        version: 1,
        ok,
        problems: read.loaded.problems.iter().map(Finding::from).collect(),
        settings: rows.map(Setting::from).collect(),
    };
    serde_json::to_writer_pretty(&mut *output, &result)?;
    writeln!(output)
}

/// The result for programs.
#[derive(Serialize)]
struct Findings<'a> {
    /// Of this form.
    version: u32,
    ok: bool,
    problems: Vec<Finding<'a>>,
    /// Empty where there are errors: under a misspelt key, nobody knows what is a secret.
    settings: Vec<Setting<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: String,
    message: &'a str,
    hint: &'a str,
    /// The name of the value in dots; empty where the whole is meant.
    path: &'a str,
    origin: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
}

#[derive(Serialize)]
struct Setting<'a> {
    path: &'a str,
    value: &'a str,
    origin: String,
    variables: &'a [String],
}

impl<'a> From<&'a Problem> for Finding<'a> {
    fn from(problem: &'a Problem) -> Self {
        let (file, line, column) = match &problem.place.origin {
            Origin::File { file, line, column } => {
                (Some(file.display().to_string()), Some(*line), Some(*column))
            }
            Origin::Argument(_) | Origin::Default | Origin::Environment(_) | Origin::Shared(_) => {
                (None, None, None)
            }
        };
        Self {
            severity: problem.severity.to_string(),
            message: &problem.message,
            hint: &problem.hint,
            path: &problem.place.path,
            origin: problem.place.origin.to_string(),
            file,
            line,
            column,
        }
    }
}

impl<'a> From<&'a Row> for Setting<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            path: &row.path,
            value: &row.value,
            origin: row.origin.to_string(),
            variables: &row.variables,
        }
    }
}

/// A longer value stands out of its column.
const MAX_COLUMN: usize = 40;
