//! `/v1/tenant-admin/stats`.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::TenantCaller;
use crate::model::stats::{self, Stats};
use crate::problem::Problem;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find))
}

/// The numbers of the business.
#[utoipa::path(
    get, path = "/v1/tenant-admin/stats", tag = "stats", security(("bearer" = [])),
    responses((status = 200, body = Stats, description = "All of one moment"))
)]
async fn find(State(app): State<App>, caller: TenantCaller) -> Result<Json<Stats>, Problem> {
    let mut snapshot = app.database().snapshot().await?;
    let stats = stats::count(caller.tenant, &mut snapshot, app.now()).await?;
    snapshot.rollback().await?;
    Ok(Json(stats))
}
