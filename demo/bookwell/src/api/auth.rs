//! Signing in and out (`/v1/auth`).

pub(crate) mod pair;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use self::pair::{Pair, TenantName, User};
use super::admin::Impersonation;
use crate::app::App;
use crate::caller::AnyCaller;
use crate::client_address::ClientAddress;
use crate::limits::{Key, Limit};
use crate::model::account;
use crate::model::refresh_token::{self, RefreshToken, Spent};
use crate::problem::{Code, Problem};
use crate::read::Body;
use crate::revocations::Revoked;
use crate::token::Kind;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(me))
}

/// An e-mail and a password, and nothing else: no token, role or tenant ever comes from the client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
}

/// Signs in.
///
/// Every failure has the same text and costs the same work: unknown e-mail, wrong password, closed business.
#[utoipa::path(
    post, path = "/v1/auth/login", tag = "auth", request_body = Credentials,
    responses(
        (status = 200, body = Pair, description = "The first pair of tokens"),
        (status = 401, description = "`invalid_credentials`"),
    )
)]
async fn login(
    State(app): State<App>,
    address: ClientAddress,
    Body(credentials): Body<Credentials>,
) -> Result<Json<Pair>, Problem> {
    let email = credentials.email.trim();
    let password = Zeroizing::new(credentials.password);
    // Those who wait for their turn are not counted yet, and those who have it are counted before they are known to fail:
    // attempts at the same time cannot be more than the limit.
    let turn = app.passwords().turn().await?;
    let keys = [
        (Limit::LoginAddress, Key::Address(address)),
        (Limit::LoginAccount, Key::account(email)),
    ];
    take_all(&app, keys)?;
    let found = account::by_email(app.database().pool(), email).await;
    let found = found.inspect_err(|_| give_back_all(&app, keys))?;
    let (account, hash) = found.unzip();
    let right = app.passwords().verify(&turn, hash, password).await;
    drop(turn);
    let account = account.filter(|account| right && account.may_sign_in());
    let account = account.ok_or(Code::InvalidCredentials)?;
    // Only failures count.
    give_back_all(&app, keys);
    let mut transaction = app.database().begin().await?;
    let pair = Pair::of_new_family(&app, &mut transaction, account).await?;
    transaction.commit().await?;
    Ok(Json(pair))
}

fn take_all(app: &App, keys: [(Limit, Key); 2]) -> Result<(), Problem> {
    let [(first, first_key), (second, second_key)] = keys;
    let refused = |standing: crate::limits::Standing| Problem::rate_limited(standing.seconds);
    app.limits()
        .take(first, first_key, app.now())
        .map_err(refused)?;
    let taken = app.limits().take(second, second_key, app.now());
    taken.map(drop).map_err(|standing| {
        app.limits().give_back(first, first_key);
        refused(standing)
    })
}

fn give_back_all(app: &App, keys: [(Limit, Key); 2]) {
    for (limit, key) in keys {
        app.limits().give_back(limit, key);
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renewal {
    refresh_token: String,
}

/// Changes a refresh token for a new pair.
///
/// A token can be used once; who uses it again after ten seconds ends every token that came of the same sign-in.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "auth", request_body = Renewal,
    responses(
        (status = 200, body = Pair, description = "The next pair of tokens"),
        (status = 400, description = "`invalid_grant`: sign in again"),
    )
)]
async fn refresh(
    State(app): State<App>,
    Body(renewal): Body<Renewal>,
) -> Result<Json<Pair>, Problem> {
    let token = RefreshToken::from_client(renewal.refresh_token);
    let mut transaction = app.database().begin().await?;
    match refresh_token::spend(&mut transaction, &token, app.now()).await? {
        Spent::Good { account, family } => {
            let account = account::by_id(&mut *transaction, account).await?;
            let account = account.filter(account::Account::may_sign_in);
            let account = account.ok_or(Code::InvalidGrant)?;
            let pair = Pair::of_family(&app, &mut transaction, account, family).await?;
            transaction.commit().await?;
            Ok(Json(pair))
        }
        Spent::Reused { account, family } => {
            transaction.commit().await?;
            tracing::warn!(%account, "a refresh token was used twice; its family is revoked");
            app.revocations().announce(Revoked { account, family });
            Err(Code::InvalidGrant.into())
        }
        Spent::Unknown => Err(Code::InvalidGrant.into()),
    }
}

/// Signs out: ends the refresh tokens of the sign-in that this bearer came of, and the streams that run for it.
#[utoipa::path(
    post, path = "/v1/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204, description = "It is over"))
)]
async fn logout(
    State(app): State<App>,
    AnyCaller(claims): AnyCaller,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database().begin().await?;
    refresh_token::revoke(&mut transaction, &claims.family, app.now()).await?;
    transaction.commit().await?;
    app.revocations().announce(Revoked {
        account: claims.sub,
        family: claims.family,
    });
    Ok(StatusCode::NO_CONTENT)
}

/// Who the bearer is.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    user: User,
    #[schema(required)]
    tenant: Option<TenantName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonation: Option<Impersonation>,
}

/// Who signed in, and for whom they act.
#[utoipa::path(
    get, path = "/v1/auth/me", tag = "auth", security(("bearer" = [])),
    responses((status = 200, body = Me, description = "Somebody"))
)]
async fn me(State(app): State<App>, AnyCaller(claims): AnyCaller) -> Result<Json<Me>, Problem> {
    let account = account::by_id(app.database().pool(), claims.sub).await?;
    let account = account.ok_or(Code::Unauthenticated)?;
    let impersonation = match claims.kind {
        Kind::Admin | Kind::Tenant => None,
        Kind::Impersonation => Some(Impersonation::of(&app, &claims, &account).await?),
    };
    Ok(Json(Me {
        user: User::of(&account),
        tenant: account.tenant.as_ref().map(TenantName::of),
        impersonation,
    }))
}

#[cfg(test)]
mod tests;
