//! The storefront: who it is, what it offers, when, and what its page says.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::key::Visited;
use crate::app::App;
use crate::availability::{self, Day};
use crate::ids::{PackageId, TenantId};
use crate::landing_document::LandingDocument;
use crate::model::{landing_page, package};
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::Params;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tenant))
        .routes(routes!(packages))
        .routes(routes!(days))
        .routes(routes!(page))
}

/// A business, for its visitors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicTenant)]
struct Business {
    name: String,
    slug: String,
    currency: String,
    primary: String,
    secondary: String,
    accent: String,
    background: String,
    font: String,
    #[schema(required)]
    logo_url: Option<String>,
    chat_enabled: bool,
}

/// Who it is, and how it looks.
#[utoipa::path(
    get, path = "/v1/public/tenant", tag = "public", security(("tenant_key" = [])),
    responses((status = 200, body = Business, description = "The business of the key"))
)]
async fn tenant(Visited(visited): Visited) -> Response {
    let business = Business {
        name: visited.name,
        slug: visited.slug,
        currency: visited.currency,
        primary: visited.primary,
        secondary: visited.secondary,
        accent: visited.accent,
        background: visited.background,
        font: visited.font,
        logo_url: visited.logo_url,
        chat_enabled: visited.chat_enabled,
    };
    (revalidated(), Json(business)).into_response()
}

/// What is offered, for visitors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicPackage)]
struct Offer {
    id: PackageId,
    slug: String,
    title: String,
    description: String,
    price_cents: i64,
    currency: String,
    #[schema(required)]
    photo_url: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The packages that are offered.
#[utoipa::path(
    get, path = "/v1/public/packages", tag = "public", params(Part), security(("tenant_key" = [])),
    responses((status = 200, body = List<Offer>, description = "A part of the list"))
)]
async fn packages(
    State(app): State<App>,
    Visited(visited): Visited,
    Params(part): Params<Part>,
) -> Result<Response, Problem> {
    let page = Page::new(part.limit, part.cursor.as_deref())?;
    let pool = app.database().pool();
    let rows = package::list(visited.tenant, pool, Some(true), &page).await?;
    let list = List::of(rows, &page, |row| {
        (row.sort_order.to_string(), row.id.to_string())
    });
    let list = list.map(|package| Offer {
        id: package.id,
        slug: package.slug,
        title: package.title,
        description: package.description,
        price_cents: package.price_cents,
        currency: package.currency,
        photo_url: package.photo_url,
    });
    Ok((revalidated(), Json(list)).into_response())
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    #[serde(deserialize_with = "crate::day::read")]
    #[param(value_type = String, format = Date)]
    from: Date,
    /// At most 62 days, both ends included.
    #[serde(deserialize_with = "crate::day::read")]
    #[param(value_type = String, format = Date)]
    to: Date,
}

/// The days of a span.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Availability)]
struct Days {
    days: Vec<Day>,
}

/// Which days can be booked.
#[utoipa::path(
    get, path = "/v1/public/availability", tag = "public", params(Span), security(("tenant_key" = [])),
    responses((status = 200, body = Days, description = "Each day of the span"))
)]
async fn days(
    State(app): State<App>,
    Visited(visited): Visited,
    Params(span): Params<Span>,
) -> Result<Json<Days>, Problem> {
    let days = availability::between(&app, visited.tenant, span.from, span.to).await?;
    Ok(Json(Days { days }))
}

/// The published page; a draft is never shown.
#[utoipa::path(
    get, path = "/v1/public/landing-page", tag = "public", security(("tenant_key" = [])),
    responses(
        (status = 200, body = LandingDocument, description = "The published document", headers(("ETag" = String))),
        (status = 304, description = "It is the one that `If-None-Match` names"),
        (status = 404, description = "Nothing is published"),
    )
)]
async fn page(
    State(app): State<App>,
    Visited(visited): Visited,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = landing_page::find(visited.tenant, app.database().pool()).await?;
    let document = page.published.ok_or(Code::NotFound)?;
    let etag = etag(visited.tenant, &document.to_string());
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .any(|known| names(known, &etag));
    let value = HeaderValue::try_from(etag).map_err(|_| Code::Internal)?;
    let validators = ([(ETAG, value)], revalidated());
    if known {
        return Ok((StatusCode::NOT_MODIFIED, validators).into_response());
    }
    Ok((validators, Json(document)).into_response())
}

/// Of the document and its business: two that say the same are still two.
fn etag(tenant: TenantId, document: &str) -> String {
    let hash = Sha256::new()
        .chain_update(tenant.to_string())
        .chain_update(document)
        .finalize();
    let digits = hash.iter().take(16).map(|octet| format!("{octet:02x}"));
    format!("\"{}\"", digits.collect::<String>())
}

/// RFC 9110 §13.1.2: `*`, or a list of tags of which the weak ones count as well.
fn names(known: &HeaderValue, etag: &str) -> bool {
    let Ok(text) = known.to_str() else {
        return false;
    };
    text.split(',').any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

/// May be kept, and is asked about every time: what was published is seen at once.
fn revalidated() -> [(http::HeaderName, HeaderValue); 1] {
    [(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"))]
}
