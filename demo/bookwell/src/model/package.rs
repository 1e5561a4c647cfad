//! What can be booked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::{asset, row};
use crate::database::{is_conflict, is_in_use};
use crate::fields::{Fields, is_slug};
use crate::ids::{AssetId, PackageId, TenantId};
use crate::page::Page;
use crate::problem::{Code, Problem};

/// The columns of a package, in a query as behind RETURNING; a macro must stand before its use.
macro_rules! columns {
    () => {
        "id, slug, title, description, price_cents, active, sort_order, version, created_at, updated_at, \
         (SELECT tenant.currency FROM tenant WHERE tenant.id = package.tenant_id) AS currency, \
         (SELECT asset.sha256 FROM asset WHERE asset.tenant_id = package.tenant_id AND asset.id = package.photo_asset_id) AS photo"
    };
}

/// A package, as the tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Package {
    pub(crate) id: PackageId,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) price_cents: i64,
    pub(crate) currency: String,
    /// Where the gateway serves the photo.
    #[schema(required)]
    pub(crate) photo_url: Option<String>,
    pub(crate) active: bool,
    pub(crate) sort_order: i64,
    pub(crate) version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// What the tenant decides about a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PackageContent)]
pub(crate) struct Content {
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    pub(crate) slug: String,
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) title: String,
    #[schema(max_length = 2000)]
    pub(crate) description: String,
    #[schema(minimum = 0, maximum = 99_999_999)]
    pub(crate) price_cents: i64,
    pub(crate) active: bool,
    #[schema(minimum = 0, maximum = 1000)]
    pub(crate) sort_order: i64,
}

impl Content {
    /// Whether it may be stored.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::default();
        if !is_slug(&self.slug) {
            let message = "Small letters, digits and single hyphens, at most 63";
            fields.refuse("slug", "format", message);
        }
        fields.text("title", &self.title, 1..=100);
        fields.text("description", &self.description, 0..=2000);
        fields.number("price_cents", self.price_cents, 0..=MAX_PRICE);
        fields.number("sort_order", self.sort_order, 0..=1000);
        fields.finish()
    }
}

/// What the list of a tenant is narrowed to.
pub(crate) async fn list(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    active: Option<bool>,
    page: &Page,
) -> Result<Vec<Package>, sqlx::Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM package WHERE tenant_id = $1 AND ($2 < 0 OR active = $2) \
         AND (sort_order, id) > ($3, $4) ORDER BY sort_order, id LIMIT $5"
    ))
    .bind(tenant.to_string())
    .bind(active.map_or(-1, i64::from))
    .bind(page.number())
    .bind(page.id())
    .bind(page.fetch())
    .fetch_all(on)
    .await?;
    rows.iter().map(Package::read).collect()
}

/// One package.
pub(crate) async fn find(
    tenant: TenantId,
    on: impl AnyExecutor<'_>,
    id: PackageId,
) -> Result<Option<Package>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM package WHERE tenant_id = $1 AND id = $2"
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Package::read).transpose()
}

/// Writes a new one, which was checked; 409 `slug_taken`.
pub(crate) async fn create(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    content: &Content,
    now: Timestamp,
) -> Result<Package, Problem> {
    let row = sqlx::query(concat!(
        "INSERT INTO package (id, tenant_id, slug, title, description, price_cents, active, sort_order, version, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9) RETURNING ",
        columns!()
    ))
    .bind(PackageId::new(now).to_string())
    .bind(tenant.to_string())
    .bind(content.slug.as_str())
    .bind(content.title.as_str())
    .bind(content.description.as_str())
    .bind(content.price_cents)
    .bind(i64::from(content.active))
    .bind(content.sort_order)
    .bind(now.as_millisecond())
    .fetch_one(transaction)
    .await
    .map_err(slug_taken)?;
    Ok(Package::read(&row)?)
}

/// Replaces the content of this version; 404, 409 `slug_taken`, 412.
pub(crate) async fn update(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: PackageId,
    version: i64,
    content: &Content,
    now: Timestamp,
) -> Result<Package, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE package SET slug = $4, title = $5, description = $6, price_cents = $7, active = $8, sort_order = $9, \
         version = version + 1, updated_at = $10 WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(version)
    .bind(content.slug.as_str())
    .bind(content.title.as_str())
    .bind(content.description.as_str())
    .bind(content.price_cents)
    .bind(i64::from(content.active))
    .bind(content.sort_order)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await
    .map_err(slug_taken)?;
    match row {
        Some(row) => Ok(Package::read(&row)?),
        None => Err(other_version(tenant, transaction, id).await),
    }
}

/// Deletes this version and its photo; 404, 409 `package_in_use`, 412.
pub(crate) async fn delete(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: PackageId,
    version: i64,
) -> Result<(), Problem> {
    let gone = sqlx::query("DELETE FROM package WHERE tenant_id = $1 AND id = $2 AND version = $3")
        .bind(tenant.to_string())
        .bind(id.to_string())
        .bind(version)
        .execute(&mut *transaction)
        .await;
    match gone {
        Ok(done) if done.rows_affected() == 1 => {
            asset::sweep(tenant, transaction).await?;
            Ok(())
        }
        Ok(_) => Err(other_version(tenant, transaction, id).await),
        Err(error) if is_in_use(&error) => Err(Code::PackageInUse.into()),
        Err(error) => Err(error.into()),
    }
}

/// Gives a package this photo, or none; 404.
///
/// The photo is a resource beside the content: the content's version stays, so a form that is open stays valid.
pub(crate) async fn set_photo(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    id: PackageId,
    photo: Option<AssetId>,
    now: Timestamp,
) -> Result<Package, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE package SET photo_asset_id = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(id.to_string())
    .bind(photo.map(|photo| photo.to_string()))
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or(Code::NotFound)?;
    asset::sweep(tenant, transaction).await?;
    Ok(Package::read(&row)?)
}

/// Nothing had this id and version: was it the id or the version?
async fn other_version(tenant: TenantId, on: &mut AnyConnection, id: PackageId) -> Problem {
    match find(tenant, on, id).await {
        Ok(Some(_)) => Code::VersionConflict.into(),
        Ok(None) => Code::NotFound.into(),
        Err(error) => error.into(),
    }
}

fn slug_taken(error: sqlx::Error) -> Problem {
    if is_conflict(&error) {
        return Code::SlugTaken.into();
    }
    error.into()
}

impl Package {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row::id(row, "id", PackageId::parse)?,
            slug: row.try_get("slug")?,
            title: row.try_get("title")?,
            description: row.try_get("description")?,
            price_cents: row.try_get("price_cents")?,
            currency: row.try_get("currency")?,
            photo_url: asset::url(row.try_get("photo")?),
            active: row::flag(row, "active")?,
            sort_order: row.try_get("sort_order")?,
            version: row.try_get("version")?,
            created_at: row::time(row, "created_at")?,
            updated_at: row::time(row, "updated_at")?,
        })
    }
}

/// In cents.
pub(crate) const MAX_PRICE: i64 = 99_999_999;
