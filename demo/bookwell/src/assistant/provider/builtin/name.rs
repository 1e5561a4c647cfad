//! Names of packages, found in a text although they are misspelled.

use super::date::is_date_word;
use super::words::{Word, words};

#[cfg(test)]
mod tests;

/// Which of the names a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// None of them.
    None,
    /// This one, by its place in the list.
    One(usize),
    /// Several fit equally well.
    Several(Vec<usize>),
}

/// Finds the name of which the text has most; at least a third of it must be there. A name that is
/// there completely wins over a longer one that is not.
pub(super) fn find<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Match {
    let spoken: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
    let mut best = Vec::new();
    let mut best_rank = (0, false);
    for (place, name) in names.enumerate() {
        let (heard, all) = heard(&spoken, name);
        let rank = (heard, heard == all);
        if heard * 3 < all || heard == 0 || rank < best_rank {
            continue;
        }
        if rank > best_rank {
            best_rank = rank;
            best.clear();
        }
        best.push(place);
    }
    match best.as_slice() {
        [] => Match::None,
        [one] => Match::One(*one),
        [..] => Match::Several(best),
    }
}

/// Whether a text that has a part of the name may mean something else: beside that part stands a
/// word that neither the name nor the wish explains, as in "the beach wedding". Without a part of
/// the name, any such word is a doubt.
pub(super) fn may_be_another(text: &str, name: &str) -> bool {
    let spoken = words(text);
    let texts: Vec<String> = spoken.iter().map(|word| word.text.clone()).collect();
    let (heard, all) = heard(&texts, name);
    if heard == all {
        return false;
    }
    let name = words(name);
    let its = |word: &Word| name.iter().any(|part| alike(&part.text, &word.text));
    let foreign = |word: &Word| {
        word.text.chars().all(char::is_alphabetic)
            && !its(word)
            && !WISH.contains(&word.text.as_str())
            && !is_date_word(&word.text)
    };
    if heard == 0 {
        return spoken.iter().any(foreign);
    }
    let title = |word: &Word| foreign(word) && word.raw.starts_with(char::is_uppercase);
    let mut pairs = spoken.windows(2);
    pairs.any(|pair| match pair {
        [left, right] => (its(right) && foreign(left)) || (its(left) && title(right)),
        _ => false,
    })
}

/// How many letters of the name the text has, word by word, and how many there are.
fn heard(spoken: &[String], name: &str) -> (usize, usize) {
    let (mut heard, mut all) = (0, 0);
    for word in words(name) {
        if SMALL.contains(&word.text.as_str()) {
            continue;
        }
        let letters = word.text.chars().count();
        all += letters;
        if spoken.iter().any(|other| alike(&word.text, other)) {
            heard += letters;
        }
    }
    (heard, all)
}

/// Whether two words are one, give or take the slips that fit its length.
fn alike(one: &str, other: &str) -> bool {
    let slips = match one.chars().count() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    let singular = other.strip_suffix('s').unwrap_or(other);
    distance(one, other) <= slips || (slips > 0 && one == singular)
}

/// The distance of two words: letters put in, left out, replaced, or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (line, letter) in one.chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, its) in other.iter().enumerate() {
            let at =
                |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut cost = at(&row, column) + usize::from(letter != *its);
            cost = cost
                .min(at(&row, column + 1) + 1)
                .min(at(&next, column) + 1);
            let swapped = column
                .checked_sub(1)
                .is_some_and(|left| other.get(left) == Some(&letter) && last == Some(*its));
            if swapped {
                cost = cost.min(at(&before, column - 1) + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

/// Words that tell no name from another.
const SMALL: [&str; 8] = ["&", "a", "and", "at", "of", "on", "the", "with"];

/// Words that say what shall happen to a package, and not which one it is.
const WISH: &[&str] = &[
    "a",
    "about",
    "add",
    "adjust",
    "again",
    "all",
    "also",
    "an",
    "and",
    "as",
    "at",
    "book",
    "booking",
    "by",
    "called",
    "can",
    "change",
    "cheaper",
    "cost",
    "costs",
    "could",
    "cut",
    "decrease",
    "delete",
    "description",
    "dollars",
    "double",
    "drop",
    "edit",
    "euro",
    "euros",
    "expensive",
    "for",
    "from",
    "get",
    "give",
    "half",
    "have",
    "i",
    "increase",
    "is",
    "it",
    "its",
    "just",
    "kindly",
    "like",
    "lower",
    "make",
    "mean",
    "more",
    "my",
    "name",
    "named",
    "new",
    "now",
    "of",
    "off",
    "offer",
    "offering",
    "on",
    "one",
    "only",
    "our",
    "package",
    "percent",
    "please",
    "price",
    "prices",
    "put",
    "raise",
    "rate",
    "reduce",
    "remove",
    "rename",
    "reserve",
    "rewrite",
    "rid",
    "set",
    "should",
    "text",
    "that",
    "the",
    "this",
    "title",
    "to",
    "update",
    "want",
    "we",
    "will",
    "with",
    "would",
    "write",
    "yes",
    "you",
    "your",
];
