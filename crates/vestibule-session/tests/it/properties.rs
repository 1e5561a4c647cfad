//! What holds for all sessions and all headers.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use proptest::prelude::*;
use serde_json::{Map, Value};
use vestibule_session::{
    CookieName, Csrf, Pointer, Reader, Rules, Scheme, Secret, Version, Writer, pairs,
};

const NOW: u64 = 1_790_000_000;

fn secret() -> Secret {
    Secret::new("property-secret-with-32-characters").unwrap()
}

fn reader() -> Reader {
    let rules = Rules {
        identity_claims: Vec::new(),
        ..Rules::default()
    };
    Reader::new(&[secret()], rules)
}

fn scheme_of(name: &CookieName) -> Scheme {
    if name.is_secure() {
        Scheme::Https
    } else {
        Scheme::Http
    }
}

fn known_name() -> impl Strategy<Value = CookieName> {
    prop::sample::select(CookieName::known().to_vec())
}

/// Any JSON object, with a member `pad` that decides how many cookies it takes.
fn claims() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    let members = prop::collection::hash_map(any::<String>(), value, 0..6);
    let pad = prop_oneof![3 => 0..500_usize, 1 => 500..30_000_usize];
    (members, pad).prop_map(|(members, pad)| {
        let mut claims: Map<_, _> = members.into_iter().collect();
        claims.insert("pad".to_owned(), "p".repeat(pad).into());
        claims
    })
}

/// Cookies of others, among them names that merely begin like a session's.
fn foreign_cookie() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        "[a-zA-Z_][a-zA-Z0-9_-]{0,12}",
        "(__Secure-)?(authjs|next-auth)\\.session-token(-[a-z]{0,5}|\\.[a-z]{1,3}|\\.0[0-9]|\\.)",
        Just("authjs.csrf-token".to_owned()),
    ];
    (name, "[!-:<-~]{0,30}").prop_map(|(name, value)| format!("{name}={value}"))
}

