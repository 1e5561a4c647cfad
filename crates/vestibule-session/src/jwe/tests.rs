use std::cell::Cell;

use aes::cipher::block_padding::NoPadding;

use super::*;
use crate::cookie::{CookieName, Version};
use crate::secret::Secret;

mod header;
mod known_answer;

thread_local! {
    static TRIALS: Cell<usize> = const { Cell::new(0) };
}

/// A tag is about to be checked with some key.
pub(super) fn trial() {
    TRIALS.set(TRIALS.get() + 1);
}

/// How many tags this checks, each a decryption with one key (TH-44).
pub(crate) fn trials(of: impl FnOnce()) -> usize {
    let before = TRIALS.get();
    of();
    TRIALS.get() - before
}

const PAYLOAD: &[u8] = br#"{"sub":"u-1"}"#;

fn key(version: Version) -> Key {
    let secret = Secret::new("jwe-test-secret-of-32-characters").unwrap();
    Key::derive(&secret, &CookieName::new("session", version).unwrap())
}

fn sealed_cbc() -> String {
    seal_cbc(key(Version::V5).cbc.as_ref().unwrap(), PAYLOAD, [3; 16])
}

fn sealed_gcm() -> String {
    seal_gcm(&key(Version::V4), PAYLOAD, [3; 12])
}

/// Opens with the key of `version` as a keyring with this one key would.
fn open(token: &str, version: Version) -> Result<Vec<u8>, &'static str> {
    let token = Token::split(token.as_bytes()).map_err(|_| "form")?;
    let header = Header::parse(token.header).map_err(|_| "header")?;
    match token.open(&key(version), header.encryption) {
        Ok(payload) => Ok(payload),
        Err(OpenError::Malformed) => Err("part"),
        Err(OpenError::NotAuthentic) => Err("not authentic"),
    }
}

/// The token with the part at `position` replaced.
fn with_part(token: &str, position: usize, part: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[position] = part;
    parts.join(".")
}

#[test]
fn both_encryptions_open_what_they_sealed() {
    assert_eq!(open(&sealed_cbc(), Version::V5).unwrap(), PAYLOAD);
    assert_eq!(open(&sealed_gcm(), Version::V4).unwrap(), PAYLOAD);
}

