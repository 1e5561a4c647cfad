//! Everything that the programs of this test binary say, and everything that they must not say (LG1, TH-101).
//!
//! The helpers of the tests register what they hand out or send: secrets, tokens, cookies, credentials,
//! queries. At the end of each gateway, and of each world of the other crates that include this file, all
//! that was said is searched, so the whole suite runs under this search, at every level and whatever order
//! its tests have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, Once};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

pub(crate) type Fields = BTreeMap<&'static str, String>;

/// Everything that was said so far.
#[derive(Default)]
struct Said {
    events: Vec<Fields>,
    /// What no event may hold.
    confidential: BTreeSet<String>,
    /// The same that no search looked for yet.
    unsought: Vec<String>,
    /// So many events were searched for what is not in `unsought`.
    searched: usize,
}

static SAID: Mutex<Option<Said>> = Mutex::new(None);
static ARRIVED: Condvar = Condvar::new();
static INSTALLED: Once = Once::new();

/// Keeps every event from here on.
pub(crate) fn listen() {
    INSTALLED.call_once(|| {
        *SAID.lock().unwrap() = Some(Said::default());
        tracing::subscriber::set_global_default(Collector).unwrap();
    });
}

/// Every event so far.
pub(crate) fn events() -> Vec<Fields> {
    locked().as_ref().unwrap().events.clone()
}

/// The number of events so far.
pub(crate) fn count() -> usize {
    locked().as_ref().unwrap().events.len()
}

/// The first event behind the first `skipped` ones that is like this, waited for.
#[track_caller]
pub(crate) fn event(skipped: usize, is_wanted: impl Fn(&Fields) -> bool) -> Fields {
    let find = |said: &Option<Said>| {
        let events = said.iter().flat_map(|said| &said.events);
        events.skip(skipped).find(|it| is_wanted(it)).cloned()
    };
    let (said, waited) = ARRIVED
        .wait_timeout_while(locked(), PATIENCE, |said| find(said).is_none())
        .unwrap();
    assert!(!waited.timed_out(), "nothing of the kind was said");
    find(&said).unwrap()
}

/// Nobody may say this, nor a good part of it.
pub(crate) fn confide(text: &str) {
    listen();
    if text.len() < SHORTEST {
        return;
    }
    for piece in text.as_bytes().chunks_exact(PIECE).take(PIECES) {
        confide_piece(&String::from_utf8_lossy(piece));
    }
    confide_piece(text);
}

fn confide_piece(text: &str) {
    if let Some(said) = locked().as_mut()
        && said.confidential.insert(text.to_owned())
    {
        said.unsought.push(text.to_owned());
    }
}

/// Registers what a request says that is nobody else's: cookies, credentials, the query and the body.
pub(crate) fn confide_request(octets: &[u8]) {
    let head = octets.split(|octet| *octet == b'\n').next().unwrap();
    let Some(line) = std::str::from_utf8(head).ok().map(str::trim_end) else {
        return;
    };
    if !line.ends_with(" HTTP/1.1") {
        return;
    }
    let query = line.split_once('?').map_or("", |(_, query)| query);
    for pair in query.trim_end_matches(" HTTP/1.1").split('&') {
        confide(pair.split_once('=').map_or(pair, |(_, value)| value));
    }
    let end = octets
        .windows(4)
        .position(|it| it == b"\r\n\r\n")
        .unwrap_or(octets.len());
    let (lines, body) = octets.split_at(end);
    for line in String::from_utf8_lossy(lines).lines() {
        confide_header(line);
    }
    confide(&String::from_utf8_lossy(
        &body[..body.len().min(LONGEST_BODY)],
    ));
}

/// Registers the values of a header line that carries cookies or credentials.
pub(crate) fn confide_header(line: &str) {
    let Some((name, value)) = line.split_once(':') else {
        return;
    };
    match name.to_ascii_lowercase().as_str() {
        "cookie" | "set-cookie" => {
            for pair in value.split(';') {
                if let Some((_, value)) = pair.trim().split_once('=') {
                    confide(value);
                }
            }
        }
        "authorization" => confide(value.trim().split_once(' ').map_or(value, |(_, it)| it)),
        _ => {}
    }
}

