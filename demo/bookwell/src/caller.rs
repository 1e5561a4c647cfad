//! Who calls: an extractor for each family of routes, and no other way to a tenant.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::app::App;
use crate::ids::{AccountId, TenantId};
use crate::model::refresh_token;
use crate::problem::{Code, Problem};
use crate::token::{AccessClaims, Kind, Role};

/// Somebody who works for a tenant: its own administrator, or one of the platform who acts for it.
#[derive(Debug, Clone)]
pub(crate) struct TenantCaller {
    pub(crate) tenant: TenantId,
    /// Who acts: of an administrator of the platform, their own account.
    pub(crate) account: AccountId,
    /// The sign-in that the call belongs to; see [`crate::revocations`].
    pub(crate) family: String,
}

/// An administrator of the platform who acts for nobody.
#[derive(Debug, Clone)]
pub(crate) struct AdminCaller {
    pub(crate) account: AccountId,
    pub(crate) family: String,
}

/// Anybody with a token of ours, of whatever kind.
#[derive(Debug, Clone)]
pub(crate) struct AnyCaller(pub(crate) AccessClaims);

impl FromRequestParts<App> for AnyCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Code::Unauthenticated.into());
        };
        let value = value.to_str().map_err(|_| Code::Unauthenticated)?;
        let claims = app.tokens().read(value, app.now())?;
        // Access tokens are believed as they are, but acting for somebody else ends when it is stopped.
        if claims.kind == Kind::Impersonation {
            let pool = app.database().pool();
            if !refresh_token::lives(pool, &claims.family, app.now()).await? {
                return Err(Code::Unauthenticated.into());
            }
        }
        Ok(Self(claims))
    }
}

impl FromRequestParts<App> for TenantCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let AnyCaller(claims) = AnyCaller::from_request_parts(parts, app).await?;
        match (claims.kind, claims.role) {
            (Kind::Tenant, Role::TenantAdmin) | (Kind::Impersonation, Role::PlatformAdmin) => {}
            (Kind::Tenant, Role::PlatformAdmin)
            | (Kind::Impersonation, Role::TenantAdmin)
            | (Kind::Admin, _) => return Err(Code::Forbidden.into()),
        }
        Ok(Self {
            tenant: claims.tenant_id.ok_or(Code::Forbidden)?,
            account: claims.sub,
            family: claims.family,
        })
    }
}

impl FromRequestParts<App> for AdminCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let AnyCaller(claims) = AnyCaller::from_request_parts(parts, app).await?;
        match (claims.kind, claims.role) {
            (Kind::Admin, Role::PlatformAdmin) => Ok(Self {
                account: claims.sub,
                family: claims.family,
            }),
            (Kind::Impersonation, Role::PlatformAdmin) => Err(Code::Impersonating.into()),
            (Kind::Admin | Kind::Impersonation, Role::TenantAdmin) | (Kind::Tenant, _) => {
                Err(Code::Forbidden.into())
            }
        }
    }
}
