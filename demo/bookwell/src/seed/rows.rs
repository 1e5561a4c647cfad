//! Writing a business into the database.
//!
//! The statements are the seed's own: the API takes no booking of the past.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, Executor, Transaction};

use super::SeedError;
use super::business::{Business, Package};
use super::calendar::{Booking, Plan, Status};
use super::people::Customer;
use crate::ids::{AccountId, BlackoutId, BookingId, CustomerId, PackageId, TenantId};
use crate::model::asset::{self, MediaType};
use crate::token::Role;

/// Whether there is a business already.
pub(super) async fn any_tenant<'e>(
    executor: impl Executor<'e, Database = Any>,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM tenant LIMIT 1")
        .fetch_optional(executor)
        .await?;
    Ok(found.is_some())
}

/// Writes the account of the platform.
pub(super) async fn insert_admin(
    transaction: &mut Transaction<'static, Any>,
    email: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    account(transaction, email, password_hash, None, now).await
}

/// Writes a business, its owner, and all that it has.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Any>,
    business: &Business,
    plan: &Plan,
    zone: &TimeZone,
    now: Timestamp,
    password_hash: &str,
) -> Result<(), SeedError> {
    // It was there before its first booking.
    let opened = now
        .to_zoned_datetime(zone.clone())
        .checked_sub(14.months())?;
    let opened = opened.timestamp();
    let mut rows = Rows {
        transaction,
        tenant: TenantId::new(opened),
        zone,
        opened,
        now,
    };
    rows.tenant(business).await?;
    let tenant = Some(rows.tenant);
    account(
        rows.transaction,
        business.owner,
        password_hash,
        tenant,
        opened,
    )
    .await?;
    let mut packages = Vec::new();
    for (package, order) in business.packages.iter().zip(0..) {
        packages.push(rows.package(package, order).await?);
    }
    let mut customers = Vec::new();
    for customer in &plan.customers {
        customers.push(rows.customer(customer).await?);
    }
    for booking in &plan.bookings {
        let package = packages
            .get(booking.package)
            .zip(business.packages.get(booking.package));
        let customer = customers.get(booking.customer);
        if let (Some((id, package)), Some(customer)) = (package, customer) {
            rows.booking(booking, *id, package.price_cents, *customer)
                .await?;
        }
    }
    for (day, reason) in &plan.blackouts {
        rows.blackout(*day, reason).await?;
    }
    rows.landing_page(business.published.as_ref(), business.draft.as_ref())
        .await?;
    Ok(())
}

/// Rows of one business.
struct Rows<'t> {
    transaction: &'t mut Transaction<'static, Any>,
    tenant: TenantId,
    zone: &'t TimeZone,
    opened: Timestamp,
    now: Timestamp,
}

