use aes_gcm::aead::{AeadInOut, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::jwe::{Encryption, seal_cbc};

const PAYLOAD: &[u8] = br#"{"sub":"u-1"}"#;

fn name(version: Version) -> CookieName {
    CookieName::new("session", version).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.repeat(8)).unwrap()
}

fn key(text: &str, version: Version) -> Key {
    Key::derive(&secret(text), &name(version))
}

/// A token with any header, sealed under the v5 key of `new` or `old`.
fn cbc(by: &str, header: &str) -> String {
    let mut key = key(by, Version::V5).cbc.unwrap();
    key.header = URL_SAFE_NO_PAD.encode(header);
    seal_cbc(&key, PAYLOAD, [3; 16])
}

fn gcm(by: &str, version: Version, header: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let mut text = PAYLOAD.to_vec();
    let tag = key(by, version)
        .gcm
        .encrypt_inout_detached(
            &Nonce::<aes_gcm::Aes256Gcm>::from([3; 12]),
            header.as_bytes(),
            text.as_mut_slice().into(),
        )
        .unwrap();
    let [iv, text, tag] =
        [&[3; 12][..], &text, tag.as_slice()].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}..{iv}.{text}.{tag}")
}

/// Opens with the secrets `new` and `old`.
#[track_caller]
fn check(version: Version, token: &str, expected: Result<(), Reason>) {
    let keyring = Keyring::new(name(version), &[secret("new"), secret("old")]);
    let token = Token::split(token.as_bytes()).unwrap_or_else(|_| panic!("five parts: {token}"));
    let result = keyring.open(&token);
    assert_eq!(
        result.map(|(payload, _)| assert_eq!(payload, PAYLOAD)),
        expected
    );
}

#[test]
fn every_secret_opens_its_tokens_with_and_without_kid() {
    for by in ["new", "old"] {
        let key = key(by, Version::V5);
        check(
            Version::V5,
            &cbc(by, r#"{"alg":"dir","enc":"A256CBC-HS512"}"#),
            Ok(()),
        );
        check(
            Version::V5,
            &gcm(by, Version::V5, r#"{"alg":"dir","enc":"A256GCM"}"#),
            Ok(()),
        );
        check(
            Version::V4,
            &gcm(by, Version::V4, r#"{"alg":"dir","enc":"A256GCM"}"#),
            Ok(()),
        );
        // Not the text that Auth.js writes, so the header is parsed.
        let kid = key.kid(Encryption::A256CbcHs512).unwrap();
        let header = format!(r#"{{"kid":"{kid}","enc":"A256CBC-HS512","alg":"dir"}}"#);
        check(Version::V5, &cbc(by, &header), Ok(()));
        let kid = key.kid(Encryption::A256Gcm).unwrap();
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM","kid":"{kid}"}}"#);
        check(Version::V5, &gcm(by, Version::V5, &header), Ok(()));
    }
    check(
        Version::V5,
        &cbc("other", r#"{"alg":"dir","enc":"A256CBC-HS512"}"#),
        Err(Reason::WrongSecret),
    );
}

#[test]
fn what_opened_a_token_is_told_with_its_place() {
    let keyring = Keyring::new(name(Version::V5), &[secret("new"), secret("old")]);
    for (place, by) in ["new", "old"].into_iter().enumerate() {
        let key = key(by, Version::V5);
        let kid = key.kid(Encryption::A256CbcHs512).unwrap();
        for header in [
            r#"{"alg":"dir","enc":"A256CBC-HS512"}"#.to_owned(),
            format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}"}}"#),
            format!(r#"{{"kid":"{kid}","enc":"A256CBC-HS512","alg":"dir"}}"#),
        ] {
            let token = cbc(by, &header);
            let token = Token::split(token.as_bytes()).ok().unwrap();
            assert_eq!(keyring.open(&token).unwrap().1, place, "{header}");
        }
    }
}

/// `@auth/core` 0.41.3 `jwt.js`: a `kid` that is there has to be that of a key, or nothing is tried.
#[test]
fn a_kid_of_no_key_opens_nothing_in_v5() {
    let other = key("old", Version::V5);
    let other = other.kid(Encryption::A256CbcHs512).unwrap();
    for kid in [
        r#""""#,
        "null",
        "7",
        r#""unknown""#,
        &format!(r#""{other}""#),
    ] {
        let header = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":{kid}}}"#);
        check(Version::V5, &cbc("new", &header), Err(Reason::WrongSecret));
    }
    // The thumbprint of the 64 octets is not that of the 32.
    let header = format!(r#"{{"alg":"dir","enc":"A256GCM","kid":"{other}"}}"#);
    check(
        Version::V5,
        &gcm("old", Version::V5, &header),
        Err(Reason::WrongSecret),
    );
}

/// `jose` 4.15.9 is given one key and does not look at `kid`.
#[test]
fn a_kid_does_not_count_in_v4() {
    for kid in [r#""unknown""#, r#""""#, "null"] {
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM","kid":{kid}}}"#);
        check(Version::V4, &gcm("old", Version::V4, &header), Ok(()));
    }
}

#[test]
fn v4_takes_no_encryption_of_v5() {
    let token = cbc("new", r#"{"alg":"dir","enc":"A256CBC-HS512"}"#);
    check(Version::V4, &token, Err(Reason::UnsupportedAlg));
}

/// Whether a type has `==` or a text, asked where both answers compile.
struct Asked<T>(std::marker::PhantomData<T>);

trait Otherwise {
    const COMPARES: bool = false;
    const PRINTS: bool = false;
}

impl<T> Otherwise for Asked<T> {}

impl<T: PartialEq> Asked<T> {
    const COMPARES: bool = true;
}

impl<T: std::fmt::Display> Asked<T> {
    const PRINTS: bool = true;
}

// TH-51: `==` ends at the first octet that differs, so what is secret has none.
#[test]
fn nothing_that_is_secret_compares_with_an_operator_or_prints() {
    const { assert!(Asked::<String>::COMPARES && Asked::<String>::PRINTS) };
    let compares = [
        ("Secret", Asked::<Secret>::COMPARES),
        ("Key", Asked::<Key>::COMPARES),
        ("CbcKey", Asked::<crate::key::CbcKey>::COMPARES),
        ("Keyring", Asked::<Keyring>::COMPARES),
        ("Csrf", Asked::<crate::Csrf>::COMPARES),
    ];
    let prints = [
        ("Secret", Asked::<Secret>::PRINTS),
        ("Key", Asked::<Key>::PRINTS),
        ("CbcKey", Asked::<crate::key::CbcKey>::PRINTS),
        ("Keyring", Asked::<Keyring>::PRINTS),
        ("Csrf", Asked::<crate::Csrf>::PRINTS),
        ("CsrfToken", Asked::<crate::CsrfToken>::PRINTS),
    ];
    for (name, has) in compares.into_iter().chain(prints) {
        assert!(!has, "{name}");
    }
}
