//! The answer to what was no request: hyper knows that there is none, and we say it in our own words.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use bytes::Bytes;
use http::Response;

use crate::refusal::{BadRequest, Refusal};

/// What a connection says before it closes, where hyper would answer without our marks.
///
/// Shared by a connection and its socket, in one task; atomics because hyper wants to be able to send
/// the socket of an upgrade elsewhere.
#[derive(Debug, Default)]
pub(super) struct LastWords {
    ambiguous: AtomicBool,
    /// The status that hyper wanted to answer with; 0 while it wanted none.
    status: AtomicU16,
    said: OnceLock<Bytes>,
}

impl LastWords {
    /// Notes that it is the framing that has no single meaning.
    pub(super) fn note_ambiguous(&self) {
        self.ambiguous.store(true, Ordering::Relaxed);
    }

    /// Notes an answer of hyper's own, which is not sent.
    pub(super) fn replace(&self, answer: &[u8]) {
        if self.status.load(Ordering::Relaxed) == 0 {
            self.status.store(status(answer), Ordering::Relaxed);
        }
    }

    /// What to refuse, as long as it was not said.
    pub(super) fn wanted(&self) -> Option<Refusal> {
        let status = self.status.load(Ordering::Relaxed);
        if status == 0 || self.said.get().is_some() {
            return None;
        }
        Some(match status {
            414 => Refusal::TargetTooLong,
            431 => Refusal::HeadersTooLarge { header: None },
            _ if self.ambiguous.load(Ordering::Relaxed) => BadRequest::Framing.into(),
            _ => BadRequest::NotHttp.into(),
        })
    }

    pub(super) fn say(&self, response: &Response<Bytes>) {
        let _ = self.said.set(octets(response));
    }

    /// `None` while somebody still has to find the words.
    pub(super) fn said(&self) -> Option<Bytes> {
        if self.status.load(Ordering::Relaxed) == 0 {
            return Some(Bytes::new());
        }
        self.said.get().cloned()
    }
}

/// The last answer of a connection, as it goes over the wire.
pub(super) fn octets(response: &Response<Bytes>) -> Bytes {
    let status = response.status();
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default()
    );
    for (name, value) in response.headers() {
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let length = response.body().len();
    let _ = write!(
        head,
        "connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut octets = head.into_bytes();
    octets.extend_from_slice(response.body());
    octets.into()
}

/// The status in a response head.
fn status(head: &[u8]) -> u16 {
    let words = head.split(|octet| *octet == b' ').nth(1);
    let word = words.and_then(|word| std::str::from_utf8(word).ok());
    word.and_then(|word| word.parse().ok()).unwrap_or(400)
}
