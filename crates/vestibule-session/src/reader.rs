//! The reader: cookies in, session or reason out.

use std::fmt;

use crate::candidate::{Candidate, Gap, candidates};
use crate::claims::Claims;
use crate::cookie::{CookieName, Scheme};
use crate::jwe::Token;
use crate::keyring::Keyring;
use crate::pointer::Pointer;
use crate::reason::Reason;
use crate::scan::{Cookies, MAX_CHUNKS, pairs, percent_decoded};
use crate::secret::Secret;
use crate::session::{Attempt, Failure, Session};

mod diagnosis;
mod order;

use order::Order;

/// What counts as a session.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The names that are looked for.
    pub cookies: Vec<CookieName>,
    /// A session has at least one of these, not empty; an empty list asks for none.
    pub identity_claims: Vec<Pointer>,
    /// Seconds after `iat` at which a session is over whatever its `exp` says.
    pub max_age: Option<u64>,
}

impl Default for Rules {
    /// The four known names, one of `sub`, `email` or `id`, no age limit.
    fn default() -> Self {
        let claim = |text| Pointer::parse(text).expect("the text is a pointer");
        Self {
            cookies: CookieName::known().into(),
            identity_claims: ["/sub", "/email", "/id"].map(claim).into(),
            max_age: None,
        }
    }
}

/// Reads sessions: names, keys and rules, ready for any number of requests and threads.
///
/// Keys are derived here and nowhere else. Time is an argument, in Unix seconds.
///
/// ```
/// use vestibule_session::{CookieName, Reader, Reason, Rules, Scheme, Secret, Version, Writer};
///
/// let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
/// let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
/// let token = Writer::new(&secret, name).encode(r#"{"sub":"u-1"}"#, 1_000, 3_600, [7; 32]).unwrap();
///
/// let reader = Reader::new(&[secret], Rules::default());
/// let header = format!("theme=dark; authjs.session-token={token}");
/// let session = reader.open([header.as_bytes()], Scheme::Http, 1_500).unwrap();
/// assert!(session.claims().as_json().starts_with(r#"{"sub":"u-1""#));
///
/// let failure = reader.open([header.as_bytes()], Scheme::Http, 4_615).unwrap_err();
/// assert_eq!(failure.reason(), Reason::Expired);
/// ```
pub struct Reader {
    keyrings: Vec<Keyring>,
    names: Vec<CookieName>,
    order: Order,
    /// Keys of further known names, for [`Reason::RenamedCookie`] only.
    elsewhere: Vec<Keyring>,
    rules: Rules,
}

impl Reader {
    /// Derives the keys of each name for each secret; the newest secret comes first.
    pub fn new(secrets: &[Secret], rules: Rules) -> Self {
        let keyring = |name: &CookieName| Keyring::new(name.clone(), secrets);
        Self {
            keyrings: rules.cookies.iter().map(keyring).collect(),
            names: rules.cookies.clone(),
            order: Order::new(&rules.cookies),
            elsewhere: diagnosis::other_names(&rules.cookies)
                .iter()
                .map(keyring)
                .collect(),
            rules,
        }
    }

