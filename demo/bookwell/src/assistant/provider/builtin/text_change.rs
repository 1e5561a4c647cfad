//! A new title or description for a package, as it is said.

use super::quote::{Quoted, split_ignoring_case};
use super::turn::{Answer, Turn};
use super::words::words;

/// Which text becomes what, and the words that say of which package, the newest first.
pub(super) struct TextChange {
    pub(super) about: Vec<String>,
    pub(super) field: &'static str,
    pub(super) new: String,
}

impl TextChange {
    /// Reads it from the message that asks for it, or else from the answer to our question.
    pub(super) fn of(turn: &Turn<'_>) -> Result<Self, Answer> {
        let (answers, wish) = match turn.texts.as_slice() {
            [answers @ .., wish] => (answers, *wish),
            [] => (&[] as &[&str], ""),
        };
        let Quoted { outside, inside } = Quoted::of(wish);
        let field = if outside.to_lowercase().contains("description") {
            "description"
        } else {
            "title"
        };
        let (about, new) = match inside.split_last() {
            // "rename “A” to “B”" quotes both names; the new one stands behind.
            Some((new, old)) => (format!("{outside} {}", old.join(" ")), Some(new.clone())),
            None => match unquoted(wish) {
                Some((front, new)) => (front.to_owned(), Some(new.to_owned())),
                None => (wish.to_owned(), None),
            },
        };
        let answers = answers.iter().copied();
        let (mut abouts, new): (Vec<String>, _) = if let Some(new) = new {
            (answers.map(str::to_owned).collect(), new)
        } else {
            let quoted: Vec<Quoted> = answers.map(Quoted::of).collect();
            let mut new = quoted.iter().filter_map(|answer| answer.inside.first());
            let new = new.next().cloned().ok_or_else(|| ask(field))?;
            // The new text may have the name of another package in it.
            (
                quoted.into_iter().map(|answer| answer.outside).collect(),
                new,
            )
        };
        abouts.push(about);
        Ok(Self {
            about: abouts,
            field,
            new,
        })
    }
}

/// What names the package, and the new text behind a colon or "to".
fn unquoted(wish: &str) -> Option<(&str, &str)> {
    // What is added is added to a package; the "to" of it leads to no text.
    let adds = words(wish)
        .iter()
        .any(|word| ADDS.contains(&word.text.as_str()));
    let (front, new) = split_ignoring_case(wish, ": ")
        .or_else(|| split_ignoring_case(wish, " to ").filter(|_| !adds))?;
    let new = new.trim().trim_end_matches('.');
    (!new.is_empty()).then_some((front, new))
}

fn ask(field: &str) -> Answer {
    let example = match field {
        "description" => "\"Six hours under the willows\"",
        _ => "\"Garden Feast\"",
    };
    Answer::Say(format!(
        "What shall the {field} say? Put it in quotation marks: {example}, for example?"
    ))
}

const ADDS: [&str; 3] = ["add", "give", "write"];
