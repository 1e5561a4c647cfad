//! Names of session cookies: what a cookie is called decides how its key is made.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The protocol family of a session cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `next-auth` 4: A256GCM, no salt, no `kid`.
    V4,
    /// `next-auth` 5 and `@auth/core`: A256CBC-HS512, the cookie's name as salt, `kid`.
    V5,
}

impl Version {
    /// `v4` or `v5`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "v4",
            Self::V5 => "v5",
        }
    }

    /// Characters of one cookie value before the writer splits it.
    pub fn chunk_limit(self) -> usize {
        match self {
            Self::V4 => 3933, // 4096 − 163, next-auth 4.24.15 core/lib/cookie.js
            Self::V5 => 3936, // 4096 − 160, @auth/core 0.41.3 lib/utils/cookie.js
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        match text {
            "v4" => Ok(Self::V4),
            "v5" => Ok(Self::V5),
            _ => Err(UnknownVersion),
        }
    }
}

/// A version that is neither `v4` nor `v5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the version is neither `v4` nor `v5`")
    }
}

impl std::error::Error for UnknownVersion {}

/// The scheme that the browser used: it decides which prefix the writer chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`: names without a prefix come first.
    Http,
    /// `https`: names with `__Secure-` come first, and shut out the others.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a session cookie, with the version and the salt that go with it (rule CK4).
///
/// In v5 the name is also the salt of the key, so the three travel together:
/// a cookie that is renamed no longer opens, unless its first name is given as salt.
///
/// ```
/// use vestibule_session::{CookieName, Version};
///
/// let name = CookieName::new("__Secure-authjs.session-token", Version::V5).unwrap();
/// assert_eq!(name.salt(), "__Secure-authjs.session-token");
/// assert!(CookieName::new("two words", Version::V5).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CookieName(Arc<Parts>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Parts {
    name: Box<str>,
    version: Version,
    salt: Box<str>,
}

impl CookieName {
    /// Takes a cookie name (RFC 6265 §4.1.1: a token) with the salt that `version` gives it;
    /// the number of a chunk, as in `authjs.session-token.0`, is no part of it.
    pub fn new(name: &str, version: Version) -> Result<Self, InvalidCookieName> {
        if name.is_empty() || !name.bytes().all(is_token_octet) {
            return Err(InvalidCookieName::Octet);
        }
        // Its chunks would be looked for below it, and it would be taken for a chunk of another.
        let number = name.rsplit_once('.').map_or("", |(_, number)| number);
        if !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(InvalidCookieName::ChunkNumber);
        }
        let salt = match version {
            Version::V4 => "",
            Version::V5 => name,
        };
        Ok(Self(Arc::new(Parts {
            name: name.into(),
            version,
            salt: salt.into(),
        })))
    }

    /// The same name whose key is made with another salt, as `getToken({ salt })` allows.
    #[must_use]
    pub fn with_salt(self, salt: &str) -> Self {
        Self(Arc::new(Parts {
            salt: salt.into(),
            ..Parts::clone(&self.0)
        }))
    }

    /// The four names that Auth.js uses by itself, in the order for HTTPS.
    pub fn known() -> [Self; 4] {
        KNOWN.map(|(name, version, salt)| {
            Self(Arc::new(Parts {
                name: name.into(),
                version,
                salt: salt.into(),
            }))
        })
    }

    /// The name without a chunk number.
    pub fn as_str(&self) -> &str {
        &self.0.name
    }

    /// The family that writes this cookie.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// The salt of its key; empty in v4.
    pub fn salt(&self) -> &str {
        &self.0.salt
    }

    /// Whether browsers take this cookie over HTTPS only (RFC 6265bis §4.1.3).
    pub fn is_secure(&self) -> bool {
        self.as_str().starts_with(SECURE) || self.as_str().starts_with("__Host-")
    }

    /// The name that the same application uses under the other scheme.
    pub(crate) fn other_prefix(&self) -> String {
        match self.as_str().strip_prefix(SECURE) {
            Some(plain) => plain.to_owned(),
            None => format!("{SECURE}{}", self.as_str()),
        }
    }
}

impl fmt::Display for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that no session cookie can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidCookieName {
    /// It ends in the number of a chunk.
    ChunkNumber,
    /// It is empty or has an octet that no cookie name has.
    Octet,
}

impl fmt::Display for InvalidCookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChunkNumber => {
                "the name of a session cookie stands without the number of a chunk"
            }
            Self::Octet => "a cookie name is letters, digits and !#$%&'*+-.^_`|~ only",
        })
    }
}

impl std::error::Error for InvalidCookieName {}

/// RFC 9110 §5.6.2: `tchar`.
fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

const SECURE: &str = "__Secure-";

const KNOWN: [(&str, Version, &str); 4] = [
    (
        "__Secure-authjs.session-token",
        Version::V5,
        "__Secure-authjs.session-token",
    ),
    ("authjs.session-token", Version::V5, "authjs.session-token"),
    ("__Secure-next-auth.session-token", Version::V4, ""),
    ("next-auth.session-token", Version::V4, ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_chunk_is_no_part_of_a_name() {
        let new = |name| CookieName::new(name, Version::V5).map(|name| name.to_string());
        for name in ["authjs.session-token.0", "app.12", "a.00"] {
            assert_eq!(new(name), Err(InvalidCookieName::ChunkNumber), "{name}");
        }
        for name in ["authjs.session-token", "app.v2", "app2", "1", "app."] {
            assert_eq!(new(name).as_deref(), Ok(name));
        }
    }
}
