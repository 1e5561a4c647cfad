//! What the demonstration shows beside the API: accounts to sign in with, storefronts, further origins of the chat.

use sqlx::Row as _;

use crate::database::Database;

/// The accounts that the seed makes and that can sign in, with who they are.
pub const ACCOUNTS: [(&str, &str); 4] = [
    ("owner@willow-pine.test", "Willow & Pine, garden weddings"),
    ("owner@harbor-light.test", "Harbor Light, boat charters"),
    (
        "owner@juniper-studio.test",
        "Juniper Studio, without a booking yet",
    ),
    ("admin@bookwell.test", "Bookwell itself, all businesses"),
];

/// A business as its visitors find it: slug, name, and the key of the public API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTenant {
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What visitors' calls carry as `X-Tenant-Key`.
    pub public_key: String,
}

/// Every business that is open, in the order of slugs.
pub async fn public_tenants(database: &Database) -> Result<Vec<PublicTenant>, sqlx::Error> {
    let statement =
        sqlx::query("SELECT slug, name, public_key FROM tenant WHERE active = 1 ORDER BY slug");
    let rows = statement.fetch_all(database.pool()).await?;
    rows.iter()
        .map(|row| {
            Ok(PublicTenant {
                slug: row.try_get("slug")?,
                name: row.try_get("name")?,
                public_key: row.try_get("public_key")?,
            })
        })
        .collect()
}

/// Where every business lives, open or not: its slug and its time zone.
pub async fn time_zones(database: &Database) -> Result<Vec<(String, String)>, sqlx::Error> {
    let statement = sqlx::query("SELECT slug, time_zone FROM tenant ORDER BY slug");
    let rows = statement.fetch_all(database.pool()).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("slug")?, row.try_get("time_zone")?)))
        .collect()
}

/// Lets this origin embed the chat of the business `slug`, beside those that may already.
pub async fn allow_widget(
    database: &Database,
    slug: &str,
    origin: &str,
) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin().await?;
    let row = sqlx::query("SELECT widget_origins FROM tenant WHERE slug = $1")
        .bind(slug)
        .fetch_one(&mut *transaction)
        .await?;
    let text: String = row.try_get("widget_origins")?;
    let mut origins: Vec<String> =
        serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    if !origins.iter().any(|known| known == origin) {
        origins.push(origin.to_owned());
    }
    sqlx::query("UPDATE tenant SET widget_origins = $1 WHERE slug = $2")
        .bind(serde_json::Value::from(origins).to_string())
        .bind(slug)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}
