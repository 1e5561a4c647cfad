//! From the arguments of a tool to an action, with a sentence that says what it would do.

use serde::Deserialize;
use serde_json::Value;

use super::action::Action;
use super::conversation::Conversation;
use super::phrase;
use super::provider::Audience;
use super::tier::Kind;
use super::toolbox::{Refusal, arguments, missing};
use super::tools::Tool;
use crate::app::App;
use crate::ids::{BookingId, PackageId};
use crate::model::customer::Customer;
use crate::model::package::{Content, Package};
use crate::model::{blackout, booking, locale, package};
use crate::problem::{Code, FieldError, Problem};

mod storefront;

/// A proposal before it has a row.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) action: Action,
    pub(crate) kind: Kind,
    pub(crate) preview: String,
}

/// Checks the arguments against the tenant's rows.
pub(crate) async fn draft(
    app: &App,
    conversation: &Conversation,
    tool: Tool,
    with: Value,
) -> Result<Draft, Refusal> {
    match tool {
        Tool::AddBlackout => add_blackout(arguments(with)?),
        Tool::CancelBooking => cancel_booking(app, conversation, arguments(with)?).await,
        Tool::ChangePrice => change_price(app, conversation, arguments(with)?).await,
        Tool::CreateBooking => create_booking(app, conversation, arguments(with)?).await,
        Tool::CreatePackage => create_package(app, conversation, arguments(with)?).await,
        Tool::DeletePackage => delete_package(app, conversation, arguments(with)?).await,
        Tool::EditPackage => edit_package(app, conversation, arguments(with)?).await,
        Tool::PublishLandingPage => storefront::publish(app, conversation, arguments(with)?).await,
        Tool::SaveBranding => storefront::save_look(app, conversation, arguments(with)?).await,
        Tool::SaveLandingDraft => storefront::save_page(app, conversation, arguments(with)?).await,
        Tool::CheckDate
        | Tool::ListBookings
        | Tool::ListPackages
        | Tool::ReadLandingPage
        | Tool::ReadStats => Err(Code::Internal.into()),
    }
}

