//! What the assistant would do, and what became of it.
//!
//! `pending → executing → executed | failed`, `pending → rejected | expired`. Each step is one
//! conditional update that returns the row; of two that try the same step, one gets nothing.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::{column, row};
use crate::ids::{AccountId, AgentSessionId, ProposalId, TenantId};

/// The columns of a proposal, in a query as behind RETURNING; a macro must stand before its use.
macro_rules! columns {
    () => {
        "id, session_id, tool, tier, reason, payload, preview, state, expires_at, created_at, result, error_code"
    };
}

/// A proposal.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) id: ProposalId,
    pub(crate) session: AgentSessionId,
    pub(crate) tool: String,
    pub(crate) tier: String,
    pub(crate) reason: String,
    /// The action, as the program that wrote it understands it.
    pub(crate) payload: Value,
    pub(crate) preview: String,
    pub(crate) state: State,
    pub(crate) expires_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) result: Option<Value>,
    pub(crate) error_code: Option<String>,
}

/// What is written of a new one.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) session: AgentSessionId,
    pub(crate) tool: &'a str,
    pub(crate) tier: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) payload: &'a Value,
    pub(crate) preview: &'a str,
    pub(crate) state: State,
    pub(crate) expires_at: Timestamp,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProposalState)]
pub(crate) enum State {
    Executed,
    Executing,
    Expired,
    Failed,
    Pending,
    Rejected,
}

/// Whose proposals are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// Those of all conversations of somebody who works for the tenant.
    Account(AccountId),
    /// Those of one conversation.
    Session(AgentSessionId),
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Executing => "executing",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Executed,
            Self::Executing,
            Self::Expired,
            Self::Failed,
            Self::Pending,
            Self::Rejected,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

impl Scope {
    fn columns(self) -> (String, String) {
        match self {
            Self::Account(account) => (account.to_string(), String::new()),
            Self::Session(session) => (String::new(), session.to_string()),
        }
    }
}

/// Writes a new one.
pub(crate) async fn create(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    draft: Draft<'_>,
    now: Timestamp,
) -> Result<Proposal, sqlx::Error> {
    let row = sqlx::query(concat!(
        "INSERT INTO proposal (id, tenant_id, session_id, tool, tier, reason, payload, preview, state, \
         expires_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING ",
        columns!()
    ))
    .bind(ProposalId::new(now).to_string())
    .bind(tenant.to_string())
    .bind(draft.session.to_string())
    .bind(draft.tool)
    .bind(draft.tier)
    .bind(draft.reason)
    .bind(draft.payload.to_string())
    .bind(draft.preview)
    .bind(draft.state.as_str())
    .bind(draft.expires_at.as_millisecond())
    .bind(now.as_millisecond())
    .fetch_one(on)
    .await?;
    Proposal::read(&row)
}

/// One of them.
pub(crate) async fn find(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    scope: Scope,
    id: ProposalId,
) -> Result<Option<Proposal>, sqlx::Error> {
    let (account, session) = scope.columns();
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM proposal WHERE tenant_id = $1 AND id = $2 AND session_id IN \
         (SELECT id FROM agent_session WHERE tenant_id = $1 AND (account_id = $3 OR id = $4))"
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(account)
    .bind(session)
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Proposal::read).transpose()
}

/// Those before the id `before`, the newest first; of one state, or of all.
pub(crate) async fn list(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    scope: Scope,
    state: Option<State>,
    before: Option<ProposalId>,
    limit: i64,
) -> Result<Vec<Proposal>, sqlx::Error> {
    let (account, session) = scope.columns();
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM proposal WHERE tenant_id = $1 AND session_id IN \
         (SELECT id FROM agent_session WHERE tenant_id = $1 AND (account_id = $2 OR id = $3)) \
         AND ($4 = '' OR state = $4) AND ($5 = '' OR id < $5) ORDER BY id DESC LIMIT $6"
    ))
    .bind(tenant.to_string())
    .bind(account)
    .bind(session)
    .bind(state.map_or("", State::as_str))
    .bind(before.map_or_else(String::new, |id| id.to_string()))
    .bind(limit)
    .fetch_all(on)
    .await?;
    rows.iter().map(Proposal::read).collect()
}

