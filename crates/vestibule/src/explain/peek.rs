//! What a refused token holds.
//!
//! The library gives out only sessions that are in time and name somebody. For a report, the same
//! token is opened again at a time at which it was, or will be, good.

use vestibule_session::{Reader, Reason, Rules, Scheme, Session};

use super::judge::{Question, unlabelled};
use super::report::Source;

/// A reader that asks for no identity, and the request.
pub(super) struct Peek<'a> {
    question: &'a Question<'a>,
    reader: Reader,
    scheme: Scheme,
}

impl<'a> Peek<'a> {
    pub(super) fn new(question: &'a Question<'a>, scheme: Scheme) -> Self {
        let rules = Rules {
            identity_claims: Vec::new(),
            ..question.rules.clone()
        };
        let reader = Reader::new(question.secrets, rules);
        Self {
            question,
            reader,
            scheme,
        }
    }

    /// The session that failed for `reason`, where only its time or its identity was wrong.
    pub(super) fn session(&self, source: Source, reason: Reason) -> Option<Session> {
        let in_question = [Reason::Expired, Reason::NotYetValid, Reason::NoIdentity];
        if !in_question.contains(&reason) {
            return None;
        }
        // The good seconds are one interval: too late means look earlier, too early means look later.
        let (mut earliest, mut latest) = (0, u64::MAX);
        let mut at = self.question.now;
        for _ in 0..=u64::BITS {
            match self.open(source, at) {
                Ok(session) => return Some(session),
                Err(Reason::Expired) => latest = at.checked_sub(1)?,
                Err(Reason::NotYetValid) => earliest = at.checked_add(1)?,
                Err(_) => return None,
            }
            if earliest > latest {
                return None;
            }
            at = earliest + (latest - earliest) / 2;
        }
        None
    }

    fn open(&self, source: Source, now: u64) -> Result<Session, Reason> {
        let result = match source {
            Source::Authorization => {
                let value = unlabelled(self.question.authorization.unwrap_or_default());
                self.reader.open_bearer(value.as_bytes(), self.scheme, now)
            }
            Source::Cookie => self
                .reader
                .open(self.question.header.lines(), self.scheme, now),
        };
        result.map_err(|failure| failure.reason())
    }
}
