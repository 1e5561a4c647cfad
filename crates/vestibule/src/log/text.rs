//! A line for people: time, level, what happened, the rest as `name=value`.

use std::fmt;
use std::io::Write as _;

use clap::builder::styling::Style;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::LOST;
use super::timestamp::Timestamp;
use crate::paint::{BAD, CAUTION, FAINT, GOOD, LABEL};

pub(super) fn write(line: &mut Vec<u8>, time: &Timestamp, event: &Event<'_>, coloured: bool) {
    let metadata = event.metadata();
    let mut fields = Fields::default();
    event.record(&mut fields);
    let mut text = Text { line, coloured };
    text.begin(time, *metadata.level());
    if metadata.target() == "access" {
        text.access(&mut fields);
    } else if let Some(message) = fields.take("message") {
        text.plain(&message);
    }
    for (name, value) in fields.0 {
        text.painted(FAINT, &format!(" {name}="));
        text.plain(&value);
    }
    line.push(b'\n');
}

pub(super) fn write_lost(line: &mut Vec<u8>, time: &Timestamp, lost: u64, coloured: bool) {
    let mut text = Text { line, coloured };
    text.begin(time, Level::WARN);
    text.plain(&format!("{LOST} lost={lost}\n"));
}

/// A line in the making.
struct Text<'a> {
    line: &'a mut Vec<u8>,
    coloured: bool,
}

impl Text<'_> {
    fn begin(&mut self, time: &Timestamp, level: Level) {
        let (style, name) = match level {
            Level::ERROR => (BAD, "ERROR"),
            Level::WARN => (CAUTION, "WARN "),
            Level::INFO => (GOOD, "INFO "),
            Level::DEBUG => (LABEL, "DEBUG"),
            Level::TRACE => (FAINT, "TRACE"),
        };
        self.painted(FAINT, &String::from_utf8_lossy(time.time_of_day()));
        self.plain(" ");
        self.painted(style, name);
        self.plain(" ");
    }

    /// `GET /api/agent/health 200 1.204ms`, and what else is known after it.
    fn access(&mut self, fields: &mut Fields) {
        let mut take = |name| fields.take(name).unwrap_or_else(|| "-".to_owned());
        let [method, path, status, duration] =
            ["method", "path", "status", "duration_ms"].map(&mut take);
        self.painted(LABEL, &format!("{method} {path} "));
        let style = match status.as_bytes().first() {
            Some(b'2' | b'3') => GOOD,
            Some(b'4') => CAUTION,
            Some(_) | None => BAD,
        };
        self.painted(style, &status);
        self.plain(&format!(" {duration}ms"));
    }

    fn painted(&mut self, style: Style, text: &str) {
        let style = if self.coloured { style } else { Style::new() };
        // Writing to memory does not fail.
        let _ = write!(self.line, "{style}{text}{style:#}");
    }

    fn plain(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
    }
}

/// An event's fields as text in which nothing can move a cursor or begin a line (LG4).
#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Fields {
    fn take(&mut self, name: &str) -> Option<String> {
        let position = self.0.iter().position(|(it, _)| *it == name)?;
        Some(self.0.remove(position).1)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), crate::paint::harmless(value)));
    }
}