    /// Opens the session of a request from its Cookie header lines.
    ///
    /// `scheme` is the one that the browser used: it decides which names come first, and on HTTPS
    /// a plain name is not considered while a `__Secure-` one is there (TH-39).
    pub fn open<'h>(
        &self,
        lines: impl IntoIterator<Item = &'h [u8]> + Clone,
        scheme: Scheme,
        now: u64,
    ) -> Result<Session, Failure> {
        let cookies = self.scan(lines.clone())?;
        self.open_with(&cookies, scheme, |candidate| {
            self.open_candidate(candidate, now)
        })
        .map_err(|failure| self.explained(failure, &cookies, lines))
    }

    /// Collects the session cookies of a request; [`Reason::TooLarge`] where there are too many.
    pub fn scan<'h>(
        &self,
        lines: impl IntoIterator<Item = &'h [u8]>,
    ) -> Result<Cookies<'h>, Reason> {
        Cookies::scan(&self.names, lines)
    }

    /// Tries the candidates in their order with `open`, which may remember what it opened before.
    ///
    /// The failure carries the plain reasons; [`Reader::open`] looks further into them.
    pub fn open_with<T>(
        &self,
        cookies: &Cookies<'_>,
        scheme: Scheme,
        mut open: impl FnMut(&Candidate<'_>) -> Result<T, Reason>,
    ) -> Result<T, Failure> {
        let mut attempts = Vec::new();
        for (index, name) in self.order.of(scheme, &self.names, cookies) {
            for reading in candidates(cookies, index, name) {
                let (chunks, reason) = match reading {
                    Ok(candidate) => match open(&candidate) {
                        Ok(session) => return Ok(session),
                        Err(reason) => (candidate.chunks, refined(&candidate, reason)),
                    },
                    Err(Gap { present }) => (present, Gap::REASON),
                };
                attempts.push(Attempt {
                    cookie: name.clone(),
                    chunks,
                    reason,
                    opens_as: None,
                });
                if attempts.len() >= MAX_ATTEMPTS {
                    return Err(failure(attempts, cookies));
                }
            }
        }
        Err(failure(attempts, cookies))
    }

    /// Opens one candidate of this reader's own [`Reader::open_with`].
    pub fn open_candidate(&self, candidate: &Candidate<'_>, now: u64) -> Result<Session, Reason> {
        let keyring = self.keyrings.get(candidate.index).ok_or(Reason::NoCookie)?;
        let mut session = self.open_token(keyring, candidate.token(), now)?;
        session.chunks = candidate.chunks;
        Ok(session)
    }

    /// Opens `Authorization: Bearer <token>` as `getToken` does (`@auth/core` 0.41.3 `jwt.js`).
    ///
    /// The scheme is compared as RFC 9110 §11.1 says, without regard to case. Each name's key is tried.
    pub fn open_bearer(
        &self,
        authorization: &[u8],
        scheme: Scheme,
        now: u64,
    ) -> Result<Session, Failure> {
        let token = bearer(authorization).ok_or(Reason::NoCookie)?;
        let decoded = percent_decoded(token).ok_or(Reason::Malformed)?;
        if decoded.len() > MAX_BEARER {
            return Err(Reason::TooLarge.into());
        }
        let mut attempts = Vec::new();
        for (index, name) in self.order.all(scheme, &self.names) {
            let Some(keyring) = self.keyrings.get(index) else {
                continue;
            };
            match self.open_token(keyring, &decoded, now) {
                Ok(session) => return Ok(session),
                Err(reason) => attempts.push(Attempt {
                    cookie: name.clone(),
                    chunks: 0,
                    reason,
                    opens_as: None,
                }),
            }
        }
        Err(most_telling(attempts).unwrap_or_else(|| Reason::NoCookie.into()))
    }

    /// Says more about a failure of [`Reader::open_with`]: a renamed cookie, the other prefix, mixed chunks.
    ///
    /// This decrypts again under other names, so it is for requests that are refused anyway.
    pub fn explained<'h>(
        &self,
        failure: Failure,
        cookies: &Cookies<'_>,
        lines: impl IntoIterator<Item = &'h [u8]>,
    ) -> Failure {
        self.diagnose(failure, cookies, lines.into_iter().flat_map(pairs))
    }

    fn open_token(&self, keyring: &Keyring, token: &[u8], now: u64) -> Result<Session, Reason> {
        let (payload, secret) = keyring.open(&Token::split(token)?)?;
        let claims = Claims::new(payload, keyring.name().version())?;
        let validity = claims.validity(self.rules.max_age)?;
        if now < validity.start {
            return Err(Reason::NotYetValid);
        }
        if now >= validity.end {
            return Err(Reason::Expired);
        }
        let identity = &self.rules.identity_claims;
        if !identity.is_empty() && !claims.names_somebody(identity) {
            return Err(Reason::NoIdentity);
        }
        Ok(Session {
            claims,
            cookie: keyring.name().clone(),
            chunks: 0,
            validity,
            secret,
        })
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// A full last chunk whose token is cut has most likely lost its successor.
fn refined(candidate: &Candidate<'_>, reason: Reason) -> Reason {
    let full = candidate.chunks > 0 && candidate.last == candidate.name.version().chunk_limit();
    if full && matches!(reason, Reason::Malformed | Reason::WrongSecret) {
        return Reason::MissingChunk;
    }
    reason
}

fn failure(attempts: Vec<Attempt>, cookies: &Cookies<'_>) -> Failure {
    let nothing = if cookies.named {
        Reason::Empty
    } else {
        Reason::NoCookie
    };
    most_telling(attempts).unwrap_or_else(|| nothing.into())
}

/// The failure that reports the weightiest of the attempts' reasons.
fn most_telling(attempts: Vec<Attempt>) -> Option<Failure> {
    let reason = attempts
        .iter()
        .map(|it| it.reason)
        .max_by_key(|it| it.weight())?;
    Some(Failure { reason, attempts })
}

/// The second word after `Bearer`; words are parted by single spaces.
fn bearer(authorization: &[u8]) -> Option<&[u8]> {
    let mut words = authorization.split(|octet| *octet == b' ');
    let scheme = words.next()?;
    let token = words.next().filter(|token| !token.is_empty())?;
    scheme.eq_ignore_ascii_case(b"bearer").then_some(token)
}

/// Decryptions of one request (rule CK3, TH-44).
const MAX_ATTEMPTS: usize = 12;

/// Octets of a bearer: as many as chunks can carry.
const MAX_BEARER: usize = MAX_CHUNKS * 2048;

#[cfg(test)]
mod tests;
