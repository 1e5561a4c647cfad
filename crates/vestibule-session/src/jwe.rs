//! Compact JWE with a direct key (RFC 7516, RFC 7518 §4.5): the two algorithms that Auth.js writes.

use std::fmt;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit};
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;

use crate::key::{CbcKey, Key};
use crate::member;

/// Content encryption, the `enc` member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// What v5 writes.
    A256CbcHs512,
    /// What v4 writes, and v5 where the application chose it.
    A256Gcm,
}

impl Encryption {
    /// Whether v4 writes it.
    pub(crate) fn is_of_v4(self) -> bool {
        self == Self::A256Gcm
    }
}

/// Why a text is not a token that can be tried at all; no key was touched yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Not five parts, not base64url, wrong lengths, a header that is no JSON object.
    Malformed,
    /// No dots and the letters of an id.
    OpaqueId,
    /// Three parts with a JWS header.
    Signed,
    /// `alg`, `enc`, `zip`, `crit` or a key part that Auth.js never writes.
    Unsupported,
}

/// Wrong key, wrong tag or wrong padding: one case, so that nobody learns which (TH-43).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

/// A token whose form is right; it says nothing yet about who made it.
pub(crate) struct Token<'a> {
    /// The encoded header, which is also the additional authenticated data.
    pub(crate) header: &'a str,
    iv: &'a str,
    ciphertext: &'a str,
    tag: &'a str,
}

/// The members of a protected header that select a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) encryption: Encryption,
    /// `None` where the member is absent; a present one must match (`@auth/core` 0.41.3 jwt.js).
    pub(crate) kid: Option<Box<str>>,
}

impl<'a> Token<'a> {
    /// Splits a compact serialisation (RFC 7516 §7.1) and tells the other things that cookies hold apart.
    pub(crate) fn split(text: &'a [u8]) -> Result<Self, Unreadable> {
        let text = str::from_utf8(text).map_err(|_| Unreadable::Malformed)?;
        let mut parts = text.split('.');
        let (header, second, third, fourth, fifth, sixth) = (
            parts.next().unwrap_or_default(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        );
        match (second, third, fourth, fifth, sixth) {
            (Some(""), Some(iv), Some(ciphertext), Some(tag), None) => Ok(Self {
                header,
                iv,
                ciphertext,
                tag,
            }),
            // An encrypted key: not `dir` (RFC 7518 §4.5 wants the empty text).
            (Some(_), Some(_), Some(_), Some(_), None) => Err(match Header::parse(header) {
                Ok(_) => Unreadable::Malformed,
                Err(unreadable) => unreadable,
            }),
            // An empty second part is the key part of a JWE that was cut within its iv.
            (Some(payload), Some(_), None, None, None)
                if !payload.is_empty() && is_jws_header(header) =>
            {
                Err(Unreadable::Signed)
            }
            (None, None, None, None, None) if is_opaque_id(text) => Err(Unreadable::OpaqueId),
            (_, _, _, _, _) => Err(Unreadable::Malformed),
        }
    }

    /// Decrypts after the tag is verified; the payload comes back as it was sealed.
    pub(crate) fn open(&self, key: &Key, encryption: Encryption) -> Result<Vec<u8>, OpenError> {
        match encryption {
            Encryption::A256CbcHs512 => {
                self.open_cbc(key.cbc.as_ref().ok_or(OpenError::NotAuthentic)?)
            }
            Encryption::A256Gcm => self.open_gcm(key),
        }
    }

    /// RFC 7518 §5.2.2.2: the tag first, in constant time, and only then the padding.
    pub(crate) fn open_cbc(&self, key: &CbcKey) -> Result<Vec<u8>, OpenError> {
        let iv: [u8; 16] = decode_array(self.iv)?;
        let tag: [u8; 32] = decode_array(self.tag)?;
        let mut text = decode(self.ciphertext)?;
        #[cfg(test)]
        tests::trial();
        if text.is_empty() || !text.len().is_multiple_of(16) {
            return Err(OpenError::Malformed);
        }
        mac(key, self.header, &iv, &text)
            .verify_truncated_left(&tag)
            .map_err(|_| OpenError::NotAuthentic)?;
        let length = cbc::Decryptor::inner_iv_init(key.decrypt.clone(), &iv.into())
            .decrypt_padded::<Pkcs7>(&mut text)
            .map_err(|_| OpenError::NotAuthentic)?
            .len();
        text.truncate(length);
        Ok(text)
    }

    fn open_gcm(&self, key: &Key) -> Result<Vec<u8>, OpenError> {
        let iv: [u8; 12] = decode_array(self.iv)?;
        let tag: [u8; 16] = decode_array(self.tag)?;
        let mut text = decode(self.ciphertext)?;
        #[cfg(test)]
        tests::trial();
        key.gcm
            .decrypt_inout_detached(
                &Nonce::<aes_gcm::Aes256Gcm>::from(iv),
                self.header.as_bytes(),
                text.as_mut_slice().into(),
                &Tag::<aes_gcm::Aes256Gcm>::from(tag),
            )
            .map_err(|_| OpenError::NotAuthentic)?;
        Ok(text)
    }
}

/// Why a token of the right form did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// A part is not base64url or has a length that the algorithm does not have.
    Malformed,
    /// See [`NotAuthentic`].
    NotAuthentic,
}

