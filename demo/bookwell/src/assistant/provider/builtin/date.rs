//! Dates as people write them.
//!
//! A day without a year is the next one that is not past; a weekday is the first one after today.
//! "Next Saturday" has two readings among people: the answer always writes the date out, so
//! whoever meant the other one sees it.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::words::{Word, words};

#[cfg(test)]
mod tests;

/// A date in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Day(Date),
    /// It looks like a date, and there is no such day.
    Impossible,
}

/// A range of days in a text, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Date,
    pub(super) to: Date,
}

/// How somebody reads `4/5/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlashOrder {
    DayFirst,
    MonthFirst,
}

impl SlashOrder {
    /// The habit at a place, as far as its time zone tells.
    pub(super) fn at(time_zone: &str) -> Self {
        if time_zone.starts_with("America/") || time_zone.starts_with("US/") {
            Self::MonthFirst
        } else {
            Self::DayFirst
        }
    }
}

/// The dates in a text, in their order.
pub(super) fn find(text: &str, today: Date, order: SlashOrder) -> Vec<Found> {
    let words = words(text);
    let starts = (0..words.len()).filter_map(|start| {
        let before = start.checked_sub(1).and_then(|before| words.get(before));
        at(words.get(start..)?, before, today, order)
    });
    starts.collect()
}

/// Whether the word belongs to a date and to no name.
pub(super) fn is_date_word(word: &str) -> bool {
    let spoken = ["next", "this", "today", "tomorrow", "week", "month"];
    weekday(word).is_some() || month(word).is_some_and(|_| word != "may") || spoken.contains(&word)
}

/// The first range of days in a text: this or next week or month, or a month by its name.
pub(super) fn find_period(text: &str, today: Date) -> Option<Period> {
    let words = words(text);
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        let next = before.is_some_and(|word| word.text == "next");
        match word.text.as_str() {
            "week" => {
                let monday = today
                    .checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())
                    .ok()?;
                let from = if next {
                    monday.checked_add(7.days()).ok()?
                } else {
                    today
                };
                let sunday = if next { from } else { monday }
                    .checked_add(6.days())
                    .ok()?;
                return Some(Period { from, to: sunday });
            }
            "month" => {
                let first = today.first_of_month();
                let from = if next {
                    first.checked_add(1.month()).ok()?
                } else {
                    today
                };
                return Some(Period {
                    from,
                    to: from.last_of_month(),
                });
            }
            "weekend" => {
                let saturday = upcoming(today, Weekday::Saturday)?;
                return Some(Period {
                    from: saturday,
                    to: saturday.tomorrow().ok()?,
                });
            }
            "year" => {
                let from = if next {
                    today.last_of_year().tomorrow().ok()?
                } else {
                    today
                };
                return Some(Period {
                    from,
                    to: from.last_of_year(),
                });
            }
            name => {
                let Some(month) = month(name) else { continue };
                // "May I …" and "march on" are no months; "in May" and "for March" are.
                let introduced = before.is_some_and(|word| {
                    ["in", "for", "during", "of", "this", "next"].contains(&word.text.as_str())
                });
                if !introduced && is_also_a_verb(name) {
                    continue;
                }
                let year = words.get(place + 1).and_then(Word::year);
                return whole_month(month, year, today);
            }
        }
    }
    None
}

/// A month; without a year the next one that is not over, and of that what is left.
fn whole_month(month: i8, year: Option<i16>, today: Date) -> Option<Period> {
    let mut from = Date::new(year.unwrap_or(today.year()), month, 1).ok()?;
    if year.is_none() && from.last_of_month() < today {
        from = from.checked_add(1.year()).ok()?;
    }
    let to = from.last_of_month();
    if year.is_none() && from < today {
        from = today;
    }
    Some(Period { from, to })
}

