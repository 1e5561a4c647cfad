//! Who looks at a page: what of the session may be shown.

use axum::extract::FromRequestParts;
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use vestibule_session::{Pointer, Session};

use super::{Pages, Storefront, origin};

/// The session of a request, opened; the pages show nothing of it but [`Viewer`].
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) Session);

impl FromRequestParts<Pages> for SignedIn {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, NotSignedIn> {
        Self::of(&parts.headers, pages).ok_or(NotSignedIn)
    }
}

impl SignedIn {
    /// The session that these headers bring, if it opens.
    pub(crate) fn of(headers: &HeaderMap, pages: &Pages) -> Option<Self> {
        let lines: Vec<_> = headers.get_all(COOKIE).iter().collect();
        let lines = lines.iter().map(|line| HeaderValue::as_bytes(line));
        // The extractor of the library has one scheme for all requests; here both come to the same pages.
        let scheme = origin::scheme(headers);
        let session = pages.reader().open(lines, scheme, pages.now());
        session.ok().map(Self)
    }
}

impl axum::extract::OptionalFromRequestParts<Pages> for SignedIn {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        pages: &Pages,
    ) -> Result<Option<Self>, std::convert::Infallible> {
        let session = <Self as FromRequestParts<Pages>>::from_request_parts(parts, pages).await;
        Ok(session.ok())
    }
}

/// There is no session, or none that opens.
#[derive(Debug)]
pub(crate) struct NotSignedIn;

impl axum::response::IntoResponse for NotSignedIn {
    fn into_response(self) -> axum::response::Response {
        crate::problem::Problem::from(crate::problem::Code::Unauthenticated).into_response()
    }
}

/// What a page shows of the session: an allow list, without any token (TH-73).
#[derive(Debug, Serialize)]
pub(crate) struct Viewer {
    email: String,
    role: Role,
    role_words: &'static str,
    tenant: Option<Tenant>,
    impersonation: Option<Impersonation>,
}

/// What somebody may be; another word in the session is nobody's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Role {
    None,
    PlatformAdmin,
    TenantAdmin,
}

/// The tenant whose pages these are.
#[derive(Debug, Serialize)]
struct Tenant {
    slug: String,
    name: String,
    /// Where its days begin.
    time_zone: Option<String>,
}

/// An administrator acts for a tenant: the claim as the API gave it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Impersonation {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) expires_at: String,
}

impl Viewer {
    pub(crate) fn of(session: &Session, pages: &Pages) -> Self {
        let claim = |name: &str| {
            let pointer = Pointer::parse(&format!("/{name}")).ok()?;
            session.claims().string(&pointer)
        };
        let role = match claim("role").as_deref() {
            Some("PLATFORM_ADMIN") => Role::PlatformAdmin,
            Some("TENANT_ADMIN") => Role::TenantAdmin,
            Some(_) | None => Role::None,
        };
        let impersonation = impersonation(session);
        let slug = match (&impersonation, role) {
            (Some(impersonation), _) => Some(impersonation.slug.clone()),
            (None, Role::TenantAdmin) => claim("tenantSlug"),
            (None, Role::None | Role::PlatformAdmin) => None,
        };
        Self {
            email: claim("email").unwrap_or_default(),
            role,
            role_words: match role {
                Role::None => "Visitor",
                Role::PlatformAdmin => "Administrator",
                Role::TenantAdmin => "Owner",
            },
            tenant: slug.map(|slug| Tenant {
                name: pages
                    .storefront(&slug)
                    .map_or_else(|| slug.clone(), |known| known.name.clone()),
                time_zone: pages.time_zone(&slug).cloned(),
                slug,
            }),
            impersonation,
        }
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn has_tenant(&self) -> bool {
        self.tenant.is_some()
    }

    pub(crate) fn storefront<'p>(&self, pages: &'p Pages) -> Option<&'p Storefront> {
        pages.storefront(&self.tenant.as_ref()?.slug)
    }

    /// Where somebody begins.
    pub(crate) fn home(&self) -> &'static str {
        if self.role == Role::PlatformAdmin && !self.has_tenant() {
            "/admin/tenants"
        } else {
            "/tenant/dashboard"
        }
    }

    /// The entries of the navigation.
    pub(crate) fn navigation(&self) -> Vec<Entry> {
        let tenant = self.has_tenant().then_some(TENANT_PAGES);
        let admin = (self.role == Role::PlatformAdmin).then_some(ADMIN_PAGES);
        let entries = tenant.into_iter().chain(admin).flatten();
        entries.copied().collect()
    }
}

/// The claim, where it is complete.
pub(crate) fn impersonation(session: &Session) -> Option<Impersonation> {
    let pointer = Pointer::parse("/impersonation").ok()?;
    serde_json::from_str(session.claims().raw(&pointer)?).ok()
}

/// One entry of the navigation.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Entry {
    href: &'static str,
    label: &'static str,
    icon: &'static str,
}

const fn entry(href: &'static str, label: &'static str, icon: &'static str) -> Entry {
    Entry { href, label, icon }
}

const TENANT_PAGES: &[Entry] = &[
    entry("/tenant/dashboard", "Dashboard", "grid"),
    entry("/tenant/packages", "Packages", "package"),
    entry("/tenant/bookings", "Bookings", "calendar"),
    entry("/tenant/blackouts", "Blackout dates", "moon"),
    entry("/tenant/branding", "Branding", "palette"),
    entry("/tenant/landing-page", "Landing page", "page"),
];

const ADMIN_PAGES: &[Entry] = &[entry("/admin/tenants", "Tenants", "building")];
