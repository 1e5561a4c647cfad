use jiff::civil::{Date, date};

use super::{Found, Period, SlashOrder, find, find_period};

/// A Wednesday.
const TODAY: Date = date(2026, 3, 11);

#[track_caller]
fn check(text: &str, expected: Date) {
    let found = find(text, TODAY, SlashOrder::MonthFirst);
    assert_eq!(found, [Found::Day(expected)], "{text}");
}

#[test]
fn exact_dates_in_figures() {
    check("Is 2026-06-14 free?", date(2026, 6, 14));
    check("Book it on 2026-06-14. My name is Ada.", date(2026, 6, 14));
    check("Book it on 6/14.", date(2026, 6, 14));
    check("am 14.6.2026.", date(2026, 6, 14));
    check("14.06.26", date(2026, 6, 14));
    check("on 14.6. please", date(2026, 6, 14));
    check("(6/14/2026)", date(2026, 6, 14));
    check("6/14", date(2026, 6, 14));
    check("14/6/2026", date(2026, 6, 14));
    check("6-14-2026", date(2026, 6, 14));
    check("2026/06/14,", date(2026, 6, 14));
}

#[test]
fn an_ambiguous_order_goes_by_the_place() {
    let text = "4/5/2026";
    let at = |zone| find(text, TODAY, SlashOrder::at(zone));
    assert_eq!(at("America/New_York"), [Found::Day(date(2026, 4, 5))]);
    assert_eq!(at("Europe/Lisbon"), [Found::Day(date(2026, 5, 4))]);
}

#[test]
fn dates_with_the_name_of_the_month() {
    check("June 14", date(2026, 6, 14));
    check("june 14th, 2027", date(2027, 6, 14));
    check("Jun. 14", date(2026, 6, 14));
    check("14 June", date(2026, 6, 14));
    check("the 14th of June 2026", date(2026, 6, 14));
    check("Sept 3rd", date(2026, 9, 3));
    check("the 20th", date(2026, 3, 20));
    check("the 2nd", date(2026, 4, 2));
    check("the 31st", date(2026, 3, 31));
}

#[test]
fn a_day_without_a_year_is_never_past() {
    check("March 10", date(2027, 3, 10));
    check("March 11", TODAY);
    check("29 February", date(2028, 2, 29));
}

#[test]
fn days_seen_from_today() {
    check("today", TODAY);
    check("tomorrow?", date(2026, 3, 12));
    check("the day after tomorrow", date(2026, 3, 13));
    check("in 3 days", date(2026, 3, 14));
    check("in two weeks", date(2026, 3, 25));
    check("in a month", date(2026, 4, 11));
    check("next Saturday", date(2026, 3, 14));
    check("this sat", date(2026, 3, 14));
    check("Wednesday", date(2026, 3, 18));
}

#[test]
fn days_that_do_not_exist_are_said_to() {
    for text in [
        "June 31",
        "2026-02-30",
        "31.6.2026",
        "2026-13-01",
        "30 February",
    ] {
        let found = find(text, TODAY, SlashOrder::MonthFirst);
        assert_eq!(found, [Found::Impossible], "{text}");
    }
}

#[test]
fn what_is_no_date_is_none() {
    for text in [
        "",
        "the 14 packages",
        "may I book?",
        "$1,200",
        "1.200,50 \u{20ac}",
        "call 555-123-4567",
        "99.99",
        "a march",
        "June",
        "32",
        "2026",
        "-- .. // - / .",
    ] {
        assert_eq!(find(text, TODAY, SlashOrder::DayFirst), [], "{text}");
    }
}

#[test]
fn two_dates_come_in_their_order() {
    let found = find("from 1 June to 2026-06-30", TODAY, SlashOrder::DayFirst);
    assert_eq!(
        found,
        [Found::Day(date(2026, 6, 1)), Found::Day(date(2026, 6, 30))]
    );
}

#[track_caller]
fn check_period(text: &str, from: Date, to: Date) {
    assert_eq!(
        find_period(text, TODAY),
        Some(Period { from, to }),
        "{text}"
    );
}

#[test]
fn periods_have_names_too() {
    check_period("this week", TODAY, date(2026, 3, 15));
    check_period("next week", date(2026, 3, 16), date(2026, 3, 22));
    check_period("bookings this month", TODAY, date(2026, 3, 31));
    check_period("next month?", date(2026, 4, 1), date(2026, 4, 30));
    check_period("this weekend", date(2026, 3, 14), date(2026, 3, 15));
    check_period("in June", date(2026, 6, 1), date(2026, 6, 30));
    check_period("February bookings", date(2027, 2, 1), date(2027, 2, 28));
    check_period("in May 2027", date(2027, 5, 1), date(2027, 5, 31));
    check_period("in March 2025", date(2025, 3, 1), date(2025, 3, 31));
    check_period("in March", TODAY, date(2026, 3, 31));
    check_period("next year", date(2027, 1, 1), date(2027, 12, 31));
}

#[test]
fn a_verb_is_no_month() {
    assert_eq!(find_period("may I see the bookings?", TODAY), None);
}
