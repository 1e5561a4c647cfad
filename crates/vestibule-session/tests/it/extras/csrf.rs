//! CSRF tokens that the real packages issued and checked.

use serde::Deserialize;
use vestibule_session::{Csrf, CsrfToken, Scheme, Version};

use super::{Secrets, section};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    version: String,
    secret: Secrets,
    csrf_token: String,
    cookie_value: String,
    set_cookie_value: String,
    good: Option<Answer>,
    wrong_body: Option<Answer>,
    tampered_cookie: Option<Answer>,
    no_cookie: Option<Answer>,
}

/// What the package said of a POST.
#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Answer {
    verified: bool,
    new_cookie_issued: bool,
}

impl Pair {
    fn csrf(&self) -> Csrf {
        let version: Version = self.version.parse().unwrap();
        Csrf::new(&self.secret.all(), version, Scheme::Http)
    }

    /// The POST as we see it, in the words of the package.
    fn ask(&self, cookie: Option<&str>, body: &str) -> Answer {
        let csrf = self.csrf();
        let header = cookie.map(|value| format!("a=b; {}={value}", csrf.cookie_name()));
        let token = csrf.read(header.as_deref().map(str::as_bytes));
        Answer {
            verified: token.as_ref().is_some_and(|token| token.matches(body)),
            new_cookie_issued: token.is_none(),
        }
    }
}

#[track_caller]
fn check(found: &Answer, expected: Option<&Answer>) {
    // v4 has no such answers in the file; a pair that holds is verified there too.
    if let Some(expected) = expected {
        assert_eq!(found, expected);
    }
}

#[test]
fn tokens_are_verified_as_the_packages_verify_them() {
    let pairs: Vec<Pair> = section("csrf");
    assert_eq!(pairs.len(), 4);
    for pair in &pairs {
        let good = pair.ask(Some(&pair.set_cookie_value), &pair.csrf_token);
        check(&good, pair.good.as_ref());
        assert!(good.verified);
        let unencoded = pair.ask(Some(&pair.cookie_value), &pair.csrf_token);
        assert_eq!(unencoded, good);

        let other_body = pair.ask(Some(&pair.set_cookie_value), "other");
        check(&other_body, pair.wrong_body.as_ref());
        assert!(!other_body.verified);

        let (token, hash) = pair.cookie_value.split_once('|').unwrap();
        for forged in [
            format!("{token}|{}", "0".repeat(64)),
            format!("0{token}|{hash}"),
            format!("{token}|"),
            format!("{token}%7C0{hash}"),
            token.to_owned(),
        ] {
            let tampered = pair.ask(Some(&forged), token);
            check(&tampered, pair.tampered_cookie.as_ref());
            assert!(!tampered.verified, "{forged}");
        }

        let without = pair.ask(None, &pair.csrf_token);
        check(&without, pair.no_cookie.as_ref());
        assert!(!without.verified);
    }
}

#[test]
fn a_known_token_is_written_with_the_known_hash() {
    for pair in section::<Pair>("csrf") {
        let csrf = pair.csrf();
        let mut octets = [0; 32];
        for (octet, digits) in octets.iter_mut().zip(pair.csrf_token.as_bytes().chunks(2)) {
            *octet = u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
        }
        let token: CsrfToken = csrf.issue(octets);
        assert_eq!(token.as_str(), pair.csrf_token);
        let expected = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax",
            csrf.cookie_name(),
            pair.set_cookie_value
        );
        assert_eq!(csrf.set_cookie(&token), expected);
    }
}

/// An array hashes as its comma-joined text, so its parts alone verify nothing.
#[test]
fn one_secret_of_two_verifies_nothing() {
    for pair in section::<Pair>("csrf") {
        let Secrets::Many(texts) = &pair.secret else {
            continue;
        };
        let [first, _] = texts.as_slice() else {
            continue;
        };
        let alone = Csrf::new(
            &Secrets::One(first.clone()).all(),
            Version::V5,
            Scheme::Http,
        );
        let header = format!("{}={}", alone.cookie_name(), pair.set_cookie_value);
        assert_eq!(alone.read([header.as_bytes()]), None);
        return;
    }
    panic!("there is no pair with two secrets");
}
