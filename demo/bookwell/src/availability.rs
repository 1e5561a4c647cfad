//! Which days can be booked.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::ids::TenantId;
use crate::model::booking::Status;
use crate::model::{blackout, booking, locale};
use crate::page::Page;
use crate::problem::{FieldError, Problem};

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AvailabilityDay)]
pub(crate) struct Day {
    #[schema(value_type = String, format = Date)]
    pub(crate) day: Date,
    pub(crate) state: DayState,
}

/// What may be done with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AvailabilityState)]
pub(crate) enum DayState {
    BlackedOut,
    Booked,
    Free,
    /// It is past, or too far ahead.
    OutOfRange,
}

/// The days of a span of at most 62, both ends included. Who booked, and why a day is blocked, is
/// not among them.
pub(crate) async fn between(
    app: &App,
    tenant: TenantId,
    from: Date,
    to: Date,
) -> Result<Vec<Day>, Problem> {
    let longest = from.saturating_add(61.days());
    if to < from || to > longest {
        let error = FieldError::new(
            "to",
            "range",
            "From the first day to the 62nd, and not before it",
        );
        return Err(Problem::invalid(vec![error]));
    }
    let now = app.now();
    let pool = app.database().pool();
    let locale = locale::of(tenant, pool).await?;
    // A day has at most one booking that lives, and as many cancelled ones as there were.
    let mut booked = Vec::new();
    for status in [Status::Pending, Status::Confirmed, Status::Fulfilled] {
        let filter = booking::Filter {
            status: Some(status),
            from: Some(from),
            to: Some(to),
        };
        let rows = booking::list(tenant, pool, filter, &Page::first()).await?;
        booked.extend(rows.into_iter().map(|booking| booking.event_date));
    }
    let blocked = blackout::list(tenant, pool, Some(from), Some(to), &Page::first()).await?;
    let blocked: Vec<Date> = blocked.into_iter().map(|blackout| blackout.day).collect();
    let days = from.series(1.day()).take_while(|day| *day <= to);
    let days = days.map(|day| Day {
        day,
        state: if !locale.is_bookable(day, now) {
            DayState::OutOfRange
        } else if booked.contains(&day) {
            DayState::Booked
        } else if blocked.contains(&day) {
            DayState::BlackedOut
        } else {
            DayState::Free
        },
    });
    Ok(days.collect())
}
