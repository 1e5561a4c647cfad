//! Conversations with the assistant.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyExecutor;
use sqlx::{AnyConnection, Row as _};

use super::row;
use crate::database::Database;
use crate::ids::{AccountId, AgentSessionId, TenantId};

/// Whose conversation it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Somebody who works for the tenant.
    Account(AccountId),
    /// A visitor of the storefront: the hash of the token that they alone have.
    Visitor(String),
}

impl Owner {
    fn columns(&self) -> (&'static str, Option<String>, Option<&str>) {
        match self {
            Self::Account(account) => ("admin", Some(account.to_string()), None),
            Self::Visitor(hash) => ("customer", None, Some(hash)),
        }
    }
}

/// Begins a conversation.
pub(crate) async fn create(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    owner: &Owner,
    now: Timestamp,
) -> Result<AgentSessionId, sqlx::Error> {
    let id = AgentSessionId::new(now);
    let (kind, account, visitor) = owner.columns();
    sqlx::query(
        "INSERT INTO agent_session (id, tenant_id, kind, account_id, visitor_hash, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(id.to_string())
    .bind(tenant.to_string())
    .bind(kind)
    .bind(account)
    .bind(visitor)
    .bind(now.as_millisecond())
    .execute(on)
    .await?;
    Ok(id)
}

/// The conversation of this owner that was used last, if that was after `since`.
pub(crate) async fn newest(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    account: AccountId,
    since: Timestamp,
) -> Result<Option<AgentSessionId>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id FROM agent_session WHERE tenant_id = $1 AND kind = 'admin' AND account_id = $2 \
         AND updated_at > $3 ORDER BY updated_at DESC, id DESC LIMIT 1",
    )
    .bind(tenant.to_string())
    .bind(account.to_string())
    .bind(since.as_millisecond())
    .fetch_optional(on)
    .await?;
    row.as_ref()
        .map(|row| row::id(row, "id", AgentSessionId::parse))
        .transpose()
}

/// Marks a conversation as used now, if it is this owner's and was used after `since`; says whether
/// it was. Until the transaction ends, nobody else writes into it.
pub(crate) async fn touch(
    tenant: TenantId,
    on: &mut AnyConnection,
    id: AgentSessionId,
    owner: &Owner,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let (kind, account, visitor) = owner.columns();
    let done = sqlx::query(
        "UPDATE agent_session SET updated_at = $7 WHERE tenant_id = $1 AND id = $2 AND kind = $3 \
         AND COALESCE(account_id, '') = $4 AND COALESCE(visitor_hash, '') = $5 AND updated_at > $6",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(kind)
    .bind(account.unwrap_or_default())
    .bind(visitor.unwrap_or_default())
    .bind(since.as_millisecond())
    .bind(now.as_millisecond())
    .execute(on)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a conversation is this owner's and was used after `since`.
pub(crate) async fn is_of(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    id: AgentSessionId,
    owner: &Owner,
    since: Timestamp,
) -> Result<bool, sqlx::Error> {
    let (kind, account, visitor) = owner.columns();
    let row = sqlx::query(
        "SELECT COUNT(*) AS found FROM agent_session WHERE tenant_id = $1 AND id = $2 AND kind = $3 \
         AND COALESCE(account_id, '') = $4 AND COALESCE(visitor_hash, '') = $5 AND updated_at > $6",
    )
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(kind)
    .bind(account.unwrap_or_default())
    .bind(visitor.unwrap_or_default())
    .bind(since.as_millisecond())
    .fetch_one(on)
    .await?;
    Ok(row.try_get::<i64, _>("found")? == 1)
}

/// Removes the conversations that no visitor used for 30 days, with what was said and proposed in them; those of
/// the tenants stay.
///
/// Such a conversation ended long ago ([`crate::assistant::Conversation`]), so nobody writes into it meanwhile.
pub(crate) async fn sweep(database: &Database, now: Timestamp) -> Result<u64, sqlx::Error> {
    let latest = now.saturating_sub(KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let latest = latest.as_millisecond();
    let mut transaction = database.begin().await?;
    for statement in [
        "DELETE FROM agent_message WHERE (tenant_id, session_id) IN \
         (SELECT tenant_id, id FROM agent_session WHERE kind = 'customer' AND updated_at <= $1)",
        "DELETE FROM proposal WHERE (tenant_id, session_id) IN \
         (SELECT tenant_id, id FROM agent_session WHERE kind = 'customer' AND updated_at <= $1)",
    ] {
        let delete = sqlx::query(statement).bind(latest);
        delete.execute(&mut *transaction).await?;
    }
    let done =
        sqlx::query("DELETE FROM agent_session WHERE kind = 'customer' AND updated_at <= $1")
            .bind(latest)
            .execute(&mut *transaction)
            .await?;
    transaction.commit().await?;
    Ok(done.rows_affected())
}

/// How long a visitor's conversation is kept: enough to ask what a booking came from.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
