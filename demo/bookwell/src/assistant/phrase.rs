//! Amounts, days and lists in words, for answers and for the cards of proposals.

use jiff::civil::Date;

#[cfg(test)]
mod tests;

/// An amount with its currency: `$1,200.00`.
pub(crate) fn money(cents: i64, currency: &str) -> String {
    let sign = if cents < 0 { "\u{2212}" } else { "" };
    let cents = cents.unsigned_abs();
    let digits = (cents / 100).to_string();
    let mut whole = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    let fraction = cents % 100;
    match currency {
        "USD" => format!("{sign}${whole}.{fraction:02}"),
        "EUR" => format!("{sign}\u{20ac}{whole}.{fraction:02}"),
        "GBP" => format!("{sign}\u{a3}{whole}.{fraction:02}"),
        other => format!("{sign}{whole}.{fraction:02}\u{a0}{other}"),
    }
}

/// A day with its weekday: `Sunday, June 14, 2026`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%A, %B %-d, %Y").to_string()
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
pub(crate) fn list(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., end] => format!("{} {last} {end}", front.join(", ")),
    }
}

/// A number with its noun: `1 package`, `2 packages`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
