//! Dates that cannot be booked.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{Any, AnyConnection, Row as _, Transaction};
use utoipa::ToSchema;

use super::{booking, column, locale, row};
use crate::database::Database;
use crate::fields::Fields;
use crate::ids::{BlackoutId, TenantId};
use crate::page::Page;
use crate::problem::{Code, Problem};

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Blackout {
    pub(crate) id: BlackoutId,
    #[schema(value_type = String, format = Date)]
    pub(crate) day: Date,
    #[schema(required)]
    pub(crate) reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
}

/// A day off that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BlackoutRequest)]
pub(crate) struct Request {
    #[serde(deserialize_with = "crate::day::read")]
    #[schema(value_type = String, format = Date)]
    pub(crate) day: Date,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(crate) reason: Option<String>,
}

impl Request {
    /// Whether it may be stored.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::default();
        fields.optional("reason", self.reason.as_deref(), 200);
        fields.finish()
    }
}

/// What became of a day off that was wanted.
#[derive(Debug)]
pub(crate) enum Added {
    /// It is there now.
    New(Blackout),
    /// It was there before, and stays as it was.
    Known(Blackout),
}

/// The days off within these days, which are inclusive.
pub(crate) async fn list(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    from: Option<Date>,
    to: Option<Date>,
    page: &Page,
) -> Result<Vec<Blackout>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, day, reason, created_at FROM blackout WHERE tenant_id = $1 AND day >= $2 AND day <= $3 \
         AND (day, id) > ($4, $5) ORDER BY day, id LIMIT $6",
    )
    .bind(tenant.to_string())
    .bind(from.unwrap_or(Date::ZERO).to_string())
    .bind(to.unwrap_or(Date::MAX).to_string())
    .bind(page.key())
    .bind(page.id())
    .bind(page.fetch())
    .fetch_all(on)
    .await?;
    rows.iter().map(Blackout::read).collect()
}

/// The day off on this day, if it is one.
pub(crate) async fn on_day(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    day: Date,
) -> Result<Option<Blackout>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, day, reason, created_at FROM blackout WHERE tenant_id = $1 AND day = $2",
    )
    .bind(tenant.to_string())
    .bind(day.to_string())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Blackout::read).transpose()
}

/// Takes a day off, once the request was checked: 400 for a day that is past, 409 `date_booked` with the booking.
///
/// It takes the lock of a booking, so that no day is both.
pub(crate) async fn add(
    tenant: TenantId,
    database: &Database,
    transaction: &mut Transaction<'static, Any>,
    request: &Request,
    now: Timestamp,
) -> Result<Added, Problem> {
    let day = request.day.to_string();
    database.lock_day(transaction, tenant, &day).await?;
    if let Some(known) = on_day(tenant, &mut **transaction, request.day).await? {
        return Ok(Added::Known(known));
    }
    let locale = locale::of(tenant, &mut **transaction).await?;
    if request.day < locale.today(now) {
        let mut fields = Fields::default();
        fields.refuse("day", "range", "Today or a later day");
        fields.finish()?;
    }
    if let Some(booked) = booking::live_on(tenant, &mut **transaction, request.day).await? {
        return Err(Problem::from(Code::DateBooked).with_row(json!({
            "id": booked.id,
            "customer_name": booked.customer.name,
            "event_date": booked.event_date,
        })));
    }
    let row = sqlx::query(
        "INSERT INTO blackout (id, tenant_id, day, reason, created_at) VALUES ($1, $2, $3, $4, $5) \
         RETURNING id, day, reason, created_at",
    )
    .bind(BlackoutId::new(now).to_string())
    .bind(tenant.to_string())
    .bind(day)
    .bind(request.reason.as_deref())
    .bind(now.as_millisecond())
    .fetch_one(&mut **transaction)
    .await?;
    Ok(Added::New(Blackout::read(&row)?))
}

/// Makes a day bookable again; says whether it was there.
pub(crate) async fn remove(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: BlackoutId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM blackout WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.to_string())
        .bind(id.to_string())
        .execute(transaction)
        .await?;
    Ok(done.rows_affected() == 1)
}

impl Blackout {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row::id(row, "id", BlackoutId::parse)?,
            day: column::day(row, "day")?,
            reason: row.try_get("reason")?,
            created_at: row::time(row, "created_at")?,
        })
    }
}
