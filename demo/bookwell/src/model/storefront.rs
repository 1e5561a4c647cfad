//! A business as the public sees it, found by its public key.

use sqlx::Row as _;
use sqlx::any::{AnyExecutor, AnyRow};

use super::{asset, row};
use crate::ids::TenantId;

/// A business as the public sees it.
#[derive(Debug, Clone)]
pub(crate) struct Storefront {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) currency: String,
    pub(crate) primary: String,
    pub(crate) secondary: String,
    pub(crate) accent: String,
    pub(crate) background: String,
    pub(crate) font: String,
    pub(crate) logo_url: Option<String>,
    pub(crate) chat_enabled: bool,
    pub(crate) active: bool,
    /// Origins of other sites that may embed the chat.
    pub(crate) widget_origins: Vec<String>,
}

/// The business of this key. The key is what names the tenant here, as a token does elsewhere.
pub(crate) async fn by_key(
    key: &str,
    on: impl AnyExecutor<'_>,
) -> Result<Option<Storefront>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, name, slug, currency, color_primary, color_secondary, color_accent, color_background, font, \
         chat_enabled, active, widget_origins, (SELECT asset.sha256 FROM asset \
         WHERE asset.tenant_id = tenant.id AND asset.id = tenant.logo_asset_id) AS logo \
         FROM tenant WHERE public_key = $1",
    )
    .bind(key)
    .fetch_optional(on)
    .await?;
    row.as_ref().map(Storefront::read).transpose()
}

/// Whether any business that is open lets this origin embed its chat.
///
/// A preflight request carries no key, so it cannot be asked about one business; the request that
/// follows it is.
pub(crate) async fn is_embedded_at(
    origin: &str,
    on: impl AnyExecutor<'_>,
) -> Result<bool, sqlx::Error> {
    let rows = sqlx::query("SELECT widget_origins FROM tenant WHERE active = 1")
        .fetch_all(on)
        .await?;
    for row in rows {
        if origins(&row)?.iter().any(|allowed| allowed == origin) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Storefront {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            tenant: row::id(row, "id", TenantId::parse)?,
            name: row.try_get("name")?,
            slug: row.try_get("slug")?,
            currency: row.try_get("currency")?,
            primary: row.try_get("color_primary")?,
            secondary: row.try_get("color_secondary")?,
            accent: row.try_get("color_accent")?,
            background: row.try_get("color_background")?,
            font: row.try_get("font")?,
            logo_url: asset::url(row.try_get("logo")?),
            chat_enabled: row::flag(row, "chat_enabled")?,
            active: row::flag(row, "active")?,
            widget_origins: origins(row)?,
        })
    }
}

/// A list that cannot be read allows nothing.
fn origins(row: &AnyRow) -> Result<Vec<String>, sqlx::Error> {
    let text: String = row.try_get("widget_origins")?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}
