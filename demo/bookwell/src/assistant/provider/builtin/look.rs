//! Colours and the font of the storefront.

use serde_json::{Map, Value, json};

use super::packages::proposed_and;
use super::turn::{Answer, Turn};
use super::words::{Word, words};
use crate::assistant::phrase;
use crate::assistant::tools::Tool;
use crate::model::branding::Font;

#[cfg(test)]
mod tests;

/// What a text says about the look.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish {
    /// Roles with their colours, in the order in which they were said.
    colors: Vec<(&'static str, String)>,
    font: Option<Font>,
    /// A role of which no colour was said.
    role: Option<&'static str>,
    /// A colour of which no role was said.
    color: Option<String>,
    about_font: bool,
}

impl Wish {
    /// A colour belongs to the role before it, or else to the one behind it.
    fn of(text: &str) -> Self {
        let mut wish = Self::default();
        let words = words(text);
        for word in &words {
            if let Some(role) = role(&word.text) {
                match wish.color.take() {
                    Some(color) => wish.colors.push((role, color)),
                    None => wish.role = Some(role),
                }
            } else if let Some(color) = color(&word.text) {
                match wish.role.take() {
                    Some(role) => wish.colors.push((role, color)),
                    None => wish.color = Some(color),
                }
            }
        }
        wish.about_font = words.iter().any(is_font_noun);
        if wish.about_font {
            wish.font = font(&words);
        }
        wish
    }

    fn arguments(self) -> Option<Value> {
        let colors = self.colors.into_iter();
        let mut members: Map<String, Value> = colors
            .map(|(role, color)| (role.to_owned(), Value::String(color)))
            .collect();
        if let Some(font) = self.font {
            members.insert("font".to_owned(), json!(font));
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }
}

pub(super) fn change(turn: &Turn<'_>) -> Answer {
    let then = "Visitors see it once you have published it under Branding.";
    if let Some(answer) = proposed_and(turn, Tool::SaveBranding, then) {
        return answer;
    }
    // An answer fills what the question before it left open.
    let said: Vec<&str> = turn.texts.iter().rev().copied().collect();
    let wish = Wish::of(&said.join(" "));
    let (role, color, about_font) = (wish.role, wish.color.is_some(), wish.about_font);
    if let Some(arguments) = wish.arguments() {
        return Answer::Call(Tool::SaveBranding, arguments);
    }
    Answer::Say(match role {
        Some(role) => format!(
            "Which colour shall be the {role} one? I understand #1A2B3C and the basic names: {}?",
            names(NAMED.iter().map(|(name, _)| *name))
        ),
        None if color => format!("What shall have that colour: {}?", names(ROLES.into_iter())),
        None if about_font => format!(
            "Which font shall it be: {}?",
            names(Font::ALL.iter().map(|font| font.as_str()))
        ),
        None => format!(
            "What shall I change: the {} colour? Say it like this: make the primary colour \
             #1A2B3C?",
            names(ROLES.into_iter())
        ),
    })
}

/// Whether these words name a colour that there is.
pub(super) fn names_color(words: &[String]) -> bool {
    words.iter().any(|word| color(word).is_some())
}

/// Whether these words name a part that has a colour.
pub(super) fn names_role(words: &[String]) -> bool {
    words.iter().any(|word| role(word).is_some())
}

fn names(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<String> = names.map(str::to_owned).collect();
    phrase::list(&names, "or")
}

fn role(word: &str) -> Option<&'static str> {
    match word {
        "primary" | "main" | "brand" => Some("primary"),
        _ => ROLES.into_iter().find(|role| *role == word),
    }
}

/// `#1A2B3C`, `#abc`, or a basic name.
fn color(word: &str) -> Option<String> {
    let Some(digits) = word.strip_prefix('#') else {
        let named = NAMED.iter().find(|(name, _)| *name == word);
        return named.map(|(_, color)| (*color).to_owned());
    };
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        6 => Some(format!("#{digits}")),
        // Each digit stands for two (CSS Color 4 §5.2).
        3 => Some(digits.chars().fold("#".to_owned(), |mut color, digit| {
            color.extend([digit, digit]);
            color
        })),
        _ => None,
    }
}

fn font(words: &[Word]) -> Option<Font> {
    let has = |name: &str| words.iter().any(|word| word.text == name);
    // "sans serif" has the word, and means the opposite.
    if has("sans") || has("sans-serif") || has("default") {
        return Some(Font::System);
    }
    if has("monospace") || has("monospaced") || has("typewriter") {
        return Some(Font::Mono);
    }
    Font::ALL.into_iter().find(|font| has(font.as_str()))
}

fn is_font_noun(word: &Word) -> bool {
    FONT_NOUNS.contains(&word.text.as_str())
}

pub(super) const FONT_NOUNS: [&str; 4] = ["font", "fonts", "typeface", "typefaces"];
const ROLES: [&str; 4] = ["primary", "secondary", "accent", "background"];

/// The basic colours of CSS (Color 4 §6.1), with the other spelling of one of them.
const NAMED: [(&str, &str); 17] = [
    ("black", "#000000"),
    ("silver", "#c0c0c0"),
    ("gray", "#808080"),
    ("grey", "#808080"),
    ("white", "#ffffff"),
    ("maroon", "#800000"),
    ("red", "#ff0000"),
    ("purple", "#800080"),
    ("fuchsia", "#ff00ff"),
    ("green", "#008000"),
    ("lime", "#00ff00"),
    ("olive", "#808000"),
    ("yellow", "#ffff00"),
    ("navy", "#000080"),
    ("blue", "#0000ff"),
    ("teal", "#008080"),
    ("aqua", "#00ffff"),
];
