//! What a sign-in gives: an access token for two hours, and the refresh token for the next pair.

use serde::Serialize;
use sqlx::{Any, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::ids::{AccountId, TenantId};
use crate::model::account::{Account, Employer};
use crate::model::refresh_token::{self, RefreshToken};
use crate::problem::Problem;
use crate::token::{Kind, Role, Subject};

/// The answer to a sign-in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pair {
    access_token: String,
    /// Seconds.
    expires_in: i64,
    /// For one use within 24 hours.
    refresh_token: String,
    user: User,
    #[schema(required)]
    tenant: Option<TenantName>,
}

/// Somebody who signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: AccountId,
    email: String,
    role: Role,
}

/// The business that somebody works for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantName {
    id: TenantId,
    slug: String,
    name: String,
}

impl Pair {
    /// The first pair of a sign-in.
    pub(crate) async fn of_new_family(
        app: &App,
        transaction: &mut Transaction<'static, Any>,
        account: Account,
    ) -> Result<Self, Problem> {
        // It stands in access tokens and is no secret; but nobody can guess another's.
        let family = Uuid::new_v4().to_string();
        Self::of_family(app, transaction, account, family).await
    }

    /// The next pair of a sign-in.
    pub(crate) async fn of_family(
        app: &App,
        transaction: &mut Transaction<'static, Any>,
        account: Account,
        family: String,
    ) -> Result<Self, Problem> {
        let refresh_token = RefreshToken::new()?;
        refresh_token::insert(transaction, account.id, &family, &refresh_token, app.now()).await?;
        let subject = Subject {
            account: account.id,
            kind: match account.role {
                Role::PlatformAdmin => Kind::Admin,
                Role::TenantAdmin => Kind::Tenant,
            },
            tenant: account.tenant.as_ref().map(|tenant| tenant.id),
            role: account.role,
            family,
        };
        Ok(Self {
            access_token: app.tokens().write(subject, app.now(), SECONDS)?,
            expires_in: SECONDS,
            refresh_token: refresh_token.reveal().to_owned(),
            user: User::of(&account),
            tenant: account.tenant.as_ref().map(TenantName::of),
        })
    }
}

impl User {
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.clone(),
            role: account.role,
        }
    }
}

impl TenantName {
    pub(crate) fn of(tenant: &Employer) -> Self {
        Self {
            id: tenant.id,
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
        }
    }
}

/// The life of an access token.
const SECONDS: i64 = 2 * 60 * 60;
