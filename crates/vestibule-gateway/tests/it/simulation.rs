//! Many clients, failing upstreams and reloads in an order that a seed decides, beside a model of what must
//! come of it.
//!
//! The order of the steps, who takes them, and what each upstream does are the seed's: it is printed when a
//! run fails, `VESTIBULE_SEED=7` runs that one again, and `VESTIBULE_SEED=1..1000` a thousand of them. How
//! octets are cut on the loopback, and when the gateway hears that an idle connection ended, is the
//! machine's; the model allows each of these, and nothing else.

use vestibule_session::{CookieName, Secret, Version, Writer};

use crate::client::Client;
use crate::gateway::{Gateway, NOW, config};

mod backend;

use backend::{Backend, body};

/// What a run does.
const STEPS: usize = 250;
const CLIENTS: usize = 6;

/// The runs of `cargo test`.
const SEEDS: std::ops::Range<u64> = 1..9;

/// Any of them may be configured at a time.
const SECRETS: [&str; 3] = [
    "first-secret-q8Zr2Lm5Xc7Vb9Nw3Ks",
    "other-secret-T4yUe6Ri1Op0As2Df8G",
    "third-secret-h7Jk9Lz3Xc5Vb1Nm6Qw",
];

#[test]
fn what_a_seed_orders_ends_as_the_model_says() {
    for seed in seeds() {
        let _shown = Shown(seed);
        Run::new(seed).play();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the seed is for whoever runs the test, not for the gateway"
)]
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("VESTIBULE_SEED") else {
        return SEEDS;
    };
    let number = |text: &str| text.parse().expect("a number, or two with `..` between");
    match text.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => number(&text)..number(&text) + 1,
    }
}

/// Tells the seed of a run that fails.
struct Shown(u64);

impl Drop for Shown {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("VESTIBULE_SEED={}", self.0);
        }
    }
}

/// `SplitMix64`: small, and the same everywhere.
struct Order(u64);

impl Order {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What a client sends as its session.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cookie {
    Absent,
    Expired(usize),
    Foreign,
    Good(usize),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Route {
    None,
    Optional,
    Required,
}

/// What the upstream does with a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// It answers.
    Answer,
    /// It answers half, and closes.
    Half,
    /// It answers when it is told to.
    Hold,
    /// It answers, and closes the connection that the gateway keeps.
    Leave,
    /// It closes without an answer.
    Reset,
}

/// A request on its way.
#[derive(Debug, Clone, Copy)]
struct Asked {
    number: usize,
    fate: Fate,
}

struct Run {
    order: Order,
    gateway: Gateway,
    backend: Backend,
    clients: Vec<Option<Client>>,
    /// Asks behind a connection that the upstream left.
    meeting: Option<Client>,
    asked: Vec<Option<Asked>>,
    /// Which secrets are configured.
    live: Vec<usize>,
    requests: usize,
}

impl Run {
    fn new(seed: u64) -> Self {
        let backend = Backend::start();
        let live = vec![0, 1];
        Self {
            order: Order(seed),
            gateway: Gateway::start_with(config(&settings(&backend, &live))),
            backend,
            clients: (0..CLIENTS).map(|_| None).collect(),
            meeting: None,
            asked: vec![None; CLIENTS],
            live,
            requests: 0,
        }
    }

    fn play(mut self) {
        for _ in 0..STEPS {
            let client = self.order.below(CLIENTS);
            match self.order.below(12) {
                0 => self.reload(),
                // Comes back on another connection.
                1 if self.asked[client].is_none() => self.clients[client] = None,
                _ => match self.asked[client].take() {
                    Some(asked) => self.answer(client, asked),
                    None => self.ask(client),
                },
            }
        }
        self.end();
    }

    /// Other secrets from now on; what is on its way was let in under the ones before.
    fn reload(&mut self) {
        self.live = (0..SECRETS.len())
            .filter(|_| self.order.below(2) == 0)
            .collect();
        if self.live.is_empty() {
            self.live.push(self.order.below(SECRETS.len()));
        }
        let settings = config(&settings(&self.backend, &self.live));
        self.gateway.control.reload(settings).unwrap();
    }

    fn ask(&mut self, client: usize) {
        let secret = self.order.below(SECRETS.len());
        let cookies = [
            Cookie::Absent,
            Cookie::Expired(secret),
            Cookie::Foreign,
            Cookie::Good(secret),
            Cookie::Good(secret),
        ];
        let cookie = self.order.one(&cookies);
        let route = self.order.one(&[
            Route::None,
            Route::Optional,
            Route::Required,
            Route::Required,
        ]);
        let fate = self.order.one(&[
            Fate::Answer,
            Fate::Answer,
            Fate::Half,
            Fate::Hold,
            Fate::Leave,
            Fate::Reset,
        ]);
        let (number, user) = (self.requests, self.order.below(4));
        self.requests += 1;

        let path = match route {
            Route::None => "open",
            Route::Optional => "optional",
            Route::Required => "required",
        };
        let line = format!(
            "GET /{path}/{fate:?}/{number} HTTP/1.1\r\nHost: app.test\r\n{}\r\n",
            header(cookie, user)
        );
        let gateway = &self.gateway;
        let connection = self.clients[client].get_or_insert_with(|| gateway.client());
        connection.send(line);

        let opens = matches!(cookie, Cookie::Good(secret) if self.live.contains(&secret));
        let asked = Asked { number, fate };
        if route == Route::Required && !opens {
            let response = connection.response();
            let known = matches!(cookie, Cookie::Expired(secret) if self.live.contains(&secret));
            let code = if known {
                "session_expired"
            } else {
                "unauthenticated"
            };
            assert_eq!(
                (response.status, response.code()),
                (401, code),
                "{asked:?} {cookie:?}"
            );
            assert!(
                self.backend.seen(number).is_empty(),
                "{asked:?} reached the upstream"
            );
            return;
        }
        let bearer = (opens && route != Route::None).then(|| format!("Bearer token-{user}"));
        if fate == Fate::Hold {
            assert_eq!(self.backend.held(), number);
            self.check_seen(asked, bearer.as_deref());
            self.asked[client] = Some(asked);
        } else {
            self.answer(client, asked);
            self.check_seen(asked, bearer.as_deref());
        }
    }