impl Rows<'_> {
    async fn tenant(&mut self, business: &Business) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO tenant (id, slug, name, time_zone, currency, public_key, chat_enabled, active, \
             color_primary, color_secondary, color_accent, color_background, font, widget_origins, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        )
        .bind(self.tenant.to_string())
        .bind(business.slug)
        .bind(business.name)
        .bind(business.time_zone)
        .bind(business.currency)
        .bind(public_key(business.slug))
        .bind(i64::from(business.active))
        .bind(business.look.primary)
        .bind(business.look.secondary)
        .bind(business.look.accent)
        .bind(business.look.background)
        .bind(business.look.font)
        .bind(Value::from(business.widget_origins).to_string())
        .bind(self.opened.as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(())
    }

    async fn package(&mut self, package: &Package, order: i64) -> Result<PackageId, sqlx::Error> {
        let id = PackageId::new(self.opened);
        let photo = match package
            .picture
            .and_then(|octets| Some((MediaType::of(octets)?, octets)))
        {
            Some((media_type, octets)) => {
                let transaction = &mut **self.transaction;
                let stored = asset::store(
                    self.tenant,
                    transaction,
                    asset::Kind::Photo,
                    media_type,
                    octets,
                    self.opened,
                );
                Some(stored.await?)
            }
            None => None,
        };
        sqlx::query(
            "INSERT INTO package (id, tenant_id, slug, title, description, price_cents, photo_asset_id, active, sort_order, version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
        )
        .bind(id.to_string())
        .bind(self.tenant.to_string())
        .bind(package.slug)
        .bind(package.title)
        .bind(package.description)
        .bind(package.price_cents)
        .bind(photo.map(|photo| photo.to_string()))
        .bind(i64::from(package.active))
        .bind(order * 10)
        .bind(self.opened.as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(id)
    }

    async fn customer(&mut self, customer: &Customer) -> Result<CustomerId, sqlx::Error> {
        let id = CustomerId::new(self.opened);
        sqlx::query(
            "INSERT INTO customer (id, tenant_id, name, email, phone, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(id.to_string())
        .bind(self.tenant.to_string())
        .bind(&customer.name)
        .bind(&customer.email)
        .bind(&customer.phone)
        .bind(self.opened.as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(id)
    }

    async fn booking(
        &mut self,
        booking: &Booking,
        package: PackageId,
        price_cents: i64,
        customer: CustomerId,
    ) -> Result<(), SeedError> {
        // Nothing was written after now.
        let booked = booking.date.checked_sub(booking.booked_ahead.days())?;
        let created = self.at(booked, 10)?.min(self.now.checked_sub(5.hours())?);
        let decided = self.at(booked.checked_add(2.days())?, 15)?;
        let decided = decided.clamp(created, self.now.max(created));
        let (status, version, updated) = match booking.status {
            Status::Cancelled => ("cancelled", 2, decided),
            Status::Confirmed => ("confirmed", 2, decided),
            Status::Fulfilled => ("fulfilled", 3, self.at(booking.date, 20)?.min(self.now)),
            Status::Pending => ("pending", 1, created),
        };
        let cancelled = (booking.status == Status::Cancelled).then(|| decided.as_millisecond());
        sqlx::query(
            "INSERT INTO booking (id, tenant_id, package_id, customer_id, event_date, status, price_cents, notes, source, \
             cancelled_at, cancel_reason, version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(BookingId::new(created).to_string())
        .bind(self.tenant.to_string())
        .bind(package.to_string())
        .bind(customer.to_string())
        .bind(booking.date.to_string())
        .bind(status)
        .bind(price_cents)
        .bind(booking.notes)
        .bind(if booking.by_chat { "chat" } else { "tenant" })
        .bind(cancelled)
        .bind(booking.cancel_reason)
        .bind(version)
        .bind(created.as_millisecond())
        .bind(updated.as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(())
    }

    async fn blackout(&mut self, day: Date, reason: &str) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO blackout (id, tenant_id, day, reason, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(BlackoutId::new(self.opened).to_string())
        .bind(self.tenant.to_string())
        .bind(day.to_string())
        .bind(reason)
        .bind(self.opened.as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(())
    }

    async fn landing_page(
        &mut self,
        published: Option<&Value>,
        draft: Option<&Value>,
    ) -> Result<(), SeedError> {
        let Some(published) = published else {
            return Ok(());
        };
        let drafted = draft
            .map(|_| self.now.checked_sub(26.hours()))
            .transpose()?;
        sqlx::query(
            "INSERT INTO landing_page (tenant_id, published, draft, version, draft_updated_at, published_at, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        )
        .bind(self.tenant.to_string())
        .bind(published.to_string())
        .bind(draft.map(Value::to_string))
        .bind(if draft.is_some() { 2_i64 } else { 1 })
        .bind(drafted.map(Timestamp::as_millisecond))
        .bind(self.opened.as_millisecond())
        .bind(drafted.unwrap_or(self.opened).as_millisecond())
        .execute(&mut **self.transaction)
        .await?;
        Ok(())
    }

    /// An hour of a day where the business is.
    fn at(&self, day: Date, hour: i8) -> Result<Timestamp, jiff::Error> {
        let zoned = day.at(hour, 0, 0, 0).to_zoned_datetime(self.zone.clone())?;
        Ok(zoned.timestamp())
    }
}

async fn account(
    transaction: &mut Transaction<'static, Any>,
    email: &str,
    password_hash: &str,
    tenant: Option<TenantId>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let role = match tenant {
        Some(_) => Role::TenantAdmin,
        None => Role::PlatformAdmin,
    };
    sqlx::query(
        "INSERT INTO account (id, email, password_hash, role, tenant_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(AccountId::new(now).to_string())
    .bind(email)
    .bind(password_hash)
    .bind(role.as_str())
    .bind(tenant.map(|tenant| tenant.to_string()))
    .bind(now.as_millisecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// A key stands in public pages and is no secret; that of a seeded business never changes, so that pages which embed it go on to work.
fn public_key(slug: &str) -> String {
    let hash = Sha256::digest(slug);
    let hash = hash
        .first_chunk()
        .map_or(0, |octets| u64::from_be_bytes(*octets));
    format!("pk_live_{slug}_{hash:016x}")
}