fn add_blackout(request: blackout::Request) -> Result<Draft, Refusal> {
    request.check()?;
    let day = phrase::day(request.day);
    Ok(Draft {
        preview: match &request.reason {
            Some(reason) => format!("Block {day} ({reason})."),
            None => format!("Block {day}."),
        },
        kind: Kind::AddBlackout,
        action: Action::AddBlackout { request },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    booking_id: BookingId,
    reason: Option<String>,
}

async fn cancel_booking(
    app: &App,
    conversation: &Conversation,
    asked: Cancellation,
) -> Result<Draft, Refusal> {
    booking::check_reason(asked.reason.as_deref())?;
    let pool = app.database().pool();
    let found = booking::find(conversation.tenant, pool, asked.booking_id).await?;
    let found = found.ok_or_else(missing)?;
    match found.status {
        booking::Status::Pending | booking::Status::Confirmed => {}
        booking::Status::Fulfilled | booking::Status::Cancelled => {
            return Err(Code::WrongStatus.into());
        }
    }
    Ok(Draft {
        preview: format!(
            "Cancel the booking of {} by {} on {}.",
            found.package.title,
            found.customer.name,
            phrase::day(found.event_date)
        ),
        kind: Kind::CancelBooking,
        action: Action::CancelBooking {
            booking: found.id,
            version: found.version,
            reason: asked.reason,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPrice {
    package_id: PackageId,
    price_cents: i64,
}

async fn change_price(
    app: &App,
    conversation: &Conversation,
    asked: NewPrice,
) -> Result<Draft, Refusal> {
    let found = find_package(app, conversation, asked.package_id).await?;
    let old = found.price_cents;
    let content = Content {
        price_cents: asked.price_cents,
        ..content_of(&found)
    };
    content.check()?;
    Ok(Draft {
        preview: format!(
            "Change the price of {} from {} to {}.",
            found.title,
            phrase::money(old, &found.currency),
            phrase::money(asked.price_cents, &found.currency)
        ),
        kind: Kind::ChangePrice {
            old,
            new: asked.price_cents,
        },
        action: Action::ChangePrice {
            package: found.id,
            version: found.version,
            content,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBooking {
    package_id: PackageId,
    #[serde(deserialize_with = "crate::day::read")]
    event_date: jiff::civil::Date,
    name: String,
    email: String,
    phone: Option<String>,
    notes: Option<String>,
}

async fn create_booking(
    app: &App,
    conversation: &Conversation,
    asked: NewBooking,
) -> Result<Draft, Refusal> {
    let request = booking::Request {
        package_id: asked.package_id,
        event_date: asked.event_date,
        customer: Customer {
            name: asked.name,
            email: asked.email,
            phone: asked.phone,
        },
        notes: asked.notes,
    };
    request.check()?;
    let tenant = conversation.tenant;
    let pool = app.database().pool();
    let found = find_package(app, conversation, request.package_id).await?;
    let day = request.event_date;
    if !found.active {
        let error = FieldError::new(
            "package_id",
            "inactive",
            "This package is not offered at the moment",
        );
        return Err(Problem::invalid(vec![error]).into());
    }
    if !locale::of(tenant, pool).await?.is_bookable(day, app.now()) {
        let error = FieldError::new("event_date", "range", "A day from today to 24 months ahead");
        return Err(Problem::invalid(vec![error]).into());
    }
    if blackout::on_day(tenant, pool, day).await?.is_some() {
        return Err(Code::DateBlackedOut.into());
    }
    if booking::live_on(tenant, pool, day).await?.is_some() {
        return Err(Code::DateTaken.into());
    }
    Ok(Draft {
        preview: format!(
            "Book {} on {} for {} ({}), {}.",
            found.title,
            phrase::day(day),
            request.customer.name,
            request.customer.email,
            phrase::money(found.price_cents, &found.currency)
        ),
        kind: Kind::CreateBooking,
        action: Action::CreateBooking {
            request,
            price_cents: found.price_cents,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPackage {
    title: String,
    #[serde(default)]
    description: String,
    price_cents: i64,
}

async fn create_package(
    app: &App,
    conversation: &Conversation,
    asked: NewPackage,
) -> Result<Draft, Refusal> {
    let content = Content {
        slug: slug(&asked.title),
        title: asked.title,
        description: asked.description,
        price_cents: asked.price_cents,
        active: true,
        sort_order: 1000,
    };
    content.check()?;
    let locale = locale::of(conversation.tenant, app.database().pool()).await?;
    Ok(Draft {
        preview: format!(
            "Create the package {} for {}.",
            content.title,
            phrase::money(content.price_cents, &locale.currency)
        ),
        kind: Kind::CreatePackage,
        action: Action::CreatePackage { content },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewText {
    package_id: PackageId,
    title: Option<String>,
    description: Option<String>,
}

async fn edit_package(
    app: &App,
    conversation: &Conversation,
    asked: NewText,
) -> Result<Draft, Refusal> {
    let found = find_package(app, conversation, asked.package_id).await?;
    let old = content_of(&found);
    let content = Content {
        title: asked.title.unwrap_or_else(|| old.title.clone()),
        description: asked.description.unwrap_or_else(|| old.description.clone()),
        ..old.clone()
    };
    content.check()?;
    let preview = match (
        content.title == old.title,
        content.description == old.description,
    ) {
        (true, true) => {
            let error = FieldError::new("title", "unchanged", "It says that already");
            return Err(Problem::invalid(vec![error]).into());
        }
        (false, true) => format!("Rename {} to {}.", old.title, content.title),
        (true, false) => format!("Describe {} as: {}", old.title, content.description),
        (false, false) => format!(
            "Rename {} to {} and describe it as: {}",
            old.title, content.title, content.description
        ),
    };
    Ok(Draft {
        preview,
        kind: Kind::EditPackage,
        action: Action::EditPackage {
            package: found.id,
            version: found.version,
            content,
        },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnePackage {
    package_id: PackageId,
}

async fn delete_package(
    app: &App,
    conversation: &Conversation,
    asked: OnePackage,
) -> Result<Draft, Refusal> {
    let found = find_package(app, conversation, asked.package_id).await?;
    Ok(Draft {
        preview: format!("Delete the package {} for good.", found.title),
        kind: Kind::DeletePackage,
        action: Action::DeletePackage {
            package: found.id,
            version: found.version,
        },
    })
}

/// A package of this tenant. Visitors know only those that are offered.
async fn find_package(
    app: &App,
    conversation: &Conversation,
    id: PackageId,
) -> Result<Package, Refusal> {
    let found = package::find(conversation.tenant, app.database().pool(), id).await?;
    let known = found.filter(|package| match conversation.audience() {
        Audience::Admin => true,
        Audience::Visitor => package.active,
    });
    known.ok_or_else(missing)
}

fn content_of(package: &Package) -> Content {
    Content {
        slug: package.slug.clone(),
        title: package.title.clone(),
        description: package.description.clone(),
        price_cents: package.price_cents,
        active: package.active,
        sort_order: package.sort_order,
    }
}

/// A short name made of a title; one that has no letter of ours gets a plain one.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut slug = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= 63 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    if slug.is_empty() {
        "package".to_owned()
    } else {
        slug
    }
}
