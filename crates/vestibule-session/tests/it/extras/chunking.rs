//! How the cookies of one write follow those of another.

use std::collections::BTreeMap;

use serde::Deserialize;
use vestibule_session::{CookieName, Reader, Rules, Scheme, Secret, Version, Writer};

use super::section;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transition {
    version: String,
    label: String,
    /// Names, or names with some length.
    request_cookies: Option<RequestCookies>,
    new_value_length: Option<usize>,
    #[serde(default)]
    set_cookies: Vec<SetCookie>,
    #[serde(default)]
    cases: Vec<JoinOrder>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RequestCookies {
    Names(Vec<String>),
    Lengths(BTreeMap<String, usize>),
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct SetCookie {
    name: String,
    length: usize,
    max_age: Option<u64>,
    /// `E` for the moment that was asked for.
    expires: Option<String>,
}

#[derive(Deserialize)]
struct JoinOrder {
    arrival: Vec<String>,
}

impl Transition {
    fn name(&self) -> CookieName {
        let version: Version = self.version.parse().unwrap();
        let [_, v5, _, v4] = CookieName::known();
        match version {
            Version::V4 => v4,
            Version::V5 => v5,
        }
    }

    fn header(&self) -> String {
        let names: Vec<_> = match self.request_cookies.as_ref().unwrap() {
            RequestCookies::Names(names) => names.iter().collect(),
            RequestCookies::Lengths(lengths) => lengths.keys().collect(),
        };
        let pairs: Vec<_> = names.iter().map(|name| format!("{name}=v")).collect();
        pairs.join("; ")
    }

    /// What is expected of us: cookies that merely begin alike are not ours to delete (TH-33).
    fn expected(self) -> Vec<SetCookie> {
        let legacy = |cookie: &SetCookie| cookie.name.ends_with("-legacy");
        self.set_cookies
            .into_iter()
            .filter(|it| !legacy(it))
            .collect()
    }
}

impl SetCookie {
    fn parse(line: &str) -> Self {
        let mut attributes = line.split("; ");
        let (name, value) = attributes.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<_> = attributes.collect();
        let attribute = |name: &str| attributes.iter().find_map(|it| it.strip_prefix(name));
        Self {
            name: name.to_owned(),
            length: value.len(),
            max_age: attribute("Max-Age=").map(|seconds| seconds.parse().unwrap()),
            expires: attribute("Expires=").map(|date| {
                assert_eq!(date, "Mon, 21 Sep 2026 14:13:20 GMT");
                "E".to_owned()
            }),
        }
    }
}

const EXPIRES: u64 = 1_790_000_000;

fn secret() -> Secret {
    Secret::new("chunking-secret-with-32-characters").unwrap()
}

#[test]
fn transitions_write_and_delete_what_the_packages_do() {
    let mut seen = 0;
    for case in section::<Transition>("chunking") {
        let Some(length) = case.new_value_length else {
            continue;
        };
        // An empty value cannot be written here: `deletions` is that case, below.
        if length == 0 {
            continue;
        }
        seen += 1;
        let writer = Writer::new(&secret(), case.name());
        let header = case.header();
        let lines = writer.set_cookies(&"x".repeat(length), EXPIRES, [header.as_bytes()]);
        let found: Vec<_> = lines.iter().map(|line| SetCookie::parse(line)).collect();
        let label = format!("{} {}", case.version, case.label);
        assert_eq!(found, case.expected(), "{label}");
    }
    assert_eq!(seen, 16);
}

#[test]
fn signing_out_deletes_what_was_sent() {
    let mut seen = 0;
    for case in section::<Transition>("chunking") {
        if case.label != "clean()" && case.new_value_length != Some(0) {
            continue;
        }
        seen += 1;
        let writer = Writer::new(&secret(), case.name());
        let header = case.header();
        let lines = writer.deletions([header.as_bytes()]);
        let found: Vec<_> = lines.iter().map(|line| SetCookie::parse(line)).collect();
        let label = format!("{} {}", case.version, case.label);
        assert_eq!(found, case.expected(), "{label}");
    }
    assert_eq!(seen, 4);
}

/// The packages join what arrives in such an order; where that is a broken token, we still open the session.
#[test]
fn every_order_of_arrival_opens() {
    let mut seen = 0;
    for case in section::<Transition>("chunking") {
        for order in &case.cases {
            seen += 1;
            let highest = order
                .arrival
                .iter()
                .filter_map(|name| number(name))
                .max()
                .unwrap();
            let name = case.name();
            let writer = Writer::new(&secret(), name.clone());
            let claims = format!(r#"{{"sub":"{}"}}"#, "u".repeat(2952 * highest + 500));
            let token = writer.encode(&claims, 1000, 60, [7; 32]).unwrap();
            let mut chunks: BTreeMap<_, _> = writer.chunks(&token).into_iter().collect();
            assert_eq!(chunks.len(), highest + 1);

            // The rest of a session that the vector shortens follows in the order of names.
            let mut pairs = Vec::new();
            for arriving in &order.arrival {
                let arriving = arriving.replace("<name>", name.as_str());
                let value = chunks.remove(&arriving).unwrap_or("stale");
                pairs.push(format!("{arriving}={value}"));
            }
            pairs.extend(chunks.iter().map(|(name, value)| format!("{name}={value}")));

            let reader = Reader::new(&[secret()], Rules::default());
            let header = pairs.join("; ");
            let session = reader.open([header.as_bytes()], Scheme::Http, 1000);
            let chunks = session.map(|session| session.chunks());
            assert_eq!(
                chunks,
                Ok(highest + 1),
                "{} {:?}",
                case.version,
                order.arrival
            );
        }
    }
    assert_eq!(seen, 12);
}

fn number(name: &str) -> Option<usize> {
    name.strip_prefix("<name>.")?.parse().ok()
}

/// A name that was sent twice is deleted once: the second line would say nothing new.
#[test]
fn a_repeated_cookie_is_deleted_once() {
    let [_, v5, ..] = CookieName::known();
    let lines = [
        &b"authjs.session-token=a; x=y; authjs.session-token=b"[..],
        b"authjs.session-token=c",
    ];
    let found = Writer::new(&secret(), v5).deletions(lines);
    assert_eq!(
        found,
        ["authjs.session-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"]
    );
}
