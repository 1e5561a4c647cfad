use super::*;

fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
    Tally {
        passed,
        failed,
        skipped,
    }
}

#[track_caller]
fn check(read: Option<Tally>, expected: Option<Tally>) {
    assert_eq!(read, expected);
}

#[test]
fn libtest_summaries_are_read() {
    check(
        Tally::of_libtest(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s",
        ),
        Some(tally(12, 0, 1)),
    );
    check(
        Tally::of_libtest(
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ),
        Some(tally(2, 1, 0)),
    );
    check(Tally::of_libtest("test tally::tests::a ... ok"), None);
    check(Tally::of_libtest("test result: unheard of"), None);
}

#[test]
fn node_summaries_are_read_from_both_reporters() {
    check(Tally::of_node("# pass 41"), Some(tally(41, 0, 0)));
    check(Tally::of_node("ℹ fail 2"), Some(tally(0, 2, 0)));
    check(Tally::of_node("ℹ cancelled 3"), Some(tally(0, 3, 0)));
    check(Tally::of_node("# skipped 1"), Some(tally(0, 0, 1)));
    check(Tally::of_node("# duration_ms 12.5"), None);
    check(Tally::of_node("# suites 4"), None);
    check(Tally::of_node("pass 41"), None);
}

#[test]
fn vector_summaries_are_read() {
    check(
        Tally::of_vectors("93 of 93 vectors agree with the packages"),
        Some(tally(93, 0, 0)),
    );
    check(
        Tally::of_vectors("90 of 93 vectors agree with the packages"),
        Some(tally(90, 3, 0)),
    );
    check(
        Tally::of_vectors("94 of 93 vectors agree with the packages"),
        None,
    );
}

#[test]
fn a_bad_exit_without_a_failed_check_is_a_failure() {
    assert_eq!(tally(3, 0, 0).ended(false), tally(3, 1, 0));
    assert_eq!(tally(3, 1, 0).ended(false), tally(3, 1, 0));
    assert_eq!(tally(3, 0, 0).ended(true), tally(3, 0, 0));
}

#[test]
fn a_run_without_any_check_is_a_failure() {
    assert_eq!(Tally::default().ended(true), Tally::FAILED);
}

#[test]
fn totals_read_as_the_readme_says() {
    assert_eq!(tally(1, 2, 3).to_string(), "1 passed, 2 failed, 3 skipped");
}
