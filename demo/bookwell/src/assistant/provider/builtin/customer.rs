//! The customers that a message names, among those who have bookings.

use super::date;
use super::words::{Word, words};

#[cfg(test)]
mod tests;

/// How much of a customer's name a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mention {
    /// Nothing, or somebody else is named.
    Not,
    /// One whole word of it.
    Part,
    /// All of its words, side by side, and more than one.
    Whole,
}

/// Whether a text names this customer: by whole words, because "Xavier Believer" is no "Eli".
/// Beside the words of the name there must be none that makes it another name; the words of
/// `explained` belong to no name.
pub(super) fn mention(text: &str, name: &str, explained: &[&str]) -> Mention {
    let spoken = words(text);
    let name = words(name);
    let begins = |here: &[Word]| {
        here.len() >= name.len()
            && here
                .iter()
                .zip(&name)
                .all(|(one, other)| bare(one) == bare(other))
    };
    // A customer may be called "A" or "The Wedding": such words count only where a name belongs.
    if name.iter().all(is_plain) {
        let alone = spoken.len() == name.len() && begins(&spoken);
        let led = spoken.iter().enumerate().any(|(place, lead)| {
            let here = spoken.get(place + 1..).unwrap_or_default();
            LEADS.contains(&lead.text.as_str())
                && begins(here)
                && here
                    .iter()
                    .zip(&name)
                    .all(|(one, other)| one.raw.starts_with(&other.raw))
        });
        return if alone || led {
            Mention::Part
        } else {
            Mention::Not
        };
    }
    let its = |word: &Word| name.iter().any(|part| bare(part) == bare(word));
    let mut best = Mention::Not;
    for place in 0..spoken.len() {
        let (before, here) = spoken.split_at_checked(place).unwrap_or_default();
        let whole = name.len() > 1 && begins(here);
        let Some(word) = here.first() else { break };
        if !whole && (is_plain(word) || !its(word)) {
            continue;
        }
        // In a message without capitals, any word that nothing explains may belong to a name.
        let capital = whole || is_capital(word);
        let foreign = |word: &Word| is_name(word, capital, explained);
        let left = before.iter().rev().find(|word| !its(word));
        let right = here.iter().find(|word| !its(word));
        if left.is_some_and(foreign) || right.is_some_and(foreign) {
            continue;
        }
        best = best.max(if whole { Mention::Whole } else { Mention::Part });
    }
    best
}

/// Whether a text names anybody: it has a word with a capital that nothing else explains.
pub(super) fn names_somebody(text: &str, explained: &[&str]) -> bool {
    // Any word may begin a sentence.
    let words = words(text);
    words
        .iter()
        .skip(1)
        .any(|word| is_name(word, true, explained))
}

/// Whether a word may belong to a name.
fn is_name(word: &Word, capital: bool, explained: &[&str]) -> bool {
    let letters = bare(word)
        .chars()
        .all(|character| character.is_alphabetic() || matches!(character, '-' | '\'' | '\u{2019}'));
    letters
        && (!capital || is_capital(word))
        && !is_plain(word)
        && !date::is_date_word(bare(word))
        && !explained
            .iter()
            .any(|text| words(text).iter().any(|other| bare(other) == bare(word)))
}

/// A word that every message may have, or a single letter.
fn is_plain(word: &Word) -> bool {
    let word = bare(word);
    word.chars().count() < 2 || PLAIN.contains(&word)
}

fn is_capital(word: &Word) -> bool {
    word.raw.starts_with(char::is_uppercase)
}

/// The word without the ending that says whose something is.
fn bare(word: &Word) -> &str {
    let text = word.text.as_str();
    text.strip_suffix("'s")
        .or_else(|| text.strip_suffix("\u{2019}s"))
        .unwrap_or(text)
}

/// Words that a name stands behind.
const LEADS: [&str; 9] = [
    "by", "called", "client", "customer", "for", "from", "guest", "named", "of",
];

/// Words of messages that are about bookings, and of any message.
const PLAIN: &[&str] = &[
    "a",
    "about",
    "again",
    "all",
    "also",
    "an",
    "and",
    "another",
    "any",
    "are",
    "as",
    "asap",
    "at",
    "be",
    "because",
    "been",
    "book",
    "booked",
    "booking",
    "bookings",
    "but",
    "by",
    "call",
    "called",
    "can",
    "cancel",
    "canceled",
    "cancelled",
    "cancels",
    "client",
    "could",
    "customer",
    "date",
    "day",
    "delete",
    "do",
    "does",
    "dr",
    "drop",
    "event",
    "for",
    "from",
    "go",
    "guest",
    "has",
    "have",
    "he",
    "hello",
    "her",
    "hey",
    "hi",
    "his",
    "i",
    "i'd",
    "i'm",
    "in",
    "is",
    "it",
    "it's",
    "just",
    "kindly",
    "like",
    "made",
    "make",
    "me",
    "mean",
    "meant",
    "miss",
    "mr",
    "mrs",
    "ms",
    "my",
    "name",
    "named",
    "need",
    "needs",
    "no",
    "not",
    "now",
    "of",
    "off",
    "on",
    "one",
    "only",
    "or",
    "our",
    "out",
    "package",
    "please",
    "remove",
    "request",
    "reservation",
    "reservations",
    "she",
    "should",
    "since",
    "sorry",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "they",
    "this",
    "to",
    "under",
    "us",
    "want",
    "wants",
    "was",
    "we",
    "were",
    "who",
    "will",
    "with",
    "would",
    "yes",
    "you",
    "your",
];
