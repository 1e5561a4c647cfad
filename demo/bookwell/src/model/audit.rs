//! The audit log; rows are only ever added.

use jiff::Timestamp;
use sqlx::{Any, Executor};

use crate::ids::{AccountId, RowId, TenantId};
use crate::problem::REQUEST_ID;

/// One thing that somebody did.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) actor: AccountId,
    /// For whom they did it, where it was not for themselves.
    pub(crate) on_behalf_of: Option<TenantId>,
    pub(crate) action: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) outcome: &'a str,
}

/// Adds an entry.
pub(crate) async fn write<'e>(
    executor: impl Executor<'e, Database = Any>,
    entry: Entry<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit_log (id, tenant_id, actor, on_behalf_of, action, subject, outcome, request_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(RowId::new(now).to_string())
    .bind(entry.tenant.map(|tenant| tenant.to_string()))
    .bind(entry.actor.to_string())
    .bind(entry.on_behalf_of.map(|tenant| tenant.to_string()))
    .bind(entry.action)
    .bind(entry.subject)
    .bind(entry.outcome)
    .bind(REQUEST_ID.try_with(Clone::clone).unwrap_or_default())
    .bind(now.as_millisecond())
    .execute(executor)
    .await?;
    Ok(())
}
