//! The report for people.

use std::io::{self, Write};

use vestibule_session::{Reason, Session};

use super::cure::cures;
use super::holding;
use super::report::{Report, Source, Tried};
use super::token_claim::TokenState;
use crate::paint::{BAD, CAUTION, FAINT, GOOD, HINT, LABEL, harmless};

pub(super) fn print(report: &Report, show_claims: bool, output: &mut dyn Write) -> io::Result<()> {
    let message = report.message();
    match report.cause() {
        None => writeln!(output, "{GOOD}ok{GOOD:#}: {message}")?,
        Some(cause) => writeln!(output, "{BAD}{cause}{BAD:#}: {message}")?,
    }
    writeln!(output)?;
    found(report, output)?;
    tried(report, output)?;
    if let Some(session) = &report.session {
        holds(report, session, show_claims, output)?;
    }
    if let Some(token) = &report.token {
        let style = if token.state == TokenState::Fits {
            GOOD
        } else {
            BAD
        };
        writeln!(
            output,
            "{LABEL}{:8}{LABEL:#}{style}{token}{style:#}",
            "token"
        )?;
    }
    for warning in &report.warnings {
        writeln!(output, "{CAUTION}warning{CAUTION:#} {warning}")?;
    }
    let cures = cures(report);
    if !cures.is_empty() {
        writeln!(output, "\n{HINT}What to do{HINT:#}")?;
        for cure in cures {
            paragraph(&cure, output)?;
        }
    }
    Ok(())
}

fn found(report: &Report, output: &mut dyn Write) -> io::Result<()> {
    let mut label = Label::new("found");
    for found in &report.found {
        let (name, octets) = (&found.name, found.octets);
        writeln!(
            output,
            "{}{name} {FAINT}({octets} octets){FAINT:#}",
            label.next()
        )?;
    }
    match (report.found.is_empty(), report.others) {
        (_, 0) if report.source == Source::Authorization => {}
        (true, 0) => writeln!(output, "{}no cookie", label.next())?,
        (true, 1) => writeln!(output, "{}1 cookie, and no session", label.next())?,
        (true, others) => writeln!(output, "{}{others} cookies, and no session", label.next())?,
        (false, 0) => {}
        (false, 1) => writeln!(output, "{}{FAINT}and 1 other cookie{FAINT:#}", label.next())?,
        (false, others) => {
            writeln!(
                output,
                "{}{FAINT}and {others} other cookies{FAINT:#}",
                label.next()
            )?;
        }
    }
    Ok(())
}

fn tried(report: &Report, output: &mut dyn Write) -> io::Result<()> {
    let mut label = Label::new("tried");
    for tried in &report.tried {
        let result = match tried.reason {
            None => format!("{GOOD}opens{GOOD:#}"),
            Some(reason) => format!("{BAD}{}{BAD:#}", reason.code()),
        };
        let place = place(report.source, tried);
        writeln!(output, "{}{place}: {result}", label.next())?;
    }
    if report.tried.is_empty() {
        let names: Vec<_> = report.names.iter().map(ToString::to_string).collect();
        writeln!(
            output,
            "{}nothing; looked for {}",
            label.next(),
            names.join(", ")
        )?;
    }
    let mut label = Label::new("with");
    writeln!(
        output,
        "{}the secret of {}",
        label.next(),
        report.origins.join(", then ")
    )
}

fn place(source: Source, tried: &Tried) -> String {
    let Tried { cookie, chunks, .. } = tried;
    let version = cookie.version();
    match (source, chunks) {
        (Source::Authorization, _) => format!("Authorization, as {cookie} ({version})"),
        (Source::Cookie, 0) => format!("{cookie} ({version}, whole)"),
        (Source::Cookie, 1) => format!("{cookie} ({version}, 1 chunk)"),
        (Source::Cookie, chunks) => format!("{cookie} ({version}, {chunks} chunks)"),
    }
}

fn holds(
    report: &Report,
    session: &Session,
    show_claims: bool,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut label = Label::new("holds");
    let claims = holding::claims(session.claims());
    let width = claims
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default()
        .min(24);
    for (name, raw) in &claims {
        let raw = raw.get();
        let seconds = holding::seconds(raw).filter(|_| TIMES.contains(&name.as_str()));
        let value = match seconds {
            Some(second) => holding::date(second, report.now),
            None if show_claims => harmless(raw),
            None => holding::kind(raw).to_string(),
        };
        let late = name == "exp" && report.reason == Some(Reason::Expired);
        let style = if late { BAD } else { FAINT };
        let name = name.escape_debug().to_string();
        writeln!(
            output,
            "{}{name:width$}  {style}{value}{style:#}",
            label.next()
        )?;
    }
    if claims.is_empty() {
        writeln!(output, "{}nothing", label.next())?;
    }
    Ok(())
}

fn paragraph(text: &str, output: &mut dyn Write) -> io::Result<()> {
    let mut line = String::from("  -");
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() >= WIDTH {
            writeln!(output, "{line}")?;
            line = String::from("   ");
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(output, "{line}")
}

/// A label in front of the first line, and as much space before the others.
struct Label(&'static str);

impl Label {
    fn new(label: &'static str) -> Self {
        Self(label)
    }

    fn next(&mut self) -> String {
        let label = std::mem::take(&mut self.0);
        format!("{LABEL}{label:8}{LABEL:#}")
    }
}

const TIMES: [&str; 3] = ["exp", "iat", "nbf"];

const WIDTH: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paragraphs_are_broken_between_words() {
        let mut output = Vec::new();
        paragraph(&"word ".repeat(30), &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        assert!(
            text.lines()
                .all(|line| line.len() <= WIDTH && line.starts_with("  "))
        );
        assert_eq!(text.lines().count(), 2);
    }
}
