//! The tools that read.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::conversation::Conversation;
use super::facts;
use super::provider::Audience;
use super::toolbox::{Refusal, arguments};
use super::tools::Tool;
use crate::app::App;
use crate::availability;
use crate::model::{booking, landing_page, locale, package, stats};
use crate::page::Page;
use crate::problem::{Code, FieldError, Problem};

/// Reads what a tool is asked for.
pub(crate) async fn look_up(
    app: &App,
    conversation: &Conversation,
    tool: Tool,
    with: Value,
) -> Result<Value, Refusal> {
    match tool {
        Tool::CheckDate => check_date(app, conversation, arguments(with)?).await,
        Tool::ListBookings => list_bookings(app, conversation, arguments(with)?).await,
        Tool::ListPackages => {
            let Nothing {} = arguments(with)?;
            list_packages(app, conversation).await
        }
        Tool::ReadLandingPage => {
            let Nothing {} = arguments(with)?;
            read_landing_page(app, conversation).await
        }
        Tool::ReadStats => {
            let Nothing {} = arguments(with)?;
            read_stats(app, conversation).await
        }
        Tool::AddBlackout
        | Tool::CancelBooking
        | Tool::ChangePrice
        | Tool::CreateBooking
        | Tool::CreatePackage
        | Tool::DeletePackage
        | Tool::EditPackage
        | Tool::PublishLandingPage
        | Tool::SaveBranding
        | Tool::SaveLandingDraft => Err(Code::Internal.into()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::empty_structs_with_brackets,
    reason = "an empty object is read, and a unit would be null"
)]
struct Nothing {}

/// Visitors see what is offered; the tenant sees everything.
async fn list_packages(app: &App, conversation: &Conversation) -> Result<Value, Refusal> {
    let offered = match conversation.audience() {
        Audience::Admin => None,
        Audience::Visitor => Some(true),
    };
    let pool = app.database().pool();
    let page = Page::first();
    let packages = package::list(conversation.tenant, pool, offered, &page).await?;
    let packages = packages.into_iter().map(|package| {
        json!({
            "id": package.id,
            "title": package.title,
            "description": package.description,
            "price_cents": package.price_cents,
            "currency": package.currency,
            "active": package.active,
        })
    });
    Ok(json!({"packages": packages.collect::<Vec<_>>()}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    from: Date,
    to: Option<Date>,
}

async fn check_date(app: &App, conversation: &Conversation, asked: Days) -> Result<Value, Refusal> {
    let to = asked.to.unwrap_or(asked.from);
    let days = availability::between(app, conversation.tenant, asked.from, to).await?;
    Ok(json!({"days": days}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    from: Option<Date>,
    to: Option<Date>,
}

async fn list_bookings(
    app: &App,
    conversation: &Conversation,
    asked: Span,
) -> Result<Value, Refusal> {
    let pool = app.database().pool();
    let tenant = conversation.tenant;
    let today = locale::of(tenant, pool).await?.today(app.now());
    let from = asked.from.unwrap_or(today);
    let to = asked
        .to
        .unwrap_or_else(|| from.saturating_add(COMING.days()));
    if to < from {
        let error = FieldError::new("to", "range", "The end lies before the beginning");
        return Err(Problem::invalid(vec![error]).into());
    }
    let filter = booking::Filter {
        status: None,
        from: Some(from),
        to: Some(to),
    };
    let bookings = booking::list(tenant, pool, filter, &Page::first()).await?;
    let bookings = bookings.into_iter().map(|booking| {
        json!({
            "id": booking.id,
            "event_date": booking.event_date,
            "status": booking.status,
            "package": booking.package.title,
            "customer": booking.customer.name,
            "price_cents": booking.price_cents,
        })
    });
    Ok(json!({"from": from, "to": to, "bookings": bookings.collect::<Vec<_>>()}))
}

/// The published page as facts; a draft is nobody's business before it is published.
async fn read_landing_page(app: &App, conversation: &Conversation) -> Result<Value, Refusal> {
    let page = landing_page::find(conversation.tenant, app.database().pool()).await?;
    Ok(json!({"facts": page.published.as_ref().map(facts::of).unwrap_or_default()}))
}

/// The numbers of the dashboard, all of one moment.
async fn read_stats(app: &App, conversation: &Conversation) -> Result<Value, Refusal> {
    let mut snapshot = app.database().snapshot().await?;
    let stats = stats::count(conversation.tenant, &mut snapshot, app.now()).await?;
    snapshot.rollback().await?;
    Ok(serde_json::to_value(stats).map_err(|_| Code::Internal)?)
}

/// The days that "what is coming" means.
const COMING: i64 = 29;
