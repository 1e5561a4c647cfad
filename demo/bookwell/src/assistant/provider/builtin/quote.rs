//! What stands in quotation marks: words that are meant to be kept, and not to be understood.

#[cfg(test)]
mod tests;

/// A text, parted at its quotation marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// What stands outside of them.
    pub(super) outside: String,
    /// What stands within, in its order; never empty.
    pub(super) inside: Vec<String>,
}

impl Quoted {
    pub(super) fn of(text: &str) -> Self {
        let mut outside = String::new();
        let mut inside = Vec::new();
        let mut rest = text;
        // A mark that nothing closes is part of the text.
        while let Some((front, quoted, behind)) = part(rest) {
            outside.push_str(front);
            outside.push(' ');
            let quoted = quoted.trim();
            if !quoted.is_empty() {
                inside.push(quoted.to_owned());
            }
            rest = behind;
        }
        outside.push_str(rest);
        Self { outside, inside }
    }
}

/// The first words in quotation marks.
pub(super) fn first(text: &str) -> Option<String> {
    Quoted::of(text).inside.into_iter().next()
}

fn part(text: &str) -> Option<(&str, &str, &str)> {
    let opens = |character| matches!(character, '"' | '\u{201c}' | '\u{201e}' | '\u{ab}');
    let closes = |character| matches!(character, '"' | '\u{201d}' | '\u{201c}' | '\u{bb}');
    let (front, rest) = text.split_once(opens)?;
    let (quoted, behind) = rest.split_once(closes)?;
    Some((front, quoted, behind))
}

/// Splits at the first `mark`, whatever the case. The parts are those of the text itself.
pub(super) fn split_ignoring_case<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    text.char_indices().find_map(|(place, _)| {
        let (front, rest) = text.split_at_checked(place)?;
        let (found, behind) = rest.split_at_checked(mark.len())?;
        found.eq_ignore_ascii_case(mark).then_some((front, behind))
    })
}
