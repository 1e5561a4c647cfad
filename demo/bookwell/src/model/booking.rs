//! Dates that are taken.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{Any, AnyConnection, Row as _, Transaction};
use utoipa::ToSchema;

use super::customer::{self, Customer};
use super::{blackout, column, locale, package, row};
use crate::database::{Database, is_conflict};
use crate::fields::Fields;
use crate::ids::{BookingId, PackageId, TenantId};
use crate::page::Page;
use crate::problem::{Code, Problem};

/// The columns of a booking, in a query as behind RETURNING; a macro must stand before its use.
macro_rules! columns {
    () => {
        "id, package_id, event_date, status, price_cents, notes, source, cancelled_at, cancel_reason, version, \
         created_at, updated_at, \
         (SELECT tenant.currency FROM tenant WHERE tenant.id = booking.tenant_id) AS currency, \
         (SELECT package.title FROM package WHERE package.tenant_id = booking.tenant_id AND package.id = booking.package_id) AS package_title, \
         (SELECT customer.name FROM customer WHERE customer.tenant_id = booking.tenant_id AND customer.id = booking.customer_id) AS customer_name, \
         (SELECT customer.email FROM customer WHERE customer.tenant_id = booking.tenant_id AND customer.id = booking.customer_id) AS customer_email, \
         (SELECT customer.phone FROM customer WHERE customer.tenant_id = booking.tenant_id AND customer.id = booking.customer_id) AS customer_phone"
    };
}

/// A booking, as the tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Booking {
    pub(crate) id: BookingId,
    pub(crate) package: BookedPackage,
    pub(crate) customer: Customer,
    #[schema(value_type = String, format = Date)]
    pub(crate) event_date: Date,
    pub(crate) status: Status,
    /// The package's price on the day of booking.
    pub(crate) price_cents: i64,
    pub(crate) currency: String,
    #[schema(required)]
    pub(crate) notes: Option<String>,
    pub(crate) source: Source,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) cancelled_at: Option<Timestamp>,
    #[schema(required)]
    pub(crate) cancel_reason: Option<String>,
    pub(crate) version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// What was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BookedPackage {
    pub(crate) id: PackageId,
    /// As it is now.
    pub(crate) title: String,
}

/// How far a booking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BookingStatus)]
pub(crate) enum Status {
    Pending,
    Confirmed,
    Fulfilled,
    Cancelled,
}

impl Status {
    pub(crate) const ALL: [Self; 4] = [
        Self::Pending,
        Self::Confirmed,
        Self::Fulfilled,
        Self::Cancelled,
    ];

    /// As it stands in the database and in answers.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Who wrote a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BookingSource)]
pub(crate) enum Source {
    /// The tenant itself, or the assistant for it.
    Tenant,
    /// A visitor of the storefront.
    Chat,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Chat => "chat",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Tenant, Self::Chat]
            .into_iter()
            .find(|source| source.as_str() == text)
    }
}

/// A booking that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BookingRequest)]
pub(crate) struct Request {
    pub(crate) package_id: PackageId,
    #[serde(deserialize_with = "crate::day::read")]
    #[schema(value_type = String, format = Date)]
    pub(crate) event_date: Date,
    pub(crate) customer: Customer,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub(crate) notes: Option<String>,
}

impl Request {
    /// Whether it may be stored, whatever the calendar says.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::default();
        self.customer.check(&mut fields);
        fields.optional("notes", self.notes.as_deref(), 500);
        fields.finish()
    }
}

/// What a list is narrowed to; days are inclusive.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter {
    pub(crate) status: Option<Status>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

/// The bookings in the order of their dates.
pub(crate) async fn list(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    filter: Filter,
    page: &Page,
) -> Result<Vec<Booking>, sqlx::Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM booking WHERE tenant_id = $1 AND ($2 = '' OR status = $2) AND event_date >= $3 AND event_date <= $4 \
         AND (event_date, id) > ($5, $6) ORDER BY event_date, id LIMIT $7"
    ))
    .bind(tenant.to_string())
    .bind(filter.status.map_or("", Status::as_str))
    .bind(filter.from.unwrap_or(Date::ZERO).to_string())
    .bind(filter.to.unwrap_or(Date::MAX).to_string())
    .bind(page.key())
    .bind(page.id())
    .bind(page.fetch())
    .fetch_all(on)
    .await?;
    rows.iter().map(Booking::read).collect()
}

/// One booking.
pub(crate) async fn find(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    id: BookingId,
) -> Result<Option<Booking>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM booking WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Booking::read).transpose()
}

/// The booking that takes a day, if one does.
pub(crate) async fn live_on(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    day: Date,
) -> Result<Option<Booking>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM booking WHERE tenant_id = $1 AND event_date = $2 AND status <> 'cancelled'"
    ))
    .bind(tenant.to_string())
    .bind(day.to_string())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Booking::read).transpose()
}

