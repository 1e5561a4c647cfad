//! `/v1/tenant-admin/packages`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::idempotency::{Answer, Claim, IdempotencyKey};
use crate::ids::{PackageId, TenantId};
use crate::limits::Limit;
use crate::model::asset::{self, Kind};
use crate::model::package::{self, Content, Package};
use crate::mount;
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Body, IfMatch, Params, Segment};
use crate::upload::{FORM, Upload};
use crate::versioned::Versioned;

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(set_photo))
        .layer(DefaultBodyLimit::max(MAX_PHOTO + FORM));
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, delete))
        .routes(routes!(remove_photo))
        .merge(Limit::Uploads.on(app, uploads))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those that are offered, or only those that are not.
    active: Option<bool>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The packages, in their order.
#[utoipa::path(
    get, path = "/v1/tenant-admin/packages", tag = "packages",
    params(ListQuery), security(("bearer" = [])),
    responses((status = 200, body = List<Package>, description = "A part of the list"))
)]
async fn list(
    State(app): State<App>,
    caller: TenantCaller,
    Params(query): Params<ListQuery>,
) -> Result<Json<List<Package>>, Problem> {
    let page = Page::new(query.limit, query.cursor.as_deref())?;
    let rows = package::list(caller.tenant, app.database().pool(), query.active, &page).await?;
    let list = List::of(rows, &page, |row| {
        (row.sort_order.to_string(), row.id.to_string())
    });
    Ok(Json(list))
}

/// Adds a package.
#[utoipa::path(
    post, path = "/v1/tenant-admin/packages", tag = "packages",
    params(IdempotencyKey), request_body = Content, security(("bearer" = [])),
    responses(
        (status = 201, body = Package, description = "It is there", headers(("Location" = String, description = "Below `/api`"), ("ETag" = String))),
        (status = 409, description = "`slug_taken` or `idempotency_conflict`"),
    )
)]
async fn create(
    State(app): State<App>,
    caller: TenantCaller,
    key: IdempotencyKey,
    Body(content): Body<Content>,
) -> Result<Answer, Problem> {
    content.check()?;
    let (tenant, now) = (caller.tenant, app.now());
    let mut transaction = app.database().begin().await?;
    let claim = match key.claim(&mut transaction, tenant, &content, now).await? {
        Claim::Fresh(claim) => claim,
        Claim::Kept(answer) => return Ok(answer),
    };
    let row = package::create(tenant, &mut transaction, &content, now).await?;
    let answer = Answer::created(&row)?
        .at(mount::path(format_args!(
            "tenant-admin/packages/{}",
            row.id
        )))
        .of_version(row.version);
    claim.keep(&mut transaction, &answer).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// One package.
#[utoipa::path(
    get, path = "/v1/tenant-admin/packages/{id}", tag = "packages",
    params(("id" = PackageId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Package, description = "The package", headers(("ETag" = String))))
)]
async fn find(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Versioned<Package>, Problem> {
    let id = PackageId::parse(&id).ok_or(Code::NotFound)?;
    let row = package::find(caller.tenant, app.database().pool(), id).await?;
    row.map(versioned).ok_or_else(|| Code::NotFound.into())
}

/// Replaces what a package offers.
#[utoipa::path(
    put, path = "/v1/tenant-admin/packages/{id}", tag = "packages",
    params(("id" = PackageId, Path), ("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    request_body = Content, security(("bearer" = [])),
    responses(
        (status = 200, body = Package, description = "The package as it is now", headers(("ETag" = String))),
        (status = 409, description = "`slug_taken`"),
    )
)]
async fn update(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    IfMatch(version): IfMatch,
    Body(content): Body<Content>,
) -> Result<Versioned<Package>, Problem> {
    content.check()?;
    let id = PackageId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    let now = app.now();
    let row = package::update(caller.tenant, &mut transaction, id, version, &content, now).await?;
    transaction.commit().await?;
    Ok(versioned(row))
}

/// Deletes a package that nobody ever booked.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/packages/{id}", tag = "packages",
    params(("id" = PackageId, Path), ("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "`package_in_use`: deactivate it instead"),
    )
)]
async fn delete(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    let id = PackageId::parse(&id).ok_or(Code::NotFound)?;
    let mut transaction = app.database().begin().await?;
    package::delete(caller.tenant, &mut transaction, id, version).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The form of an upload.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct PhotoForm {
    /// PNG, JPEG or WebP, by its content; at most 5 MiB.
    #[schema(value_type = String, format = Binary)]
    photo: Vec<u8>,
}

/// Gives a package a photo.
#[utoipa::path(
    put, path = "/v1/tenant-admin/packages/{id}/photo", tag = "packages",
    params(("id" = PackageId, Path)),
    request_body(content = PhotoForm, content_type = "multipart/form-data"), security(("bearer" = [])),
    responses((status = 200, body = Package, description = "The package with its photo"))
)]
async fn set_photo(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Package>, Problem> {
    let id = PackageId::parse(&id).ok_or(Code::NotFound)?;
    // An upload to nowhere is refused before it is read.
    package::find(caller.tenant, app.database().pool(), id)
        .await?
        .ok_or(Code::NotFound)?;
    let upload = Upload::read(form, "photo", MAX_PHOTO).await?;
    let row = store(&app, caller.tenant, id, Some(upload)).await?;
    Ok(Json(row))
}

/// Takes the photo away.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/packages/{id}/photo", tag = "packages",
    params(("id" = PackageId, Path)), security(("bearer" = [])),
    responses((status = 204, description = "There is none"))
)]
async fn remove_photo(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<StatusCode, Problem> {
    let id = PackageId::parse(&id).ok_or(Code::NotFound)?;
    store(&app, caller.tenant, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn store(
    app: &App,
    tenant: TenantId,
    id: PackageId,
    upload: Option<Upload>,
) -> Result<Package, Problem> {
    let now = app.now();
    let mut transaction = app.database().begin().await?;
    let photo = match upload {
        Some(Upload {
            content,
            media_type,
        }) => Some(
            asset::store(
                tenant,
                &mut transaction,
                Kind::Photo,
                media_type,
                &content,
                now,
            )
            .await?,
        ),
        None => None,
    };
    let row = package::set_photo(tenant, &mut transaction, id, photo, now).await?;
    transaction.commit().await?;
    Ok(row)
}

fn versioned(row: Package) -> Versioned<Package> {
    Versioned {
        version: row.version,
        row,
    }
}

const MAX_PHOTO: usize = 5 * 1024 * 1024;
