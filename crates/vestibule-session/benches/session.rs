//! What it costs to read and to write a session: `cargo bench -p vestibule-session`.
//!
//! Every open is cold: keys are derived before, as in a server, and nothing is remembered between two opens.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use vestibule_session::{
    Reader, Reason, Rules, Scheme, Secret, Version, Writer, session_cookie_name,
};

const NOW: u64 = 1_790_000_000;

/// Octets of claims: an ordinary session, and one with groups and a backend token in it.
const SIZES: [(&str, usize); 2] = [("0.6 KB", 600), ("3 KB", 3000)];

/// What else a browser sends to an ordinary site.
const FOREIGN: &str = "_ga=GA1.1.1234567890.1790000000; _ga_ABCDEF1234=GS1.1.1790000000.1.1.1790000100.0.0.0; \
    _gid=GA1.2.987654321.1790000000; theme=dark; locale=en-GB; sidebar=open; \
    authjs.csrf-token=f8b0e4ae727945821a8bb8f42f4e681dea88185aae975da65c8a8fcc86df3ea6%7Ce42e447744843f1ce1cdfa020282801ea060fb664a16cced47abcfaae1e73fe4; \
    authjs.callback-url=https%3A%2F%2Fapp.example.com%2F; consent=yes.2026-09-21; \
    ab_test=variant-b; intercom-id-abc=0b5c2f0e-4d2b-4a53-9d0c-0a3c8a7f1c11; _fbp=fb.1.1790000000000.1234567890";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    open(&mut criterion);
    encode(&mut criterion);
    scan(&mut criterion);
    join(&mut criterion);
    criterion.final_summary();
}

fn open(criterion: &mut Criterion) {
    let reader = reader();
    let mut group = criterion.benchmark_group("open");
    for version in [Version::V5, Version::V4] {
        for (size, octets) in SIZES {
            let header = session(version, octets).join("; ");
            group.throughput(Throughput::Bytes(header.len() as u64));
            group.bench_function(format!("{version} {size}"), |bencher| {
                let header = header.as_bytes();
                bencher.iter(|| reader.open([black_box(header)], Scheme::Http, NOW));
            });
        }
    }
}

fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    for version in [Version::V5, Version::V4] {
        let writer = writer(version);
        for (size, octets) in SIZES {
            let claims = claims(octets);
            group.throughput(Throughput::Bytes(claims.len() as u64));
            group.bench_function(format!("{version} {size}"), |bencher| {
                bencher.iter(|| writer.encode(black_box(&claims), NOW, 3600, [7; 32]));
            });
        }
    }
}

/// Twelve cookies of others and a session that is not opened.
fn scan(criterion: &mut Criterion) {
    assert_eq!(vestibule_session::pairs(FOREIGN.as_bytes()).count(), 12);
    let reader = reader();
    let mut group = criterion.benchmark_group("scan");
    for (size, octets) in SIZES {
        let header = format!("{FOREIGN}; {}", session(Version::V5, octets).join("; "));
        group.throughput(Throughput::Bytes(header.len() as u64));
        group.bench_function(format!("12 foreign cookies, {size}"), |bencher| {
            bencher.iter(|| reader.scan([black_box(header.as_bytes())]));
        });
    }
}

/// From scanned cookies to one token, without opening it.
fn join(criterion: &mut Criterion) {
    let reader = reader();
    let mut group = criterion.benchmark_group("join");
    let cookies = session(Version::V5, 11_000);
    assert_eq!(cookies.len(), 4);
    let header = cookies.join("; ");
    let scanned = reader.scan([header.as_bytes()]).expect("it is a session");
    group.throughput(Throughput::Bytes(header.len() as u64));
    group.bench_function("4 chunks", |bencher| {
        bencher.iter(|| {
            reader.open_with(black_box(&scanned), Scheme::Http, |candidate| {
                Ok::<_, Reason>(candidate.token().len())
            })
        });
    });
}

fn secret() -> Secret {
    Secret::new("benchmark-secret-with-32-characters").expect("the text is not empty")
}

fn reader() -> Reader {
    Reader::new(&[secret()], Rules::default())
}

fn writer(version: Version) -> Writer {
    Writer::new(&secret(), session_cookie_name(version, Scheme::Http))
}

/// About so many octets of JSON.
fn claims(octets: usize) -> String {
    let start =
        r#"{"name":"Ada Lovelace","email":"ada@example.com","sub":"u-1001","backendToken":""#;
    let stamps = 90;
    let token = "0123456789abcdef".repeat(octets / 16);
    let length = octets.saturating_sub(start.len() + stamps);
    let token: String = token.chars().take(length).collect();
    format!("{start}{token}\"}}")
}

/// The cookies of a session with so many octets of claims.
fn session(version: Version, octets: usize) -> Vec<String> {
    let writer = writer(version);
    let token = writer.encode(&claims(octets), NOW, 3600, [7; 32]);
    let token = token.expect("the claims are an object");
    let chunks = writer.chunks(&token).into_iter();
    chunks
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}
