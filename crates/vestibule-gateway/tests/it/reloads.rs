//! A reload takes effect as a whole, whatever runs meanwhile (TH-108).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::gateway::{Gateway, config, cookie};
use crate::upstream::Upstream;

/// An upstream that says its own name and the bearer that it got.
fn named(name: &'static str) -> Upstream {
    Upstream::serving(move |mut accepted| {
        while let Some(seen) = accepted.request() {
            let bearer = seen.headers.get("authorization").unwrap_or("none");
            accepted.answer(format!("{name} {bearer} {}", seen.line));
        }
    })
}

#[test]
fn no_decision_is_half_of_one_configuration_and_half_of_the_next() {
    let (old, new) = (named("old"), named("new"));
    let yaml = |upstream: &Upstream, word: &str| {
        format!(
            "workers: 2\nupstreams: {{ api: {{ url: 'http://{}' }} }}\n\
             routes: [ {{ path: '/api/**', to: 'api:/{word}/**', auth: required, token: {{ claim: /{word} }} }} ]\n",
            upstream.address
        )
    };
    let configurations = [yaml(&old, "old"), yaml(&new, "new")];
    let gateway = Gateway::start(&configurations[0]);
    let session = cookie(r#"{"sub":"u-1","old":"token-of-old","new":"token-of-new"}"#);
    let session = format!("Cookie: {session}");
    let (done, served) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 2]);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let (gateway, session, done, served) = (&gateway, &session, &done, &served);
            scope.spawn(move || {
                let mut client = gateway.client();
                while !done.load(Ordering::Relaxed) {
                    let response = client.get("/api/a", &[session]);
                    let whole = ["old", "new"].map(|word| {
                        format!("{word} Bearer token-of-{word} GET /{word}/a HTTP/1.1")
                    });
                    let found = whole.iter().position(|it| it == response.text());
                    let found = found.unwrap_or_else(|| panic!("{}", response.text()));
                    served[found].fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 1..=40 {
            let before = served[round % 2].load(Ordering::Relaxed);
            let next = config(&configurations[round % 2]);
            gateway.control.reload(next).unwrap();
            while served[round % 2].load(Ordering::Relaxed) == before {
                assert!(!done.load(Ordering::Relaxed));
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}
