//! What holds for every Cookie header; run by the fuzzer, and by the tests on the committed corpus.

use std::sync::LazyLock;

use vestibule_session::{CookieName, Csrf, Reader, Rules, Scheme, Secret, Version, Writer, pairs};

/// The first secret of `vectors/public.json`, so that its sessions open.
const SECRET: &str = "public-secret-one-3f9a1c5e7b2d4068a1c3e5f70912b4d6";
/// The clock of `vectors/public.json`.
const NOW: u64 = 1_790_000_000;
/// Decryptions that one request may cost for its names.
const MAX_ATTEMPTS: usize = 12;

static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(&[secret()], Rules::default()));
static WRITERS: LazyLock<Vec<Writer>> = LazyLock::new(|| {
    let names = CookieName::known().into_iter();
    names.map(|name| Writer::new(&secret(), name)).collect()
});

fn secret() -> Secret {
    Secret::new(SECRET).expect("the text is not empty")
}

/// Checks one header, a line for each line of `input`; says whether a session opened.
pub(crate) fn check(input: &[u8]) -> bool {
    let lines: Vec<&[u8]> = input.split(|octet| *octet == b'\n').collect();
    for line in &lines {
        check_pairs(line);
    }
    let opened = [Scheme::Http, Scheme::Https].map(|scheme| check_open(&lines, scheme));
    for writer in WRITERS.iter() {
        check_written(writer, &lines);
    }
    for version in [Version::V4, Version::V5] {
        let csrf = Csrf::new(&[secret()], version, Scheme::Http);
        if let Some(token) = csrf.read(lines.iter().copied()) {
            let cookie = csrf.set_cookie(&token);
            let (pair, _) = cookie.split_once(';').expect("attributes follow");
            assert_eq!(csrf.read([pair.as_bytes()]), Some(token));
        }
    }
    opened.contains(&true)
}

fn check_pairs(line: &[u8]) {
    let mut octets = 0;
    for (name, value) in pairs(line) {
        octets += name.len() + 1 + value.len();
        assert!(!name.contains(&b'='), "a name ends at the first `=`");
        for text in [name, value] {
            assert!(!text.contains(&b';'), "a pair ends at `;`");
            let blank = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
            assert!(
                !blank(text.first()) && !blank(text.last()),
                "no blank around"
            );
        }
    }
    assert!(octets <= line.len(), "nothing is made up");
}

fn check_open(lines: &[&[u8]], scheme: Scheme) -> bool {
    let result = READER.open(lines.iter().copied(), scheme, NOW);
    let joined = lines.join(&b';');
    let together = READER.open([joined.as_slice()], scheme, NOW);
    match (result, together) {
        (Ok(session), Ok(together)) => {
            assert!(session.validity().contains(&NOW));
            assert_eq!(session.claims(), together.claims());
            true
        }
        (Err(failure), Err(together)) => {
            assert_eq!(failure, together, "lines of a header are one header");
            assert!(failure.attempts().len() <= MAX_ATTEMPTS);
            false
        }
        (result, _) => panic!("lines and one line differ: {result:?}"),
    }
}

/// What a request sends never breaks out of the cookies that we answer.
fn check_written(writer: &Writer, lines: &[&[u8]]) {
    let mut written = writer.deletions(lines.iter().copied());
    assert!(
        written
            .iter()
            .all(|line| line.contains("=; Max-Age=0; Path=/"))
    );
    written.extend(writer.set_cookies("a..b.c.d", NOW, lines.iter().copied()));
    for line in written {
        assert!(
            line.bytes().all(|octet| matches!(octet, b' '..=b'~')),
            "{line}"
        );
        let plain = line.strip_prefix("__Secure-").unwrap_or(&line);
        let family = plain
            .strip_prefix("next-auth")
            .or(plain.strip_prefix("authjs"));
        assert!(
            family.is_some_and(|rest| rest.starts_with(".session-token")),
            "{line}"
        );
        assert!(line.matches(';').count() <= 6, "{line}");
    }
}