/// Octets that look like a Cookie header more often than not.
fn header_like() -> impl Strategy<Value = Vec<u8>> {
    let cookie = "(__Secure-)?(authjs|next-auth)\\.session-token(\\.[0-9]{1,5})? ?=[ -~]{0,40}";
    let part = prop_oneof![
        cookie.prop_map(String::into_bytes),
        "[a-zA-Z0-9_-]{3,40}(\\.[a-zA-Z0-9_-]{0,40}){2,6}".prop_map(String::into_bytes),
        "%[0-9a-fA-F]{0,2}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let separator = prop::sample::select(vec![&b"; "[..], b";", b"", b" ;\t", b";;", b"\0"]);
    let parts = prop::collection::vec((part, separator), 0..12);
    parts.prop_map(|parts| {
        parts
            .into_iter()
            .flat_map(|(part, end)| [&part, end].concat())
            .collect()
    })
}

/// The same order for the same seed.
fn shuffle<T: std::hash::Hash>(seed: u64, items: &mut [T]) {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    items.sort_by_cached_key(|item| hasher.hash_one((seed, item)));
}

proptest! {
    #[test]
    fn what_is_sealed_opens_in_any_order_among_other_cookies(
        claims in claims(),
        name in known_name(),
        random in any::<[u8; 32]>(),
        foreign in prop::collection::vec(foreign_cookie(), 0..20),
        seed in any::<u64>(),
        lines in 1..4_usize,
    ) {
        let writer = Writer::new(&secret(), name.clone());
        let json = serde_json::to_string(&claims).unwrap();
        let token = writer.encode(&json, NOW, 60, random).unwrap();
        let mut cookies: Vec<_> = (writer.chunks(&token).into_iter())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let chunks = if cookies.len() == 1 { 0 } else { cookies.len() };
        cookies.extend(foreign);
        shuffle(seed, &mut cookies);
        let lines: Vec<_> = cookies.chunks(cookies.len().div_ceil(lines)).map(|it| it.join("; ")).collect();

        let lines = lines.iter().map(String::as_bytes);
        let session = reader().open(lines, scheme_of(&name), NOW).unwrap();
        prop_assert_eq!(session.cookie(), &name);
        prop_assert_eq!(session.chunks(), chunks);
        let mut found: Map<String, Value> = serde_json::from_str(session.claims().as_json()).unwrap();
        let mut sent = claims;
        for ours in ["iat", "exp", "jti"] {
            prop_assert!(found.remove(ours).is_some());
            sent.remove(ours);
        }
        prop_assert_eq!(&found, &sent);
        for (name, value) in sent {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let raw = session.claims().raw(&Pointer::parse(&pointer).unwrap()).map(serde_json::from_str);
            prop_assert_eq!(raw.unwrap().ok(), Some(value));
        }
    }

    #[test]
    fn the_scan_loses_no_pair_and_adds_none(
        sent in prop::collection::vec(("[!-:<>-~][ !-:<>-~]{0,8}[!-:<>-~]|", "[!-:<-~][ !-:<-~]{0,20}[!-:<-~]|"), 0..30),
        separators in prop::collection::vec("[ \t]{0,2};([ \t]{0,2}([a-z ]{0,5};)?)*[ \t]{0,2}", 30),
        blanks in "[ \t]{0,2}",
    ) {
        let mut header = blanks.clone();
        for ((name, value), separator) in sent.iter().zip(&separators) {
            header.extend([name, &blanks, "=", &blanks, value, separator]);
        }
        let found: Vec<_> = pairs(header.as_bytes()).collect();
        let sent: Vec<_> = (sent.iter())
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        prop_assert_eq!(found, sent);
    }

    #[test]
    fn no_octets_make_the_reader_panic(
        lines in prop::collection::vec(prop_oneof![header_like(), prop::collection::vec(any::<u8>(), 0..200)], 0..4),
        now in any::<u64>(),
    ) {
        let reader = reader();
        let lines = || lines.iter().map(Vec::as_slice);
        for scheme in [Scheme::Http, Scheme::Https] {
            prop_assert!(reader.open(lines(), scheme, now).is_err());
            for line in lines() {
                prop_assert!(reader.open_bearer(line, scheme, now).is_err());
                let bearer = [b"Bearer ", line].concat();
                prop_assert!(reader.open_bearer(&bearer, scheme, now).is_err());
            }
        }
        prop_assert_eq!(Csrf::new(&[secret()], Version::V5, Scheme::Http).read(lines()), None);
    }

    #[test]
    fn a_token_with_another_character_never_opens(
        name in known_name(),
        size in 0..6000_usize,
        position in any::<prop::sample::Index>(),
        replacement in any::<u8>(),
    ) {
        let writer = Writer::new(&secret(), name.clone());
        let claims = format!(r#"{{"sub":"{}"}}"#, "u".repeat(size));
        let token = writer.encode(&claims, NOW, 60, [7; 32]).unwrap();
        let mut changed = token.clone().into_bytes();
        let slot = &mut changed[position.index(token.len())];
        prop_assume!(*slot != replacement);
        *slot = replacement;

        let header = [name.as_str().as_bytes(), b"=", &changed].concat();
        let scheme = scheme_of(&name);
        prop_assert!(reader().open([header.as_slice()], scheme, NOW).is_err());
        let bearer = [b"Bearer ", changed.as_slice()].concat();
        prop_assert!(reader().open_bearer(&bearer, scheme, NOW).is_err());
    }

    #[test]
    fn a_token_without_a_piece_never_opens(
        name in known_name(),
        start in any::<prop::sample::Index>(),
        length in 1..200_usize,
    ) {
        let writer = Writer::new(&secret(), name.clone());
        let mut token = writer.encode(r#"{"sub":"u-1"}"#, NOW, 60, [7; 32]).unwrap();
        let start = start.index(token.len());
        let end = token.len().min(start + length);
        token.replace_range(start..end, "");
        let header = format!("{name}={token}");
        prop_assert!(reader().open([header.as_bytes()], scheme_of(&name), NOW).is_err());
    }
}
