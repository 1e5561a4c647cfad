//! `/v1/tenant-admin/blackouts`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::database::retried;
use crate::idempotency::{Answer, Claim, IdempotencyKey};
use crate::ids::{BlackoutId, TenantId};
use crate::model::blackout::{self, Added, Blackout, Request};
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Body, Params, Segment};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The first day.
    #[serde(default, deserialize_with = "crate::day::read_optional")]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day.
    #[serde(default, deserialize_with = "crate::day::read_optional")]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The days off, by date.
#[utoipa::path(
    get, path = "/v1/tenant-admin/blackouts", tag = "blackouts",
    params(ListQuery), security(("bearer" = [])),
    responses((status = 200, body = List<Blackout>, description = "A part of the list"))
)]
async fn list(
    State(app): State<App>,
    caller: TenantCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<List<Blackout>>, Problem> {
    let page = Page::new(query.limit, query.cursor.as_deref())?;
    let pool = app.database().pool();
    let rows = blackout::list(caller.tenant, pool, query.from, query.to, &page).await?;
    let list = List::of(rows, &page, |row| (row.day.to_string(), row.id.to_string()));
    Ok(Json(list))
}

/// Takes a day off.
#[utoipa::path(
    post, path = "/v1/tenant-admin/blackouts", tag = "blackouts",
    params(IdempotencyKey), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 201, body = Blackout, description = "The day is off now"),
        (status = 200, body = Blackout, description = "The day was off already, as this row says"),
        (status = 409, description = "`date_booked`, with the booking, or `idempotency_conflict`"),
    )
)]
async fn add(
    State(app): State<App>,
    caller: TenantCaller,
    key: IdempotencyKey,
    Body(request): Body<Request>,
) -> Result<Answer, Problem> {
    request.check()?;
    retried(|| take_off(&app, caller.tenant, key.clone(), &request)).await
}

async fn take_off(
    app: &App,
    tenant: TenantId,
    key: IdempotencyKey,
    request: &Request,
) -> Result<Answer, Problem> {
    let (database, now) = (app.database(), app.now());
    let mut transaction = database.begin().await?;
    let claim = match key.claim(&mut transaction, tenant, request, now).await? {
        Claim::Fresh(claim) => claim,
        Claim::Kept(answer) => return Ok(answer),
    };
    let answer = match blackout::add(tenant, database, &mut transaction, request, now).await? {
        Added::New(row) => Answer::created(&row)?,
        Added::Known(row) => Answer::ok(&row)?,
    };
    claim.keep(&mut transaction, &answer).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Makes a day bookable again.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/blackouts/{id}", tag = "blackouts",
    params(("id" = BlackoutId, Path)), security(("bearer" = [])),
    responses((status = 204, description = "The day can be booked"))
)]
async fn remove(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<StatusCode, Problem> {
    let id = BlackoutId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    if !blackout::remove(caller.tenant, &mut transaction, id).await? {
        return Err(Code::NotFound.into());
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
