//! The customer of a booking, as a message names them.

use super::date;
use super::words::{Word, words};

#[cfg(test)]
mod tests;

/// The first e-mail address in a text.
pub(super) fn email(text: &str) -> Option<String> {
    let mut parts = text.split(|character: char| {
        character.is_whitespace()
            || matches!(character, ',' | ';' | '<' | '>' | '(' | ')' | '"' | ':')
    });
    parts.find_map(|part| {
        let part = part.trim_end_matches(['.', '!', '?']);
        is_email(part).then(|| part.to_owned())
    })
}

/// The name in a text: behind "for", "name is" and their like, or beside the address. With
/// `answer`, the text answers the question who it is: then a few words that nothing else explains
/// are the name, whatever their case.
pub(super) fn name(text: &str, answer: bool, not: &[&str]) -> Option<String> {
    let words = words(text);
    let led = (0..words.len()).find_map(|place| {
        let lead = words.get(place)?.text.as_str();
        let (lead, rest) = (lead, words.get(place + 1..)?);
        LEADS
            .contains(&lead)
            .then(|| run(rest.iter(), true, not))
            .flatten()
    });
    if led.is_some() {
        return led;
    }
    let address = words.iter().position(|word| is_email(&word.raw));
    let beside = match address {
        Some(place) => {
            let (before, after) = words.split_at_checked(place)?;
            let mut before: Vec<&Word> = before.iter().rev().take(6).collect();
            while before
                .first()
                .is_some_and(|word| SMALL.contains(&word.text.as_str()))
            {
                before.remove(0);
            }
            let count = before
                .iter()
                .take_while(|word| is_name(word, !answer, not))
                .count();
            before.truncate(count.min(MAX_WORDS));
            let named = run(before.into_iter().rev(), !answer, not);
            named.or_else(|| run(after.iter().skip(1), !answer, not))
        }
        None if answer && words.len() <= MAX_WORDS => run(words.iter(), false, not),
        None => None,
    };
    beside.filter(|name| name.chars().count() <= 100)
}

/// The words of a name at the front of these.
fn run<'w>(words: impl Iterator<Item = &'w Word>, capital: bool, not: &[&str]) -> Option<String> {
    let words: Vec<&str> = words
        .take(MAX_WORDS)
        .take_while(|word| is_name(word, capital, not))
        .map(|word| word.raw.as_str())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn is_name(word: &Word, capital: bool, not: &[&str]) -> bool {
    let letters = word.raw.chars().all(|character| {
        character.is_alphabetic() || matches!(character, '-' | '\'' | '\u{2019}' | '.')
    });
    let first = word.raw.chars().next();
    letters
        && first.is_some_and(|first| {
            if capital {
                first.is_uppercase()
            } else {
                first.is_alphabetic()
            }
        })
        && !SMALL.contains(&word.text.as_str())
        && !date::is_date_word(&word.text)
        && !not
            .iter()
            .any(|other| words(other).iter().any(|other| other.text == word.text))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
}

/// Names of more words are taken up to here.
const MAX_WORDS: usize = 4;

const LEADS: [&str; 7] = ["am", "for", "i'm", "is", "name", "named", "under"];

/// Words beside a name that belong to no name.
const SMALL: [&str; 34] = [
    "a", "an", "and", "at", "book", "booking", "call", "contact", "customer", "date", "e-mail",
    "email", "for", "her", "his", "i", "is", "it", "it's", "mail", "me", "my", "name", "no", "of",
    "on", "or", "package", "please", "reach", "the", "their", "under", "yes",
];
