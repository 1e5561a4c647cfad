//! A landing page as facts: what each piece is about, and what it says.
//!
//! Pages, sections and pictures are for the eye; a question wants a sentence.

use serde::Serialize;
use serde_json::Value;

#[cfg(test)]
mod tests;

/// A piece of a page.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    page: String,
    about: String,
    text: String,
}

/// The facts of a document, in their order; pages that are switched off have none.
pub(crate) fn of(document: &Value) -> Vec<Fact> {
    let pages = document.get("pages").and_then(Value::as_object);
    let mut facts = Vec::new();
    for (page, content) in pages.into_iter().flatten() {
        if content.get("enabled").and_then(Value::as_bool) != Some(true) {
            continue;
        }
        for section in list(content, "sections") {
            for (about, text) in section_facts(section) {
                if !text.trim().is_empty() {
                    facts.push(Fact {
                        page: page.clone(),
                        about,
                        text,
                    });
                }
            }
        }
    }
    facts
}

fn section_facts(section: &Value) -> Vec<(String, String)> {
    let kind = text(section, "type");
    let pair = |item: &Value, about, said| (text(item, about), text(item, said));
    match kind.as_str() {
        "hero" => vec![pair(section, "headline", "subheadline")],
        "cta" => vec![pair(section, "headline", "text")],
        "text" => vec![pair(section, "headline", "content")],
        "faq" => items(section, |item| pair(item, "question", "answer")),
        "features" => items(section, |item| pair(item, "title", "text")),
        "testimonials" => items(section, |item| {
            let (author, quote) = pair(item, "author", "quote");
            (
                "reviews testimonials".to_owned(),
                format!("\u{201c}{quote}\u{201d} \u{2014} {author}"),
            )
        }),
        "contact" => {
            let named = [
                ("e-mail", "email"),
                ("phone", "phone"),
                ("address", "address"),
                ("hours", "hours"),
            ];
            let known = named.into_iter().filter_map(|(name, member)| {
                let said = text(section, member);
                (!said.is_empty()).then(|| format!("{name}: {said}"))
            });
            let known: Vec<String> = known.collect();
            let about = "contact reach e-mail email phone address where located hours open";
            vec![(about.to_owned(), sentence(&known.join("; ")))]
        }
        "pricing" => list(section, "tiers")
            .map(|tier| {
                let features: Vec<&str> =
                    list(tier, "features").filter_map(Value::as_str).collect();
                let (name, price) = pair(tier, "name", "price");
                (
                    format!("{name} price"),
                    format!("{name}, {price}: {}", features.join(", ")),
                )
            })
            .collect(),
        // A gallery is pictures, and what is not known says nothing.
        _ => Vec::new(),
    }
}

fn items(section: &Value, fact: impl Fn(&Value) -> (String, String)) -> Vec<(String, String)> {
    list(section, "items").map(fact).collect()
}

fn list<'v>(value: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    let list = value.get(member).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn text(value: &Value, member: &str) -> String {
    let text = value.get(member).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// With a capital at its front.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
