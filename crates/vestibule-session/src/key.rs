//! Keys: derived once per secret, salt and algorithm, and chosen by `kid`.

use aes::cipher::{KeyInit, KeySizeUser};
use aes_gcm::Aes256Gcm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::Hmac;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::cookie::{CookieName, Version};
use crate::jwe::Encryption;
use crate::secret::Secret;

/// What opens and seals the tokens of one cookie name under one secret.
///
/// The ciphers are kept expanded: no key schedule and no HMAC pad is computed per token.
/// They wipe themselves when dropped.
pub(crate) struct Key {
    /// A256GCM: v4 always, v5 where the application asked for it.
    pub(crate) gcm: Aes256Gcm,
    /// A256CBC-HS512: v5 only.
    pub(crate) cbc: Option<CbcKey>,
    /// RFC 7638 thumbprint of the 32-octet key; v4 writes none.
    gcm_kid: Option<String>,
}

/// The two halves of an A256CBC-HS512 key (RFC 7518 §5.2.2.1).
pub(crate) struct CbcKey {
    pub(crate) mac: Hmac<Sha512>,
    pub(crate) encrypt: aes::Aes256Enc,
    pub(crate) decrypt: aes::Aes256Dec,
    /// RFC 7638 thumbprint of the 64-octet key.
    kid: String,
    /// The encoded header that Auth.js writes with this key: a token that begins with it needs no parsing.
    pub(crate) header: String,
}

impl Key {
    /// HKDF-SHA-256 (RFC 5869) with the inputs that the shipped packages use.
    pub(crate) fn derive(secret: &Secret, name: &CookieName) -> Self {
        let info = match (name.version(), name.salt()) {
            (Version::V5, salt) => format!("Auth.js Generated Encryption Key ({salt})"),
            (Version::V4, "") => "NextAuth.js Generated Encryption Key".to_owned(),
            (Version::V4, salt) => format!("NextAuth.js Generated Encryption Key ({salt})"),
        };
        Self::expand(secret, name.salt(), &info, name.version())
    }

    fn expand(secret: &Secret, salt: &str, info: &str, version: Version) -> Self {
        // The 32-octet key is the first half of the 64-octet one: HKDF output is a prefix.
        let mut okm = Zeroizing::new([0; 64]);
        Hkdf::<Sha256>::new(Some(salt.as_bytes()), secret.as_octets())
            .expand(info.as_bytes(), okm.as_mut())
            .expect("64 octets are fewer than 255 hashes");
        let (first, second) = okm.split_at(32);
        Self {
            gcm: keyed(first),
            gcm_kid: (version == Version::V5).then(|| thumbprint::<Sha256>(first)),
            cbc: (version == Version::V5).then(|| CbcKey::new(first, second, okm.as_ref())),
        }
    }

    /// The thumbprint that a v5 header of this algorithm carries.
    pub(crate) fn kid(&self, encryption: Encryption) -> Option<&str> {
        match encryption {
            Encryption::A256CbcHs512 => self.cbc.as_ref().map(|cbc| cbc.kid.as_str()),
            Encryption::A256Gcm => self.gcm_kid.as_deref(),
        }
    }
}

impl CbcKey {
    /// Takes the two halves of `whole`.
    pub(crate) fn new(mac: &[u8], enc: &[u8], whole: &[u8]) -> Self {
        let kid = thumbprint::<Sha512>(whole);
        let header = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}"}}"#);
        Self {
            mac: <Hmac<Sha512> as KeyInit>::new_from_slice(mac).expect("HMAC takes any key length"),
            encrypt: keyed(enc),
            decrypt: keyed(enc),
            kid,
            header: URL_SAFE_NO_PAD.encode(header),
        }
    }
}

/// RFC 7638 for `{"k":…,"kty":"oct"}`, with the hash that `@auth/core` 0.41.3 takes for the key's length.
fn thumbprint<H: Digest>(key: &[u8]) -> String {
    let k = Zeroizing::new(URL_SAFE_NO_PAD.encode(key));
    let jwk = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, k.as_str()));
    URL_SAFE_NO_PAD.encode(H::digest(jwk.as_bytes()))
}

fn keyed<C: KeyInit + KeySizeUser>(key: &[u8]) -> C {
    C::new_from_slice(key).expect("half of 64 octets is an AES-256 key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, cbc_kid: &str, gcm_kid: &str) {
        let secret = Secret::new("known-answer-secret").unwrap();
        let name = CookieName::new(name, Version::V5).unwrap();
        let key = Key::derive(&secret, &name);
        assert_eq!(key.kid(Encryption::A256CbcHs512), Some(cbc_kid));
        assert_eq!(key.kid(Encryption::A256Gcm), Some(gcm_kid));
    }

    #[test]
    fn thumbprints_equal_those_of_the_real_package() {
        check(
            "authjs.session-token",
            "KWlv-2q5ntVQmdRnh202K-7oiMr9QR4ZBi4FHLZSO2WZCkH_KGKB-OibTHSwwNkuHOTW0eqCH28cLe7zO4TzXw",
            "hJqHZP9u21TGnDZQzgLSWRfuW6ZqSGkfP0UleJv2WWw",
        );
        check(
            "__Secure-authjs.session-token",
            "oC_A05qz7eg1M9S51Ka7-s8lVMceM1xwbQe2VrJvU0DV0k4Ckfz3OL1h0QMMVQM4HFWOSRKH4QzvxbQa9fESpQ",
            "0aO4oFmZMqxFAzpZpXkK8X4weYDQNpzUlNLoL1_mMHk",
        );
    }

    #[test]
    fn v4_keys_have_no_kid() {
        let secret = Secret::new("known-answer-secret").unwrap();
        let name = CookieName::new("next-auth.session-token", Version::V4).unwrap();
        let key = Key::derive(&secret, &name);
        assert_eq!(key.kid(Encryption::A256Gcm), None);
        assert!(key.cbc.is_none());
    }
}
