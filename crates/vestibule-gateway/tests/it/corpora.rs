//! The committed corpora of the fuzz targets, run without a fuzzer.

use std::fs;
use std::path::Path;

#[path = "../../../../fuzz/checks/callback_url.rs"]
mod callback_url;
#[path = "../../../../fuzz/checks/configuration.rs"]
mod configuration;
#[path = "../../../../fuzz/checks/configured.rs"]
mod configured;
#[path = "../../../../fuzz/checks/escapes.rs"]
mod escapes;
#[path = "../../../../fuzz/checks/forwarding.rs"]
mod forwarding;
#[path = "../../../../fuzz/checks/head.rs"]
mod head;
#[path = "../../../../fuzz/checks/reading.rs"]
mod reading;
#[path = "../../../../fuzz/checks/request_head.rs"]
mod request_head;
#[path = "../../../../fuzz/checks/target_path.rs"]
mod target_path;

/// Runs every file; says of how many the check said yes, so that no change of ours makes seeds dead.
#[track_caller]
fn replay(target: &str, check: fn(&[u8]) -> bool) -> (usize, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let (mut files, mut yes) = (0, 0);
    for entry in fs::read_dir(folder.join(target)).unwrap() {
        let input = fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        yes += usize::from(check(&input));
    }
    (files, yes)
}

/// The second count is of those that are a way back.
#[test]
fn ways_back_of_the_corpus_end_at_our_own_origin() {
    assert_eq!(replay("callback_url", callback_url::check), (17, 6));
}

/// The second count is of those that can be served.
#[test]
fn configurations_of_the_corpus_are_read_without_showing_a_secret() {
    assert_eq!(replay("configuration", configuration::check), (40, 9));
}

/// The second count is of those in which a trusted proxy names a client.
#[test]
fn what_proxies_say_in_the_corpus_is_believed_of_trusted_ones_alone() {
    assert_eq!(replay("forwarding", forwarding::check), (18, 10));
}

/// The second count is of those that are forwarded.
#[test]
fn heads_of_the_corpus_pass_no_guard() {
    assert_eq!(replay("request_head", request_head::check), (47, 20));
}

/// The second count is of those that their pattern takes.
#[test]
fn paths_of_the_corpus_are_what_other_readers_see() {
    assert_eq!(replay("target_path", target_path::check), (22, 16));
}
