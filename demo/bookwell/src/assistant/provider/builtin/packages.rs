//! Packages: what there is, and how it shall change.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::json;

use super::name::{self, Match};
use super::price;
use super::quote::{self, split_ignoring_case};
use super::text_change::TextChange;
use super::turn::{Answer, Turn, failed};
use crate::assistant::phrase;
use crate::assistant::tools::Tool;

/// What `list_packages` says.
#[derive(Debug, Deserialize)]
pub(super) struct Packages {
    pub(super) packages: Vec<Package>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) title: String,
    description: String,
    price_cents: i64,
    active: bool,
}

impl Packages {
    /// Reads the packages, or asks for them.
    pub(super) fn of(turn: &Turn<'_>) -> Result<Self, Answer> {
        match turn.read(Tool::ListPackages) {
            None => Err(Answer::Call(Tool::ListPackages, json!({}))),
            Some(packages) => packages,
        }
    }

    /// The package that is meant, the newest text first.
    fn meant(&self, texts: &[&str]) -> Meant<'_> {
        let titles = || self.packages.iter().map(|package| package.title.as_str());
        let mut several = Vec::new();
        for text in texts {
            match name::find(text, titles()) {
                Match::One(place) => match self.packages.get(place) {
                    Some(package) => return Meant::One(package),
                    None => return Meant::None,
                },
                Match::Several(places) if several.is_empty() => several = places,
                Match::Several(_) | Match::None => {}
            }
        }
        match (several.as_slice(), self.packages.as_slice()) {
            ([], [one]) => Meant::One(one),
            ([], _) => Meant::None,
            (several, packages) => {
                let titles = several.iter().filter_map(|place| packages.get(*place));
                Meant::Several(titles.map(|package| package.title.clone()).collect())
            }
        }
    }

    /// The package that shall be changed: no other one that has a word in common with it, and not
    /// the only one there is when another one is named.
    fn to_change(&self, texts: &[&str]) -> Result<&Package, Answer> {
        let package = self.named(texts)?;
        let title = package.title.as_str();
        let other = |text: &&str| name::may_be_another(text, title);
        if name_at(texts, title).is_none() && texts.iter().any(other) {
            return Err(self.which());
        }
        Ok(package)
    }

    /// The package that is meant, but none for another one that has a word in common with it.
    pub(super) fn named(&self, texts: &[&str]) -> Result<&Package, Answer> {
        let package = self.one(texts)?;
        let title = package.title.as_str();
        if name_at(texts, title).is_some_and(|text| name::may_be_another(text, title)) {
            return Err(self.which());
        }
        Ok(package)
    }

    /// The package that is meant, or the question which one it is.
    fn one(&self, texts: &[&str]) -> Result<&Package, Answer> {
        match self.meant(texts) {
            Meant::One(package) => Ok(package),
            Meant::Several(names) => Err(which(&names)),
            Meant::None if self.packages.is_empty() => {
                Err(Answer::Say("There are no packages yet.".to_owned()))
            }
            Meant::None => Err(self.which()),
        }
    }

    fn which(&self) -> Answer {
        let titles = self.packages.iter().map(|package| package.title.clone());
        which(&titles.collect::<Vec<_>>())
    }
}

/// The newest text that has something of the name.
fn name_at<'t>(texts: &[&'t str], title: &str) -> Option<&'t str> {
    let mut texts = texts.iter().copied();
    texts.find(|text| name::find(text, std::iter::once(title)) != Match::None)
}

fn which(names: &[String]) -> Answer {
    let names = phrase::list(names, "or");
    Answer::Say(format!("Which package do you mean: {names}?"))
}

/// Which package a text means.
enum Meant<'p> {
    None,
    One(&'p Package),
    Several(Vec<String>),
}

pub(super) fn list(turn: &Turn<'_>) -> Answer {
    let packages = match Packages::of(turn) {
        Ok(packages) => packages,
        Err(answer) => return answer,
    };
    let all = packages.packages.as_slice();
    // The only package is no answer to a question that does not name it.
    if let (Meant::One(package), true) = (packages.meant(&turn.texts), all.len() > 1) {
        let mut text = format!(
            "{} costs {}.",
            package.title,
            price_of(turn, package.price_cents)
        );
        if !package.description.is_empty() {
            text.push(' ');
            text.push_str(&package.description);
        }
        return Answer::Say(text);
    }
    if all.is_empty() {
        return Answer::Say(if turn.has(Tool::CreatePackage) {
            "There are no packages yet. Tell me to create one, for example: create a package \
             \"Garden Party\" for 900."
                .to_owned()
        } else {
            "There are no packages to book at the moment.".to_owned()
        });
    }
    let mut text = format!(
        "There {} {}:",
        are(all.len()),
        phrase::count(all.len(), "package")
    );
    for package in all {
        let note = if package.active {
            ""
        } else {
            " (not offered at the moment)"
        };
        let _ = write!(
            text,
            "\n\u{2022} {}: {}{note}",
            package.title,
            price_of(turn, package.price_cents)
        );
    }
    Answer::Say(text)
}

