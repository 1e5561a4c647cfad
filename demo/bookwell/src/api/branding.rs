//! `/v1/tenant-admin/branding`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::contrast::{self, Contrast};
use crate::ids::TenantId;
use crate::limits::Limit;
use crate::model::asset::{self, Kind};
use crate::model::branding::{self, Branding, Font, Look};
use crate::problem::Problem;
use crate::read::Body;
use crate::upload::{FORM, Upload};

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(set_logo))
        .layer(DefaultBodyLimit::max(MAX_LOGO + FORM));
    OpenApiRouter::new()
        .routes(routes!(find, update))
        .routes(routes!(save_draft, discard_draft))
        .routes(routes!(remove_logo))
        .merge(Limit::Uploads.on(app, uploads))
}

/// A look, and what can be read on it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Branding)]
struct BrandingBody {
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    primary: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    secondary: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    accent: String,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    background: String,
    font: Font,
    /// Where the gateway serves the logo.
    #[schema(required)]
    logo_url: Option<String>,
    contrast: Vec<Contrast>,
    /// All that may be chosen.
    fonts: [Font; 6],
    /// What the assistant saved for later.
    #[schema(required)]
    draft: Option<Look>,
}

impl From<Branding> for BrandingBody {
    fn from(branding: Branding) -> Self {
        let contrast = contrast::of(&branding.look);
        let Look {
            primary,
            secondary,
            accent,
            background,
            font,
        } = branding.look;
        Self {
            primary,
            secondary,
            accent,
            background,
            font,
            logo_url: branding.logo_url,
            contrast,
            fonts: Font::ALL,
            draft: branding.draft,
        }
    }
}

/// The look of the pages.
#[utoipa::path(
    get, path = "/v1/tenant-admin/branding", tag = "branding", security(("bearer" = [])),
    responses((status = 200, body = BrandingBody, description = "The look"))
)]
async fn find(State(app): State<App>, caller: TenantCaller) -> Result<Json<BrandingBody>, Problem> {
    let branding = branding::find(caller.tenant, app.database().pool()).await?;
    Ok(Json(branding.into()))
}

/// Changes the look; a draft is dropped.
#[utoipa::path(
    put, path = "/v1/tenant-admin/branding", tag = "branding",
    request_body = Look, security(("bearer" = [])),
    responses((status = 200, body = BrandingBody, description = "The look as it is now"))
)]
async fn update(
    State(app): State<App>,
    caller: TenantCaller,
    Body(look): Body<Look>,
) -> Result<Json<BrandingBody>, Problem> {
    look.check()?;
    let mut transaction = app.database().begin().await?;
    let branding = branding::update(caller.tenant, &mut transaction, &look, app.now()).await?;
    transaction.commit().await?;
    Ok(Json(branding.into()))
}

/// Keeps a look for later; visitors see no change.
#[utoipa::path(
    put, path = "/v1/tenant-admin/branding/draft", tag = "branding",
    request_body = Look, security(("bearer" = [])),
    responses((status = 200, body = BrandingBody, description = "The look with its draft"))
)]
async fn save_draft(
    State(app): State<App>,
    caller: TenantCaller,
    Body(look): Body<Look>,
) -> Result<Json<BrandingBody>, Problem> {
    look.check()?;
    let mut transaction = app.database().begin().await?;
    let draft = Some(&look);
    let branding = branding::set_draft(caller.tenant, &mut transaction, draft, app.now()).await?;
    transaction.commit().await?;
    Ok(Json(branding.into()))
}

/// Drops the look that the assistant saved for later.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/branding/draft", tag = "branding", security(("bearer" = [])),
    responses((status = 204, description = "There is no draft"))
)]
async fn discard_draft(
    State(app): State<App>,
    caller: TenantCaller,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database().begin().await?;
    branding::set_draft(caller.tenant, &mut transaction, None, app.now()).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The form of an upload.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct LogoForm {
    /// PNG, JPEG or WebP, by its content; at most 2 MiB.
    #[schema(value_type = String, format = Binary)]
    logo: Vec<u8>,
}

/// Sets the logo.
#[utoipa::path(
    put, path = "/v1/tenant-admin/branding/logo", tag = "branding",
    request_body(content = LogoForm, content_type = "multipart/form-data"), security(("bearer" = [])),
    responses((status = 200, body = BrandingBody, description = "The look with its logo"))
)]
async fn set_logo(
    State(app): State<App>,
    caller: TenantCaller,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<BrandingBody>, Problem> {
    let upload = Upload::read(form, "logo", MAX_LOGO).await?;
    let branding = store(&app, caller.tenant, Some(upload)).await?;
    Ok(Json(branding.into()))
}

/// Takes the logo away.
#[utoipa::path(
    delete, path = "/v1/tenant-admin/branding/logo", tag = "branding", security(("bearer" = [])),
    responses((status = 204, description = "There is none"))
)]
async fn remove_logo(State(app): State<App>, caller: TenantCaller) -> Result<StatusCode, Problem> {
    store(&app, caller.tenant, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn store(app: &App, tenant: TenantId, upload: Option<Upload>) -> Result<Branding, Problem> {
    let now = app.now();
    let mut transaction = app.database().begin().await?;
    let logo = match upload {
        Some(Upload {
            content,
            media_type,
        }) => Some(
            asset::store(
                tenant,
                &mut transaction,
                Kind::Logo,
                media_type,
                &content,
                now,
            )
            .await?,
        ),
        None => None,
    };
    let branding = branding::set_logo(tenant, &mut transaction, logo, now).await?;
    transaction.commit().await?;
    Ok(branding)
}

const MAX_LOGO: usize = 2 * 1024 * 1024;