/// Registers a token: the whole, and each of its parts.
pub(crate) fn confide_token(token: &str) {
    confide(token);
    token.split('.').for_each(confide);
}

/// Registers the texts of a session's claims, but those that rules compare.
pub(crate) fn confide_claims(claims: &str) {
    let Ok(serde_json::Value::Object(claims)) = serde_json::from_str(claims) else {
        return;
    };
    for (name, value) in &claims {
        if let Some(text) = value.as_str()
            && !matches!(name.as_str(), "role" | "slug" | "sub")
        {
            confide(text);
        }
    }
}

/// Fails where something was said that was confided, or that would disturb a terminal (LG4).
#[track_caller]
pub(crate) fn search() {
    if std::thread::panicking() {
        return;
    }
    let mut locked = locked();
    let Some(said) = locked.as_mut() else { return };
    let (old, new) = said.events.split_at(said.searched);
    let unsought = std::mem::take(&mut said.unsought);
    let found = (leak(new, said.confidential.iter()).or_else(|| leak(old, unsought.iter())))
        .or_else(|| new.iter().find_map(disturbance));
    said.searched = said.events.len();
    drop(locked);
    assert!(found.is_none(), "it was said: {}", found.unwrap());
}

/// The event that holds one of these, for the message.
fn leak<'a>(
    events: &[Fields],
    mut confidential: impl Iterator<Item = &'a String>,
) -> Option<String> {
    // All of them in one piece: there are many texts to look for, and many events.
    let words = |event: &Fields| {
        let values: Vec<&str> = event.values().map(String::as_str).collect();
        values.join("\n")
    };
    let all: Vec<String> = events.iter().map(words).collect();
    let all = all.join("\n");
    let leaked = confidential.find(|it| all.contains(it.as_str()))?;
    let event = events.iter().find(|event| words(event).contains(leaked));
    Some(format!("{leaked:?} in {event:?}"))
}

fn disturbance(event: &Fields) -> Option<String> {
    let ours = ["access", "bookwell", "vestibule"];
    let is_ours = ours.iter().any(|it| event["target"].starts_with(it));
    let disturbs = |value: &String| value.chars().any(char::is_control);
    (is_ours && event.values().any(disturbs)).then(|| format!("{event:?}"))
}

fn locked() -> MutexGuard<'static, Option<Said>> {
    // A test that fails here must not take the others along.
    SAID.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(Fields::from([
            ("target", event.metadata().target().into()),
            ("level", event.metadata().level().to_string()),
        ]));
        event.record(&mut line);
        if let Some(said) = locked().as_mut() {
            said.events.push(line.0);
        }
        ARRIVED.notify_all();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(Fields);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shorter texts stand in a line by chance.
const SHORTEST: usize = 8;

/// A log may cut what it says: of a long secret each piece of so many octets is looked for.
const PIECE: usize = 40;

/// What is said further behind is said with what is before it.
const PIECES: usize = 16;

/// Octets of a body that are looked for; a line would not hold more.
const LONGEST_BODY: usize = 256;

/// The search itself: what it must find, and what not.
#[test]
fn a_secret_is_found_wherever_it_is_said() {
    let secret = "found-by-the-search".to_owned();
    let event =
        |value: &str| Fields::from([("target", "access".to_owned()), ("x", value.to_owned())]);
    let leaks = |value: &str| leak(&[event(value)], std::iter::once(&secret)).is_some();
    assert!(leaks(&secret) && leaks(&format!("Bearer {secret};")));
    assert!(!leaks("found-by-the-searc"));
    assert!(disturbance(&event("a\u{1b}[31mb")).is_some() && disturbance(&event("a\nb")).is_some());
    assert!(disturbance(&event("a\\nb")).is_none());
}
