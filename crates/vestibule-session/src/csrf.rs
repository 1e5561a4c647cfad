//! The CSRF token of Auth.js: a random text and its hash with the secret (protocol §5.1).

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::cookie::{Scheme, Version};
use crate::scan::{decoded, pairs};
use crate::secret::Secret;
use crate::set_cookie::{Attributes, Lifetime};

/// Issues and checks CSRF tokens (`@auth/core` 0.41.3 `lib/actions/callback/oauth/csrf-token.js`).
///
/// ```
/// use vestibule_session::{Csrf, Scheme, Secret, Version};
///
/// let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
/// let csrf = Csrf::new(&[secret], Version::V5, Scheme::Http);
/// let token = csrf.issue([7; 32]);
/// let cookie = csrf.set_cookie(&token);
/// let header = cookie.split(';').next().unwrap();
/// assert_eq!(csrf.read([header.as_bytes()]), Some(token.clone()));
/// assert!(token.matches(token.as_str()));
/// assert!(!token.matches("another"));
/// assert_eq!(csrf.read([&b"authjs.csrf-token=forged%7Cforged"[..]]), None);
/// ```
pub struct Csrf {
    /// All secrets, joined by commas: what JavaScript makes of an array (protocol §5.1).
    salt: zeroize::Zeroizing<Vec<u8>>,
    name: &'static str,
    secure: bool,
}

/// A token whose hash is right, or a new one; it compares in constant time (TH-51).
#[derive(Clone)]
pub struct CsrfToken(String);

impl Csrf {
    /// Takes all secrets of the application in its order; a second one changes every hash.
    pub fn new(secrets: &[Secret], version: Version, scheme: Scheme) -> Self {
        let texts: Vec<_> = secrets.iter().map(Secret::as_octets).collect();
        let secure = scheme == Scheme::Https;
        Self {
            salt: zeroize::Zeroizing::new(texts.join(&b","[..])),
            name: match (version, secure) {
                (Version::V5, true) => "__Host-authjs.csrf-token",
                (Version::V5, false) => "authjs.csrf-token",
                (Version::V4, true) => "__Host-next-auth.csrf-token",
                (Version::V4, false) => "next-auth.csrf-token",
            },
            secure,
        }
    }

    /// The cookie's name; the prefix is `__Host-`, not `__Secure-`.
    pub fn cookie_name(&self) -> &'static str {
        self.name
    }

    /// Makes a token from fresh random octets.
    pub fn issue(&self, random: [u8; 32]) -> CsrfToken {
        CsrfToken(hex(&random))
    }

    /// The token of the request's cookie, where its hash is right; otherwise issue a new one.
    pub fn read<'h>(&self, lines: impl IntoIterator<Item = &'h [u8]>) -> Option<CsrfToken> {
        let mut pairs = lines.into_iter().flat_map(pairs);
        let (_, value) = pairs.find(|(name, _)| *name == self.name.as_bytes())?;
        let value = decoded(value);
        let (token, hash) = str::from_utf8(&value).ok()?.split_once('|')?;
        let expected = self.hash(token);
        bool::from(expected.as_bytes().ct_eq(hash.as_bytes())).then(|| CsrfToken(token.to_owned()))
    }

    /// The `Set-Cookie` value that carries the token; a cookie of the browser's session.
    pub fn set_cookie(&self, token: &CsrfToken) -> String {
        let value = format!("{}%7C{}", token.0, self.hash(&token.0));
        Attributes::new(self.secure).line(self.name, &value, Lifetime::Browser)
    }

    fn hash(&self, token: &str) -> String {
        let hash = Sha256::new()
            .chain_update(token)
            .chain_update(self.salt.as_slice());
        hex(&hash.finalize())
    }
}

impl CsrfToken {
    /// What goes into the form or the JSON body.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the request's body carries the same token, compared in constant time.
    pub fn matches(&self, body: &str) -> bool {
        self.0.as_bytes().ct_eq(body.as_bytes()).into()
    }
}

impl PartialEq for CsrfToken {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl Eq for CsrfToken {}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Csrf({})", self.name)
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(..)")
    }
}

fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secrets: &[&str], hash: &str) {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|text| Secret::new(*text).unwrap())
            .collect();
        let csrf = Csrf::new(&secrets, Version::V5, Scheme::Https);
        let token = csrf.issue([0xab; 32]);
        let expected = format!(
            "__Host-authjs.csrf-token={}%7C{hash}; Path=/; HttpOnly; Secure; SameSite=Lax",
            "ab".repeat(32)
        );
        assert_eq!(csrf.set_cookie(&token), expected);
    }

    #[test]
    fn hashes_equal_those_of_the_real_package() {
        check(
            &["known-answer-secret"],
            "d5333c4620084a603f8c1f6f0187f14e1b318a10126881dd44ca928688dc7e7e",
        );
        check(
            &["s2", "s1"],
            "988bc4dde66444a03225ecf2c7312f25ed9f0b5ac416adbba2482b3fafbad840",
        );
    }
}
