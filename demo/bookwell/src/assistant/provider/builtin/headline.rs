//! The words at the top of the landing page.

use serde_json::{Map, Value};

use super::packages::proposed_and;
use super::quote::{Quoted, split_ignoring_case};
use super::turn::{Answer, Turn};
use super::words::words;
use crate::assistant::tools::Tool;

#[cfg(test)]
mod tests;

pub(super) fn change(turn: &Turn<'_>) -> Answer {
    let then = "Visitors see it once you have published the landing page.";
    if let Some(answer) = proposed_and(turn, Tool::SaveLandingDraft, then) {
        return answer;
    }
    let (answers, wish) = match turn.texts.as_slice() {
        [answers @ .., wish] => (answers, *wish),
        [] => (&[] as &[&str], ""),
    };
    let fields = fields(wish);
    let texts = answers.iter().find_map(|answer| answered(answer));
    let texts = texts.unwrap_or_else(|| asked(wish));
    if texts.is_empty() {
        let field = fields.first().copied().unwrap_or("headline");
        return Answer::Say(format!(
            "What shall the {field} say? Put it in quotation marks: \"A garden for two\", for \
             example?"
        ));
    }
    let members = fields.into_iter().zip(texts);
    let members: Map<String, Value> = members
        .map(|(field, text)| (field.to_owned(), Value::String(text)))
        .collect();
    Answer::Call(Tool::SaveLandingDraft, Value::Object(members))
}

/// What shall be changed, in the order in which it was said.
fn fields(wish: &str) -> Vec<&'static str> {
    let mut fields = Vec::new();
    for word in words(&Quoted::of(wish).outside) {
        let field = match word.text.as_str() {
            lower if LOWER.contains(&lower) => "subheadline",
            upper if UPPER.contains(&upper) => "headline",
            _ => continue,
        };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

/// The new words: what is quoted, or else what stands behind "to", "say" or a colon.
fn asked(wish: &str) -> Vec<String> {
    let quoted = Quoted::of(wish).inside;
    if !quoted.is_empty() {
        return quoted;
    }
    let marks = [": ", " to say ", " to read ", " to ", " say ", " read "];
    let new = marks
        .iter()
        .find_map(|mark| split_ignoring_case(wish, mark));
    new.and_then(|(_, new)| plain(new)).into_iter().collect()
}

/// An answer is the new words, as a whole or in its quotation marks.
fn answered(answer: &str) -> Option<Vec<String>> {
    let quoted = Quoted::of(answer).inside;
    if quoted.is_empty() {
        return plain(answer).map(|text| vec![text]);
    }
    Some(quoted)
}

fn plain(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Words for the line at the top; "title" is one only where the page is named as well.
pub(super) const UPPER: [&str; 2] = ["headline", "title"];
/// Words for the line under it.
pub(super) const LOWER: [&str; 4] = ["subheadline", "sub-headline", "subtitle", "tagline"];
