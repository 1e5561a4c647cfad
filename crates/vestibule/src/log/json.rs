//! A line for programs: one flat JSON object.

use std::fmt;
use std::io::Write as _;

use serde::Serialize;
use tracing::Event;
use tracing::field::{Field, Visit};

use super::timestamp::Timestamp;
use super::{LOST, level_name};

pub(super) fn write(line: &mut Vec<u8>, time: &Timestamp, event: &Event<'_>) {
    let metadata = event.metadata();
    begin(line, time, level_name(*metadata.level()));
    member(line, "target", metadata.target());
    event.record(&mut Members(line));
    line.extend_from_slice(b"}\n");
}

pub(super) fn write_lost(line: &mut Vec<u8>, time: &Timestamp, lost: u64) {
    begin(line, time, "warn");
    member(line, "target", "log");
    member(line, "msg", LOST);
    member(line, "lost", &lost);
    line.extend_from_slice(b"}\n");
}

fn begin(line: &mut Vec<u8>, time: &Timestamp, level: &str) {
    line.extend_from_slice(br#"{"ts":""#);
    line.extend_from_slice(time.as_octets());
    line.push(b'"');
    member(line, "level", level);
}

/// Names are identifiers of ours and need no escapes.
fn member<T: Serialize + ?Sized>(line: &mut Vec<u8>, name: &str, value: &T) {
    let _ = write!(line, r#","{name}":"#);
    // Writing to memory does not fail, and texts and numbers always have a JSON form.
    let _ = serde_json::to_writer(&mut *line, value);
}

/// The members that an event brings.
struct Members<'a>(&'a mut Vec<u8>);

impl Members<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        let name = match field.name() {
            "message" => "msg",
            name => name,
        };
        member(self.0, name, value);
    }
}

impl Visit for Members<'_> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value);
    }
}
