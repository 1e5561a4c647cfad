//! What visitors see: the look, the landing page, and its publication.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::action::Action;
use super::super::conversation::Conversation;
use super::super::phrase;
use super::super::tier::Kind;
use super::super::toolbox::Refusal;
use super::Draft;
use crate::app::App;
use crate::landing_document::LandingDocument;
use crate::model::branding::{Font, Look};
use crate::model::{branding, landing_page};
use crate::problem::{Code, FieldError, Problem};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::empty_structs_with_brackets,
    reason = "an empty object is read, and a unit would be null"
)]
pub(super) struct Nothing {}

pub(super) async fn publish(
    app: &App,
    conversation: &Conversation,
    Nothing {}: Nothing,
) -> Result<Draft, Refusal> {
    let page = landing_page::find(conversation.tenant, app.database().pool()).await?;
    if page.draft.is_none() {
        return Err(Code::NoDraft.into());
    }
    Ok(Draft {
        preview: "Publish the draft of the landing page.".to_owned(),
        kind: Kind::PublishLandingPage,
        action: Action::PublishLandingPage {
            version: page.version,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLook {
    primary: Option<String>,
    secondary: Option<String>,
    accent: Option<String>,
    background: Option<String>,
    font: Option<Font>,
}

pub(super) async fn save_look(
    app: &App,
    conversation: &Conversation,
    asked: NewLook,
) -> Result<Draft, Refusal> {
    let found = branding::find(conversation.tenant, app.database().pool()).await?;
    let old = found.draft.unwrap_or(found.look);
    let look = Look {
        primary: asked.primary.unwrap_or_else(|| old.primary.clone()),
        secondary: asked.secondary.unwrap_or_else(|| old.secondary.clone()),
        accent: asked.accent.unwrap_or_else(|| old.accent.clone()),
        background: asked.background.unwrap_or_else(|| old.background.clone()),
        font: asked.font.unwrap_or(old.font),
    };
    look.check()?;
    let changes = changes(&old, &look);
    if changes.is_empty() {
        return Err(unchanged("branding", "It looks like that already"));
    }
    Ok(Draft {
        preview: format!(
            "Set {} in the draft of the branding.",
            phrase::list(&changes, "and")
        ),
        kind: Kind::SaveDraft,
        action: Action::SaveBranding { look },
    })
}

/// What differs, in words.
fn changes(old: &Look, new: &Look) -> Vec<String> {
    let colors = [
        ("primary", &old.primary, &new.primary),
        ("secondary", &old.secondary, &new.secondary),
        ("accent", &old.accent, &new.accent),
        ("background", &old.background, &new.background),
    ];
    let colors = colors
        .into_iter()
        .filter(|(_, old, new)| !old.eq_ignore_ascii_case(new))
        .map(|(role, _, new)| format!("the {role} colour to {new}"));
    let font = (old.font != new.font).then(|| format!("the font to {}", new.font.as_str()));
    colors.chain(font).collect()
}

/// A whole document, or new words for the top of the home page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPage {
    document: Option<Value>,
    headline: Option<String>,
    subheadline: Option<String>,
}

pub(super) async fn save_page(
    app: &App,
    conversation: &Conversation,
    asked: NewPage,
) -> Result<Draft, Refusal> {
    let page = landing_page::find(conversation.tenant, app.database().pool()).await?;
    let whole = asked.document.is_some();
    let base = asked.document.or(page.draft).or(page.published);
    let mut document = base.unwrap_or_default();
    let mut changes = Vec::new();
    for (field, text) in [
        ("headline", asked.headline),
        ("subheadline", asked.subheadline),
    ] {
        let Some(text) = text else { continue };
        let hero = hero(&mut document).ok_or_else(|| no_hero(field))?;
        if hero.get(field).and_then(Value::as_str) != Some(text.as_str()) {
            changes.push(format!("the {field} to \u{201c}{text}\u{201d}"));
            hero.insert(field.to_owned(), Value::String(text));
        }
    }
    let preview = match (whole, changes.as_slice()) {
        (true, _) => "Save this landing page as the draft.".to_owned(),
        (false, []) => return Err(unchanged("document", "The page says that already")),
        (false, changes) => format!(
            "Change {} in the draft of the landing page.",
            phrase::list(changes, "and")
        ),
    };
    LandingDocument::new(document.clone())?;
    Ok(Draft {
        preview,
        kind: Kind::SaveDraft,
        action: Action::SaveLandingDraft {
            version: page.version,
            document,
        },
    })
}

/// The first section of the home page that greets.
fn hero(document: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let sections = document.pointer_mut("/pages/home/sections")?;
    let mut sections = sections.as_array_mut()?.iter_mut();
    let hero = sections.find(|section| section.get("type") == Some(&json!("hero")))?;
    hero.as_object_mut()
}

fn no_hero(field: &str) -> Refusal {
    let message = "The home page has no hero section yet; it is added under Landing page";
    Problem::invalid(vec![FieldError::new(field, "required", message)]).into()
}

fn unchanged(field: &str, message: &'static str) -> Refusal {
    Problem::invalid(vec![FieldError::new(field, "unchanged", message)]).into()
}
