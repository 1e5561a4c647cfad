//! What was said in a conversation.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::row;
use crate::ids::{AgentSessionId, RowId, TenantId};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AgentMessage {
    /// Its place in the conversation, from 1.
    pub(crate) seq: i64,
    pub(crate) author: Author,
    pub(crate) text: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageAuthor)]
pub(crate) enum Author {
    Assistant,
    User,
}

impl Author {
    fn as_str(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::User => "user",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Assistant, Self::User]
            .into_iter()
            .find(|author| author.as_str() == text)
    }
}

/// Adds a message behind the last one, and gives back its place.
///
/// The caller holds the conversation by [`super::agent_session::touch`] in the same transaction.
pub(crate) async fn append(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    session: AgentSessionId,
    author: Author,
    text: &str,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO agent_message (id, tenant_id, session_id, seq, author, text, created_at) \
         VALUES ($1, $2, $3, (SELECT COALESCE(MAX(seq), 0) + 1 FROM agent_message \
         WHERE tenant_id = $2 AND session_id = $3), $4, $5, $6) RETURNING seq",
    )
    .bind(RowId::new(now).to_string())
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(author.as_str())
    .bind(text)
    .bind(now.as_millisecond())
    .fetch_one(transaction)
    .await?;
    row.try_get("seq")
}

/// The messages behind `after`, in their order, `limit` at most.
pub(crate) async fn list(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    session: AgentSessionId,
    after: i64,
    limit: i64,
) -> Result<Vec<AgentMessage>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT seq, author, text, created_at FROM agent_message \
         WHERE tenant_id = $1 AND session_id = $2 AND seq > $3 ORDER BY seq LIMIT $4",
    )
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(on)
    .await?;
    rows.iter().map(read).collect()
}

/// The last messages, in their order.
pub(crate) async fn latest(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    session: AgentSessionId,
    limit: i64,
) -> Result<Vec<AgentMessage>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT seq, author, text, created_at FROM agent_message \
         WHERE tenant_id = $1 AND session_id = $2 ORDER BY seq DESC LIMIT $3",
    )
    .bind(tenant.to_string())
    .bind(session.to_string())
    .bind(limit)
    .fetch_all(on)
    .await?;
    rows.iter().rev().map(read).collect()
}

fn read(row: &AnyRow) -> Result<AgentMessage, sqlx::Error> {
    Ok(AgentMessage {
        seq: row.try_get("seq")?,
        author: row::id(row, "author", Author::parse)?,
        text: row.try_get("text")?,
        created_at: row::time(row, "created_at")?,
    })
}
