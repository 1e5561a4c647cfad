//! `/v1/tenant-admin/bookings`.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::database::retried;
use crate::idempotency::{Answer, Claim, IdempotencyKey};
use crate::ids::{BookingId, TenantId};
use crate::model::booking::{self, Booking, Filter, Request, Source, Status};
use crate::mount;
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Body, Params, Segment};
use crate::versioned::Versioned;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find))
        .routes(routes!(confirm))
        .routes(routes!(fulfil))
        .routes(routes!(cancel))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    status: Option<Status>,
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

/// The bookings, by the date of the event.
#[utoipa::path(
    get, path = "/v1/tenant-admin/bookings", tag = "bookings",
    params(ListQuery), security(("bearer" = [])),
    responses((status = 200, body = List<Booking>, description = "A part of the list"))
)]
async fn list(
    State(app): State<App>,
    caller: TenantCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<List<Booking>>, Problem> {
    let page = Page::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        status: query.status,
        from: query.from,
        to: query.to,
    };
    let rows = booking::list(caller.tenant, app.database().pool(), filter, &page).await?;
    let list = List::of(rows, &page, |row| {
        (row.event_date.to_string(), row.id.to_string())
    });
    Ok(Json(list))
}

/// Books a date.
#[utoipa::path(
    post, path = "/v1/tenant-admin/bookings", tag = "bookings",
    params(IdempotencyKey), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 201, body = Booking, description = "The date is taken", headers(("Location" = String, description = "Below `/api`"), ("ETag" = String))),
        (status = 404, description = "`not_found`: no such package"),
        (status = 409, description = "`date_taken`, `date_blacked_out` or `idempotency_conflict`"),
    )
)]
async fn create(
    State(app): State<App>,
    caller: TenantCaller,
    key: IdempotencyKey,
    Body(request): Body<Request>,
) -> Result<Answer, Problem> {
    request.check()?;
    retried(|| book(&app, caller.tenant, key.clone(), &request)).await
}

async fn book(
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
    let source = Source::Tenant;
    let row = booking::create(tenant, database, &mut transaction, request, source, now).await?;
    let answer = Answer::created(&row)?
        .at(mount::path(format_args!(
            "tenant-admin/bookings/{}",
            row.id
        )))
        .of_version(row.version);
    claim.keep(&mut transaction, &answer).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// One booking.
#[utoipa::path(
    get, path = "/v1/tenant-admin/bookings/{id}", tag = "bookings",
    params(("id" = BookingId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Booking, description = "The booking", headers(("ETag" = String))))
)]
async fn find(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Versioned<Booking>, Problem> {
    let id = BookingId::parse(&id).ok_or(Code::NotFound)?;
    let row = booking::find(caller.tenant, app.database().pool(), id).await?;
    row.map(versioned).ok_or_else(|| Code::NotFound.into())
}

/// Confirms a booking that is pending.
#[utoipa::path(
    post, path = "/v1/tenant-admin/bookings/{id}/confirm", tag = "bookings",
    params(("id" = BookingId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = Booking, description = "It is confirmed", headers(("ETag" = String))),
        (status = 409, description = "`wrong_status`, with the row as it is"),
    )
)]
async fn confirm(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Versioned<Booking>, Problem> {
    let id = BookingId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    let row = booking::confirm(caller.tenant, &mut transaction, id, app.now()).await?;
    transaction.commit().await?;
    Ok(versioned(row))
}

/// Says that the event of a confirmed booking took place.
#[utoipa::path(
    post, path = "/v1/tenant-admin/bookings/{id}/fulfil", tag = "bookings",
    params(("id" = BookingId, Path)), security(("bearer" = [])),
    responses(
        (status = 200, body = Booking, description = "It is fulfilled", headers(("ETag" = String))),
        (status = 409, description = "`wrong_status`, with the row as it is; also before the day of the event"),
    )
)]
async fn fulfil(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Versioned<Booking>, Problem> {
    let id = BookingId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    let row = booking::fulfil(caller.tenant, &mut transaction, id, app.now()).await?;
    transaction.commit().await?;
    Ok(versioned(row))
}

/// Why a booking is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Cancels a booking, which frees its date.
#[utoipa::path(
    post, path = "/v1/tenant-admin/bookings/{id}/cancel", tag = "bookings",
    params(("id" = BookingId, Path)), request_body = Option<Cancellation>, security(("bearer" = [])),
    responses(
        (status = 200, body = Booking, description = "It is cancelled", headers(("ETag" = String))),
        (status = 409, description = "`wrong_status`, with the row as it is"),
    )
)]
async fn cancel(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    body: Option<Body<Cancellation>>,
) -> Result<Versioned<Booking>, Problem> {
    let Body(cancellation) = body.unwrap_or_default();
    let reason = cancellation.reason.as_deref();
    booking::check_reason(reason)?;
    let id = BookingId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    let row = booking::cancel(caller.tenant, &mut transaction, id, reason, app.now()).await?;
    transaction.commit().await?;
    Ok(versioned(row))
}

fn versioned(row: Booking) -> Versioned<Booking> {
    Versioned {
        version: row.version,
        row,
    }
}
