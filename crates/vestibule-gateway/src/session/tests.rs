use vestibule_session::{CookieName, Rules, Secret, Version, Writer};

use super::*;

const NOW: u64 = 1_790_000_000;

struct Fixture {
    reader: Reader,
    sessions: Sessions,
}

impl Fixture {
    fn new(entries: usize) -> Self {
        let pointers = ["/backendToken", "/other"].map(|text| Pointer::parse(text).unwrap());
        Self {
            reader: Reader::new(&[secret()], Rules::default()),
            sessions: Sessions::new(entries, pointers.into(), Rc::default()),
        }
    }

    fn open(&self, headers: &HeaderMap, now: u64) -> Result<Rc<Opened>, Reason> {
        let opened = self
            .sessions
            .open(&self.reader, headers, Scheme::Http, now, false);
        opened.map_err(|failure| failure.reason())
    }
}

fn secret() -> Secret {
    Secret::new("0123456789abcdef0123456789abcdef").unwrap()
}

fn token(name: &str, claims: &str) -> String {
    let name = CookieName::new(name, Version::V5).unwrap();
    Writer::new(&secret(), name)
        .encode(claims, NOW, 60, [3; 32])
        .unwrap()
}

fn cookie(text: &str) -> HeaderMap {
    [(COOKIE, HeaderValue::try_from(text).unwrap())]
        .into_iter()
        .collect()
}

fn session(claims: &str) -> HeaderMap {
    cookie(&format!(
        "authjs.session-token={}",
        token("authjs.session-token", claims)
    ))
}

#[test]
fn an_opened_session_is_remembered_and_its_bearers_are_read_once() {
    let fixture = Fixture::new(10);
    let headers = session(r#"{"sub":"1","backendToken":"abc"}"#);
    let first = fixture.open(&headers, NOW).unwrap();
    let second = fixture.open(&headers, NOW + 1).unwrap();
    assert!(Rc::ptr_eq(&first, &second));
    assert_eq!(fixture.sessions.statistics(), (1, 1, 1));
    assert_eq!(first.bearer(0).unwrap().as_ref().unwrap(), "Bearer abc");
    assert!(first.bearer(0).unwrap().as_ref().unwrap().is_sensitive());
    assert!(first.bearer(1).unwrap().is_err());
}

#[test]
fn a_remembered_session_ends_with_its_expiry() {
    let fixture = Fixture::new(10);
    let headers = session(r#"{"sub":"1"}"#);
    assert!(fixture.open(&headers, NOW).is_ok());
    assert!(fixture.open(&headers, NOW + 74).is_ok());
    assert_eq!(
        fixture.open(&headers, NOW + 75).err(),
        Some(Reason::Expired)
    );
}

#[test]
fn a_remembered_session_does_not_come_back_when_the_clock_goes_back() {
    let fixture = Fixture::new(10);
    let headers = session(&format!(r#"{{"sub":"1","nbf":{NOW}}}"#));
    assert!(fixture.open(&headers, NOW).is_ok());
    assert_eq!(
        fixture.open(&headers, NOW - 16).err(),
        Some(Reason::NotYetValid)
    );
}

#[test]
fn the_same_token_under_another_name_is_another_session() {
    let fixture = Fixture::new(10);
    let token = token("authjs.session-token", r#"{"sub":"1"}"#);
    assert!(
        fixture
            .open(&cookie(&format!("authjs.session-token={token}")), NOW)
            .is_ok()
    );
    let renamed = cookie(&format!("__Secure-authjs.session-token={token}"));
    assert_eq!(
        fixture.open(&renamed, NOW).err(),
        Some(Reason::RenamedCookie)
    );
}

#[test]
fn without_entries_nothing_is_remembered() {
    let fixture = Fixture::new(0);
    let headers = session(r#"{"sub":"1"}"#);
    assert!(fixture.open(&headers, NOW).is_ok());
    assert!(fixture.open(&headers, NOW).is_ok());
    assert_eq!(fixture.sessions.statistics(), (0, 0, 0));
}

#[test]
fn the_memory_is_bounded() {
    let fixture = Fixture::new(8);
    for n in 0..100 {
        assert!(
            fixture
                .open(&session(&format!(r#"{{"sub":"{n}"}}"#)), NOW)
                .is_ok()
        );
    }
    assert!(fixture.sessions.statistics().0 <= 8);
}

#[test]
fn tokens_that_would_change_the_header_are_refused() {
    let fixture = Fixture::new(8);
    for token in ["", "a b", "a\\r\\nX: y", "a,b", "é", "a\\u0000"] {
        let headers = session(&format!(r#"{{"sub":"1","backendToken":"{token}"}}"#));
        let opened = fixture.open(&headers, NOW).unwrap();
        assert!(opened.bearer(0).unwrap().is_err(), "{token}");
    }
    let headers = session(r#"{"sub":"1","backendToken":["a"]}"#);
    assert!(
        fixture
            .open(&headers, NOW)
            .unwrap()
            .bearer(0)
            .unwrap()
            .is_err()
    );
}

#[test]
fn a_bearer_is_read_only_where_it_is_accepted_and_no_cookie_came() {
    let fixture = Fixture::new(8);
    let bearer = format!("Bearer {}", token("authjs.session-token", r#"{"sub":"1"}"#));
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::try_from(bearer).unwrap());
    let open = |headers: &HeaderMap, accept| {
        let opened = fixture
            .sessions
            .open(&fixture.reader, headers, Scheme::Http, NOW, accept);
        opened.map(|_| ()).map_err(|failure| failure.reason())
    };
    assert_eq!(open(&headers, true), Ok(()));
    assert_eq!(open(&headers, false), Err(Reason::NoCookie));
    headers.insert(
        COOKIE,
        HeaderValue::from_static("authjs.session-token=broken"),
    );
    assert_eq!(open(&headers, true), Err(Reason::Malformed));
}

#[test]
fn the_cache_is_bounded_by_octets_as_well() {
    let fixture = Fixture::new(1_000_000);
    let long = "x".repeat(20_000);
    for number in 0..900 {
        let claims = format!(r#"{{"sub":"{number}","long":"{long}"}}"#);
        let token = token("authjs.session-token", &claims);
        let pieces = token.as_bytes().chunks(3936).enumerate();
        let pairs: Vec<_> = pieces
            .map(|(number, piece)| {
                let piece = std::str::from_utf8(piece).unwrap();
                format!("authjs.session-token.{number}={piece}")
            })
            .collect();
        fixture.open(&cookie(&pairs.join("; ")), NOW).unwrap();
    }
    let (entries, ..) = fixture.sessions.statistics();
    // Each has its token and its claims, so at least 46,000 octets.
    assert!((1..=(32 << 20) / 46_000).contains(&entries), "{entries}");
}
