//! A tenant's calendar and money.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use sqlx::Row as _;
use sqlx::any::AnyExecutor;

use crate::ids::TenantId;
use crate::problem::{Code, Problem};

/// Where a tenant lives: its days begin there, and its prices are in its currency.
#[derive(Debug, Clone)]
pub(crate) struct Locale {
    pub(crate) time_zone: TimeZone,
    pub(crate) currency: String,
}

impl Locale {
    /// The day that it is there.
    pub(crate) fn today(&self, now: Timestamp) -> Date {
        self.time_zone.to_datetime(now).date()
    }

    /// Whether a day can be booked at all: from today to 24 months ahead.
    pub(crate) fn is_bookable(&self, day: Date, now: Timestamp) -> bool {
        let today = self.today(now);
        (today..=today.saturating_add(MONTHS_AHEAD.months())).contains(&day)
    }
}

/// The locale of a tenant.
pub(crate) async fn of(tenant: TenantId, on: impl AnyExecutor<'_>) -> Result<Locale, Problem> {
    let row = sqlx::query("SELECT time_zone, currency FROM tenant WHERE id = $1")
        .bind(tenant.to_string())
        .fetch_optional(on)
        .await?
        .ok_or(Code::NotFound)?;
    let name: String = row.try_get("time_zone")?;
    let time_zone = TimeZone::get(&name).map_err(|error| {
        tracing::error!(%tenant, %error, "the tenant's time zone is not known");
        Code::Internal
    })?;
    Ok(Locale {
        time_zone,
        currency: row.try_get("currency")?,
    })
}

const MONTHS_AHEAD: i64 = 24;
