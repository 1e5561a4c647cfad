//! TH-106: no typing error opens a route.

use super::*;

/// Everything that closes something, beside the example.
const GUARDS: &str = r#"listen: 127.0.0.1:0
public_url: https://app.example.com
trusted_proxies: [10.0.0.0/8]
session:
  secrets: [ "${AUTH_SECRET}" ]
  cookies: [ { name: my.session, version: v5, salt: old } ]
  identity_claims: [/user/id]
  max_age: 30d
limits: { headers: 32KiB, header_count: 64, target: 4KiB, body: 10MiB, connections: 5 }
timeouts: { request_headers: 250ms, keep_alive: 1m }
upstreams:
  web: { url: http://127.0.0.1:3000, timeout: 2s, idle_timeout: 3s, total_timeout: 4s }
routes:
  - path: /a/*/**
    host: app.example.com
    to: web
    methods: [GET, POST]
    auth: required
    token: none
    cookies: drop
    require: { all: [ { claim: /role, in: [ADMIN] }, { claim: /slug, equals_segment: 2 }, { any: [ { claim: /plan, present: true } ] } ] }
    body: 1MB
    accept_bearer_session: false
  - { path: /**, to: web, auth: optional }
"#;

/// A letter too many, too few, exchanged, turned or of the other case.
#[test]
fn no_typing_error_in_a_key_of_the_example_is_accepted() {
    check(EXAMPLE, 39);
}

#[test]
fn no_typing_error_in_a_key_that_guards_is_accepted() {
    check(GUARDS, 48);
}

#[test]
fn no_typing_error_in_a_word_that_guards_is_accepted() {
    for (text, word) in [
        (EXAMPLE, "auth: required"),
        (EXAMPLE, "auth: optional"),
        (EXAMPLE, "auth: none"),
        (GUARDS, "cookies: drop"),
        (GUARDS, "token: none"),
        (GUARDS, "version: v5"),
    ] {
        let (key, value) = word.split_once(": ").unwrap();
        for typo in typos(value) {
            // A version that exists is another word and no error in writing it.
            if typo == "v4" {
                continue;
            }
            let text = text.replacen(word, &format!("{key}: {typo}"), 1);
            let loaded = Process::with_file(text).load();
            assert!(loaded.config.is_none(), "`{key}: {typo}` was accepted");
        }
    }
}

/// A guard that is not written is not there, which only `auth` may not be.
#[test]
fn no_route_goes_without_its_guard() {
    for line in EXAMPLE
        .lines()
        .filter(|line| line.contains(", auth: ") || line.contains(" auth: "))
    {
        let (before, rest) = line.split_once("auth: ").unwrap();
        let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let without = format!("{}{rest}", before.trim_end().trim_end_matches(','));
        let loaded = Process::with_file(EXAMPLE.replacen(line, &without, 1)).load();
        assert!(loaded.config.is_none(), "{without}");
    }
}

#[track_caller]
fn check(text: &str, expected: usize) {
    Process::with_file(text).config();
    let pieces: Vec<_> = text.split_inclusive(is_delimiter).collect();
    let mut keys = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let Some(key) = piece.strip_suffix(':').filter(|key| !key.is_empty()) else {
            continue;
        };
        let (before, after) = (pieces[..index].concat(), pieces[index + 1..].concat());
        if !after.starts_with([' ', '\n']) {
            continue;
        }
        keys += 1;
        for typo in typos(key) {
            let loaded = Process::with_file(format!("{before}{typo}:{after}")).load();
            assert!(loaded.config.is_none(), "`{typo}` for `{key}` was accepted");
        }
    }
    assert_eq!(keys, expected);
}

fn is_delimiter(letter: char) -> bool {
    !letter.is_ascii_alphabetic() && letter != '_'
}

fn typos(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut typos = vec![key.to_uppercase(), format!("{key}s"), format!("x{key}")];
    for index in 0..letters.len() {
        let mut changed = letters.clone();
        changed.swap(index, index.saturating_sub(1));
        typos.push(changed.iter().collect());
        changed.clone_from(&letters);
        changed[index] = 'x';
        typos.push(changed.iter().collect());
        changed.remove(index);
        typos.push(changed.iter().collect());
    }
    typos.retain(|typo| typo != key);
    typos
}
