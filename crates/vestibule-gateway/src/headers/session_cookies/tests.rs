use proptest::prelude::*;
use vestibule_session::{Reader, Reason, Rules, Scheme, Secret, pairs};

use super::*;

/// Cookies of sessions, cookies that are called alike, and others.
fn cookies() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        3 => "(__Secure-)?(authjs|next-auth)\\.session-token(\\.[0-9]{1,11}|\\.0?[0-9]|\\.)?",
        2 => "(__Secure-)?(authjs|next-auth)\\.session-token(s|-legacy|_0)",
        2 => "(my-|__Host-)(authjs|next-auth)\\.session-token(\\.0)?",
        3 => "[a-zA-Z_][a-zA-Z0-9_.-]{0,8}",
    ];
    proptest::collection::vec((name, "[!-:<-~]{0,12}"), 0..40)
}

fn without_sessions(lines: &[String]) -> Vec<Vec<u8>> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(COOKIE, HeaderValue::try_from(line.as_str()).unwrap());
    }
    remove(&mut headers, &CookieName::known());
    let kept = headers.get_all(COOKIE).iter();
    kept.map(|line| line.as_bytes().to_vec()).collect()
}

proptest! {
    // TH-32, CK5: the upstream gets every cookie of others as it was, and no piece of a session.
    #[test]
    fn foreign_cookies_stay_as_they_were_and_no_session_does(
        cookies in cookies(),
        joint in prop::sample::select(vec!["; ", ";", " ;\t", ";; "]),
        lines in 1..4_usize,
    ) {
        let texts: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let lines: Vec<_> = texts.chunks(texts.len().div_ceil(lines).max(1)).map(|it| it.join(joint)).collect();
        let kept = without_sessions(&lines);
        let of_session = |name: &str| CookieName::known().iter().any(|known| {
            name == known.as_str() || name.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        let foreign: Vec<_> = cookies.iter().filter(|(name, _)| !of_session(name))
            .map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let found: Vec<_> = kept.iter().flat_map(|line| pairs(line)).collect();
        prop_assert_eq!(found, foreign);

        let reader = Reader::new(&[Secret::new("k").unwrap()], Rules::default());
        let failure = reader.open(kept.iter().map(Vec::as_slice), Scheme::Http, 0).unwrap_err();
        prop_assert_eq!(failure.reason(), Reason::NoCookie);
    }
}

#[test]
fn ten_thousand_chunks_and_numbers_that_are_none_go_as_well() {
    let chunks = (0..10_000).map(|n| format!("authjs.session-token.{n}=x"));
    let odd = ["4294967296", "18446744073709551616", "007", "-1", "+1", "x"]
        .map(|n| format!("__Secure-authjs.session-token.{n}=x"));
    let line: Vec<_> = chunks.chain(odd).chain(["theme=dark".to_owned()]).collect();
    assert_eq!(without_sessions(&[line.join("; ")]), [b"theme=dark"]);
}
