//! `vectors/extras.json`: what surrounds a session.
//!
//! Tested here is what the library does: `chunking`, `csrf`, `prefix`, `checkCookies` and the cookies of
//! `sessionEndpoint`. The other sections say what an application decides before it has a session, or what
//! its endpoints answer, and belong to whoever does the same: `envSecrets` (the secrets of the
//! environment) to the programs that read it; `v4_getToken_default_name`, `createActionURL` and `trustHost`
//! to the check of an application's settings; the bodies of `sessionEndpoint`, its database cases and `v4`
//! to the sign-in endpoints.

use serde::de::DeserializeOwned;
use vestibule_session::{Scheme, Secret};

use crate::repository;

mod check_cookies;
mod chunking;
mod csrf;
mod prefix;
mod session_endpoint;

/// The cases of one section.
#[track_caller]
fn section<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let mut extras: serde_json::Value =
        serde_json::from_str(&repository::read("vectors/extras.json")).unwrap();
    serde_json::from_value(extras[name].take()).unwrap()
}

/// A secret as JavaScript has it: a text, or an array with the newest first.
#[derive(serde::Deserialize, serde::Serialize, Clone)]
#[serde(untagged)]
enum Secrets {
    One(String),
    Many(Vec<String>),
}

impl Secrets {
    fn all(&self) -> Vec<Secret> {
        let texts = match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        };
        (texts.iter())
            .map(|text| Secret::new(text.as_str()).unwrap())
            .collect()
    }
}

/// The scheme of an origin.
fn scheme_of(origin: &str) -> Scheme {
    if origin.starts_with("https:") {
        Scheme::Https
    } else {
        Scheme::Http
    }
}

#[test]
fn no_section_is_forgotten() {
    let extras: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&repository::read("vectors/extras.json")).unwrap();
    let mut sections: Vec<_> = extras.keys().map(String::as_str).collect();
    sections.sort_unstable();
    let here = [
        "checkCookies",
        "chunking",
        "csrf",
        "prefix",
        "sessionEndpoint",
    ];
    let elsewhere = [
        "createActionURL",
        "envSecrets",
        "trustHost",
        "v4",
        "v4_getToken_default_name",
    ];
    let mut known = [here, elsewhere].concat();
    known.sort_unstable();
    assert_eq!(sections, known);
}
