//! The platform's own routes (`/v1/admin`): the businesses, and acting for one of them.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::pair::Pair;
use crate::app::App;
use crate::caller::{AdminCaller, AnyCaller};
use crate::ids::TenantId;
use crate::model::account::{self, Account};
use crate::model::audit::{self, Entry};
use crate::model::refresh_token;
use crate::model::tenant::{self, Tenant};
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Params, Segment};
use crate::revocations::Revoked;
use crate::token::{AccessClaims, Kind, Role, Subject};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tenants))
        .routes(routes!(impersonate))
        .routes(routes!(stop))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The businesses, in the order of their slugs.
#[utoipa::path(
    get, path = "/v1/admin/tenants", tag = "admin",
    params(ListQuery), security(("bearer" = [])),
    responses((status = 200, body = List<Tenant>, description = "A part of the list"))
)]
async fn tenants(
    State(app): State<App>,
    _: AdminCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<List<Tenant>>, Problem> {
    let page = Page::new(query.limit, query.cursor.as_deref())?;
    let rows = tenant::list_all(app.database().pool(), &page).await?;
    let list = List::of(rows, &page, |row| (row.slug.clone(), row.id.to_string()));
    Ok(Json(list))
}

/// A token that works as the tenant's, and no refresh token: after the hour it is over.
#[derive(Serialize, ToSchema)]
struct Acting {
    access_token: String,
    /// Seconds.
    expires_in: i64,
    impersonation: Impersonation,
}

/// For whom an administrator of the platform acts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Impersonation {
    tenant_id: TenantId,
    slug: String,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Who acts: an e-mail address.
    by: String,
}

/// Begins to act for a business.
#[utoipa::path(
    post, path = "/v1/admin/tenants/{id}/impersonate", tag = "admin",
    params(("id" = TenantId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = Acting, description = "The token, and for whom it is"),
        (status = 403, description = "`forbidden`, or `tenant_inactive`"),
        (status = 409, description = "`already_impersonating`"),
    )
)]
async fn impersonate(
    State(app): State<App>,
    caller: Result<AdminCaller, Problem>,
    Segment(id): Segment,
) -> Result<Json<Acting>, Problem> {
    let caller = caller.map_err(|problem| {
        if problem.code() == Code::Impersonating {
            Code::AlreadyImpersonating.into()
        } else {
            problem
        }
    })?;
    let id = TenantId::parse(&id).ok_or(Code::NotFound)?;
    let pool = app.database().pool();
    let tenant = tenant::find(pool, id).await?.ok_or(Code::NotFound)?;
    if !tenant.active {
        return Err(Code::TenantInactive.into());
    }
    let account = account::by_id(pool, caller.account).await?;
    let account = account.ok_or(Code::Unauthenticated)?;
    let subject = Subject {
        account: caller.account,
        kind: Kind::Impersonation,
        tenant: Some(id),
        role: Role::PlatformAdmin,
        family: caller.family,
    };
    let now = app.now();
    let access_token = app.tokens().write(subject, now, SECONDS)?;
    let entry = Entry {
        tenant: Some(id),
        actor: caller.account,
        on_behalf_of: Some(id),
        action: "impersonation.start",
        subject: &id.to_string(),
        outcome: "ok",
    };
    audit::write(pool, entry, now).await?;
    Ok(Json(Acting {
        access_token,
        expires_in: SECONDS,
        impersonation: Impersonation {
            tenant_id: id,
            slug: tenant.slug,
            name: tenant.name,
            started_at: date_time(now.as_second()),
            expires_at: date_time(now.as_second().saturating_add(SECONDS)),
            by: account.email,
        },
    }))
}

/// Stops to act for a business: the bearer and its family are over, and a sign-in of the platform begins.
#[utoipa::path(
    post, path = "/v1/admin/impersonation/stop", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, body = Pair, description = "A new sign-in of the platform"),
        (status = 403, description = "`forbidden`: the bearer acts for nobody"),
    )
)]
async fn stop(State(app): State<App>, AnyCaller(claims): AnyCaller) -> Result<Json<Pair>, Problem> {
    let (Kind::Impersonation, Some(tenant)) = (claims.kind, claims.tenant_id) else {
        return Err(Code::Forbidden.into());
    };
    let account = account::by_id(app.database().pool(), claims.sub).await?;
    let account = account.filter(|account| account.role == Role::PlatformAdmin);
    let account = account.ok_or(Code::Unauthenticated)?;
    let mut transaction = app.database().begin().await?;
    let pair = Pair::of_new_family(&app, &mut transaction, account).await?;
    let entry = Entry {
        tenant: Some(tenant),
        actor: claims.sub,
        on_behalf_of: Some(tenant),
        action: "impersonation.stop",
        subject: &tenant.to_string(),
        outcome: "ok",
    };
    audit::write(&mut *transaction, entry, app.now()).await?;
    refresh_token::revoke(&mut transaction, &claims.family, app.now()).await?;
    transaction.commit().await?;
    app.revocations().announce(Revoked {
        account: claims.sub,
        family: claims.family,
    });
    Ok(Json(pair))
}

impl Impersonation {
    /// As a token says it.
    pub(crate) async fn of(
        app: &App,
        claims: &AccessClaims,
        account: &Account,
    ) -> Result<Self, Problem> {
        let id = claims.tenant_id.ok_or(Code::Unauthenticated)?;
        let tenant = tenant::find(app.database().pool(), id).await?;
        let tenant = tenant.ok_or(Code::Unauthenticated)?;
        Ok(Self {
            tenant_id: id,
            slug: tenant.slug,
            name: tenant.name,
            started_at: date_time(claims.iat),
            expires_at: date_time(claims.exp),
            by: account.email.clone(),
        })
    }
}

fn date_time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

/// The longest that somebody acts for a business at a stretch.
const SECONDS: i64 = 60 * 60;
