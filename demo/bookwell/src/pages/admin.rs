//! The platform administrator's pages.

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Uri};
use minijinja::context;
use minijinja::value::Serde;

use super::refusal::{self, Refusal};
use super::sign_in::redirect;
use super::tenant::target;
use super::viewer::{Role, SignedIn, Viewer};
use super::{Pages, callback};

pub(crate) async fn start() -> Response {
    redirect("/admin/tenants")
}

/// Session, then role, then path: who may not be here does not learn what there is.
pub(crate) async fn page(
    State(pages): State<Pages>,
    Path(segment): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    session: Option<SignedIn>,
) -> Response {
    let Some(SignedIn(session)) = session else {
        return redirect(&callback::sign_in(target(&uri)));
    };
    let viewer = Viewer::of(&session, &pages);
    match viewer.role() {
        Role::PlatformAdmin => {}
        Role::None | Role::TenantAdmin => return Refusal::Forbidden.page(&pages, &headers),
    }
    if segment != "tenants" {
        return refusal::not_found(&pages, &headers);
    }
    let context = context! {
        page => "tenants",
        title => "Tenants",
        here => "/admin/tenants",
        navigation => Serde(viewer.navigation()),
        viewer => Serde(viewer),
    };
    refusal::show(&pages, "tenants.html", context)
}
