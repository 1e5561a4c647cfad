use super::*;
use crate::cookie::Version;
use crate::writer::Writer;

const NOW: u64 = 1_790_000_000;

fn secret(text: &str) -> Secret {
    Secret::new(text.repeat(8)).unwrap()
}

fn token_of(name: &str, version: Version, claims: &str) -> String {
    let name = CookieName::new(name, version).unwrap();
    let random = std::array::from_fn(|n| u8::try_from(n * 3 + claims.len() % 7).unwrap());
    let writer = Writer::new(&secret("right"), name);
    writer.encode(claims, NOW, 3600, random).unwrap()
}

/// A session of `letters` octets more than usual, under the plain v5 name.
fn token(letters: usize) -> String {
    let claims = format!(r#"{{"sub":"u-1","pad":"{}"}}"#, "x".repeat(letters));
    token_of("authjs.session-token", Version::V5, &claims)
}

fn chunked(token: &str) -> Vec<String> {
    let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
    let writer = Writer::new(&secret("right"), name);
    let chunks = writer.chunks(token).into_iter();
    chunks
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

#[track_caller]
fn check(header: &str, expected: Result<usize, Reason>) {
    check_on(Scheme::Http, header, expected);
}

#[track_caller]
fn check_on(scheme: Scheme, header: &str, expected: Result<usize, Reason>) {
    let reader = Reader::new(&[secret("newer"), secret("right")], Rules::default());
    let result = reader.open([header.as_bytes()], scheme, NOW);
    let found = result
        .map(|session| session.chunks())
        .map_err(|failure| failure.reason());
    let start: String = header.chars().take(60).collect();
    assert_eq!(found, expected, "{start}");
}

#[test]
fn a_whole_cookie_and_chunks_open_in_any_order() {
    check(
        &format!("a=b; authjs.session-token={}; c=d", token(10)),
        Ok(0),
    );
    let mut chunks = chunked(&token(12_000));
    chunks.reverse();
    check(&chunks.join("; "), Ok(5));
    check(&format!("authjs.session-token.0={}", token(10)), Ok(1));
}

#[test]
fn leftovers_beside_a_good_session_do_no_harm() {
    let chunks = chunked(&token(5000)).join("; ");
    check(&format!("authjs.session-token=stale; {chunks}"), Ok(2));
    let whole = token(10);
    check(
        &format!("authjs.session-token.0=stale; authjs.session-token={whole}"),
        Ok(0),
    );
    check(
        &format!("authjs.session-token.2=stale; authjs.session-token={whole}"),
        Ok(0),
    );
    check(
        &format!("authjs.session-token-legacy=x; authjs.session-token={whole}"),
        Ok(0),
    );
    check(
        &format!("authjs.session-token=; authjs.session-token={whole}"),
        Ok(0),
    );
    check(
        &format!("authjs.session-token=bad; authjs.session-token={whole}"),
        Ok(0),
    );
}

// TH-36: four names, alone and beside whatever an earlier sign-in, another scheme or another family left.
#[test]
fn each_name_opens_alone_and_beside_each_leftover() {
    let names = CookieName::known();
    for name in &names {
        let token = token_of(name.as_str(), name.version(), r#"{"sub":"u-1"}"#);
        let own = format!("{name}={token}");
        let scheme = if name.is_secure() {
            Scheme::Https
        } else {
            Scheme::Http
        };
        check_on(scheme, &own, Ok(0));
        for other in &names {
            let leftovers = [
                "=stale",
                ".0=stale",
                ".3=stale",
                "=",
                ".0=",
                "-legacy=x",
                ".x=1",
            ];
            for leftover in leftovers.map(|end| format!("{other}{end}")) {
                check_on(scheme, &format!("{leftover}; {own}"), Ok(0));
                check_on(scheme, &format!("{own}; {leftover}"), Ok(0));
            }
            // A plain name is all right over HTTPS, and counts for nothing beside a secure one (TH-39).
            if !name.is_secure() && other.is_secure() {
                check_on(Scheme::Https, &own, Ok(0));
                let header = format!("{own}; {other}=stale");
                check_on(Scheme::Https, &header, Err(Reason::Malformed));
            }
        }
    }
}

#[test]
fn a_lost_chunk_is_named_wherever_it_was() {
    let chunks = chunked(&token(12_000));
    for lost in 0..chunks.len() {
        let mut rest = chunks.clone();
        rest.remove(lost);
        check(&rest.join("; "), Err(Reason::MissingChunk));
    }
}

#[test]
fn a_stale_tail_does_not_open() {
    let mut chunks = chunked(&token(5000));
    chunks.push("authjs.session-token.2=stale".to_owned());
    let reader = Reader::new(&[secret("right")], Rules::default());
    assert!(
        reader
            .open([chunks.join(";").as_bytes()], Scheme::Http, NOW)
            .is_err()
    );
}

#[test]
fn mixed_writes_are_told_from_a_damaged_token() {
    let chunks = chunked(&token(5000));
    let header = format!("authjs.session-token=cut.off; {}", chunks[0]);
    check(&header, Err(Reason::MixedChunks));
    check("authjs.session-token=cut.off", Err(Reason::Malformed));
}

#[test]
fn a_renamed_cookie_is_told_from_a_wrong_secret() {
    let token = token(10);
    let header = format!("__Secure-authjs.session-token={token}");
    check_on(Scheme::Https, &header, Err(Reason::RenamedCookie));
    let reader = Reader::new(&[secret("right")], Rules::default());
    let failure = reader
        .open([header.as_bytes()], Scheme::Https, NOW)
        .unwrap_err();
    let opens_as = failure.attempts()[0].opens_as().map(CookieName::as_str);
    assert_eq!(opens_as, Some("authjs.session-token"));

    let reader = Reader::new(&[secret("other")], Rules::default());
    let failure = reader
        .open([header.as_bytes()], Scheme::Https, NOW)
        .unwrap_err();
    assert_eq!(failure.reason(), Reason::WrongSecret);
}

#[test]
fn an_explicit_salt_opens_a_renamed_cookie() {
    let name = CookieName::new("session", Version::V5).unwrap();
    let rules = Rules {
        cookies: vec![name.with_salt("authjs.session-token")],
        ..Rules::default()
    };
    let reader = Reader::new(&[secret("right")], rules);
    let header = format!("session={}", token(10));
    assert!(reader.open([header.as_bytes()], Scheme::Http, NOW).is_ok());
}

#[test]
fn only_the_other_prefix_is_told_from_no_cookie() {
    let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
    let rules = Rules {
        cookies: vec![name],
        ..Rules::default()
    };
    let reader = Reader::new(&[secret("right")], rules);
    let reason = |header: &str| {
        let result = reader.open([header.as_bytes()], Scheme::Http, NOW);
        result.unwrap_err().reason()
    };
    assert_eq!(
        reason("__Secure-authjs.session-token.0=a"),
        Reason::OnlyOtherPrefix
    );
    assert_eq!(reason("__Secure-authjs.session-token="), Reason::NoCookie);
    assert_eq!(reason("authjs.session-token="), Reason::Empty);
    assert_eq!(reason(""), Reason::NoCookie);
}

#[test]
fn things_that_are_no_token_are_told_apart() {
    let value = |value: &str, reason| check(&format!("authjs.session-token={value}"), Err(reason));
    value("0b5c2f0e-4d2b-4a53-9d0c-0a3c8a7f1c11", Reason::OpaqueId);
    value("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", Reason::SignedNotEncrypted);
    value("a.b.c", Reason::Malformed);
    value("\"quoted\"", Reason::Malformed);
    value(&format!("\"{}\"", token(1)), Reason::Malformed);
}

#[test]
fn a_planted_plain_cookie_is_not_read_beside_a_secure_one_on_https() {
    let header = format!(
        "authjs.session-token={}; __Secure-authjs.session-token=broken",
        token(10)
    );
    check_on(Scheme::Https, &header, Err(Reason::Malformed));
    check_on(Scheme::Http, &header, Ok(0));
}

#[test]
fn the_number_of_decryptions_is_bounded() {
    let header: Vec<_> = (CookieName::known().iter())
        .flat_map(|name| (0..5).map(move |n| format!("{name}={n}; {name}.0={n}; {name}.0=x{n}")))
        .collect();
    let reader = Reader::new(&[secret("right")], Rules::default());
    let header = header.join("; ");
    let cookies = reader.scan([header.as_bytes()]).unwrap();
    let mut decryptions = 0;
    let result = reader.open_with(&cookies, Scheme::Http, |_| {
        decryptions += 1;
        Err::<(), _>(Reason::WrongSecret)
    });
    assert_eq!(decryptions, 12);
    assert_eq!(result.unwrap_err().attempts().len(), 12);
}

/// The trial decryptions of a request that is all leftovers, with three secrets.
fn trials_of(header: &str, explained: bool) -> usize {
    let secrets = ["one", "two", "three"].map(secret);
    let reader = Reader::new(&secrets, Rules::default());
    crate::jwe::tests::trials(|| {
        let lines = [header.as_bytes()];
        let cookies = reader.scan(lines).unwrap();
        let failure = reader
            .open_with(&cookies, Scheme::Http, |it| reader.open_candidate(it, NOW))
            .map(|_| ())
            .unwrap_err();
        if explained {
            let _ = reader.explained(failure, &cookies, lines);
        }
    })
}

/// As many readings as a header may hold, each of this token with another last letter.
fn leftovers(token: &str) -> String {
    let (token, _) = token.split_at(token.len() - 2);
    let names = CookieName::known();
    let cookies = names.iter().flat_map(|name| {
        let end = |n: u8| char::from(b'A' + n);
        (0..5).map(move |n| format!("{name}={token}{}A; {name}.0={token}{}A", end(n), end(n + 5)))
    });
    cookies.collect::<Vec<_>>().join("; ")
}

// TH-44: neither names nor secrets multiply without end.
#[test]
fn the_trials_of_a_request_are_bounded() {
    let named = token(0);
    let (_, rest) = named.split_once("..").unwrap();
    // {"alg":"dir","enc":"A256CBC-HS512"}
    let nameless = format!("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0..{rest}");
    // A `kid` of no key of ours is not tried at all, in no version.
    assert_eq!(trials_of(&leftovers(&named), true), 0);
    // Without one, 12 readings at most are tried with each secret; v4 names take no such token.
    let plain = trials_of(&leftovers(&nameless), false);
    assert!((1..=12 * 3).contains(&plain), "{plain}");
    // A refusal looks under the other names as well, still with an end.
    let explained = trials_of(&leftovers(&nameless), true);
    assert!(explained <= plain * 8, "{explained}");
}

#[test]
fn times_and_identity_decide_after_the_tag() {
    let reader = Reader::new(&[secret("right")], Rules::default());
    let header = format!("authjs.session-token={}", token(1));
    let reason = |now| {
        let result = reader.open([header.as_bytes()], Scheme::Http, now);
        result
            .map(|session| session.validity().clone())
            .map_err(|failure| failure.reason())
    };
    assert_eq!(reason(NOW + 3614), Ok(0..NOW + 3615));
    assert_eq!(reason(NOW + 3615), Err(Reason::Expired));
    let nobody = token_of("authjs.session-token", Version::V5, r#"{"name":"a"}"#);
    check(
        &format!("authjs.session-token={nobody}"),
        Err(Reason::NoIdentity),
    );
    let early = token_of(
        "authjs.session-token",
        Version::V5,
        r#"{"sub":"a","nbf":9999999999}"#,
    );
    check(
        &format!("authjs.session-token={early}"),
        Err(Reason::NotYetValid),
    );
}

#[test]
fn v4_sessions_survive_renaming_and_v5_ones_do_not_open_as_v4() {
    let v4 = token_of("next-auth.session-token", Version::V4, r#"{"sub":"a"}"#);
    check(&format!("next-auth.session-token={v4}"), Ok(0));
    check(&format!("__Secure-next-auth.session-token={v4}"), Ok(0));
    check(
        &format!("authjs.session-token={v4}"),
        Err(Reason::RenamedCookie),
    );
    let v5 = token(1);
    check(
        &format!("next-auth.session-token={v5}"),
        Err(Reason::RenamedCookie),
    );
}

#[test]
fn bearers_are_read_as_get_token_reads_them() {
    let reader = Reader::new(&[secret("right")], Rules::default());
    let token = token(1);
    let reason = |text: &str| {
        let result = reader.open_bearer(text.as_bytes(), Scheme::Https, NOW);
        result.map(|_| ()).map_err(|failure| failure.reason())
    };
    assert_eq!(reason(&format!("Bearer {token}")), Ok(()));
    assert_eq!(
        reason(&format!("bearer {}", token.replace('.', "%2E"))),
        Ok(())
    );
    assert_eq!(reason(&format!("Bearer {token} rest")), Ok(()));
    assert_eq!(reason(&format!("Bearer  {token}")), Err(Reason::NoCookie));
    assert_eq!(reason(&format!("Basic {token}")), Err(Reason::NoCookie));
    assert_eq!(reason("Bearer"), Err(Reason::NoCookie));
    assert_eq!(reason("Bearer a%"), Err(Reason::Malformed));
    assert_eq!(
        reason(&format!("Bearer {}", "a".repeat(70_000))),
        Err(Reason::TooLarge)
    );
}
