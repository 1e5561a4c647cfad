use super::{Match, distance, find, may_be_another};

const NAMES: [&str; 4] = [
    "Garden Wedding",
    "Garden Party",
    "Elopement at Dawn",
    "The Orchard Dinner",
];

#[track_caller]
fn check(text: &str, expected: &Match) {
    assert_eq!(&find(text, NAMES.into_iter()), expected, "{text}");
}

#[test]
fn names_are_found_in_sentences() {
    check("Book the Garden Wedding for June 14", &Match::One(0));
    check("how much is the garden party?", &Match::One(1));
    check("ELOPEMENT please", &Match::One(2));
    check("orchard dinners", &Match::One(3));
}

#[test]
fn slips_are_forgiven() {
    check("the gardn weding", &Match::One(0));
    check("graden party", &Match::One(1));
    check("elopment", &Match::One(2));
    check("orchad diner", &Match::One(3));
}

#[test]
fn what_fits_two_names_is_said_to() {
    check("the garden one", &Match::Several(vec![0, 1]));
}

#[test]
fn a_whole_name_wins_over_a_part_of_a_longer_one() {
    let names = ["Sunset Cruise", "Sunset", "Sunset Cruise Deluxe"];
    for (text, place) in [
        ("sunset", 1),
        ("the sunset cruise", 0),
        ("cruise deluxe", 2),
    ] {
        assert_eq!(find(text, names.into_iter()), Match::One(place), "{text}");
    }
}

#[test]
fn what_fits_none_is_none() {
    check("the boat trip", &Match::None);
    check("", &Match::None);
    check("the and of", &Match::None);
}

#[test]
fn distances_count_slips() {
    for (one, other, expected) in [
        ("", "", 0),
        ("", "abc", 3),
        ("garden", "garden", 0),
        ("garden", "graden", 1),
        ("garden", "gardn", 1),
        ("garden", "garten", 1),
        ("garden", "gardeen", 1),
        ("wedding", "weding", 1),
        ("party", "garden", 4),
    ] {
        assert_eq!(distance(one, other), expected, "{one} {other}");
        assert_eq!(distance(other, one), expected, "{other} {one}");
    }
}

#[test]
fn a_word_in_common_does_not_make_one_name_of_two() {
    for (text, expected) in [
        ("delete the beach wedding", true),
        ("Delete the Beach Wedding", true),
        ("delete the Wedding Deluxe", true),
        ("delete something", true),
        ("delete the garden wedding", false),
        ("delete the wedding", false),
        ("please raise the price of the weding by 10 %", false),
        ("delete it", false),
        ("delete the only package", false),
    ] {
        assert_eq!(may_be_another(text, "Garden Wedding"), expected, "{text}");
    }
}
