//! The numbers of a tenant, counted by the database.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::booking::Status;
use super::locale;
use crate::ids::TenantId;
use crate::problem::Problem;

/// The numbers of a tenant, all of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Stats {
    pub(crate) packages: Packages,
    pub(crate) bookings: Bookings,
    pub(crate) blackouts: Blackouts,
    pub(crate) revenue: Revenue,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackageStats)]
pub(crate) struct Packages {
    pub(crate) total: i64,
    pub(crate) active: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BookingStats)]
pub(crate) struct Bookings {
    /// In every status, cancelled ones included.
    pub(crate) total: i64,
    /// Not cancelled, from today on for 30 days.
    pub(crate) upcoming_30d: i64,
    pub(crate) by_status: ByStatus,
    /// Not cancelled, by the month of the event: eight months back, this one, and three ahead.
    pub(crate) by_month: Vec<Month>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ByStatus {
    pub(crate) pending: i64,
    pub(crate) confirmed: i64,
    pub(crate) fulfilled: i64,
    pub(crate) cancelled: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MonthStats)]
pub(crate) struct Month {
    /// As `2026-01`.
    pub(crate) month: String,
    pub(crate) count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BlackoutStats)]
pub(crate) struct Blackouts {
    /// From today on.
    pub(crate) upcoming: i64,
}

/// Of confirmed and fulfilled bookings, by the month of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Revenue {
    pub(crate) this_month_cents: i64,
    pub(crate) total_cents: i64,
    pub(crate) currency: String,
}

/// Counts; in one transaction, so that the numbers fit each other.
pub(crate) async fn count(
    tenant: TenantId,
    on: &mut AnyConnection,
    now: Timestamp,
) -> Result<Stats, Problem> {
    let locale = locale::of(tenant, &mut *on).await?;
    let today = locale.today(now);
    let first = today.first_of_month().saturating_sub(MONTHS_BACK.months());
    let end = today
        .first_of_month()
        .saturating_add((MONTHS_AHEAD + 1).months());

    // A sum of 64-bit integers is a decimal number in PostgreSQL.
    let row = sqlx::query(
        "SELECT \
         (SELECT COUNT(*) FROM package WHERE tenant_id = $1) AS packages, \
         (SELECT COUNT(*) FROM package WHERE tenant_id = $1 AND active = 1) AS active, \
         (SELECT COUNT(*) FROM booking WHERE tenant_id = $1) AS bookings, \
         (SELECT COUNT(*) FROM booking WHERE tenant_id = $1 AND status <> 'cancelled' \
            AND event_date >= $2 AND event_date < $3) AS upcoming, \
         (SELECT COUNT(*) FROM blackout WHERE tenant_id = $1 AND day >= $2) AS blackouts, \
         (SELECT CAST(COALESCE(SUM(price_cents), 0) AS BIGINT) FROM booking WHERE tenant_id = $1 \
            AND status IN ('confirmed', 'fulfilled') AND substr(event_date, 1, 7) = $4) AS this_month, \
         (SELECT CAST(COALESCE(SUM(price_cents), 0) AS BIGINT) FROM booking WHERE tenant_id = $1 \
            AND status IN ('confirmed', 'fulfilled')) AS revenue",
    )
    .bind(tenant.to_string())
    .bind(today.to_string())
    .bind(today.saturating_add(30.days()).to_string())
    .bind(month_of(today))
    .fetch_one(&mut *on)
    .await?;

    let by_status = count_by_status(tenant, on).await?;
    let by_month = count_by_month(tenant, on, first, end).await?;
    Ok(Stats {
        packages: Packages {
            total: row.try_get("packages")?,
            active: row.try_get("active")?,
        },
        bookings: Bookings {
            total: row.try_get("bookings")?,
            upcoming_30d: row.try_get("upcoming")?,
            by_status,
            by_month,
        },
        blackouts: Blackouts {
            upcoming: row.try_get("blackouts")?,
        },
        revenue: Revenue {
            this_month_cents: row.try_get("this_month")?,
            total_cents: row.try_get("revenue")?,
            currency: locale.currency,
        },
        as_of: now,
    })
}

async fn count_by_status(
    tenant: TenantId,
    on: &mut AnyConnection,
) -> Result<ByStatus, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT status, COUNT(*) AS count FROM booking WHERE tenant_id = $1 GROUP BY status",
    )
    .bind(tenant.to_string())
    .fetch_all(on)
    .await?;
    let mut counts = ByStatus::default();
    for row in rows {
        let status: String = row.try_get("status")?;
        let count = row.try_get("count")?;
        match Status::parse(&status) {
            Some(Status::Pending) => counts.pending = count,
            Some(Status::Confirmed) => counts.confirmed = count,
            Some(Status::Fulfilled) => counts.fulfilled = count,
            Some(Status::Cancelled) => counts.cancelled = count,
            None => {}
        }
    }
    Ok(counts)
}

/// A month without bookings is one with none.
async fn count_by_month(
    tenant: TenantId,
    on: &mut AnyConnection,
    first: Date,
    end: Date,
) -> Result<Vec<Month>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT substr(event_date, 1, 7) AS month, COUNT(*) AS count FROM booking WHERE tenant_id = $1 \
         AND status <> 'cancelled' AND event_date >= $2 AND event_date < $3 GROUP BY substr(event_date, 1, 7)",
    )
    .bind(tenant.to_string())
    .bind(first.to_string())
    .bind(end.to_string())
    .fetch_all(on)
    .await?;
    let mut months: Vec<Month> =
        std::iter::successors(Some(first), |day| Some(day.saturating_add(1.month())))
            .take_while(|day| *day < end)
            .map(|day| Month {
                month: month_of(day),
                count: 0,
            })
            .collect();
    for row in rows {
        let name: String = row.try_get("month")?;
        if let Some(month) = months.iter_mut().find(|month| month.month == name) {
            month.count = row.try_get("count")?;
        }
    }
    Ok(months)
}

fn month_of(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

const MONTHS_BACK: i64 = 8;
const MONTHS_AHEAD: i64 = 3;
