//! Refresh tokens: used once, each followed by the next of its family; only their hashes are kept.
//!
//! Rows are found by the hash of a secret of 256 bits or by a family: the tenant is the account's.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use sqlx::{Any, AnyPool, Transaction};
use zeroize::Zeroizing;

use crate::ids::{AccountId, RowId};
use crate::model::row;
use crate::problem::Code;

/// A token as its holder knows it.
pub(crate) struct RefreshToken(Zeroizing<String>);

/// What a token was good for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// It may be followed by a new pair.
    Good { account: AccountId, family: String },
    /// It was used before: somebody else has it, and its whole family is over.
    Reused { account: AccountId, family: String },
    /// It is unknown, expired or revoked.
    Unknown,
}

impl RefreshToken {
    /// A new secret.
    pub(crate) fn new() -> Result<Self, Code> {
        let mut octets = Zeroizing::new([0; 32]);
        getrandom::fill(octets.as_mut()).map_err(|_| Code::Internal)?;
        Ok(Self(Zeroizing::new(
            BASE64_URL_SAFE_NO_PAD.encode(octets.as_ref()),
        )))
    }

    /// As the client sent it.
    pub(crate) fn from_client(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// For the answer that hands it out.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }
}

/// Keeps a new token of this family.
pub(crate) async fn insert(
    transaction: &mut Transaction<'static, Any>,
    account: AccountId,
    family: &str,
    token: &RefreshToken,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO refresh_token (id, account_id, family, token_hash, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(RowId::new(now).to_string())
    .bind(account.to_string())
    .bind(family)
    .bind(token.hash())
    .bind((now + LIFE).as_millisecond())
    .bind(now.as_millisecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Uses a token up.
///
/// The answer to a refresh can get lost, and parallel requests can bring the same token: within [`GRACE`] of its use it is good again.
/// Later it ends its family: the caller commits that, and refuses.
pub(crate) async fn spend(
    transaction: &mut Transaction<'static, Any>,
    token: &RefreshToken,
    now: Timestamp,
) -> Result<Spent, sqlx::Error> {
    // One conditional update decides which of two is first.
    sqlx::query("UPDATE refresh_token SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL")
        .bind(now.as_millisecond())
        .bind(token.hash())
        .execute(&mut **transaction)
        .await?;
    let found = sqlx::query(
        "SELECT account_id, family, used_at FROM refresh_token WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2",
    )
    .bind(token.hash())
    .bind(now.as_millisecond())
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(found) = found else {
        return Ok(Spent::Unknown);
    };
    let account = row::id(&found, "account_id", AccountId::parse)?;
    let family = sqlx::Row::try_get(&found, "family")?;
    if now.duration_since(row::time(&found, "used_at")?) <= GRACE {
        return Ok(Spent::Good { account, family });
    }
    revoke(transaction, &family, now).await?;
    Ok(Spent::Reused { account, family })
}

/// Ends a family.
pub(crate) async fn revoke(
    transaction: &mut Transaction<'static, Any>,
    family: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE refresh_token SET revoked_at = $1 WHERE family = $2 AND revoked_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(family)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Whether a family has neither ended nor expired.
pub(crate) async fn lives(
    pool: &AnyPool,
    family: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query(
        "SELECT 1 FROM refresh_token WHERE family = $1 AND revoked_at IS NULL AND expires_at > $2 LIMIT 1",
    )
    .bind(family)
    .bind(now.as_millisecond())
    .fetch_optional(pool)
    .await?;
    Ok(found.is_some())
}

/// Removes what expired.
pub(crate) async fn sweep(pool: &AnyPool, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM refresh_token WHERE expires_at <= $1")
        .bind(now.as_millisecond())
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

/// How long a token can be used.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How long after its use a token is good again.
const GRACE: SignedDuration = SignedDuration::from_secs(10);
