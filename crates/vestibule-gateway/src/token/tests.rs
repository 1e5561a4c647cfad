use proptest::prelude::*;
use vestibule_session::{Reader, Rules, Scheme, Secret, Version, Writer, session_cookie_name};

use super::*;

/// What becomes of a session whose claim is this text.
fn of(text: &str) -> Bearer {
    let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
    let name = session_cookie_name(Version::V5, Scheme::Http);
    let claims = serde_json::json!({ "sub": "u-1", "backendToken": text }).to_string();
    let token = Writer::new(&secret, name.clone())
        .encode(&claims, 1_000, 60, [7; 32])
        .unwrap();
    let header = format!("{name}={token}");
    let reader = Reader::new(&[secret], Rules::default());
    let session = reader
        .open([header.as_bytes()], Scheme::Http, 1_001)
        .unwrap();
    bearer(&session, &Pointer::parse("/backendToken").unwrap())
}

/// Tokens, and texts that are nearly one.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[A-Za-z0-9._~+/=-]{1,40}",
        2 => ("[A-Za-z0-9._-]{0,9}", prop_oneof!["[ \t\r\n\0,;\"\\\\%]", "\\PC", any::<char>().prop_map(String::from)], "[A-Za-z0-9._-]{0,9}")
            .prop_map(|(before, odd, after)| [before, odd, after].concat()),
        1 => any::<String>(),
    ]
}

proptest! {
    // TH-25: no claim makes another header, or another value than itself.
    #[test]
    fn a_bearer_is_its_claim_or_nothing(text in text()) {
        let is_token = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet));
        match of(&text) {
            Ok(value) => {
                prop_assert!(is_token, "{text:?}");
                let expected = format!("Bearer {text}");
                prop_assert_eq!(value.as_bytes(), expected.as_bytes());
            }
            Err(NoToken) => prop_assert!(!is_token, "{text:?}"),
        }
    }
}

#[test]
fn a_claim_that_is_too_long_is_refused_and_not_cut() {
    assert!(of(&"a".repeat(16 * 1024)).is_ok());
    assert!(of(&"a".repeat(16 * 1024 + 1)).is_err());
}
