//! The decoder of `text/event-stream`, as both providers speak it.
//!
//! Octets go in as they arrive, whole events come out; where a chunk ends means nothing.
//! What has no meaning here (`id`, `retry`, unknown fields, comments) is passed over, as the
//! standard asks (WHATWG HTML §9.2.6), and an event without its blank line is no event.

use std::collections::VecDeque;
use std::mem;

#[cfg(test)]
mod tests;

/// One event: its name, empty where the stream gave none, and its data lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
}

/// A stream that is being decoded.
#[derive(Debug)]
pub(super) struct EventStream {
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    ready: VecDeque<Event>,
    /// A carriage return was the last octet: a line feed that follows ends nothing anew.
    after_return: bool,
    /// Nothing was read yet: a byte order mark may stand here.
    at_start: bool,
    limit: usize,
}

/// A line or an event is longer than what is kept of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl EventStream {
    /// A decoder that keeps at most `limit` octets of one event.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            name: String::new(),
            data: None,
            ready: VecDeque::new(),
            after_return: false,
            at_start: true,
            limit,
        }
    }

    /// Takes the next octets.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), TooLong> {
        for &octet in chunk {
            let after_return = mem::replace(&mut self.after_return, octet == b'\r');
            match octet {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line(),
                other => {
                    self.line.push(other);
                    if self.kept() > self.limit {
                        return Err(TooLong);
                    }
                }
            }
        }
        Ok(())
    }

    /// The next whole event.
    pub(super) fn next(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn kept(&self) -> usize {
        self.line.len() + self.name.len() + self.data.as_ref().map_or(0, String::len)
    }

    fn end_line(&mut self) {
        let octets = mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&octets);
        let mut line = &*line;
        if mem::replace(&mut self.at_start, false) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            let name = mem::take(&mut self.name);
            if let Some(data) = self.data.take() {
                self.ready.push_back(Event { name, data });
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
    }
}
