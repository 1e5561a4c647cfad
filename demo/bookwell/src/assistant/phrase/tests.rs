use jiff::civil::date;

use super::{count, day, list, money};

#[test]
fn amounts_are_written_exactly() {
    assert_eq!(money(0, "USD"), "$0.00");
    assert_eq!(money(120_000, "USD"), "$1,200.00");
    assert_eq!(money(99_999_999, "EUR"), "\u{20ac}999,999.99");
    assert_eq!(money(-5, "GBP"), "\u{2212}\u{a3}0.05");
    assert_eq!(money(100_000_000, "CHF"), "1,000,000.00\u{a0}CHF");
}

#[test]
fn days_have_their_weekday() {
    assert_eq!(day(date(2026, 6, 4)), "Thursday, June 4, 2026");
}

#[test]
fn lists_end_with_a_conjunction() {
    let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
    assert_eq!(list(&names, "and"), "a, b and c");
    assert_eq!(list(&names[..2], "or"), "a or b");
    assert_eq!(list(&names[..1], "or"), "a");
    assert_eq!(list(&[], "or"), "");
}

#[test]
fn numbers_agree_with_their_noun() {
    assert_eq!(count(1, "package"), "1 package");
    assert_eq!(count(0, "package"), "0 packages");
}
