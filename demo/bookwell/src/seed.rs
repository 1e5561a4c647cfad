//! The businesses that the demonstration begins with: plausible, fictional, and the same on every start of a day.
//!
//! Chance comes from a small generator that begins with the business and its date ([`dice`]), so that a day's numbers can be known beforehand.

mod business;
mod calendar;
mod dice;
mod harbor_light;
mod juniper_studio;
mod old_mill;
mod people;
mod rows;
mod willow_pine;

use crate::clock::Clock;
use crate::database::Database;
use crate::password::{self, PasswordError};

/// Fills an empty database; one that knows a business already is left as it is.
///
/// Everybody has the same password:
///
/// - `admin@bookwell.test` runs the platform;
/// - `owner@willow-pine.test`: garden weddings, USD, New York, four packages of which one is inactive, two blackouts, a published page and a draft;
/// - `owner@harbor-light.test`: boat charters, EUR, Lisbon, two packages;
/// - `owner@juniper-studio.test`: a photographer without a booking;
/// - `owner@old-mill.test`: a business that is closed, so that nobody of it signs in.
pub async fn seed(database: &Database, clock: &Clock, password: &str) -> Result<(), SeedError> {
    let now = clock.now();
    let mut hashes = Vec::new();
    let businesses = [
        willow_pine::business(),
        harbor_light::business(),
        juniper_studio::business(),
        old_mill::business(),
    ];
    if rows::any_tenant(database.pool()).await? {
        return Ok(());
    }
    for _ in 0..=businesses.len() {
        hashes.push(password::hash(password).await?);
    }
    let mut transaction = database.begin().await?;
    // Another process may have been here while passwords were hashed.
    if rows::any_tenant(&mut *transaction).await? {
        return Ok(());
    }
    let mut hashes = hashes.into_iter();
    for business in businesses {
        let hash = hashes.next().unwrap_or_default();
        let zone = jiff::tz::TimeZone::get(business.time_zone)?;
        let today = now.to_zoned_datetime(zone.clone()).date();
        let plan = calendar::plan(&business, today)?;
        rows::insert(&mut transaction, &business, &plan, &zone, now, &hash).await?;
    }
    let hash = hashes.next().unwrap_or_default();
    rows::insert_admin(&mut transaction, "admin@bookwell.test", &hash, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Why the database was not filled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// A statement failed.
    #[error("failed to write the first rows")]
    Database(#[from] sqlx::Error),
    /// The calendar has an end, and the clock is beyond it.
    #[error("failed to reckon with the date")]
    Date(#[from] jiff::Error),
    /// No randomness, or no memory.
    #[error("failed to hash the password")]
    Password(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<PasswordError> for SeedError {
    fn from(error: PasswordError) -> Self {
        Self::Password(Box::new(error))
    }
}

#[cfg(test)]
mod tests;