pub(super) fn change_price(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::ChangePrice) {
        return answer;
    }
    let packages = match Packages::of(turn) {
        Ok(packages) => packages,
        Err(answer) => return answer,
    };
    let package = match packages.to_change(&turn.texts) {
        Ok(package) => package,
        Err(answer) => return answer,
    };
    // Digits in a title are no price.
    let Some(wish) = turn.first(|text| price::find_wish(&without(text, &package.title))) else {
        return Answer::Say(format!(
            "{} costs {} now. What shall it cost?",
            package.title,
            price_of(turn, package.price_cents)
        ));
    };
    match wish.from(package.price_cents) {
        None => Answer::Say("A price lies between 0 and 999,999.99. What shall it be?".to_owned()),
        Some(same) if same == package.price_cents => Answer::Say(format!(
            "{} costs {} already.",
            package.title,
            price_of(turn, same)
        )),
        Some(price_cents) => Answer::Call(
            Tool::ChangePrice,
            json!({"package_id": package.id, "price_cents": price_cents}),
        ),
    }
}

pub(super) fn create(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::CreatePackage) {
        return answer;
    }
    let Some(title) = turn.first(|text| title(text)) else {
        return Answer::Say(
            "What is the new package called? Put its name in quotation marks, and tell me its \
             price: \"Garden Party\" for 900, for example?"
                .to_owned(),
        );
    };
    let Some(price_cents) = turn.first(|text| price::find(&without(text, &title))) else {
        return Answer::Say(format!("What does {title} cost?"));
    };
    Answer::Call(
        Tool::CreatePackage,
        json!({"title": title, "price_cents": price_cents}),
    )
}

pub(super) fn edit(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::EditPackage) {
        return answer;
    }
    let packages = match Packages::of(turn) {
        Ok(packages) => packages,
        Err(answer) => return answer,
    };
    let change = match TextChange::of(turn) {
        Ok(change) => change,
        Err(answer) => return answer,
    };
    let about: Vec<&str> = change.about.iter().map(String::as_str).collect();
    match packages.to_change(&about) {
        Ok(package) => Answer::Call(
            Tool::EditPackage,
            json!({"package_id": package.id, change.field: change.new}),
        ),
        Err(answer) => answer,
    }
}

pub(super) fn delete(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::DeletePackage) {
        return answer;
    }
    let packages = match Packages::of(turn) {
        Ok(packages) => packages,
        Err(answer) => return answer,
    };
    match packages.to_change(&turn.texts) {
        Ok(package) => Answer::Call(Tool::DeletePackage, json!({"package_id": package.id})),
        Err(answer) => answer,
    }
}

/// What came of the proposal, once the tool was called.
pub(super) fn proposed(turn: &Turn<'_>, tool: Tool) -> Option<Answer> {
    proposed_and(turn, tool, "")
}

/// The same, with a sentence on what follows where it went well.
pub(super) fn proposed_and(turn: &Turn<'_>, tool: Tool, then: &str) -> Option<Answer> {
    let result = turn.result(tool)?;
    if !result.ok {
        return Some(failed(result));
    }
    let proposal = |member| {
        result
            .content
            .pointer(&format!("/proposal/{member}"))?
            .as_str()
    };
    let preview = proposal("preview").unwrap_or_default();
    let next = match proposal("tier") {
        Some("T1") => "That is done; you can undo it on the card.",
        Some("T2") => {
            "Press Confirm on the card, or leave its box ticked and send your next message."
        }
        Some(_) | None => "Please look at the card, and use its button if it is right.",
    };
    let text = format!("{preview} {next} {then}");
    Some(Answer::Say(text.trim_end().to_owned()))
}

fn price_of(turn: &Turn<'_>, cents: i64) -> String {
    phrase::money(cents, &turn.setting.currency)
}

pub(super) fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The title of a new package: in quotation marks, or behind "called" or "package".
fn title(text: &str) -> Option<String> {
    if let Some(title) = quote::first(text) {
        return Some(title);
    }
    let leads = [" called ", " named ", "package ", "offer ", "offering "];
    let rest = leads
        .iter()
        .find_map(|lead| split_ignoring_case(text, lead))?
        .1;
    let ends = [
        " for ",
        " at ",
        " with ",
        " that ",
        " which ",
        ",",
        ";",
        ":",
        ".",
        " $",
        " \u{20ac}",
        " costing ",
    ];
    let end = ends
        .iter()
        .filter_map(|end| split_ignoring_case(rest, end))
        .map(|(title, _)| title.trim())
        .min_by_key(|title| title.len());
    let title = end.unwrap_or(rest).trim();
    (!title.is_empty() && title.chars().count() <= 100).then(|| title.to_owned())
}

/// A text without a title in it, where that is not a piece of a word or of a number.
fn without(text: &str, title: &str) -> String {
    match split_ignoring_case(text, title) {
        Some((front, behind))
            if !front.ends_with(char::is_alphanumeric)
                && !behind.starts_with(char::is_alphanumeric) =>
        {
            format!("{front} {behind}")
        }
        Some(_) | None => text.to_owned(),
    }
}
