use super::{Wish, cents, find, find_wish};

#[test]
fn figures_are_whole_cents() {
    for (figures, expected) in [
        ("1200", 120_000),
        ("1,200", 120_000),
        ("1.200", 120_000),
        ("1,200.50", 120_050),
        ("1.200,50", 120_050),
        ("1.200,5", 120_050),
        ("1'200.50", 120_050),
        ("0", 0),
        ("0.01", 1),
        ("99.99", 9_999),
        ("1,234,567", 99_999_999 + 1), // over the limit, see below
        ("999,999.99", 99_999_999),
        ("2k", 200_000),
        ("1.5k", 150_000),
        ("450.-", 45_000),
    ] {
        let expected = (expected <= 99_999_999).then_some(expected);
        assert_eq!(cents(figures), expected, "{figures}");
    }
}

#[test]
fn what_is_no_amount_is_none() {
    for figures in [
        "",
        "-5",
        "1,20,0",
        "1.2.3",
        "12:30",
        "abc",
        "1e3",
        "1..2",
        "99999999999",
        "k",
        "2026-06-14",
        "\u{663}",
    ] {
        assert_eq!(cents(figures), None, "{figures}");
    }
}

#[test]
fn prices_stand_in_sentences() {
    for (text, expected) in [
        ("set it to $1,200", 120_000),
        ("set it to 1200", 120_000),
        ("auf 1.200,50 \u{20ac}", 120_050),
        ("auf 1 200,50 \u{20ac}.", 120_050),
        ("\u{20ac}95", 9_500),
        ("EUR 95", 9_500),
        ("95 euros, please", 9_500),
        ("Package 3 for 450 dollars", 45_000),
        ("Package 3 to 450", 45_000),
        ("Garden 2026 at 99.50?", 9_950),
        ("(1200)", 120_000),
    ] {
        assert_eq!(find(text), Some(expected), "{text}");
    }
    assert_eq!(find("no price here"), None);
}

#[test]
fn a_price_may_be_changed_by_something() {
    for (text, expected) in [
        ("raise the price by 50", Wish::By(5_000)),
        ("lower it by $50", Wish::By(-5_000)),
        ("increase by 10%", Wish::ByPercent(10)),
        ("make it 10 % cheaper", Wish::ByPercent(-10)),
        ("reduce by 15 percent", Wish::ByPercent(-15)),
        ("lower it to 900", Wish::To(90_000)),
    ] {
        assert_eq!(find_wish(text), Some(expected), "{text}");
    }
}

#[test]
fn a_new_price_is_exact_or_none() {
    assert_eq!(Wish::ByPercent(10).from(9_999), Some(10_999));
    assert_eq!(Wish::ByPercent(-10).from(10_000), Some(9_000));
    assert_eq!(Wish::By(-5_000).from(4_999), None);
    assert_eq!(Wish::To(99_999_999).from(1), Some(99_999_999));
    assert_eq!(Wish::By(1).from(99_999_999), None);
    assert_eq!(Wish::ByPercent(i64::MAX).from(1), None);
}
