//! Sessions that the real packages wrote, and what they make of them: `vectors/README.md`.

use std::fs;

use serde::Deserialize;
use serde_json::value::RawValue;
use vestibule_session::{
    CookieName, Failure, Pointer, Reader, Reason, Rules, Scheme, Secret, Session, Version,
};

use crate::repository;

#[derive(Deserialize)]
struct Vectors {
    outcomes: Vec<String>,
    count: usize,
    #[serde(rename = "vectors")]
    all: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    version: String,
    secrets: Vec<String>,
    cookie_name: String,
    salt: String,
    now: u64,
    cookie_header: Option<String>,
    authorization: Option<String>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    outcome: String,
    /// As text: a lone surrogate is legal there and no Rust string holds it.
    claims: Option<Box<RawValue>>,
    accept_also: Vec<String>,
}

fn public() -> Vectors {
    serde_json::from_str(&repository::read("vectors/public.json")).unwrap()
}

impl Vector {
    fn name(&self) -> CookieName {
        let version: Version = self.version.parse().unwrap();
        let name = CookieName::new(&self.cookie_name, version).unwrap();
        name.with_salt(&self.salt)
    }

    /// What `getToken` does: the cookie, and a bearer only where there is no cookie.
    fn open(&self, cookies: Vec<CookieName>) -> Result<Session, Failure> {
        let secrets: Vec<_> = (self.secrets.iter())
            .map(|text| Secret::new(text.as_str()).unwrap())
            .collect();
        let rules = Rules {
            cookies,
            identity_claims: Vec::new(),
            max_age: None,
        };
        let scheme = if self.name().is_secure() {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let reader = Reader::new(&secrets, rules);
        let lines = self.cookie_header.as_deref().map(str::as_bytes);
        let result = reader.open(lines, scheme, self.now);
        match (result, &self.authorization) {
            (Err(failure), Some(bearer)) if failure.reason().outcome() == "no_cookie" => {
                reader.open_bearer(bearer.as_bytes(), scheme, self.now)
            }
            (result, _) => result,
        }
    }

    /// Says what is wrong with a result.
    fn complaint(&self, result: &Result<Session, Failure>) -> Option<String> {
        let outcome = (result.as_ref()).map_or_else(|it| it.reason().outcome(), |_| "ok");
        let accepted = outcome == self.expected.outcome
            || (self.expected.accept_also.iter()).any(|also| also == outcome);
        if !accepted {
            let expected = &self.expected.outcome;
            return Some(format!("{}: {outcome}, not {expected}", self.id));
        }
        // A more tolerant reader may open what the packages do not; they say no claims then.
        let (Ok(session), Some(claims)) = (result, &self.expected.claims) else {
            return None;
        };
        (!same_json(session.claims().as_json(), claims.get()))
            .then(|| format!("{}: other claims", self.id))
    }
}

/// Compares as JSON values; lone surrogates as the text of their escapes.
fn same_json(one: &str, other: &str) -> bool {
    let value = |json: &str| serde_json::from_str::<serde_json::Value>(json);
    if let (Ok(one), Ok(other)) = (value(one), value(other)) {
        return one == other;
    }
    let [one, other] = [one, other].map(|json| json.replace(r"\ud", r"\\ud"));
    value(&one).unwrap() == value(&other).unwrap()
}

#[track_caller]
fn assert_agreement(
    set: &Vectors,
    open: impl Fn(&Vector) -> Option<Result<Session, Failure>>,
) -> usize {
    let mut seen = 0;
    let mut complaints = Vec::new();
    for vector in &set.all {
        let Some(result) = open(vector) else { continue };
        seen += 1;
        complaints.extend(vector.complaint(&result));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    seen
}

#[test]
fn all_public_vectors_hold() {
    let set = public();
    let seen = assert_agreement(&set, |vector| Some(vector.open(vec![vector.name()])));
    assert_eq!((seen, set.count), (93, 93));
}

/// `cargo xtask vectors` makes new ones; without them there is nothing to compare here.
#[test]
fn generated_vectors_hold_where_there_are_any() {
    let Ok(json) = fs::read_to_string(repository::in_target("vectors/generated.json")) else {
        return;
    };
    let set: Vectors = serde_json::from_str(&json).unwrap();
    let seen = assert_agreement(&set, |vector| Some(vector.open(vec![vector.name()])));
    assert_eq!(seen, set.count);
    assert!(seen > 0);
}

/// A reader that does not know which name the application uses finds the same session.
#[test]
fn sessions_of_known_names_open_without_saying_which_name_it_is() {
    let known = CookieName::known();
    let seen = assert_agreement(&public(), |vector| {
        let ours = known.contains(&vector.name()) && vector.expected.outcome == "ok";
        ours.then(|| vector.open(known.to_vec()))
    });
    assert_eq!(seen, 51);
}

#[test]
fn every_outcome_of_ours_is_a_word_of_the_vectors() {
    let words = public().outcomes;
    for reason in Reason::ALL {
        assert!(
            words.iter().any(|word| word == reason.outcome()),
            "{reason:?}"
        );
    }
    for word in words {
        let told = Reason::ALL.iter().any(|reason| reason.outcome() == word);
        assert!(told || word == "ok", "{word}");
    }
}

#[test]
fn each_expected_claim_is_reached_by_its_pointer() {
    let set = public();
    for vector in &set.all {
        let Ok(session) = vector.open(vec![vector.name()]) else {
            continue;
        };
        let claims: Option<serde_json::Map<String, serde_json::Value>> = (vector.expected.claims)
            .as_ref()
            .and_then(|claims| serde_json::from_str(claims.get()).ok());
        for (name, value) in claims.into_iter().flatten() {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let pointer = Pointer::parse(&format!("/{escaped}")).unwrap();
            let found = session.claims().raw(&pointer).map(serde_json::from_str);
            assert_eq!(
                found.unwrap().ok(),
                Some(value.clone()),
                "{} {name}",
                vector.id
            );
            let text = session.claims().string(&pointer);
            assert_eq!(text.as_deref(), value.as_str(), "{} {name}", vector.id);
        }
    }
}

/// The causes that an operator reads, which the outcomes of the vectors do not tell apart.
#[test]
fn causes_are_finer_than_outcomes() {
    let set = public();
    for (id, reason) in [
        ("p5-renamed-http-to-https", Reason::RenamedCookie),
        ("p5-v4-token-in-v5-cookie", Reason::RenamedCookie),
        ("p4-v5-token-in-v4-cookie", Reason::UnsupportedAlg),
        ("p5-wrong-secret", Reason::WrongSecret),
        ("p4-state-cookie-as-session", Reason::WrongSecret),
        ("p5-missing-last", Reason::MissingChunk),
        ("p5-no-cookie-header", Reason::NoCookie),
        ("p5-empty-value", Reason::Empty),
        ("p5-zip-def", Reason::UnsupportedAlg),
    ] {
        let vector = set.all.iter().find(|vector| vector.id == id);
        let vector = vector.unwrap_or_else(|| panic!("there is no vector {id}"));
        let failure = vector.open(vec![vector.name()]).unwrap_err();
        assert_eq!(failure.reason(), reason, "{id}");
    }
}
