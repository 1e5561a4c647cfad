//! Uploaded pictures.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyExecutor;
use sqlx::{AnyConnection, Row as _};

use crate::ids::{AssetId, TenantId};
use crate::mount;

/// A picture, as it was sent.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) content: Vec<u8>,
    pub(crate) media_type: String,
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Logo,
    Photo,
}

/// The kinds of pictures that are taken; SVG is a program, not a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    Jpeg,
    Png,
    WebP,
}

impl MediaType {
    /// What the first octets say; names and declared types are the sender's imagination.
    pub(crate) fn of(content: &[u8]) -> Option<Self> {
        if content.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if content.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        let is_webp = content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP");
        is_webp.then_some(Self::WebP)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// Stores the octets as they are.
pub(crate) async fn store(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    kind: Kind,
    media_type: MediaType,
    content: &[u8],
    now: Timestamp,
) -> Result<AssetId, sqlx::Error> {
    let id = AssetId::new(now);
    sqlx::query(
        "INSERT INTO asset (id, tenant_id, kind, content, media_type, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(tenant.to_string())
    .bind(match kind {
        Kind::Logo => "logo",
        Kind::Photo => "photo",
    })
    .bind(content)
    .bind(media_type.as_str())
    .bind(hash(content))
    .bind(now.as_millisecond())
    .execute(transaction)
    .await?;
    Ok(id)
}

/// Removes the pictures of a tenant that nothing shows any more.
pub(crate) async fn sweep(
    tenant: TenantId,
    transaction: &mut AnyConnection,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM asset WHERE tenant_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM package WHERE package.tenant_id = $1 AND package.photo_asset_id = asset.id) \
         AND NOT EXISTS (SELECT 1 FROM tenant WHERE tenant.id = $1 AND tenant.logo_asset_id = asset.id)",
    )
    .bind(tenant.to_string())
    .execute(transaction)
    .await?;
    Ok(())
}

/// The picture with this hash, of whichever tenant: the hash is the picture, and who has it has seen it.
///
/// The one reading that names no tenant: pictures are public, and `<img>` sends no key.
pub(crate) async fn public(
    on: impl AnyExecutor<'_>,
    sha256: &str,
) -> Result<Option<Asset>, sqlx::Error> {
    let row = sqlx::query("SELECT content, media_type FROM asset WHERE sha256 = $1 LIMIT 1")
        .bind(sha256)
        .fetch_optional(on)
        .await?;
    row.map(|row| {
        Ok(Asset {
            content: row.try_get("content")?,
            media_type: row.try_get("media_type")?,
        })
    })
    .transpose()
}

/// The path of a picture, as a browser asks for it.
pub(crate) fn url(sha256: Option<String>) -> Option<String> {
    sha256.map(|sha256| mount::path(format_args!("public/assets/{sha256}")))
}

/// In small hexadecimal digits.
fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