/// The date that begins with the first of these words.
fn at(words: &[Word], before: Option<&Word>, today: Date, order: SlashOrder) -> Option<Found> {
    let first = words.first()?;
    let second = words.get(1);
    if let Some(found) = numeric(&first.raw, today, order) {
        return Some(found);
    }
    match first.text.as_str() {
        "today" | "tonight" => return Some(Found::Day(today)),
        "tomorrow" => {
            let after = before.is_some_and(|word| word.text == "after");
            return day(today.checked_add(if after { 2 } else { 1 }.days()).ok());
        }
        "in" => {
            let count = second?.count()?;
            let span = match words.get(2)?.text.as_str() {
                "day" | "days" => count.days(),
                "week" | "weeks" => count.checked_mul(7)?.days(),
                "month" | "months" => count.months(),
                _ => return None,
            };
            return day(today.checked_add(span).ok());
        }
        "the" => {
            // "the 14th", and not "the 14 packages".
            let number = second?.ordinal()?;
            if words
                .get(2)
                .is_some_and(|word| word.text == "of" || month(&word.text).is_some())
            {
                return None;
            }
            return Some(next_day_of_month(number, today));
        }
        _ => {}
    }
    if let Some(weekday) = weekday(&first.text) {
        return day(upcoming(today, weekday));
    }
    if let Some(month) = month(&first.text) {
        let number = second?.day_number()?;
        return Some(named(words.get(2), month, number, today));
    }
    let number = first.day_number()?;
    let of = usize::from(second?.text == "of");
    let month = month(&words.get(1 + of)?.text)?;
    Some(named(words.get(2 + of), month, number, today))
}

/// `2026-06-14`, `14.6.2026`, `14.6.`, `6/14/2026`.
fn numeric(raw: &str, today: Date, order: SlashOrder) -> Option<Found> {
    // A sentence may end behind a date.
    let raw = raw.trim_end_matches('.');
    let separator = raw.chars().find(|character| !character.is_ascii_digit())?;
    let parts: Vec<i16> = raw
        .split(separator)
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (year, month, number) = match (separator, parts.as_slice()) {
        ('-' | '/' | '.', &[year, month, number]) if year >= 1000 => (Some(year), month, number),
        ('.', &[number, month, year]) => (Some(full_year(year)), month, number),
        // "14.6." only: "14.50" is a price.
        ('.', &[number, month]) if (1..=31).contains(&number) && (1..=12).contains(&month) => {
            (None, month, number)
        }
        // A telephone number has larger parts.
        ('/' | '-', &[first, second, year]) if first <= 31 && second <= 31 => {
            let (month, number) = slashed(first, second, order);
            (Some(full_year(year)), month, number)
        }
        ('/', &[first, second]) => {
            let (month, number) = slashed(first, second, order);
            (None, month, number)
        }
        _ => return None,
    };
    let (Ok(month), Ok(number)) = (i8::try_from(month), i8::try_from(number)) else {
        return Some(Found::Impossible);
    };
    Some(match year {
        Some(year) => exact(year, month, number),
        None => next(month, number, today),
    })
}

fn slashed(first: i16, second: i16, order: SlashOrder) -> (i16, i16) {
    match order {
        _ if first > 12 => (second, first),
        _ if second > 12 => (first, second),
        SlashOrder::MonthFirst => (first, second),
        SlashOrder::DayFirst => (second, first),
    }
}

fn full_year(year: i16) -> i16 {
    if (0..100).contains(&year) {
        2000 + year
    } else {
        year
    }
}

fn named(year: Option<&Word>, month: i8, number: i8, today: Date) -> Found {
    match year.and_then(Word::year) {
        Some(year) => exact(year, month, number),
        None => next(month, number, today),
    }
}

fn exact(year: i16, month: i8, number: i8) -> Found {
    Date::new(year, month, number).map_or(Found::Impossible, Found::Day)
}

/// The next such day that is not past. The 29th of February may be some years away.
fn next(month: i8, number: i8, today: Date) -> Found {
    let year = today.year();
    (year..=year.saturating_add(8))
        .filter_map(|year| Date::new(year, month, number).ok())
        .find(|date| *date >= today)
        .map_or(Found::Impossible, Found::Day)
}

fn next_day_of_month(number: i8, today: Date) -> Found {
    let months =
        (0..12_i64).filter_map(|ahead| today.first_of_month().checked_add(ahead.months()).ok());
    months
        .filter_map(|first| Date::new(first.year(), first.month(), number).ok())
        .find(|date| *date >= today)
        .map_or(Found::Impossible, Found::Day)
}

fn upcoming(today: Date, weekday: Weekday) -> Option<Date> {
    today.nth_weekday(1, weekday).ok()
}

fn day(date: Option<Date>) -> Option<Found> {
    date.map(Found::Day)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(name: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|month| {
        *month == name || (name.len() >= 3 && name.len() <= 4 && month.starts_with(name))
    })?;
    i8::try_from(place + 1).ok()
}

fn is_also_a_verb(name: &str) -> bool {
    ["may", "march", "mar"].contains(&name)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
