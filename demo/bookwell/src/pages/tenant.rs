//! The pages of a tenant: the frame from the session, the data by the page's own script.

use axum::extract::{Path, State};
use axum::response::Response;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, Uri};
use minijinja::context;
use minijinja::value::Serde;

use super::refusal::{self, Refusal};
use super::sign_in::redirect;
use super::viewer::{SignedIn, Viewer};
use super::{Pages, callback, guard, origin};

/// The page of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Blackouts,
    Bookings,
    Branding,
    Dashboard,
    Landing,
    Packages,
}

impl Page {
    fn at(segment: &str) -> Option<Self> {
        ALL.iter().copied().find(|page| page.parts().0 == segment)
    }

    /// The last segment of the path, the name of script and template, the title.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Blackouts => ("blackouts", "blackouts", "Blackout dates"),
            Self::Bookings => ("bookings", "bookings", "Bookings"),
            Self::Branding => ("branding", "branding", "Branding"),
            Self::Dashboard => ("dashboard", "dashboard", "Dashboard"),
            Self::Landing => ("landing-page", "landing_page", "Landing page"),
            Self::Packages => ("packages", "packages", "Packages"),
        }
    }
}

const ALL: &[Page] = &[
    Page::Blackouts,
    Page::Bookings,
    Page::Branding,
    Page::Dashboard,
    Page::Landing,
    Page::Packages,
];

pub(crate) async fn start() -> Response {
    redirect("/tenant/dashboard")
}

/// The session decides before the path: to strangers every page here looks the same.
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
    let Some(page) = Page::at(&segment) else {
        return refusal::not_found(&pages, &headers);
    };
    let viewer = Viewer::of(&session, &pages);
    if !viewer.has_tenant() {
        return Refusal::NoTenant.page(&pages, &headers);
    }
    let (segment, name, title) = page.parts();
    let snippet = snippet(&viewer, &pages, &headers);
    let context = context! {
        page => name,
        title,
        here => format!("/tenant/{segment}"),
        navigation => Serde(viewer.navigation()),
        snippet,
        viewer => Serde(viewer),
    };
    let mut response = refusal::show(&pages, &format!("{name}.html"), context);
    if page == Page::Landing {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, guard::WITH_IMAGES);
    }
    response
}

/// The path with its query, as the browser asked for it.
pub(crate) fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |target| target.as_str())
}

/// The line that puts the chat on another site.
fn snippet(viewer: &Viewer, pages: &Pages, headers: &HeaderMap) -> Option<String> {
    let key = &viewer.storefront(pages)?.public_key;
    let host = origin::public(headers)?;
    Some(format!(
        "<script src=\"{host}/embed/bookwell-chat.js\" data-tenant-key=\"{key}\" defer></script>"
    ))
}
