//! The businesses.

use serde::Serialize;
use sqlx::{AnyPool, Row as _};
use utoipa::ToSchema;

use crate::ids::TenantId;
use crate::model::row;
use crate::page::Page;

/// A business, as the platform sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) currency: String,
    pub(crate) active: bool,
}

/// One, if it is there.
pub(crate) async fn find(pool: &AnyPool, tenant: TenantId) -> Result<Option<Tenant>, sqlx::Error> {
    let row =
        sqlx::query("SELECT id, slug, name, time_zone, currency, active FROM tenant WHERE id = $1")
            .bind(tenant.to_string())
            .fetch_optional(pool)
            .await?;
    row.as_ref().map(read).transpose()
}

/// All of them, in the order of their slugs; for the platform alone.
pub(crate) async fn list_all(pool: &AnyPool, page: &Page) -> Result<Vec<Tenant>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, slug, name, time_zone, currency, active FROM tenant WHERE slug > $1 ORDER BY slug LIMIT $2",
    )
    .bind(page.key())
    .bind(page.fetch())
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &sqlx::any::AnyRow) -> Result<Tenant, sqlx::Error> {
    Ok(Tenant {
        id: row::id(row, "id", TenantId::parse)?,
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        time_zone: row.try_get("time_zone")?,
        currency: row.try_get("currency")?,
        active: row::flag(row, "active")?,
    })
}
