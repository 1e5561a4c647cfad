//! Hop 3 of a request: its session found among those that are remembered, or opened.
//!
//!     cargo bench -p vestibule-gateway

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use http::header::{COOKIE, HeaderMap, HeaderValue};
use vestibule_gateway::session::Sessions;
use vestibule_session::{CookieName, Pointer, Reader, Rules, Scheme, Secret, Version, Writer};

const NOW: u64 = 1_790_000_000;

fn sessions(criterion: &mut Criterion) {
    let secret = Secret::new("K7mQ2xV9bT4nW8cR5yJ1hL6dG3fS0pZa").expect("a secret");
    let name = CookieName::new("authjs.session-token", Version::V5).expect("a name");
    let writer = Writer::new(&secret, name);
    let reader = Reader::new(&[secret], Rules::default());
    let pointer = Pointer::parse("/backendToken").expect("a pointer");
    for (label, octets) in [("0.6 KB", 500), ("3 KB", 2_900), ("11 KB", 11_000)] {
        let claims = format!(
            r#"{{"sub":"1","backendToken":"t","pad":"{}"}}"#,
            "x".repeat(octets)
        );
        let token = writer.encode(&claims, NOW, 3600, [7; 32]).expect("claims");
        let pairs = writer.chunks(&token).into_iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let header = HeaderValue::try_from(format!("theme=dark; {}", pairs.join("; ")));
        let headers: HeaderMap = [(COOKIE, header.expect("a header"))].into_iter().collect();
        for (state, entries) in [("remembered", 100), ("opened", 0)] {
            let sessions = Sessions::new(entries, [pointer.clone()].into(), [].into());
            criterion.bench_function(&format!("session of {label}, {state}"), |bencher| {
                bencher.iter(|| {
                    sessions
                        .open(&reader, black_box(&headers), Scheme::Http, NOW, false)
                        .is_ok()
                });
            });
        }
    }
}

criterion_group!(benches, sessions);
criterion_main!(benches);
