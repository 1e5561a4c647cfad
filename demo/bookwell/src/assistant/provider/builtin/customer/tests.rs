use super::{Mention, mention, names_somebody};

const PACKAGES: [&str; 2] = ["Garden Wedding", "Garden Party"];

#[track_caller]
fn check(text: &str, name: &str, expected: Mention) {
    assert_eq!(mention(text, name, &PACKAGES), expected, "{text}: {name}");
}

#[test]
fn a_name_within_a_word_is_no_name() {
    check("Cancel the booking of Xavier Believer", "Eli", Mention::Not);
    check("Cancel the booking of Daniel Yoder", "A", Mention::Not);
    check("cancel annabelle's booking", "Anna", Mention::Not);
    check(
        "Cancel the booking of J\u{f8}rnsen",
        "J\u{f8}rn",
        Mention::Not,
    );
}

#[test]
fn whole_words_are_a_name_in_any_case() {
    check("Cancel Eli's booking", "Eli", Mention::Part);
    check("cancel eli\u{2019}s booking, please", "Eli", Mention::Part);
    check(
        "CANCEL THE BOOKING OF ANNA MILLER",
        "Anna Miller",
        Mention::Whole,
    );
    check("cancel anna miller tomorrow", "Anna Miller", Mention::Whole);
    check("Cancel the booking of Miller", "Anna Miller", Mention::Part);
    check(
        "Cancel Mrs. Miller on June 14",
        "Anna Miller",
        Mention::Part,
    );
    check(
        "Cancel the Garden Wedding of Anna",
        "Anna Miller",
        Mention::Part,
    );
    check(
        "cancel J\u{d8}RN's booking",
        "J\u{f8}rn O'Neil-Smith",
        Mention::Part,
    );
    check(
        "cancel o'neil-smith",
        "J\u{f8}rn O'Neil-Smith",
        Mention::Part,
    );
    check("cancel Miller, Anna", "Anna Miller", Mention::Part);
    check("eli", "Eli", Mention::Part);
}

#[test]
fn another_name_with_the_same_word_is_somebody_else() {
    check(
        "Cancel the booking of Anna Meier",
        "Anna Miller",
        Mention::Not,
    );
    check(
        "Cancel the booking of Bob Miller",
        "Anna Miller",
        Mention::Not,
    );
    check(
        "cancel the booking of anna meier",
        "Anna Miller",
        Mention::Not,
    );
    check("Cancel Anna Miller Jones", "Anna Miller", Mention::Not);
    check(
        "Cancel Anna Meier, not Anna Miller",
        "Anna Miller",
        Mention::Whole,
    );
}

#[test]
fn words_of_every_message_name_nobody() {
    check("Cancel a booking", "A", Mention::Not);
    check("Cancel the booking of a customer", "A", Mention::Not);
    check("Cancel the booking of A", "A", Mention::Part);
    check("A", "A", Mention::Part);
    check("Cancel the booking", "The Booking", Mention::Not);
    check("I will cancel the booking", "Will Smith", Mention::Not);
    check(
        "Cancel the booking of Will Smith",
        "Will Smith",
        Mention::Whole,
    );
    check("Cancel it", "", Mention::Not);
}

#[test]
fn somebody_is_named_by_a_capital() {
    assert!(names_somebody(
        "Cancel the booking of Xavier on June 14",
        &PACKAGES
    ));
    for text in [
        "Cancel the booking on June 14",
        "Cancel the Garden Wedding on Saturday",
        "Xavier",
        "",
    ] {
        assert!(!names_somebody(text, &PACKAGES), "{text}");
    }
}
