//! What the landing page says, its publication, and the words between people.

use serde::Deserialize;
use serde_json::json;

use super::packages::proposed;
use super::turn::{Answer, Turn};
use super::words::words;
use crate::assistant::phrase;
use crate::assistant::provider::Audience;
use crate::assistant::tools::Tool;

/// What `read_landing_page` says.
#[derive(Debug, Deserialize)]
struct Page {
    facts: Vec<Fact>,
}

/// A piece of the page: what it is about, and what it says.
#[derive(Debug, Deserialize)]
struct Fact {
    about: String,
    text: String,
}

/// Looks for the answer on the landing page.
pub(super) fn ask(turn: &Turn<'_>) -> Answer {
    let text = turn.texts.first().copied().unwrap_or_default();
    let asked: Vec<String> = words(text)
        .into_iter()
        .map(|word| word.text)
        .filter(|word| word.chars().count() > 2 && !EMPTY.contains(&word.as_str()))
        .collect();
    let lower = text.to_lowercase();
    let way = WAYS.iter().any(|way| lower.contains(way));
    if asked.is_empty() && !way {
        return Answer::Say(help(turn));
    }
    let page = match turn.read::<Page>(Tool::ReadLandingPage) {
        None => return Answer::Call(Tool::ReadLandingPage, json!({})),
        Some(Ok(page)) => page,
        Some(Err(answer)) => return answer,
    };
    let address = || best(&page.facts, &["address".to_owned()]).filter(|_| way);
    Answer::Say(match best(&page.facts, &asked).or_else(address) {
        Some(fact) => fact.text.clone(),
        None => format!("I find nothing about that on our page. {}", help(turn)),
    })
}

/// The fact that has most of the words; what it is about counts twice.
fn best<'f>(facts: &'f [Fact], asked: &[String]) -> Option<&'f Fact> {
    let mut best: Option<(usize, &Fact)> = None;
    for fact in facts {
        let score = 2 * hits(asked, &fact.about) + hits(asked, &fact.text);
        if score > best.map_or(0, |(score, _)| score) {
            best = Some((score, fact));
        }
    }
    best.map(|(_, fact)| fact)
}

/// How many of the words stand in the text, in whatever ending.
fn hits(asked: &[String], text: &str) -> usize {
    let there = words(text);
    let stem = |word: &str| {
        let letters = word
            .trim_end_matches(['s', '?'])
            .chars()
            .count()
            .clamp(3, 6);
        word.chars().take(letters).collect::<String>()
    };
    let stems = asked.iter().map(|word| stem(word));
    stems
        .filter(|asked| there.iter().any(|word| stem(&word.text) == *asked))
        .count()
}

pub(super) fn publish(turn: &Turn<'_>) -> Answer {
    let proposed = proposed(turn, Tool::PublishLandingPage);
    proposed.unwrap_or_else(|| Answer::Call(Tool::PublishLandingPage, json!({})))
}

pub(super) fn hello(turn: &Turn<'_>) -> Answer {
    Answer::Say(format!("Hello! {}", help(turn)))
}

pub(super) fn help(turn: &Turn<'_>) -> String {
    match turn.setting.audience {
        Audience::Admin => "I can list your packages and the bookings that are coming, check or \
            block a date, prepare or cancel a booking, create, describe, rename, price or delete a \
            package, tell your revenue, change colours, font and headline of your pages, and \
            publish the landing page. What would you like to do?"
            .to_owned(),
        Audience::Visitor => format!(
            "I can tell you about the packages of {}, check a date and prepare a booking for you. \
             What would you like to know?",
            turn.setting.tenant
        ),
    }
}

/// It was told to do something that it does not know.
pub(super) fn cannot(turn: &Turn<'_>) -> Answer {
    let text = turn.texts.first().copied().unwrap_or_default();
    if words(text).iter().any(|word| word.text == "undo") {
        return Answer::Say(
            "What was done at once is taken back with Undo on its card.".to_owned(),
        );
    }
    Answer::Say(format!("I cannot do that. {}", help(turn)))
}

/// There is no tool for it, but there is a place.
pub(super) fn unblock(turn: &Turn<'_>) -> Answer {
    match turn.setting.audience {
        Audience::Admin => Answer::Say(
            "I cannot unblock a day. You can: open Blackout dates, and remove it there.".to_owned(),
        ),
        Audience::Visitor => not_here(turn),
    }
}

/// A "yes" decides nothing: the card does.
pub(super) fn agreed(turn: &Turn<'_>) -> Answer {
    if !turn.setting.decided.is_empty() {
        return Answer::Say(format!(
            "{} Is there anything else?",
            turn.setting.decided.join(" ")
        ));
    }
    let open = usize::try_from(turn.setting.open_proposals).unwrap_or(usize::MAX);
    Answer::Say(if open == 0 {
        "There is nothing to confirm at the moment. What would you like to do?".to_owned()
    } else {
        format!(
            "I cannot confirm for you: please use the button on the card. {} for your decision.",
            match open {
                1 => "1 proposal waits".to_owned(),
                _ => format!("{} wait", phrase::count(open, "proposal")),
            }
        )
    })
}

/// The tool for it is not among those that this person has.
pub(super) fn not_here(turn: &Turn<'_>) -> Answer {
    Answer::Say(format!(
        "I cannot do that here; please ask {} directly. {}",
        turn.setting.tenant,
        help(turn)
    ))
}

/// How people ask for the way.
const WAYS: [&str; 8] = [
    "come to you",
    "directions",
    "find us",
    "find you",
    "get there",
    "get to you",
    "where are you",
    "where is it",
];

/// Words that are in every question, and those for the page itself.
const EMPTY: &[&str] = &[
    "about", "and", "any", "are", "can", "could", "did", "does", "for", "from", "get", "have",
    "has", "home", "how", "into", "is", "it", "know", "landing", "like", "long", "many", "may",
    "much", "our", "page", "pages", "please", "said", "say", "says", "section", "site", "some",
    "tell", "that", "the", "there", "this", "want", "was", "website", "what", "when", "where",
    "which", "will", "with", "you",
];
