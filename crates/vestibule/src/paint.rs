//! The look of our output: colours that mean something and are not needed to understand it, and foreign
//! texts that cannot disturb it.

use clap::builder::styling::{AnsiColor, Effects, Style};

/// An error, or a session that does not open.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);

/// What came out as it should.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);

/// The label of a part.
pub(crate) const LABEL: Style = Style::new().bold();

/// What to do.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// What may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Something that deserves a look.
pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);

/// A foreign text in which nothing moves the cursor, begins a line or turns the reading direction.
pub(crate) fn harmless(foreign: &str) -> String {
    let mut text = String::with_capacity(foreign.len());
    for character in foreign.chars() {
        if character.is_control() || BIDIRECTIONAL.contains(&character) {
            text.extend(character.escape_debug());
        } else {
            text.push(character);
        }
    }
    text
}

/// Characters that turn the reading direction of what follows (CVE-2021-42574), and separators of lines.
const BIDIRECTIONAL: [char; 11] = [
    '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(foreign: &str, expected: &str) {
        assert_eq!(harmless(foreign), expected);
    }

    #[test]
    fn foreign_texts_cannot_move_the_cursor() {
        check("ñ\"\\'", "ñ\"\\'");
        check("a\u{9b}2J\u{1b}[2J", "a\\u{9b}2J\\u{1b}[2J");
        check("a\r\nb", "a\\r\\nb");
        check("\u{202e}x", "\\u{202e}x");
    }
}
