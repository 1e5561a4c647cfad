//! `/v1/tenant-admin/landing-page`.

use axum::extract::{DefaultBodyLimit, State};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::landing_document::{LandingDocument, MAX_DOCUMENT};
use crate::limits::Limit;
use crate::model::landing_page::{self, LandingPage};
use crate::problem::Problem;
use crate::read::{Body, IfMatch};
use crate::versioned::{Gone, Versioned};

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let saving = OpenApiRouter::new()
        .routes(routes!(update))
        .routes(routes!(save_draft))
        .routes(routes!(publish))
        .layer(DefaultBodyLimit::max(MAX_DOCUMENT));
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(discard_draft))
        .merge(Limit::Drafts.on(app, saving))
}

/// What visitors see, and the draft.
#[utoipa::path(
    get, path = "/v1/tenant-admin/landing-page", tag = "landing page", security(("bearer" = [])),
    responses((status = 200, body = LandingPage, description = "Both documents", headers(("ETag" = String))))
)]
async fn find(
    State(app): State<App>,
    caller: TenantCaller,
) -> Result<Versioned<LandingPage>, Problem> {
    let page = landing_page::find(caller.tenant, app.database().pool()).await?;
    Ok(versioned(page))
}

/// Saves and publishes in one step, and drops the draft.
#[utoipa::path(
    put, path = "/v1/tenant-admin/landing-page", tag = "landing page",
    params(("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    request_body = LandingDocument, security(("bearer" = [])),
    responses((status = 200, body = LandingPage, description = "It is published", headers(("ETag" = String))))
)]
async fn update(
    State(app): State<App>,
    caller: TenantCaller,
    IfMatch(version): IfMatch,
    Body(document): Body<Value>,
) -> Result<Versioned<LandingPage>, Problem> {
    let document = LandingDocument::new(document)?;
    let now = app.now();
    let mut transaction = app.database().begin().await?;
    let page =
        landing_page::publish_document(caller.tenant, &mut transaction, version, &document, now)
            .await?;
    transaction.commit().await?;
    Ok(versioned(page))
}

/// Replaces the draft; visitors see no change.
#[utoipa::path(
    put, path = "/v1/tenant-admin/landing-page/draft", tag = "landing page",
    params(("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    request_body = LandingDocument, security(("bearer" = [])),
    responses((status = 200, body = LandingPage, description = "It is kept", headers(("ETag" = String))))
)]
async fn save_draft(
    State(app): State<App>,
    caller: TenantCaller,
    IfMatch(version): IfMatch,
    Body(document): Body<Value>,
) -> Result<Versioned<LandingPage>, Problem> {
    let document = LandingDocument::new(document)?;
    let now = app.now();
    let mut transaction = app.database().begin().await?;
    let page =
        landing_page::save_draft(caller.tenant, &mut transaction, version, &document, now).await?;
    transaction.commit().await?;
    Ok(versioned(page))
}

/// Publishes the draft.
#[utoipa::path(
    post, path = "/v1/tenant-admin/landing-page/publish", tag = "landing page",
    params(("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    security(("bearer" = [])),
    responses(
        (status = 200, body = LandingPage, description = "The draft is what visitors see", headers(("ETag" = String))),
        (status = 409, description = "`no_draft`"),
    )
)]
async fn publish(
    State(app): State<App>,
    caller: TenantCaller,
    IfMatch(version): IfMatch,
) -> Result<Versioned<LandingPage>, Problem> {
    let mut transaction = app.database().begin().await?;
    let now = app.now();
    let page = landing_page::publish_draft(caller.tenant, &mut transaction, version, now).await?;
    transaction.commit().await?;
    Ok(versioned(page))
}

/// Drops the draft.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/landing-page/draft", tag = "landing page",
    params(("If-Match" = String, Header, description = "`\"<version>\"`", pattern = r#"^"[0-9]{1,18}"$"#)),
    security(("bearer" = [])),
    responses((status = 204, description = "There is no draft", headers(("ETag" = String))))
)]
async fn discard_draft(
    State(app): State<App>,
    caller: TenantCaller,
    IfMatch(version): IfMatch,
) -> Result<Gone, Problem> {
    let mut transaction = app.database().begin().await?;
    let now = app.now();
    let page = landing_page::discard_draft(caller.tenant, &mut transaction, version, now).await?;
    transaction.commit().await?;
    Ok(Gone {
        version: page.version,
    })
}

fn versioned(page: LandingPage) -> Versioned<LandingPage> {
    Versioned {
        version: page.version,
        row: page,
    }
}