/// Takes a date, once the request was checked: 404 for the package, 400 for a package or a day that cannot be booked,
/// 409 `date_blacked_out` and `date_taken`.
pub(crate) async fn create(
    tenant: TenantId,
    database: &Database,
    transaction: &mut Transaction<'static, Any>,
    request: &Request,
    source: Source,
    now: Timestamp,
) -> Result<Booking, Problem> {
    let day = request.event_date.to_string();
    database.lock_day(transaction, tenant, &day).await?;
    let package = package::find(tenant, &mut **transaction, request.package_id)
        .await?
        .ok_or(Code::NotFound)?;
    let mut fields = Fields::default();
    if !package.active {
        fields.refuse(
            "package_id",
            "inactive",
            "This package is not offered at the moment",
        );
    }
    let locale = locale::of(tenant, &mut **transaction).await?;
    if !locale.is_bookable(request.event_date, now) {
        fields.refuse("event_date", "range", "A day from today to 24 months ahead");
    }
    fields.finish()?;
    if blackout::on_day(tenant, &mut **transaction, request.event_date)
        .await?
        .is_some()
    {
        return Err(Code::DateBlackedOut.into());
    }
    if live_on(tenant, &mut **transaction, request.event_date)
        .await?
        .is_some()
    {
        return Err(Code::DateTaken.into());
    }
    let customer = customer::known(tenant, transaction, &request.customer, source, now).await?;
    let row = sqlx::query(concat!(
        "INSERT INTO booking (id, tenant_id, package_id, customer_id, event_date, status, price_cents, notes, source, \
         version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, 1, $9, $9) RETURNING ",
        columns!()
    ))
    .bind(BookingId::new(now).to_string())
    .bind(tenant.to_string())
    .bind(package.id.to_string())
    .bind(customer.to_string())
    .bind(day)
    .bind(package.price_cents)
    .bind(request.notes.as_deref())
    .bind(source.as_str())
    .bind(now.as_millisecond())
    .fetch_one(&mut **transaction)
    .await
    .map_err(|error| {
        // The index is the last guard, should the lock ever have been forgotten.
        if is_conflict(&error) {
            return Code::DateTaken.into();
        }
        Problem::from(error)
    })?;
    Ok(Booking::read(&row)?)
}

/// `pending` → `confirmed`; 404, 409 `wrong_status` with the row.
pub(crate) async fn confirm(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: BookingId,
    now: Timestamp,
) -> Result<Booking, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE booking SET status = 'confirmed', version = version + 1, updated_at = $3 \
         WHERE tenant_id = $1 AND id = $2 AND status = 'pending' RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await?;
    moved(tenant, transaction, id, row).await
}

/// `confirmed` → `fulfilled`, once the day has come where the tenant is; 404, 409 `wrong_status` with the row.
pub(crate) async fn fulfil(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: BookingId,
    now: Timestamp,
) -> Result<Booking, Problem> {
    let today = locale::of(tenant, &mut *transaction).await?.today(now);
    let row = sqlx::query(concat!(
        "UPDATE booking SET status = 'fulfilled', version = version + 1, updated_at = $3 \
         WHERE tenant_id = $1 AND id = $2 AND status = 'confirmed' AND event_date <= $4 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(now.as_millisecond())
    .bind(today.to_string())
    .fetch_optional(&mut *transaction)
    .await?;
    moved(tenant, transaction, id, row).await
}

/// `pending` or `confirmed` → `cancelled`, which frees the date; 404, 409 `wrong_status` with the row.
pub(crate) async fn cancel(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: BookingId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<Booking, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE booking SET status = 'cancelled', cancelled_at = $3, cancel_reason = $4, version = version + 1, \
         updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND status IN ('pending', 'confirmed') RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(now.as_millisecond())
    .bind(reason)
    .fetch_optional(&mut *transaction)
    .await?;
    moved(tenant, transaction, id, row).await
}

/// Whether the reason for a cancellation may be stored.
pub(crate) fn check_reason(reason: Option<&str>) -> Result<(), Problem> {
    let mut fields = Fields::default();
    fields.optional("reason", reason, 500);
    fields.finish()
}

/// The row after its step; where no row took it, either there is none or it was elsewhere.
async fn moved(
    tenant: TenantId,
    on: &mut AnyConnection,
    id: BookingId,
    row: Option<AnyRow>,
) -> Result<Booking, Problem> {
    if let Some(row) = row {
        return Ok(Booking::read(&row)?);
    }
    let present = find(tenant, on, id).await?.ok_or(Code::NotFound)?;
    let row = serde_json::to_value(&present).map_err(|_| Code::Internal)?;
    Err(Problem::from(Code::WrongStatus).with_row(row))
}

impl Booking {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row::id(row, "id", BookingId::parse)?,
            package: BookedPackage {
                id: row::id(row, "package_id", PackageId::parse)?,
                title: row.try_get("package_title")?,
            },
            customer: Customer {
                name: row.try_get("customer_name")?,
                email: row.try_get("customer_email")?,
                phone: row.try_get("customer_phone")?,
            },
            event_date: column::day(row, "event_date")?,
            status: row::id(row, "status", Status::parse)?,
            price_cents: row.try_get("price_cents")?,
            currency: row.try_get("currency")?,
            notes: row.try_get("notes")?,
            source: row::id(row, "source", Source::parse)?,
            cancelled_at: row::optional_time(row, "cancelled_at")?,
            cancel_reason: row.try_get("cancel_reason")?,
            version: row.try_get("version")?,
            created_at: row::time(row, "created_at")?,
            updated_at: row::time(row, "updated_at")?,
        })
    }
}
