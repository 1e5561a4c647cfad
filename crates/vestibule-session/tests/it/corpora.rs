//! The committed corpora of the fuzz targets, run without a fuzzer.

use std::fs;

use crate::repository;

#[path = "../../../../fuzz/checks/cookie_header.rs"]
mod cookie_header;
#[path = "../../../../fuzz/checks/jwe_token.rs"]
mod jwe_token;

/// Runs every file; says of how many the check said yes.
#[track_caller]
fn replay(target: &str, check: fn(&[u8]) -> bool) -> (usize, usize) {
    let folder = repository::at(&format!("fuzz/corpus/{target}"));
    let (mut files, mut opened) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let input = fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        opened += usize::from(check(&input));
    }
    (files, opened)
}

/// The second count is of headers with a session: it falls when a change of ours makes seeds dead.
#[test]
fn headers_of_the_corpus_keep_their_promises() {
    assert_eq!(replay("cookie_header", cookie_header::check), (38, 22));
}

#[test]
fn tokens_and_claims_of_the_corpus_keep_their_promises() {
    assert_eq!(replay("jwe_token", jwe_token::check), (36, 21));
}