impl From<NotAuthentic> for OpenError {
    fn from(NotAuthentic: NotAuthentic) -> Self {
        Self::NotAuthentic
    }
}

impl Header {
    /// Reads an encoded protected header and refuses every freedom that Auth.js does not use (TH-31).
    pub(crate) fn parse(encoded: &str) -> Result<Self, Unreadable> {
        if encoded.len() > MAX_HEADER {
            return Err(Unreadable::Malformed);
        }
        let json = decode(encoded).map_err(|_| Unreadable::Malformed)?;
        let json = str::from_utf8(&json).map_err(|_| Unreadable::Malformed)?;
        let (mut alg, mut enc, mut kid, mut foreign) = (None, None, None, false);
        // A member that comes twice is refused, as RFC 7516 §4 allows.
        member::each(json, |name, value| match name {
            b"alg" => foreign |= alg.replace(member::string(value)).is_some(),
            b"enc" => foreign |= enc.replace(member::string(value)).is_some(),
            b"kid" => foreign |= kid.replace(member::string(value)).is_some(),
            b"typ" | b"cty" => {}
            // `zip`, `crit`, `p2c`, `epk`, and claims repeated in the header: none is ever written.
            _ => foreign = true,
        })
        .map_err(|_| Unreadable::Malformed)?;
        if foreign || alg.flatten().as_deref() != Some("dir") {
            return Err(Unreadable::Unsupported);
        }
        let encryption = match enc.flatten().as_deref() {
            Some("A256CBC-HS512") => Encryption::A256CbcHs512,
            Some("A256GCM") => Encryption::A256Gcm,
            Some(_) | None => return Err(Unreadable::Unsupported),
        };
        // A `kid` that is not a text is present all the same, and equals no key's.
        let kid = kid.map(|kid| kid.unwrap_or_default().into_boxed_str());
        Ok(Self { encryption, kid })
    }
}

/// Seals `payload`; `iv` must never repeat under one key.
pub(crate) fn seal_cbc(key: &CbcKey, payload: &[u8], iv: [u8; 16]) -> String {
    let text = cbc::Encryptor::inner_iv_init(key.encrypt.clone(), &iv.into())
        .encrypt_padded_vec::<Pkcs7>(payload);
    let tag = mac(key, &key.header, &iv, &text).finalize().into_bytes();
    let (tag, _) = tag.split_at(32);
    Parts(&key.header, &iv, &text, tag).to_string()
}

/// Seals `payload` as v4 does; `iv` must never repeat under one key.
pub(crate) fn seal_gcm(key: &Key, payload: &[u8], iv: [u8; 12]) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
    let mut text = payload.to_vec();
    let tag = key
        .gcm
        .encrypt_inout_detached(
            &Nonce::<aes_gcm::Aes256Gcm>::from(iv),
            header.as_bytes(),
            text.as_mut_slice().into(),
        )
        .expect("a session is shorter than the 64 GiB that GCM takes");
    Parts(&header, &iv, &text, &tag).to_string()
}

/// HMAC over AAD ‖ iv ‖ ciphertext ‖ bit length of the AAD (RFC 7518 §5.2.2.1 step 5).
fn mac(key: &CbcKey, header: &str, iv: &[u8], ciphertext: &[u8]) -> hmac::Hmac<sha2::Sha512> {
    let bits = (header.len() as u64) * 8;
    key.mac
        .clone()
        .chain_update(header)
        .chain_update(iv)
        .chain_update(ciphertext)
        .chain_update(bits.to_be_bytes())
}

/// Header, iv, ciphertext and tag; the encrypted key of `dir` is empty.
struct Parts<'a>(&'a str, &'a [u8], &'a [u8], &'a [u8]);

impl fmt::Display for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(header, iv, text, tag) = self;
        let [iv, text, tag] = [iv, text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        write!(f, "{header}..{iv}.{text}.{tag}")
    }
}

fn decode(part: &str) -> Result<Vec<u8>, OpenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| OpenError::Malformed)
}

fn decode_array<const N: usize>(part: &str) -> Result<[u8; N], OpenError> {
    let mut octets = [0; N];
    match URL_SAFE_NO_PAD.decode_slice(part, &mut octets) {
        Ok(length) if length == N => Ok(octets),
        Ok(_) | Err(_) => Err(OpenError::Malformed),
    }
}

/// `alg` alone: a header with `enc` is one of an encrypted token (RFC 7516 §9).
fn is_jws_header(encoded: &str) -> bool {
    let (mut has_alg, mut has_enc) = (false, false);
    let Ok(json) = decode(encoded) else {
        return false;
    };
    let Ok(json) = str::from_utf8(&json) else {
        return false;
    };
    let members = member::each(json, |name, _| {
        has_alg |= name == b"alg";
        has_enc |= name == b"enc";
    });
    members.is_ok() && has_alg && !has_enc
}

/// UUIDs, 64 hex digits and what `generateSessionToken` overrides usually return (`protocol`: database sessions).
fn is_opaque_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
}

/// Octets of an encoded header (rule CK3).
const MAX_HEADER: usize = 2048;

#[cfg(test)]
pub(crate) mod tests;
