//! What a token holds: the names of its claims, what kind of value each has, and the times.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::value::RawValue;
use vestibule_session::Claims;

/// The outermost claims by name; empty where a name cannot be written.
pub(super) fn claims(claims: &Claims) -> BTreeMap<String, &RawValue> {
    members(claims.as_json())
}

/// The members of a JSON object; none where it is something else.
pub(super) fn members(json: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

/// What a value is, without the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    List,
    Null,
    Number,
    Object,
    /// With its number of characters.
    Text(usize),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("true or false"),
            Self::List => f.write_str("a list"),
            Self::Null => f.write_str("null"),
            Self::Number => f.write_str("a number"),
            Self::Object => f.write_str("an object"),
            Self::Text(1) => f.write_str("a text of 1 character"),
            Self::Text(length) => write!(f, "a text of {length} characters"),
        }
    }
}

/// The kind of a JSON text.
pub(super) fn kind(raw: &str) -> Kind {
    match raw.trim_start().as_bytes().first() {
        Some(b'"') => {
            let text = serde_json::from_str::<String>(raw);
            Kind::Text(text.map_or(raw.len().saturating_sub(2), |text| text.chars().count()))
        }
        Some(b'[') => Kind::List,
        Some(b'{') => Kind::Object,
        Some(b'f' | b't') => Kind::Boolean,
        Some(b'n') | None => Kind::Null,
        Some(_) => Kind::Number,
    }
}

/// A time claim in whole Unix seconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and a fraction of a second tells nothing"
)]
pub(super) fn seconds(raw: &str) -> Option<i64> {
    raw.parse::<f64>()
        .ok()
        .filter(|it| it.is_finite())
        .map(|it| it.floor() as i64)
}

/// The second as a date and as a distance from `now`: `2026-09-21T14:13:20Z, in 30 days`.
pub(super) fn date(second: i64, now: u64) -> String {
    let distance = distance(second, now);
    match Timestamp::from_second(second) {
        Ok(timestamp) => format!("{timestamp}, {distance}"),
        Err(_) => format!("second {second}, {distance}"),
    }
}

fn distance(second: i64, now: u64) -> String {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let seconds = second.abs_diff(now);
    let (name, length) = UNITS
        .into_iter()
        .find(|(_, length)| seconds >= length.saturating_mul(2))
        .unwrap_or(("second", 1));
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    match second.cmp(&now) {
        std::cmp::Ordering::Equal => "now".to_owned(),
        std::cmp::Ordering::Greater => format!("in {count} {name}{plural}"),
        std::cmp::Ordering::Less => format!("{count} {name}{plural} ago"),
    }
}

/// Each is used from two of it on, so that `in 90 minutes` does not become `in 1 hour`.
const UNITS: [(&str, u64); 4] = [
    ("year", 31_556_952),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: Kind) {
        assert_eq!(kind(raw), expected, "{raw}");
    }

    #[test]
    fn kinds_are_told_without_values() {
        check(r#""añ""#, Kind::Text(2));
        check(r#""\ud800""#, Kind::Text(6));
        check("[1]", Kind::List);
        check("{}", Kind::Object);
        check("-1.5e3", Kind::Number);
        check("true", Kind::Boolean);
        check("null", Kind::Null);
    }

    #[track_caller]
    fn check_date(second: i64, now: u64, expected: &str) {
        assert_eq!(date(second, now), expected);
    }

    #[test]
    fn dates_stand_beside_their_distance() {
        check_date(1_790_000_000, 1_790_000_000, "2026-09-21T14:13:20Z, now");
        check_date(
            1_790_000_001,
            1_790_000_000,
            "2026-09-21T14:13:21Z, in 1 second",
        );
        check_date(
            1_790_005_400,
            1_790_000_000,
            "2026-09-21T15:43:20Z, in 90 minutes",
        );
        check_date(
            1_790_000_000,
            1_790_007_200,
            "2026-09-21T14:13:20Z, 2 hours ago",
        );
        check_date(
            1_792_592_000,
            1_790_000_000,
            "2026-10-21T14:13:20Z, in 30 days",
        );
        check_date(
            i64::MAX,
            0,
            "second 9223372036854775807, in 292277024626 years",
        );
    }
}
