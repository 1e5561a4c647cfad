//! Those who sign in.
//!
//! An account is found by its e-mail before a tenant is known: these two functions alone take none.

use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, Executor, Row as _};

use crate::ids::{AccountId, TenantId};
use crate::model::row;
use crate::token::Role;

/// Somebody who signs in, and the business that they work for.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) email: String,
    pub(crate) role: Role,
    /// Of a tenant's administrator; the database keeps role and tenant together.
    pub(crate) tenant: Option<Employer>,
}

/// The business of an account.
#[derive(Debug, Clone)]
pub(crate) struct Employer {
    pub(crate) id: TenantId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) active: bool,
}

impl Account {
    /// Whether it may sign in: who works for a business that is closed may not.
    pub(crate) fn may_sign_in(&self) -> bool {
        match self.role {
            Role::PlatformAdmin => self.tenant.is_none(),
            Role::TenantAdmin => self.tenant.as_ref().is_some_and(|tenant| tenant.active),
        }
    }
}

/// The account of an e-mail address, whose case does not matter, and the hash of its password.
pub(crate) async fn by_email(
    pool: &AnyPool,
    email: &str,
) -> Result<Option<(Account, String)>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT account.id, account.email, account.role, account.password_hash, account.tenant_id, tenant.slug, tenant.name, tenant.active \
         FROM account LEFT JOIN tenant ON tenant.id = account.tenant_id WHERE account.email = $1",
    )
    .bind(email.to_lowercase())
    .fetch_optional(pool)
    .await?;
    row.map(|row| Ok((read(&row)?, row.try_get("password_hash")?)))
        .transpose()
}

/// The account of a token.
pub(crate) async fn by_id<'e>(
    executor: impl Executor<'e, Database = Any>,
    account: AccountId,
) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT account.id, account.email, account.role, account.tenant_id, tenant.slug, tenant.name, tenant.active \
         FROM account LEFT JOIN tenant ON tenant.id = account.tenant_id WHERE account.id = $1",
    )
        .bind(account.to_string())
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Account, sqlx::Error> {
    let role: String = row.try_get("role")?;
    let role = Role::parse(&role).ok_or_else(|| sqlx::Error::Decode("unknown role".into()))?;
    let tenant = match row.try_get::<Option<String>, _>("tenant_id")? {
        Some(_) => Some(Employer {
            id: row::id(row, "tenant_id", TenantId::parse)?,
            slug: row.try_get("slug")?,
            name: row.try_get("name")?,
            active: row::flag(row, "active")?,
        }),
        None => None,
    };
    Ok(Account {
        id: row::id(row, "id", AccountId::parse)?,
        email: row.try_get("email")?,
        role,
        tenant,
    })
}
