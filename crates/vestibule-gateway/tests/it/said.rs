//! Everything that the programs of this test binary say, and everything that they must not say (LG1, TH-101).
//!
//! The helpers of the tests register what they hand out or send: secrets, tokens, cookies, credentials,
//! queries. At the end of each gateway, and of each world of the other crates that include this file, all
//! that was said is searched, so the whole suite runs under this search, at every level and whatever order
//! its tests have.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, Once};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

pub(crate) type Fields = BTreeMap<&'static str, String>;

/// What was said so far.
#[derive(Default)]
struct Said {
    /// Those of our own programs; what libraries say is searched when it comes and not kept.
    events: Vec<Fields>,
    confidential: Confidential,
    /// What was confided since the last search, and the number of events at that time.
    unsought: Vec<(String, usize)>,
    /// So many events were looked at for what disturbs a terminal.
    searched: usize,
    /// What no search reported yet.
    leaked: Option<String>,
}

/// What no event may hold, by how it begins: there are thousands of texts, and each event is searched for all.
#[derive(Default)]
struct Confidential(HashMap<[u8; SHORTEST], Vec<String>>);

impl Confidential {
    /// Whether it is new.
    fn insert(&mut self, text: &str) -> bool {
        let Some(begin) = text.as_bytes().first_chunk() else {
            return false;
        };
        let alike = self.0.entry(*begin).or_default();
        let is_new = !alike.iter().any(|known| known == text);
        if is_new {
            alike.push(text.to_owned());
        }
        is_new
    }

    /// The one that stands somewhere in these words.
    fn within(&self, words: &str) -> Option<&str> {
        let octets = words.as_bytes();
        (0..octets.len())
            .find_map(|at| {
                let rest = octets.get(at..)?;
                let alike = self.0.get(rest.first_chunk::<SHORTEST>()?)?;
                alike.iter().find(|it| rest.starts_with(it.as_bytes()))
            })
            .map(String::as_str)
    }
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
        && said.confidential.insert(text)
    {
        said.unsought.push((text.to_owned(), said.events.len()));
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
    // An answer may say what the test confides when it has read it: a little of what was said before counts.
    let late = std::mem::take(&mut said.unsought)
        .into_iter()
        .find_map(|(text, confided)| {
            let mut confidential = Confidential::default();
            confidential.insert(&text);
            let events = said.events.get(confided.saturating_sub(BEFORE)..confided)?;
            events.iter().find_map(|event| leak(event, &confidential))
        });
    let new = said.events.get(said.searched..).unwrap_or_default();
    let found = (said.leaked.take().or(late)).or_else(|| new.iter().find_map(disturbance));
    said.searched = said.events.len();
    drop(locked);
    assert!(found.is_none(), "it was said: {}", found.unwrap());
}

/// What the event holds that was confided, for the message.
fn leak(event: &Fields, confidential: &Confidential) -> Option<String> {
    let values: Vec<&str> = event.values().map(String::as_str).collect();
    let leaked = confidential.within(&values.join("\n"))?;
    Some(format!("{leaked:?} in {event:?}"))
}

fn disturbance(event: &Fields) -> Option<String> {
    let disturbs = |value: &String| value.chars().any(char::is_control);
    (is_ours(event) && event.values().any(disturbs)).then(|| format!("{event:?}"))
}

fn is_ours(event: &Fields) -> bool {
    let ours = ["access", "bookwell", "vestibule"];
    ours.iter().any(|it| event["target"].starts_with(it))
}

fn locked() -> MutexGuard<'static, Option<Said>> {
    // A test that fails here must not take the others along.
    SAID.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Collector;

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // It has several lines for each frame, whose fields it never shows, and floods have many frames.
        !metadata.target().starts_with("h2::")
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
            let leaked = leak(&line.0, &said.confidential);
            said.leaked = said.leaked.take().or(leaked);
            if is_ours(&line.0) {
                said.events.push(line.0);
            }
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

/// Events of before a text was confided that are searched for it.
const BEFORE: usize = 500;

/// Octets of a body that are looked for; a line would not hold more.
const LONGEST_BODY: usize = 256;

/// The search itself: what it must find, and what not.
#[test]
fn a_secret_is_found_wherever_it_is_said() {
    let secret = "found-by-the-search".to_owned();
    let event =
        |value: &str| Fields::from([("target", "access".to_owned()), ("x", value.to_owned())]);
    let mut confidential = Confidential::default();
    assert!(confidential.insert(&secret) && !confidential.insert(&secret));
    let leaks = |value: &str| leak(&event(value), &confidential).is_some();
    assert!(leaks(&secret) && leaks(&format!("Bearer {secret};")));
    assert!(!leaks("found-by-the-searc"));
    assert!(disturbance(&event("a\u{1b}[31mb")).is_some() && disturbance(&event("a\nb")).is_some());
    assert!(disturbance(&event("a\\nb")).is_none());
}
