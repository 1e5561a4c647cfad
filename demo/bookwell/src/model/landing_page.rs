//! The page that visitors see: what is published, and what may follow it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::{column, row};
use crate::ids::TenantId;
use crate::landing_document::LandingDocument;
use crate::problem::{Code, Problem};

/// The columns of a landing page, in a query as behind RETURNING; a macro must stand before its use.
macro_rules! columns {
    () => {
        "published, draft, version, draft_updated_at, published_at"
    };
}

/// Both documents of a tenant; nothing and version 0 where nothing was ever written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct LandingPage {
    #[schema(value_type = Option<LandingDocument>, required)]
    pub(crate) published: Option<Value>,
    #[schema(value_type = Option<LandingDocument>, required)]
    pub(crate) draft: Option<Value>,
    /// For `If-Match`, of whichever document.
    pub(crate) version: i64,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) draft_updated_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) published_at: Option<Timestamp>,
}

/// The landing page of a tenant.
pub(crate) async fn find(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
) -> Result<LandingPage, sqlx::Error> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM landing_page WHERE tenant_id = $1"
    ))
    .bind(tenant.to_string())
    .fetch_optional(on)
    .await?;
    row.as_ref()
        .map_or_else(|| Ok(LandingPage::default()), LandingPage::read)
}

/// Saves and publishes in one step, and drops the draft; 412.
pub(crate) async fn publish_document(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    version: i64,
    document: &LandingDocument,
    now: Timestamp,
) -> Result<LandingPage, Problem> {
    start(tenant, transaction, version, now).await?;
    let row = sqlx::query(concat!(
        "UPDATE landing_page SET published = $3, draft = NULL, draft_updated_at = NULL, version = version + 1, \
         published_at = $4, updated_at = $4 WHERE tenant_id = $1 AND version = $2 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(version)
    .bind(document.to_json())
    .bind(now.as_millisecond())
    .fetch_optional(transaction)
    .await?
    .ok_or(Code::VersionConflict)?;
    Ok(LandingPage::read(&row)?)
}

/// Replaces the draft; what is published stays; 412.
pub(crate) async fn save_draft(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    version: i64,
    document: &LandingDocument,
    now: Timestamp,
) -> Result<LandingPage, Problem> {
    start(tenant, transaction, version, now).await?;
    let row = sqlx::query(concat!(
        "UPDATE landing_page SET draft = $3, version = version + 1, draft_updated_at = $4, updated_at = $4 \
         WHERE tenant_id = $1 AND version = $2 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(version)
    .bind(document.to_json())
    .bind(now.as_millisecond())
    .fetch_optional(transaction)
    .await?
    .ok_or(Code::VersionConflict)?;
    Ok(LandingPage::read(&row)?)
}

/// Publishes the draft; 409 `no_draft`, 412.
pub(crate) async fn publish_draft(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    version: i64,
    now: Timestamp,
) -> Result<LandingPage, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE landing_page SET published = draft, draft = NULL, draft_updated_at = NULL, version = version + 1, \
         published_at = $3, updated_at = $3 WHERE tenant_id = $1 AND version = $2 AND draft IS NOT NULL RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(version)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(row) = row {
        return Ok(LandingPage::read(&row)?);
    }
    let present = find(tenant, transaction).await?;
    Err(match present.draft {
        Some(_) => Code::VersionConflict.into(),
        None => Code::NoDraft.into(),
    })
}

/// Drops the draft; well also when there is none; 412.
pub(crate) async fn discard_draft(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    version: i64,
    now: Timestamp,
) -> Result<LandingPage, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE landing_page SET draft = NULL, draft_updated_at = NULL, version = version + 1, updated_at = $3 \
         WHERE tenant_id = $1 AND version = $2 AND draft IS NOT NULL RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(version)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(row) = row {
        return Ok(LandingPage::read(&row)?);
    }
    let present = find(tenant, transaction).await?;
    match present.draft {
        Some(_) => Err(Code::VersionConflict.into()),
        None => Ok(present),
    }
}

/// Before the first version there is version 0; of two first writers one makes the row, and the other waits and then
/// finds a later version.
async fn start(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    version: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if version == 0 {
        sqlx::query(
            "INSERT INTO landing_page (tenant_id, version, created_at, updated_at) VALUES ($1, 0, $2, $2) \
             ON CONFLICT (tenant_id) DO NOTHING",
        )
        .bind(tenant.to_string())
        .bind(now.as_millisecond())
        .execute(transaction)
        .await?;
    }
    Ok(())
}

impl LandingPage {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            published: column::json(row, "published")?,
            draft: column::json(row, "draft")?,
            version: row.try_get("version")?,
            draft_updated_at: row::optional_time(row, "draft_updated_at")?,
            published_at: row::optional_time(row, "published_at")?,
        })
    }
}
