//! Fail closed: an upstream behind a guard hears of a request with a session that verifies, and of no other.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::test_runner::Config;
use vestibule_gateway::Clock;
use vestibule_session::{CookieName, Secret, Version, Writer};

use crate::gateway::{Gateway, NOW, SECRET, Transport, config, cookie, cookie_named, routes};
use crate::upstream::{OK, Upstream};

/// The cookies of somebody whose session takes this many octets more than the least.
fn cookies_of(name: &str, pad: usize) -> Vec<String> {
    let claims = format!(
        r#"{{"sub":"{name}","backendToken":"{name}-token","pad":"{}"}}"#,
        name.repeat(pad)
    );
    cookie(&claims).split("; ").map(str::to_owned).collect()
}

/// Something that happens to cookies on their way.
#[derive(Debug, Clone)]
enum Damage {
    FlipBit(usize, u32),
    Cut(usize),
    Lose(usize),
    Swap(usize, usize),
    /// The name of one and the value of another.
    Exchange(usize, usize),
    Repeat(usize),
    Rename(usize, &'static str),
    Insert(usize, char),
    Empty(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<prop::sample::Index>().prop_map(|index| index.index(100_000));
    let name = prop::sample::select(vec![
        "authjs.session-token",
        "__Secure-authjs.session-token",
        "next-auth.session-token",
        "authjs.session-token.0",
        "authjs.session-token.1",
        "authjs.session-token.00",
        "authjs.session-token.31",
    ]);
    prop_oneof![
        3 => (at(), 0..8_u32).prop_map(|(octet, bit)| Damage::FlipBit(octet, bit)),
        2 => at().prop_map(Damage::Cut),
        2 => at().prop_map(Damage::Lose),
        1 => (at(), at()).prop_map(|(one, other)| Damage::Swap(one, other)),
        2 => (at(), at()).prop_map(|(one, other)| Damage::Exchange(one, other)),
        1 => at().prop_map(Damage::Repeat),
        1 => (at(), name).prop_map(|(cookie, name)| Damage::Rename(cookie, name)),
        1 => (at(), prop::sample::select(vec!['.', ';', '=', '"', 'A', ' ', '%', ',']))
            .prop_map(|(place, letter)| Damage::Insert(place, letter)),
        1 => at().prop_map(Damage::Empty),
    ]
}

impl Damage {
    /// Does it to the cookies; octets are those of all of them, laid out in their order.
    fn happens(&self, cookies: &mut Vec<String>) {
        let count = cookies.len().max(1);
        let pair = |cookies: &Vec<String>, at: usize| {
            let cookie = cookies.get(at % count).cloned().unwrap_or_default();
            let (name, value) = cookie.split_once('=').unwrap_or((&cookie, ""));
            (name.to_owned(), value.to_owned())
        };
        match *self {
            Self::FlipBit(octet, bit) => {
                let mut octets = cookies.join("\n").into_bytes();
                let place = octet % octets.len().max(1);
                if let Some(octet) = octets.get_mut(place).filter(|octet| **octet != b'\n') {
                    // What is no text, or ends the line, would be no header at all.
                    let flipped = *octet ^ (1 << bit);
                    if flipped.is_ascii_graphic() {
                        *octet = flipped;
                    }
                }
                *cookies = String::from_utf8(octets)
                    .unwrap()
                    .split('\n')
                    .map(str::to_owned)
                    .collect();
            }
            Self::Cut(at) => {
                if let Some(cookie) = cookies.get_mut(at % count) {
                    let length = at % cookie.len().max(1);
                    cookie.truncate(length);
                }
            }
            Self::Lose(at) => drop(cookies.remove(at % count)),
            Self::Swap(one, other) => cookies.swap(one % count, other % count),
            Self::Exchange(one, other) => {
                let ((name, _), (_, value)) = (pair(cookies, one), pair(cookies, other));
                cookies[one % count] = format!("{name}={value}");
            }
            Self::Repeat(at) => {
                let cookie = cookies[at % count].clone();
                cookies.push(cookie);
            }
            Self::Rename(at, name) => {
                let (_, value) = pair(cookies, at);
                cookies[at % count] = format!("{name}={value}");
            }
            Self::Insert(at, letter) => {
                let place = (at / 7) % (cookies[at % count].len() + 1);
                cookies[at % count].insert(place, letter);
            }
            Self::Empty(at) => {
                let (name, _) = pair(cookies, at);
                cookies[at % count] = format!("{name}=");
            }
        }
        if cookies.is_empty() {
            cookies.push("theme=dark".to_owned());
        }
    }
}

/// Whoever passes has all cookies of one session, each as it was written.
#[test]
fn no_damaged_session_reaches_the_upstream() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let people =
        [("ada", 1), ("bob", 700), ("eve", 3000)].map(|(name, pad)| (name, cookies_of(name, pad)));
    let (passed, refused) = (Cell::new(0), Cell::new(0));
    let chosen = || {
        (
            0..3_usize,
            0..3_usize,
            any::<bool>(),
            prop::collection::vec(damage(), 0..4),
        )
    };
    proptest!(Config::with_cases(600), |((one, other, both, damages) in chosen())| {
        let mut cookies = people[one].1.clone();
        if both {
            cookies.extend(people[other].1.clone());
        }
        for damage in &damages {
            damage.happens(&mut cookies);
        }
        let header = format!("Cookie: {}", cookies.join("; "));
        let response = gateway.client().get("/api/a", &[&header]);
        if response.status != 200 {
            refused.set(refused.get() + 1);
            prop_assert!([400, 401, 431].contains(&response.status), "{}", response.status);
            prop_assert!(response.headers.get("vestibule-refusal").is_some());
            prop_assert!(upstream.is_untouched());
            return Ok(());
        }
        passed.set(passed.get() + 1);
        let bearer = upstream.seen().headers.get("authorization").unwrap().to_owned();
        let values = |cookies: &[String]| -> BTreeSet<String> {
            let cookies = cookies.iter().flat_map(|cookie| cookie.split(';'));
            cookies.filter_map(|cookie| Some(cookie.split_once('=')?.1.trim().to_owned())).collect()
        };
        let sent = values(&cookies);
        let whole = people.iter().find(|(name, _)| bearer == format!("Bearer {name}-token"));
        let (_, whole) = whole.expect("the bearer of one of them");
        prop_assert!(values(whole).is_subset(&sent), "{bearer} with {damages:?}");
    });
    let (passed, refused) = (passed.get(), refused.get());
    assert!(
        passed > 50 && refused > 50,
        "{passed} passed, {refused} were refused"
    );
}

/// The gateway's time in the test below.
static TIME: AtomicU64 = AtomicU64::new(NOW);

// TH-45: whatever the clock says, a session is good from 15 s before `nbf` to less than 15 s after `exp`.
#[test]
fn no_clock_lets_a_session_pass_beyond_its_time() {
    let upstream = Upstream::answering(OK);
    let yaml = format!("session: {{ max_age: 1000s }}\n{}", routes(&upstream, ""));
    let gateway = Gateway::start_at(config(&yaml), Clock::new(|| TIME.load(Ordering::SeqCst)));
    let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
    let writer = Writer::new(&Secret::new(SECRET).unwrap(), name);
    let around = |seconds: i64| {
        prop_oneof![
            Just(seconds),
            seconds - 20..=seconds + 20,
            Just(seconds - 15),
            Just(seconds + 14),
            Just(seconds + 15),
            Just(-1_000_000_000_i64),
            Just(i64::MAX / 2),
        ]
    };
    let times = (1..2000_u64, 0..100_i64).prop_flat_map(move |(age, nbf)| {
        let end = i64::try_from(age.min(1000)).unwrap();
        (
            Just(age),
            Just(nbf),
            prop_oneof![around(end), around(nbf), 0..2000_i64],
        )
    });
    proptest!(Config::with_cases(400), |((age, nbf, later) in times)| {
        let claims = format!(r#"{{"sub":"u-1","backendToken":"t","nbf":{}}}"#, NOW.saturating_add_signed(nbf));
        let token = writer.encode(&claims, NOW, age, [5; 32]).unwrap();
        let now = NOW.saturating_add_signed(later);
        TIME.store(now, Ordering::SeqCst);
        let header = format!("Cookie: authjs.session-token={token}");
        let response = gateway.client().get("/api/a", &[&header]);
        let good = later >= nbf - 15 && later < i64::try_from(age.min(1000)).unwrap() + 15;
        prop_assert_eq!(response.status, if good { 200 } else { 401 }, "age {}, nbf {}, now {}", age, nbf, later);
        prop_assert_eq!(upstream.is_untouched(), !good);
    });
}

// TH-39: beside a `__Secure-` cookie a planted plain one is not read, not even when that one is broken.
#[test]
fn no_planted_session_reaches_the_upstream_over_https() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let planted = cookie(r#"{"sub":"eve","backendToken":"eve-token"}"#);
    let own = cookie_named(
        "__Secure-authjs.session-token",
        r#"{"sub":"ada","backendToken":"ada-token"}"#,
    );
    let mut client = gateway.client_over(Transport::Tls);
    for broken in [
        "__Secure-authjs.session-token=x",
        "__Secure-authjs.session-token.3=x",
        "__Secure-next-auth.session-token=x",
    ] {
        let header = format!("Cookie: {planted}; {broken}");
        assert_eq!(client.get("/api/a", &[&header]).status, 401, "{broken}");
        assert!(upstream.is_untouched());
    }
    let header = format!("Cookie: {planted}; {own}");
    assert_eq!(client.get("/api/a", &[&header]).status, 200);
    assert_eq!(
        upstream.seen().headers.get("authorization"),
        Some("Bearer ada-token")
    );
}

// TH-42: nobody is asked whether there is a session, so nobody can say it wrong.
#[test]
fn no_application_is_asked_for_a_session() {
    let api = Upstream::answering(OK);
    for says in [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"message\":\"no\"}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
    ] {
        let web = Upstream::answering(says);
        let gateway = Gateway::start(&format!(
            "upstreams: {{ api: {{ url: 'http://{}' }}, web: {{ url: 'http://{}' }} }}\n\
             routes:\n\
             - {{ path: '/api/auth/**', to: web, auth: none }}\n\
             - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n\
             - {{ path: '/**', to: web, auth: required }}\n",
            api.address, web.address
        ));
        for path in ["/api/a", "/page"] {
            let response = gateway
                .client()
                .get(path, &["Cookie: authjs.session-token=of-somebody"]);
            assert_eq!((response.status, response.code()), (401, "unauthenticated"));
            assert!(api.is_untouched() && web.is_untouched(), "{path}");
        }
    }
}
