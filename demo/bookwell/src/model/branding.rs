//! How a tenant's pages look.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row as _};
use utoipa::ToSchema;

use super::{asset, row};
use crate::fields::Fields;
use crate::ids::{AssetId, TenantId};
use crate::problem::{Code, Problem};

/// The columns of a look, in a query as behind RETURNING; a macro must stand before its use.
macro_rules! columns {
    () => {
        "color_primary, color_secondary, color_accent, color_background, font, branding_draft, \
         (SELECT asset.sha256 FROM asset WHERE asset.tenant_id = tenant.id AND asset.id = tenant.logo_asset_id) AS logo"
    };
}

/// Colours, as `#RRGGBB`, and the font.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    pub(crate) primary: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    pub(crate) secondary: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    pub(crate) accent: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    pub(crate) background: String,
    pub(crate) font: Font,
}

/// Families of fonts that every machine has something for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Font {
    System,
    Humanist,
    Serif,
    Slab,
    Rounded,
    Mono,
}

impl Font {
    pub(crate) const ALL: [Self; 6] = [
        Self::System,
        Self::Humanist,
        Self::Serif,
        Self::Slab,
        Self::Rounded,
        Self::Mono,
    ];

    /// As it stands in the database and in answers.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Humanist => "humanist",
            Self::Serif => "serif",
            Self::Slab => "slab",
            Self::Rounded => "rounded",
            Self::Mono => "mono",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|font| font.as_str() == text)
    }
}

impl Look {
    /// Whether it may be stored.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::default();
        let colors = [
            ("primary", &self.primary),
            ("secondary", &self.secondary),
            ("accent", &self.accent),
            ("background", &self.background),
        ];
        for (field, color) in colors {
            if !is_color(color) {
                fields.refuse(field, "format", "A colour as #1A2B3C");
            }
        }
        fields.finish()
    }
}

/// A tenant's look.
#[derive(Debug, Clone)]
pub(crate) struct Branding {
    pub(crate) look: Look,
    /// What the assistant saved and nobody published.
    pub(crate) draft: Option<Look>,
    pub(crate) logo_url: Option<String>,
}

/// The look of a tenant.
pub(crate) async fn find(tenant: TenantId, on: impl AnyExecutor<'_>) -> Result<Branding, Problem> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM tenant WHERE id = $1"))
        .bind(tenant.to_string())
        .fetch_optional(on)
        .await?
        .ok_or(Code::NotFound)?;
    Ok(Branding::read(&row)?)
}

/// Publishes a look, which was checked; a draft is done with.
pub(crate) async fn update(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    look: &Look,
    now: Timestamp,
) -> Result<Branding, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE tenant SET color_primary = $2, color_secondary = $3, color_accent = $4, color_background = $5, \
         font = $6, branding_draft = NULL, updated_at = $7 WHERE id = $1 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(look.primary.as_str())
    .bind(look.secondary.as_str())
    .bind(look.accent.as_str())
    .bind(look.background.as_str())
    .bind(look.font.as_str())
    .bind(now.as_millisecond())
    .fetch_optional(transaction)
    .await?
    .ok_or(Code::NotFound)?;
    Ok(Branding::read(&row)?)
}

/// Keeps a look, which was checked, for later; nothing drops it.
pub(crate) async fn set_draft(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    draft: Option<&Look>,
    now: Timestamp,
) -> Result<Branding, Problem> {
    let draft = draft.map(serde_json::to_string).transpose();
    let row = sqlx::query(concat!(
        "UPDATE tenant SET branding_draft = $2, updated_at = $3 WHERE id = $1 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(draft.map_err(|_| Code::Internal)?)
    .bind(now.as_millisecond())
    .fetch_optional(transaction)
    .await?
    .ok_or(Code::NotFound)?;
    Ok(Branding::read(&row)?)
}

/// Gives a tenant this logo, or none.
pub(crate) async fn set_logo(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    logo: Option<AssetId>,
    now: Timestamp,
) -> Result<Branding, Problem> {
    let row = sqlx::query(concat!(
        "UPDATE tenant SET logo_asset_id = $2, updated_at = $3 WHERE id = $1 RETURNING ",
        columns!()
    ))
    .bind(tenant.to_string())
    .bind(logo.map(|logo| logo.to_string()))
    .bind(now.as_millisecond())
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or(Code::NotFound)?;
    asset::sweep(tenant, transaction).await?;
    Ok(Branding::read(&row)?)
}

impl Branding {
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let draft: Option<String> = row.try_get("branding_draft")?;
        Ok(Self {
            look: Look {
                primary: row.try_get("color_primary")?,
                secondary: row.try_get("color_secondary")?,
                accent: row.try_get("color_accent")?,
                background: row.try_get("color_background")?,
                font: row::id(row, "font", Font::parse)?,
            },
            // A draft of another version of the program is no draft.
            draft: draft.and_then(|draft| serde_json::from_str(&draft).ok()),
            logo_url: asset::url(row.try_get("logo")?),
        })
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|octet| octet.is_ascii_hexdigit())
}