/// How many of a conversation wait for a decision.
pub(crate) async fn count_open(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    session: AgentSessionId,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS open FROM proposal WHERE tenant_id = $1 AND session_id = $2 \
         AND state = 'pending' AND expires_at > $3",
    )
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(now.as_millisecond())
    .fetch_one(on)
    .await?;
    row.try_get("open")
}

/// The first step of an execution: from pending to executing, in time. Nothing: it was not pending,
/// or it is too late.
pub(crate) async fn begin(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    session: AgentSessionId,
    id: ProposalId,
    now: Timestamp,
) -> Result<Option<Proposal>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "UPDATE proposal SET state = 'executing', decided_at = $4, updated_at = $4 WHERE tenant_id = $1 \
         AND session_id = $2 AND id = $3 AND state = 'pending' AND expires_at > $4 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(id.to_string())
    .bind(now.as_millisecond())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Proposal::read).transpose()
}

/// Dismisses one that is pending, in time, and keeps the note about it.
pub(crate) async fn reject(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    session: AgentSessionId,
    id: ProposalId,
    note: Option<&str>,
    now: Timestamp,
) -> Result<Option<Proposal>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "UPDATE proposal SET state = 'rejected', result = $4, decided_at = $5, finished_at = $5, updated_at = $5 \
         WHERE tenant_id = $1 AND session_id = $2 AND id = $3 AND state = 'pending' AND expires_at > $5 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(id.to_string())
    .bind(note.map(|note| json!({"note": note}).to_string()))
    .bind(now.as_millisecond())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Proposal::read).transpose()
}

/// The last step of an execution: from executing to what became of it.
pub(crate) async fn finish(
    tenant: TenantId,
    on: &mut AnyConnection,
    session: AgentSessionId,
    id: ProposalId,
    outcome: Result<&Value, &str>,
    now: Timestamp,
) -> Result<Option<Proposal>, sqlx::Error> {
    let (state, result, error_code) = match outcome {
        Ok(result) => (State::Executed, Some(result.to_string()), None),
        Err(code) => (State::Failed, None, Some(code)),
    };
    let row = sqlx::query(concat!(
        "UPDATE proposal SET state = $4, result = $5, error_code = $6, finished_at = $7, updated_at = $7 \
         WHERE tenant_id = $1 AND session_id = $2 AND id = $3 AND state = 'executing' RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(id.to_string())
    .bind(state.as_str())
    .bind(result)
    .bind(error_code)
    .bind(now.as_millisecond())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Proposal::read).transpose()
}

/// Marks what nobody decided in time, of every tenant.
pub(crate) async fn expire_all(
    on: impl AnyExecutor<'_>,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE proposal SET state = 'expired', finished_at = $1, updated_at = $1 \
         WHERE state = 'pending' AND expires_at <= $1",
    )
    .bind(now.as_millisecond())
    .execute(on)
    .await?;
    Ok(done.rows_affected())
}

/// Marks what was being carried out when the program ended, of every tenant.
///
/// The effect and the final state are written together: where the final state is missing, there was
/// no effect.
pub(crate) async fn fail_interrupted(
    on: impl AnyExecutor<'_>,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE proposal SET state = 'failed', error_code = 'interrupted', finished_at = $1, updated_at = $1 \
         WHERE state = 'executing'",
    )
    .bind(now.as_millisecond())
    .execute(on)
    .await?;
    Ok(done.rows_affected())
}

impl Proposal {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row::id(row, "id", ProposalId::parse)?,
            session: row::id(row, "session_id", AgentSessionId::parse)?,
            tool: row.try_get("tool")?,
            tier: row.try_get("tier")?,
            reason: row.try_get("reason")?,
            payload: column::json(row, "payload")?.unwrap_or_default(),
            preview: row.try_get("preview")?,
            state: row::id(row, "state", State::parse)?,
            expires_at: row::time(row, "expires_at")?,
            created_at: row::time(row, "created_at")?,
            result: column::json(row, "result")?,
            error_code: row.try_get("error_code")?,
        })
    }
}