#[test]
fn a_key_part_is_refused() {
    for token in [sealed_cbc(), sealed_gcm()] {
        let token = with_part(&token, 1, "AAAA");
        assert!(matches!(
            Token::split(token.as_bytes()),
            Err(Unreadable::Malformed)
        ));
    }
    let wrapped = URL_SAFE_NO_PAD.encode(r#"{"alg":"A256KW","enc":"A256GCM"}"#);
    assert!(matches!(
        Token::split(format!("{wrapped}.AAAA.AAAA.AAAA.AAAA").as_bytes()),
        Err(Unreadable::Unsupported)
    ));
}

#[test]
fn numbers_of_parts_other_than_five_are_refused() {
    let token = sealed_cbc();
    for text in [
        "",
        ".",
        "...",
        "a.b",
        "a..b.c",
        &format!("{token}."),
        &format!("{token}.AAAA"),
        &format!(".{token}"),
    ] {
        assert_eq!(open(text, Version::V5), Err("form"), "{text}");
    }
    assert_eq!(open("....", Version::V5), Err("header"));
}

#[test]
fn a_token_that_was_cut_is_not_taken_for_a_signed_one() {
    let is = |text: &str, expected| {
        let found = Token::split(text.as_bytes()).err();
        assert_eq!(found, Some(expected), "{text}");
    };
    for token in [sealed_cbc(), sealed_gcm()] {
        let (start, _) = token.match_indices('.').nth(2).unwrap();
        for end in [start, start - 1, start - 10] {
            let (cut, _) = token.split_at(end);
            is(cut, Unreadable::Malformed);
        }
        // An encrypted key in front of the iv, cut as well.
        let header = token.split('.').next().unwrap();
        is(&format!("{header}.AAAA.AAAA"), Unreadable::Malformed);
    }
    let signed = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    is(&format!("{signed}.e30.AAAA"), Unreadable::Signed);
    is(&format!("{signed}..AAAA"), Unreadable::Malformed);
}

#[test]
fn parts_of_another_length_are_malformed() {
    let check = |token: &str, version, part, octets: &[u8]| {
        let token = with_part(token, part, &URL_SAFE_NO_PAD.encode(octets));
        assert_eq!(
            open(&token, version),
            Err("part"),
            "{part} {}",
            octets.len()
        );
    };
    for length in [0, 1, 12, 15, 17, 32, 256] {
        check(&sealed_cbc(), Version::V5, 2, &vec![3; length]);
    }
    for length in [0, 1, 11, 13, 16, 256] {
        check(&sealed_gcm(), Version::V4, 2, &vec![3; length]);
    }
    for length in [0, 1, 15, 17, 31, 33, 64] {
        check(&sealed_cbc(), Version::V5, 4, &vec![3; length]);
        check(&sealed_gcm(), Version::V4, 4, &vec![3; length]);
    }
    for length in [0, 1, 15, 17, 31] {
        check(&sealed_cbc(), Version::V5, 3, &vec![3; length]);
    }
}

#[test]
fn only_canonical_base64url_is_read() {
    for (token, version) in [(sealed_cbc(), Version::V5), (sealed_gcm(), Version::V4)] {
        for position in [2, 3, 4] {
            let part = token.split('.').nth(position).unwrap();
            let (start, last) = part.split_at(part.len() - 1);
            for changed in [
                format!("{part}="),
                format!("{part}=="),
                format!(" {part}"),
                format!("{part}\n"),
                format!("{start} {last}"),
                format!("{start}+"),
                format!("{start}/"),
                format!("{start}é"),
                format!("{start}\0"),
            ] {
                let token = with_part(&token, position, &changed);
                assert_eq!(open(&token, version), Err("part"), "{changed:?}");
            }
        }
    }
    for (padded, reason) in [("e30=", "header"), ("e31", "header"), ("e3 0", "header")] {
        let token = with_part(&sealed_cbc(), 0, padded);
        assert_eq!(open(&token, Version::V5), Err(reason), "{padded}");
    }
}

#[test]
fn spare_bits_of_the_last_character_must_be_zero() {
    // 16 octets leave four spare bits and 32 octets two, so the octets are the same and the text is not.
    for (token, version, position) in [
        (sealed_cbc(), Version::V5, 2),
        (sealed_cbc(), Version::V5, 4),
        (sealed_gcm(), Version::V4, 4),
    ] {
        let part = token.split('.').nth(position).unwrap();
        let (start, last) = part.split_at(part.len() - 1);
        let successor = char::from(last.as_bytes()[0] + 1);
        let token = with_part(&token, position, &format!("{start}{successor}"));
        assert_eq!(open(&token, version), Err("part"), "{position}");
    }
}

#[test]
fn no_other_character_at_any_place_opens() {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    for (token, version) in [(sealed_cbc(), Version::V5), (sealed_gcm(), Version::V4)] {
        for position in 0..token.len() {
            for letter in letters {
                let mut octets = token.clone().into_bytes();
                if std::mem::replace(&mut octets[position], *letter) == *letter {
                    continue;
                }
                let changed = String::from_utf8(octets).unwrap();
                assert!(open(&changed, version).is_err(), "{position} {letter}");
            }
        }
    }
}

#[test]
fn a_cut_token_does_not_open() {
    for (token, version) in [(sealed_cbc(), Version::V5), (sealed_gcm(), Version::V4)] {
        for length in 0..token.len() {
            let (cut, _) = token.split_at(length);
            assert!(open(cut, version).is_err(), "{length}");
        }
    }
}

#[test]
fn wrong_padding_under_a_right_tag_fails_as_a_wrong_tag_does() {
    let key = key(Version::V5);
    let cbc = key.cbc.as_ref().unwrap();
    // Each last octet is one that PKCS#7 never writes; the tag is that of the ciphertext.
    for last in [0, 17, 255] {
        let mut block = [b'x'; 32];
        block[31] = last;
        let iv = [3; 16];
        let text = cbc::Encryptor::inner_iv_init(cbc.encrypt.clone(), &iv.into())
            .encrypt_padded_vec::<NoPadding>(&block);
        let tag = mac(cbc, &cbc.header, &iv, &text).finalize().into_bytes();
        let token = Parts(&cbc.header, &iv, &text, &tag[..32]).to_string();
        let padding = open(&token, Version::V5);
        let tag = open(&with_part(&token, 4, &"A".repeat(43)), Version::V5);
        assert_eq!(padding, Err("not authentic"), "{last}");
        assert_eq!(padding, tag);
    }
}

#[test]
fn a_token_opens_under_its_own_kind_of_key_only() {
    assert_eq!(open(&sealed_cbc(), Version::V4), Err("not authentic"));
    assert_eq!(open(&sealed_gcm(), Version::V5), Err("not authentic"));
}
