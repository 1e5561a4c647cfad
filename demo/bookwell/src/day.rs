//! Days in requests: `2026-06-14` and no other spelling.

use jiff::civil::Date;
use serde::de::{Deserialize as _, Deserializer, Error as _};

/// Reads a day.
pub(crate) fn parse(text: &str) -> Option<Date> {
    // jiff would also take a time behind the day, and days without hyphens.
    let plain = text.len() == 10
        && text
            .bytes()
            .all(|octet| octet.is_ascii_digit() || octet == b'-');
    text.parse()
        .ok()
        .filter(|_| plain && !text.starts_with('-'))
}

/// For `#[serde(deserialize_with = "…")]`.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom("a day as 2026-06-14 is expected"))
}

/// The same for a field that may be absent.
pub(crate) fn read_optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    read(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling() {
        assert_eq!(parse("2026-06-14"), Some(Date::constant(2026, 6, 14)));
        for bad in [
            "",
            "20260614",
            "2026-6-14",
            "2026-02-29",
            "2026-06-14T10:00",
            "+002026-06",
            "-002026-06",
            "2026-06-14 ",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
