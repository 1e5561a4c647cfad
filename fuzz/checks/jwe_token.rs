//! What holds for every token and for all claims; run by the fuzzer, and by the tests on the committed corpus.

use std::sync::LazyLock;

use vestibule_session::{
    CookieName, Pointer, Reader, Reason, Rules, Scheme, Secret, Session, Version, Writer,
    session_cookie_name,
};

/// The secrets of `vectors/public.json`, so that its tokens open.
const SECRETS: [&str; 2] = [
    "public-secret-one-3f9a1c5e7b2d4068a1c3e5f70912b4d6",
    "public-secret-two-b7e1d93c5a0f4826917c3b5d7f1e2a40",
];
/// The clock of `vectors/public.json`.
const NOW: u64 = 1_790_000_000;

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let rules = Rules {
        identity_claims: Vec::new(),
        ..Rules::default()
    };
    Reader::new(&SECRETS.map(secret), rules)
});
static WRITERS: LazyLock<[Writer; 2]> = LazyLock::new(|| {
    let writer = |version| {
        Writer::new(
            &secret(SECRETS[0]),
            session_cookie_name(version, Scheme::Https),
        )
    };
    [Version::V4, Version::V5].map(writer)
});

fn secret(text: &str) -> Secret {
    Secret::new(text).expect("the text is not empty")
}

/// Checks one input; says whether it is a token that opens, or claims that can be sealed.
pub(crate) fn check(input: &[u8]) -> bool {
    let bearer = READER.open_bearer(&[b"Bearer ", input].concat(), Scheme::Https, NOW);
    let mut opened = bearer.is_ok();
    for name in CookieName::known() {
        let header = [name.as_str().as_bytes(), b"=", input].concat();
        match READER.open([header.as_slice()], Scheme::Http, NOW) {
            Ok(session) => {
                opened = true;
                check_claims(&session);
            }
            Err(failure) => assert!(failure.attempts().len() <= 1 || input.contains(&b';')),
        }
    }
    let sealed = str::from_utf8(input).is_ok_and(|claims| {
        let sealed = WRITERS.each_ref();
        sealed
            .map(|writer| check_sealed(writer, claims))
            .contains(&true)
    });
    opened || sealed
}

/// Claims that are sealed open again, and sealing what opened gives the same token.
fn check_sealed(writer: &Writer, claims: &str) -> bool {
    let random = [7; 32];
    let Ok(token) = writer.encode(claims, NOW, 60, random) else {
        return false;
    };
    let cookies: Vec<_> = (writer.chunks(&token).iter())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match READER.open([cookies.join("; ").as_bytes()], Scheme::Https, NOW) {
        Ok(session) => {
            check_claims(&session);
            let again = writer.encode(session.claims().as_json(), NOW, 60, random);
            assert_eq!(again.as_deref(), Ok(token.as_str()));
        }
        Err(failure) => {
            // Too deep, an `nbf` that is no number or far away, or more than cookies can carry.
            let expected = [
                Reason::Malformed,
                Reason::ClaimInvalid,
                Reason::NotYetValid,
                Reason::TooLarge,
            ];
            assert!(expected.contains(&failure.reason()), "{failure}");
        }
    }
    true
}

/// A pointer finds what a whole tree has, wherever the text can be a tree.
fn check_claims(session: &Session) {
    let claims = session.claims();
    let Ok(serde_json::Value::Object(tree)) = serde_json::from_str(claims.as_json()) else {
        return;
    };
    for (name, value) in tree {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let pointer = Pointer::parse(&pointer).expect("the name is escaped");
        let raw = claims.raw(&pointer).expect("the member is there");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(raw).ok(),
            Some(value.clone())
        );
        assert_eq!(claims.string(&pointer).as_deref(), value.as_str());
    }
}