    /// Reads the one answer of a request.
    fn answer(&mut self, client: usize, asked: Asked) {
        if asked.fate == Fate::Hold {
            self.backend.release(asked.number);
        }
        let connection = self.clients[client].as_mut().expect("it has asked");
        let body = body(asked.number);
        match asked.fate {
            Fate::Answer | Fate::Hold | Fate::Leave => {
                let response = connection.response();
                assert_eq!(
                    (response.status, response.text()),
                    (200, body.as_str()),
                    "{asked:?}"
                );
            }
            Fate::Half => {
                let (status, _) = connection.head();
                assert_eq!(status, 200);
                let rest = connection.rest();
                assert!(
                    body.as_bytes().starts_with(&rest) && rest.len() < body.len(),
                    "{asked:?}"
                );
                self.clients[client] = None;
            }
            Fate::Reset => {
                let response = connection.response();
                assert_eq!(
                    (response.status, response.code()),
                    (502, "upstream_unreachable"),
                    "{asked:?}"
                );
            }
        }
        if matches!(asked.fate, Fate::Half | Fate::Leave | Fate::Reset) {
            self.backend.connections.one_ends();
        }
        if asked.fate == Fate::Leave {
            self.meet_left();
        }
    }

    /// The next request may be written on the connection that the upstream left, before the gateway hears
    /// of its end. Then it is over and reached nobody; the one behind it gets another connection.
    fn meet_left(&mut self) {
        for is_last in [false, true] {
            let number = self.requests;
            self.requests += 1;
            let gateway = &self.gateway;
            let client = self.meeting.get_or_insert_with(|| gateway.client());
            let response = client.get(&format!("/open/Answer/{number}"), &[]);
            let seen = self.backend.seen(number).len();
            if response.status == 200 {
                assert_eq!((response.text(), seen), (body(number).as_str(), 1));
                return;
            }
            assert_eq!((response.code(), seen), ("upstream_unreachable", 0));
            assert!(!is_last, "{number} was written on a second one");
        }
    }

    /// The upstream got the request once, and the token of nobody but its user.
    fn check_seen(&self, asked: Asked, bearer: Option<&str>) {
        let seen = self.backend.seen(asked.number);
        let [headers] = seen.as_slice() else {
            panic!("{asked:?} reached the upstream as {seen:?}");
        };
        assert_eq!(headers.get("authorization"), bearer, "{asked:?}");
        assert_eq!(headers.get("cookie"), None, "{asked:?}");
    }

    /// Stops in the middle: what is on its way ends well, and nothing is left.
    fn end(mut self) {
        let waiting: Vec<usize> = (0..CLIENTS)
            .filter(|client| self.asked[*client].is_some())
            .collect();
        let answered = self.requests - waiting.len();
        assert_eq!(self.counted(), answered, "requests that were answered");
        self.gateway.control.drain();
        for client in waiting {
            let asked = self.asked[client].take().expect("it waits");
            self.answer(client, asked);
        }
        for mut client in self.clients.drain(..).flatten().chain(self.meeting.take()) {
            assert!(client.is_closed(), "a connection outlives the gateway");
        }
        self.gateway.join();
        self.backend.connections.all_end();
    }

    /// The requests that the metrics know of.
    fn counted(&self) -> usize {
        let mut admin = Client::connect(self.gateway.admin.unwrap());
        let text = admin.get("/metrics", &[]);
        let lines = text.text().lines();
        let counts = lines.filter(|line| line.starts_with("vestibule_http_requests_total{"));
        counts
            .map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
            .sum()
    }
}

fn settings(backend: &Backend, live: &[usize]) -> String {
    let secrets: Vec<&str> = live.iter().map(|secret| SECRETS[*secret]).collect();
    format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\ntimeouts: {{ drain: 20s }}\n\
         session: {{ secrets: {secrets:?} }}\n\
         upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/open/**', to: api, auth: none, cookies: drop }}\n\
         - {{ path: '/optional/**', to: api, auth: optional, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/required/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n",
        backend.address()
    )
}

/// The session of a user, who has a token of their own.
fn header(cookie: Cookie, user: usize) -> String {
    let (secret, age) = match cookie {
        Cookie::Absent => return String::new(),
        Cookie::Expired(secret) => (SECRETS[secret], 7200),
        Cookie::Foreign => ("the-secret-of-another-application", 0),
        Cookie::Good(secret) => (SECRETS[secret], 0),
    };
    let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
    let writer = Writer::new(&Secret::new(secret).unwrap(), name);
    let claims = format!(r#"{{"sub":"u-{user}","backendToken":"token-{user}"}}"#);
    let token = writer.encode(&claims, NOW - age, 3600, [9; 32]).unwrap();
    format!("Cookie: authjs.session-token={token}\r\n")
}
