//! `/v1/public/assets`: the pictures, for everybody, by their hash.

use axum::extract::State;
use axum::response::IntoResponse;
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::limits::Limit;
use crate::model::asset;
use crate::problem::{Code, Problem};
use crate::read::Segment;

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    Limit::PublicApi.on(app, OpenApiRouter::new().routes(routes!(find)))
}

/// A picture.
#[utoipa::path(
    get, path = "/v1/public/assets/{sha256}", tag = "storefront",
    params(("sha256" = String, Path, pattern = "^[0-9a-f]{64}$")),
    responses((
        status = 200, description = "As it was uploaded; it never changes",
        content(("image/png"), ("image/jpeg"), ("image/webp")),
    ))
)]
async fn find(
    State(app): State<App>,
    Segment(sha256): Segment,
) -> Result<impl IntoResponse, Problem> {
    let is_hash = sha256.len() == 64
        && sha256
            .bytes()
            .all(|octet| octet.is_ascii_digit() || (b'a'..=b'f').contains(&octet));
    if !is_hash {
        return Err(Code::NotFound.into());
    }
    let asset = asset::public(app.database().pool(), &sha256)
        .await?
        .ok_or(Code::NotFound)?;
    let headers = [
        (CONTENT_TYPE, asset.media_type),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        // A picture that somebody opens by itself runs nothing.
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        // The widget shows pictures on other people's pages.
        (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin".to_owned()),
        (
            CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
    ];
    Ok((headers, asset.content))
}

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
