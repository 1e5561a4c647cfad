//! Hop 3: cookies to an opened session, remembered per core.

use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use foldhash::quality::RandomState;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};
use quick_cache::unsync::Cache;
use quick_cache::{Equivalent, Weighter};
use vestibule_session::{Candidate, Failure, Pointer, Reader, Reason, Scheme, Session};

use crate::token::{self, Bearer};

mod facts;

pub use facts::Facts;

/// A session with what the routes read of it: bearers for their tokens, facts for their rules.
pub struct Opened {
    session: Session,
    facts: Facts,
    /// A browser sends cookies by itself, and this never.
    from_bearer: bool,
    /// In the order of the pointers that the sessions were made with.
    bearers: Box<[Bearer]>,
}

impl Opened {
    /// The session itself.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What it says to the rules.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the client sent it as `Authorization: Bearer`.
    pub fn is_from_bearer(&self) -> bool {
        self.from_bearer
    }

    /// The bearer for the claim at `position` of the configured pointers.
    pub fn bearer(&self, position: usize) -> Option<&Bearer> {
        self.bearers.get(position)
    }
}

/// Opens sessions on one core and remembers what it opened.
///
/// The key is the cookie's name and the whole token, never a hash alone (TH-53). Only identity is
/// remembered, no decision. An entry is asked for its validity at each use, so it cannot outlive
/// its session (TH-54).
pub struct Sessions {
    cache: RefCell<Cache<Key, Rc<Opened>, Octets, RandomState>>,
    remembers: bool,
    hits: Cell<u64>,
    misses: Cell<u64>,
    pointers: Rc<[Pointer]>,
    claims: Rc<[Pointer]>,
}

impl Sessions {
    /// Remembers at most `entries` sessions, none with 0, and never more than 32 MiB of them; `pointers`
    /// name the claims that become bearers, `claims` those that rules ask for.
    pub fn new(entries: usize, pointers: Rc<[Pointer]>, claims: Rc<[Pointer]>) -> Self {
        Self {
            cache: RefCell::new(Cache::with(
                entries,
                MAX_OCTETS,
                Octets::new(entries),
                RandomState::default(),
                quick_cache::unsync::DefaultLifecycle::default(),
            )),
            remembers: entries > 0,
            hits: Cell::new(0),
            misses: Cell::new(0),
            pointers,
            claims,
        }
    }

    /// The session of a request: from its cookies, or where the route takes one from its bearer.
    pub fn open(
        &self,
        reader: &Reader,
        headers: &HeaderMap,
        scheme: Scheme,
        now: u64,
        accept_bearer: bool,
    ) -> Result<Rc<Opened>, Failure> {
        let failure = match self.open_cookies(reader, headers, scheme, now) {
            Ok(opened) => return Ok(opened),
            Err(failure) => failure,
        };
        // A cookie that is there and broken is not followed by the bearer (TH-48).
        let absent = matches!(failure.reason(), Reason::NoCookie | Reason::Empty);
        match headers.get(AUTHORIZATION) {
            Some(value) if accept_bearer && absent => {
                let session = reader.open_bearer(value.as_bytes(), scheme, now)?;
                let mut opened = self.prepared(session);
                opened.from_bearer = true;
                Ok(Rc::new(opened))
            }
            Some(_) | None => Err(failure),
        }
    }

    /// Entries, hits and misses so far.
    pub fn statistics(&self) -> (usize, u64, u64) {
        (
            self.cache.borrow().len(),
            self.hits.get(),
            self.misses.get(),
        )
    }

    fn open_cookies(
        &self,
        reader: &Reader,
        headers: &HeaderMap,
        scheme: Scheme,
        now: u64,
    ) -> Result<Rc<Opened>, Failure> {
        let lines = || headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
        let cookies = reader.scan(lines())?;
        reader
            .open_with(&cookies, scheme, |candidate| {
                self.open_candidate(reader, candidate, now)
            })
            .map_err(|failure| reader.explained(failure, &cookies, lines()))
    }

    fn open_candidate(
        &self,
        reader: &Reader,
        candidate: &Candidate<'_>,
        now: u64,
    ) -> Result<Rc<Opened>, Reason> {
        if !self.remembers {
            return Ok(Rc::new(
                self.prepared(reader.open_candidate(candidate, now)?),
            ));
        }
        let name = candidate.name().as_str();
        let token = candidate.token();
        if let Some(opened) = self.cache.borrow().get(&KeyRef { name, token })
            && opened.session.validity().contains(&now)
        {
            self.hits.set(self.hits.get() + 1);
            return Ok(Rc::clone(opened));
        }
        self.misses.set(self.misses.get() + 1);
        let opened = Rc::new(self.prepared(reader.open_candidate(candidate, now)?));
        let key = Key {
            name: name.into(),
            token: token.into(),
        };
        self.cache.borrow_mut().insert(key, Rc::clone(&opened));
        Ok(opened)
    }

    /// Reads what the routes need once, when the session is opened.
    fn prepared(&self, session: Session) -> Opened {
        let bearers = self.pointers.iter();
        Opened {
            bearers: bearers
                .map(|pointer| token::bearer(&session, pointer))
                .collect(),
            facts: Facts::new(&session, &self.claims),
            from_bearer: false,
            session,
        }
    }
}

/// What an opened session is remembered by.
#[derive(PartialEq, Eq)]
struct Key {
    name: Box<str>,
    token: Box<[u8]>,
}

/// What an entry weighs: its octets, and at least its share, so that one bound holds for both.
#[derive(Clone)]
struct Octets {
    share: u64,
}

impl Octets {
    fn new(entries: usize) -> Self {
        Self {
            share: MAX_OCTETS / (entries.max(1) as u64),
        }
    }
}

impl Weighter<Key, Rc<Opened>> for Octets {
    fn weight(&self, key: &Key, opened: &Rc<Opened>) -> u64 {
        let bearers = opened.bearers.iter();
        let bearers = bearers.map(|bearer| bearer.as_ref().map_or(0, HeaderValue::len));
        let claims = opened.session.claims().as_json().len();
        let octets = key.name.len() + key.token.len() + claims + bearers.sum::<usize>() + ENTRY;
        self.share.max(octets as u64)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (name, token) = (&self.name, &self.token);
        KeyRef { name, token }.hash(state);
    }
}

/// The same, borrowed from the request.
#[derive(Hash)]
struct KeyRef<'a> {
    name: &'a str,
    token: &'a [u8],
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.name == *key.name && *self.token == *key.token
    }
}

/// Octets of all entries on one core.
const MAX_OCTETS: u64 = 32 << 20;

/// Octets of an entry beside its text, roughly.
const ENTRY: usize = 512;

#[cfg(test)]
mod tests;
