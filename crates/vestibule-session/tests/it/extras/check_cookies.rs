//! PKCE, state and nonce: the same tokens under other names and salts, and never sessions (TH-30).

use serde::Deserialize;
use serde_json::Value;
use vestibule_session::{CookieName, Pointer, Reader, Reason, Rules, Scheme, Secret, Version};

use super::{Secrets, section};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckCookie {
    version: String,
    kind: String,
    secret: Option<String>,
    secrets: Option<Vec<String>>,
    now: u64,
    name: String,
    salt: String,
    cookie_value: String,
    payload: Value,
    inner_state_payload: Option<Value>,
}

impl CheckCookie {
    fn secrets(&self) -> Vec<Secret> {
        let many = self.secrets.clone().map(Secrets::Many);
        let one = self.secret.clone().map(Secrets::One);
        many.or(one).unwrap().all()
    }

    fn name(&self) -> CookieName {
        let version: Version = self.version.parse().unwrap();
        CookieName::new(&self.name, version)
            .unwrap()
            .with_salt(&self.salt)
    }

    fn header(&self) -> String {
        format!("{}={}", self.name, self.cookie_value)
    }
}

fn rules(cookies: Vec<CookieName>, identity_claims: &[&str]) -> Rules {
    let claims = identity_claims
        .iter()
        .map(|text| Pointer::parse(text).unwrap());
    Rules {
        cookies,
        identity_claims: claims.collect(),
        max_age: None,
    }
}

#[test]
fn check_cookies_open_under_their_own_name_and_salt() {
    let cases: Vec<CheckCookie> = section("checkCookies");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let reader = Reader::new(&case.secrets(), rules(vec![case.name()], &["/value"]));
        let header = case.header();
        let session = reader
            .open([header.as_bytes()], Scheme::Https, case.now)
            .unwrap();
        let found: Value = serde_json::from_str(session.claims().as_json()).unwrap();
        assert_eq!(found, case.payload, "{} {}", case.version, case.kind);
        let late = reader.open([header.as_bytes()], Scheme::Https, case.now + 915);
        assert_eq!(late.unwrap_err().reason(), Reason::Expired);
    }
}

/// The state of v5 holds a second token, sealed with the salt `encodedState`.
#[test]
fn the_inner_state_of_v5_opens_with_its_own_salt() {
    let mut seen = 0;
    for case in section::<CheckCookie>("checkCookies") {
        let Some(payload) = case.inner_state_payload.as_ref() else {
            continue;
        };
        seen += 1;
        let name = CookieName::new("state", Version::V5)
            .unwrap()
            .with_salt("encodedState");
        let reader = Reader::new(&case.secrets(), rules(vec![name], &[]));
        let header = format!("state={}", case.payload["value"].as_str().unwrap());
        let session = reader
            .open([header.as_bytes()], Scheme::Https, case.now)
            .unwrap();
        let found: Value = serde_json::from_str(session.claims().as_json()).unwrap();
        assert_eq!(found, *payload);
    }
    assert_eq!(seen, 1);
}

#[test]
fn a_check_cookie_in_the_session_slot_is_no_session() {
    for case in section::<CheckCookie>("checkCookies") {
        let reader = Reader::new(&case.secrets(), Rules::default());
        for name in CookieName::known() {
            let header = format!("{name}={}", case.cookie_value);
            let result = reader.open([header.as_bytes()], Scheme::Https, case.now);
            let reason = result.unwrap_err().reason();
            let expected = [Reason::WrongSecret, Reason::UnsupportedAlg];
            assert!(expected.contains(&reason), "{} {name}: {reason}", case.kind);
        }
        // Even where its key is asked for by mistake it names nobody.
        let reader = Reader::new(
            &case.secrets(),
            rules(vec![case.name()], &["/sub", "/email", "/id"]),
        );
        let result = reader.open([case.header().as_bytes()], Scheme::Https, case.now);
        assert_eq!(result.unwrap_err().reason(), Reason::NoIdentity);
    }
}
