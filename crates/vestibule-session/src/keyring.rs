//! The keys of one cookie name: one for each secret, and `kid` says which.

use crate::cookie::{CookieName, Version};
use crate::jwe::{Header, OpenError, Token, Unreadable};
use crate::key::Key;
use crate::reason::Reason;
use crate::secret::Secret;

/// A cookie name with its derived keys, newest secret first.
pub(crate) struct Keyring {
    name: CookieName,
    keys: Vec<Key>,
}

impl Keyring {
    /// Derives every key once; nothing is derived while requests are served.
    pub(crate) fn new(name: CookieName, secrets: &[Secret]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| Key::derive(secret, &name))
            .collect();
        Self { name, keys }
    }

    pub(crate) fn name(&self) -> &CookieName {
        &self.name
    }

    /// Opens a token with the key that its `kid` names, or with each key where there is no `kid`.
    ///
    /// Auth.js tries only its first secret on a token without `kid`. Trying all is as safe,
    /// because the tag decides, and keeps sessions alive while secrets rotate. What opened it comes along,
    /// as its position.
    pub(crate) fn open(&self, token: &Token<'_>) -> Result<(Vec<u8>, usize), Reason> {
        // The header that Auth.js itself writes names algorithm and key at once: no parsing, no search.
        for (position, key) in self.keys.iter().enumerate() {
            if let Some(cbc) = key.cbc.as_ref().filter(|cbc| cbc.header == token.header) {
                let payload = token.open_cbc(cbc)?;
                return Ok((payload, position));
            }
        }
        let header = Header::parse(token.header)?;
        if self.name.version() == Version::V4 && !header.encryption.is_of_v4() {
            return Err(Reason::UnsupportedAlg);
        }
        // v4 ignores `kid` (jose 4.15.9 is given one key).
        let kid = header
            .kid
            .as_deref()
            .filter(|_| self.name.version() == Version::V5);
        let mut failure = Reason::WrongSecret;
        for (position, key) in self.keys.iter().enumerate() {
            if kid.is_some_and(|kid| key.kid(header.encryption) != Some(kid)) {
                continue;
            }
            match token.open(key, header.encryption) {
                Ok(payload) => return Ok((payload, position)),
                Err(OpenError::Malformed) => failure = Reason::Malformed,
                Err(OpenError::NotAuthentic) => {}
            }
        }
        Err(failure)
    }
}

impl From<Unreadable> for Reason {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed => Self::Malformed,
            Unreadable::OpaqueId => Self::OpaqueId,
            Unreadable::Signed => Self::SignedNotEncrypted,
            Unreadable::Unsupported => Self::UnsupportedAlg,
        }
    }
}

impl From<OpenError> for Reason {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Malformed => Self::Malformed,
            OpenError::NotAuthentic => Self::WrongSecret,
        }
    }
}

#[cfg(test)]
mod tests;
