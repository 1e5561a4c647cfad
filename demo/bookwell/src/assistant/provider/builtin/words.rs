//! A text as the words that it is made of.

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was written, without the punctuation around it; a final full stop stays behind a
    /// digit, because `14.6.` is a date.
    pub(super) raw: String,
    /// In lower case, without any punctuation around it.
    pub(super) text: String,
}

/// The words of a text, in their order.
pub(super) fn words(text: &str) -> Vec<Word> {
    text.split_whitespace()
        .filter_map(|part| {
            let outer = |character: char| {
                !character.is_alphanumeric()
                    && !matches!(
                        character,
                        '$' | '\u{20ac}' | '\u{a3}' | '%' | '+' | '-' | '#'
                    )
            };
            let front = part.trim_start_matches(outer);
            let bare = front.trim_end_matches(outer);
            if bare.is_empty() {
                return None;
            }
            let digit_stop = bare.ends_with(|last: char| last.is_ascii_digit())
                && front
                    .strip_prefix(bare)
                    .is_some_and(|rest| rest.starts_with('.'));
            Some(Word {
                raw: if digit_stop {
                    format!("{bare}.")
                } else {
                    bare.to_owned()
                },
                text: bare.to_lowercase(),
            })
        })
        .collect()
}

impl Word {
    /// A number in digits or in letters.
    pub(super) fn count(&self) -> Option<i64> {
        let spelled = COUNTS.iter().find(|(name, _)| *name == self.text);
        let number = spelled.map(|(_, number)| *number);
        number.or_else(|| {
            self.text
                .parse()
                .ok()
                .filter(|number| (1..=1000).contains(number))
        })
    }

    /// `14th`, `1st`.
    pub(super) fn ordinal(&self) -> Option<i8> {
        let digits = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| self.text.strip_suffix(end))?;
        digits
            .parse()
            .ok()
            .filter(|number| (1..=31).contains(number))
    }

    /// A day of a month, `14` or `14th`.
    pub(super) fn day_number(&self) -> Option<i8> {
        let plain = || self.text.parse().ok();
        self.ordinal()
            .or_else(plain)
            .filter(|number| (1..=31).contains(number))
    }

    /// A year in four digits.
    pub(super) fn year(&self) -> Option<i16> {
        let year = self.text.parse().ok()?;
        (1000..=9999).contains(&year).then_some(year)
    }
}

const COUNTS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
];
