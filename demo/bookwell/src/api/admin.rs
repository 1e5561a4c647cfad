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
use crate::problem::{Code, FieldError, Problem, ProblemBody};
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
struct Page {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Businesses, in the order of their slugs.
#[derive(Debug, Serialize, ToSchema)]
struct Tenants {
    items: Vec<TenantRow>,
    next_cursor: Option<String>,
}

/// A business.
#[derive(Debug, Serialize, ToSchema)]
struct TenantRow {
    #[schema(format = "uuid")]
    id: String,
    slug: String,
    name: String,
    active: bool,
    currency: String,
    time_zone: String,
}

/// Lists the businesses.
#[utoipa::path(
    get,
    path = "/v1/admin/tenants",
    tag = "admin",
    params(Page),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Tenants),
        (status = 400, body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn tenants(
    State(app): State<App>,
    _: AdminCaller,
    Params(page): Params<Page>,
) -> Result<Json<Tenants>, Problem> {
    let limit = page.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let error = FieldError::new("limit", "range", "Ask for 1 to 100");
        return Err(Problem::invalid(vec![error]));
    }
    let after = page.cursor.unwrap_or_default();
    let mut found = tenant::list_all(app.database().pool(), &after, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let last = found.last().map(|tenant| tenant.slug.clone());
    Ok(Json(Tenants {
        items: found.into_iter().map(TenantRow::of).collect(),
        next_cursor: last.filter(|_| more),
    }))
}

impl TenantRow {
    fn of(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            slug: tenant.slug,
            name: tenant.name,
            active: tenant.active,
            currency: tenant.currency,
            time_zone: tenant.time_zone,
        }
    }
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
    #[schema(format = "uuid")]
    tenant_id: String,
    slug: String,
    name: String,
    #[schema(format = DateTime)]
    started_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Who acts: an e-mail address.
    by: String,
}

/// Begins to act for a business.
#[utoipa::path(
    post,
    path = "/v1/admin/tenants/{id}/impersonate",
    tag = "admin",
    params(("id" = String, Path, format = "uuid")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Acting),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn impersonate(
    State(app): State<App>,
    caller: Result<AdminCaller, Problem>,
    Segment(id): Segment,
) -> Result<Json<Acting>, Problem> {
    let caller = caller.map_err(|problem| match problem.code() {
        Code::Impersonating => Code::AlreadyImpersonating.into(),
        _ => problem,
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
            tenant_id: id.to_string(),
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
    post,
    path = "/v1/admin/impersonation/stop",
    tag = "admin",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Pair),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
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
            tenant_id: id.to_string(),
            slug: tenant.slug,
            name: tenant.name,
            started_at: date_time(claims.iat),
            expires_at: date_time(claims.exp),
            by: account.email.clone(),
        })
    }
}

fn date_time(second: i64) -> String {
    Timestamp::from_second(second)
        .unwrap_or_default()
        .to_string()
}

/// The longest that somebody acts for a business at a stretch.
const SECONDS: i64 = 60 * 60;
