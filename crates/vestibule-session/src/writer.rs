//! The writer: claims in, token and cookies out.

use std::fmt;

use crate::cookie::{CookieName, Version};
use crate::jwe::{seal_cbc, seal_gcm};
use crate::key::Key;
use crate::member;
use crate::secret::Secret;
use crate::set_cookie::{Attributes, Lifetime};

/// Writes sessions under one name with one secret, as Auth.js would.
///
/// ```
/// use vestibule_session::{CookieName, Secret, Version, Writer};
///
/// let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
/// let name = CookieName::new("__Secure-authjs.session-token", Version::V5).unwrap();
/// let writer = Writer::new(&secret, name);
/// let random = [7; 32]; // from the operating system, fresh for every token
/// let token = writer.encode(r#"{"sub":"u-1"}"#, 1_000, 3_600, random).unwrap();
/// let cookies = writer.set_cookies(&token, 4_600, []);
/// assert!(cookies[0].ends_with("; Path=/; Expires=Thu, 01 Jan 1970 01:16:40 GMT; HttpOnly; Secure; SameSite=Lax"));
/// assert!(writer.encode("[]", 1_000, 3_600, random).is_err());
/// ```
pub struct Writer {
    name: CookieName,
    key: Key,
}

impl Writer {
    /// Derives the key of `name`; `secret` is the newest one.
    pub fn new(secret: &Secret, name: CookieName) -> Self {
        let key = Key::derive(secret, &name);
        Self { name, key }
    }

    /// Seals `claims`, a JSON object, for `max_age` seconds from `now`.
    ///
    /// `iat`, `exp` and `jti` are ours whatever the claims say, as in `@auth/core` 0.41.3 `jwt.js`; the other
    /// members keep their text. `random` gives the `jti` and the iv and must never come twice.
    pub fn encode(
        &self,
        claims: &str,
        now: u64,
        max_age: u64,
        random: [u8; 32],
    ) -> Result<String, InvalidClaims> {
        let [jti, iv] = halves(random);
        let payload = stamped(claims, now, max_age, jti)?;
        if let Some(cbc) = &self.key.cbc {
            return Ok(seal_cbc(cbc, payload.as_bytes(), iv));
        }
        let [iv @ .., _, _, _, _] = iv;
        Ok(seal_gcm(&self.key, payload.as_bytes(), iv))
    }

    /// The cookies of `token` as name and value, cut where a browser's limit wants it (protocol §2).
    pub fn chunks<'a>(&self, token: &'a str) -> Vec<(String, &'a str)> {
        let limit = self.name.version().chunk_limit();
        if token.len() <= limit {
            return vec![(self.name.to_string(), token)];
        }
        let (mut rest, mut chunks) = (token, Vec::new());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at_checked(limit).unwrap_or((rest, ""));
            chunks.push((format!("{}.{}", self.name, chunks.len()), chunk));
            rest = after;
        }
        chunks
    }

    /// The exact `Set-Cookie` values that replace whatever session the request carried by `token`.
    ///
    /// Every session cookie of this name in `lines`, the request's Cookie header, is written anew or deleted,
    /// in the request's order; what is new follows. Other cookies whose names merely begin alike are left
    /// alone, where Auth.js deletes them (TH-33). `expires` is in Unix seconds.
    pub fn set_cookies<'h>(
        &self,
        token: &str,
        expires: u64,
        lines: impl IntoIterator<Item = &'h [u8]>,
    ) -> Vec<String> {
        let attributes = Attributes::of(&self.name);
        let mut new = self.chunks(token);
        let mut written: Vec<_> = (self.sent(lines).into_iter())
            .map(|name| match new.iter().position(|(new, _)| *new == name) {
                Some(position) => {
                    let (name, value) = new.remove(position);
                    attributes.line(&name, value, Lifetime::Until(expires))
                }
                None => attributes.line(&name, "", Lifetime::Over),
            })
            .collect();
        written.extend(
            (new.iter())
                .map(|(name, value)| attributes.line(name, value, Lifetime::Until(expires))),
        );
        written
    }

    /// The `Set-Cookie` values that sign out: a deletion for every session cookie of this name that was sent.
    pub fn deletions<'h>(&self, lines: impl IntoIterator<Item = &'h [u8]>) -> Vec<String> {
        let attributes = Attributes::of(&self.name);
        (self.sent(lines).iter())
            .map(|name| attributes.line(name, "", Lifetime::Over))
            .collect()
    }

    /// The request's cookies of this name, each once.
    fn sent<'h>(&self, lines: impl IntoIterator<Item = &'h [u8]>) -> Vec<String> {
        let mut sent: Vec<String> = Vec::new();
        for (name, _) in lines.into_iter().flat_map(crate::scan::pairs) {
            if !crate::scan::belongs(name, &self.name) {
                continue;
            }
            // What matched is the name and digits, so it is text.
            let name = String::from_utf8_lossy(name).into_owned();
            if !sent.contains(&name) {
                sent.push(name);
            }
        }
        sent
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({})", self.name)
    }
}

