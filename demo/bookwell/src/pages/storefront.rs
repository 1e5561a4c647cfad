//! The storefront of a tenant: filled on the server from the public API, so that it works without script.
//!
//! It is the same for everybody, but for the banner of an administrator who acts for a tenant.

use axum::extract::{Path, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, VARY};
use http::{HeaderMap, StatusCode};
use minijinja::context;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::backend::Answer;
use super::refusal::{self, Refusal};
use super::theme::Theme;
use super::viewer::{Impersonation, SignedIn, impersonation};
use super::{Pages, assets, guard};

/// What `GET /tenant` of the public API says.
#[derive(Debug, Deserialize, Serialize)]
struct Tenant {
    name: String,
    #[serde(flatten)]
    theme: Theme,
    logo_url: Option<String>,
    #[serde(default = "usual_currency")]
    currency: String,
    chat_enabled: bool,
}

#[derive(Debug, Deserialize)]
struct Package {
    title: String,
    description: String,
    price_cents: u64,
    photo_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Packages {
    items: Vec<Package>,
}

pub(crate) async fn home(
    State(pages): State<Pages>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    draw(&pages, &slug, "home", &headers).await
}

pub(crate) async fn page(
    State(pages): State<Pages>,
    Path((slug, page)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // Home has one address.
    if page == "home" {
        return refusal::not_found(&pages, &headers);
    }
    draw(&pages, &slug, &page, &headers).await
}

/// The tenant's colours as a style sheet: the policy allows no style in the page itself.
pub(crate) async fn theme(
    State(pages): State<Pages>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let tenant = match pages.storefront(&slug) {
        Some(storefront) => {
            read::<Tenant>(&pages, "tenant", &storefront.public_key, &headers).await
        }
        None => Err(Refusal::NotFound),
    };
    match tenant {
        Ok(tenant) => {
            let sheet = tenant.theme.sheet();
            assets::respond(
                &headers,
                "text/css; charset=utf-8",
                sheet,
                assets::ASKED_AGAIN,
            )
        }
        Err(refusal @ Refusal::NotFound) => refusal.page(&pages, &headers),
        // The page that wants it says what is wrong; in place of a sheet nobody would read it.
        Err(_) => {
            let sheet = Theme::usual().sheet();
            assets::respond(&headers, "text/css; charset=utf-8", sheet, "no-store")
        }
    }
}

async fn draw(pages: &Pages, slug: &str, name: &str, headers: &HeaderMap) -> Response {
    let acting = SignedIn::of(headers, pages).and_then(|SignedIn(session)| impersonation(&session));
    match filled(pages, slug, name, headers, acting.as_ref()).await {
        Ok(mut response) => {
            let own = response.headers_mut();
            own.insert(CONTENT_SECURITY_POLICY, guard::WITH_IMAGES);
            // With the banner it is a page of somebody, and kept as little as those.
            if acting.is_none() {
                own.insert(CACHE_CONTROL, HeaderValue::from_static(assets::ASKED_AGAIN));
                own.insert(VARY, HeaderValue::from_static("Cookie"));
            }
            response
        }
        Err(refusal) => refusal.page(pages, headers),
    }
}

async fn filled(
    pages: &Pages,
    slug: &str,
    name: &str,
    headers: &HeaderMap,
    acting: Option<&Impersonation>,
) -> Result<Response, Refusal> {
    let label = label(name).ok_or(Refusal::NotFound)?;
    let storefront = pages.storefront(slug).ok_or(Refusal::NotFound)?;
    let key = &storefront.public_key;
    let (tenant, packages, document) = tokio::join!(
        read::<Tenant>(pages, "tenant", key, headers),
        read::<Packages>(pages, "packages", key, headers),
        published(pages, key, headers),
    );
    let (tenant, packages, document) = (tenant?, packages?.items, document?);
    let enabled = |name: &str| {
        let page = document.get("pages").and_then(|pages| pages.get(name));
        page.filter(|page| name == "home" || page.get("enabled") == Some(&Value::Bool(true)))
    };
    let shown = enabled(name);
    if shown.is_none() && name != "home" {
        return Err(Refusal::NotFound);
    }
    let sections = shown
        .and_then(|page| page.get("sections")?.as_array())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let navigation: Vec<_> = (PAGES.iter())
        .filter(|(page, _)| *page == "home" || enabled(page).is_some())
        .map(|(name, label)| context! { name => *name, label => *label })
        .collect();
    let packages: Vec<_> = (packages.iter())
        .map(|package| {
            context! {
                title => &package.title,
                description => &package.description,
                photo_url => &package.photo_url,
                price => price(package.price_cents, &tenant.currency),
            }
        })
        .collect();
    let context = context! {
        base => format!("/t/{slug}"),
        key,
        page => context! { name, label },
        pages => navigation,
        opens => sections.first().is_some_and(opens),
        sections => Serde(sections),
        packages,
        tenant => Serde(&tenant),
        acting => Serde(acting),
    };
    Ok(refusal::show(pages, "storefront.html", context))
}

/// The published document; a tenant without one has an empty page.
async fn published(pages: &Pages, key: &str, headers: &HeaderMap) -> Result<Value, Refusal> {
    let answer = asked(pages, "landing-page", key, headers).await?;
    if answer.status == StatusCode::NOT_FOUND {
        return Ok(Value::Null);
    }
    good(&answer)
}

async fn read<T: serde::de::DeserializeOwned>(
    pages: &Pages,
    path: &str,
    key: &str,
    headers: &HeaderMap,
) -> Result<T, Refusal> {
    good(&asked(pages, path, key, headers).await?)
}

async fn asked(
    pages: &Pages,
    path: &str,
    key: &str,
    headers: &HeaderMap,
) -> Result<Answer, Refusal> {
    pages
        .backend()
        .public(path, key, headers)
        .await
        .map_err(|error| {
            tracing::warn!(
                path,
                error = &error as &dyn std::error::Error,
                "a storefront is not filled"
            );
            Refusal::Unavailable
        })
}

fn good<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, Refusal> {
    match answer.status {
        StatusCode::OK => answer.json().ok_or(Refusal::Unavailable),
        // An inactive tenant is nobody's business.
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(Refusal::NotFound),
        StatusCode::TOO_MANY_REQUESTS => Err(Refusal::RateLimited),
        _ => Err(Refusal::Unavailable),
    }
}

/// Whether the section has the page's title, so that the page needs no other.
fn opens(section: &Value) -> bool {
    section.get("type").and_then(Value::as_str) == Some("hero")
}

/// Whole cents, digit by digit; no fraction is a float.
fn price(cents: u64, currency: &str) -> String {
    let (whole, fraction) = (cents / 100, cents % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let symbol = match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        other => return format!("{other}\u{a0}{grouped}.{fraction:02}"),
    };
    if fraction == 0 {
        format!("{symbol}{grouped}")
    } else {
        format!("{symbol}{grouped}.{fraction:02}")
    }
}

fn label(name: &str) -> Option<&'static str> {
    let page = PAGES.iter().find(|(page, _)| *page == name);
    page.map(|(_, label)| *label)
}

fn usual_currency() -> String {
    "USD".to_owned()
}

/// The pages of a landing-page document, in the order of the navigation.
const PAGES: &[(&str, &str)] = &[
    ("home", "Home"),
    ("about", "About"),
    ("services", "Services"),
    ("gallery", "Gallery"),
    ("testimonials", "Testimonials"),
    ("faq", "Questions"),
    ("contact", "Contact"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        for (cents, currency, text) in [
            (0, "USD", "$0"),
            (5, "USD", "$0.05"),
            (120_000, "EUR", "€1,200"),
            (99_999_999, "USD", "$999,999.99"),
            (100_050, "CHF", "CHF\u{a0}1,000.50"),
        ] {
            assert_eq!(price(cents, currency), text);
        }
    }
}