/// The name that the application's cookies have under `scheme`: v5 decides by the request's scheme.
///
/// ```
/// use vestibule_session::{Scheme, Version, session_cookie_name};
///
/// let name = session_cookie_name(Version::V5, Scheme::Https);
/// assert_eq!(name.as_str(), "__Secure-authjs.session-token");
/// ```
pub fn session_cookie_name(version: Version, scheme: crate::Scheme) -> CookieName {
    let secure = scheme == crate::Scheme::Https;
    let [secure_v5, plain_v5, secure_v4, plain_v4] = CookieName::known();
    match (version, secure) {
        (Version::V5, true) => secure_v5,
        (Version::V5, false) => plain_v5,
        (Version::V4, true) => secure_v4,
        (Version::V4, false) => plain_v4,
    }
}

/// The claims are no JSON object, or a member name has no UTF-8 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidClaims;

impl fmt::Display for InvalidClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the claims are not one JSON object such as `{\"sub\":\"u-1\"}`")
    }
}

impl std::error::Error for InvalidClaims {}

/// The claims with the three that are ours in place of the application's.
fn stamped(claims: &str, now: u64, max_age: u64, jti: [u8; 16]) -> Result<String, InvalidClaims> {
    let jti = uuid::Builder::from_random_bytes(jti).into_uuid();
    let exp = now.saturating_add(max_age);
    let ours = [now.to_string(), exp.to_string(), format!("\"{jti}\"")];
    let [iat, exp, jti] = ours.each_ref().map(String::as_str);
    let members = [("iat", iat), ("exp", exp), ("jti", jti)];
    member::replaced(claims, &members).map_err(|_| InvalidClaims)
}

/// The octets for the `jti` and those for the iv.
fn halves(random: [u8; 32]) -> [[u8; 16]; 2] {
    let mut octets = random.into_iter();
    let mut half = || std::array::from_fn(|_| octets.next().unwrap_or_default());
    [half(), half()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(version: Version) -> Writer {
        let secret = Secret::new("known-answer-secret").unwrap();
        Writer::new(&secret, session_cookie_name(version, crate::Scheme::Http))
    }

    #[test]
    fn our_three_claims_replace_those_of_the_application() {
        let claims = r#"{"exp":1,"a":1.50,"jti":null,"\ud83d\ude00":"\ud800","iat":"x"}"#;
        assert_eq!(
            stamped(claims, 1000, 60, [0; 16]).unwrap(),
            "{\"a\":1.50,\"😀\":\"\\ud800\",\"iat\":1000,\"exp\":1060,\"jti\":\"00000000-0000-4000-8000-000000000000\"}"
        );
    }

    #[test]
    fn claims_that_are_no_object_are_refused() {
        for claims in ["", "[]", "1", "null", "{", "{} {}", r#"{"\ud800":1}"#] {
            assert_eq!(
                stamped(claims, 0, 0, [0; 16]),
                Err(InvalidClaims),
                "{claims}"
            );
        }
    }

    #[test]
    fn pieces_are_full_except_the_last() {
        for (version, limit) in [(Version::V5, 3936), (Version::V4, 3933)] {
            let lengths = |length| {
                let token = "x".repeat(length);
                let chunks = writer(version).chunks(&token).into_iter();
                chunks.map(|(_, value)| value.len()).collect::<Vec<_>>()
            };
            assert_eq!(lengths(limit), [limit]);
            assert_eq!(lengths(limit + 1), [limit, 1]);
            assert_eq!(lengths(limit * 2), [limit, limit]);
        }
    }
}
