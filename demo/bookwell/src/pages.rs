//! The pages: HTML from the server, assets, and the few endpoints that must change the session.
//!
//! They know the user by the session cookie and the data by the API's answers, which the browser asks for itself
//! under `/api/…`; only the storefront is filled here, so that it works without script.
//! No page, script or header carries a token.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use serde::Serialize;
use vestibule_session::{Reader, Rules, Secret};

use crate::clock::Clock;

mod admin;
mod assets;
mod backend;
mod callback;
mod guard;
mod impersonation;
mod landing;
mod origin;
mod refusal;
mod sign_in;
mod storefront;
mod templates;
mod tenant;
mod theme;
mod viewer;

use assets::Assets;
use backend::Backend;
use templates::Templates;

/// What the pages are told at start.
#[derive(Debug, Clone)]
pub struct PagesSettings {
    /// The secrets of the session, newest first; the first one seals what is written.
    pub secrets: Vec<Secret>,
    /// Where the API listens, such as `http://127.0.0.1:4000`.
    pub api_url: String,
    /// Every tenant with its public key.
    pub storefronts: Vec<Storefront>,
    /// Where each tenant lives: its slug and its time zone. Its days begin there, and not where a browser is.
    pub time_zones: Vec<(String, String)>,
    /// Accounts that the sign-in page offers; none outside a demonstration.
    pub demo_accounts: Vec<DemoAccount>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// A tenant as the public sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Storefront {
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The key of the public API.
    pub public_key: String,
}

/// An account that may be shown to everybody.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAccount {
    /// Whose account it is, in words.
    pub name: String,
    /// What to sign in with.
    pub email: String,
    /// The password, public by intent.
    pub password: String,
}

/// Everything that is no API: pages under `/`, assets, the embedded widget.
///
/// Fails where no HTTP client can be made, which concerns the machine and not the settings.
pub fn router(settings: PagesSettings) -> Result<Router, reqwest::Error> {
    let pages = Pages::new(settings)?;
    let routes = Router::new()
        .route("/", get(sign_in::home))
        .route("/login", get(sign_in::page))
        .route("/tenant", get(tenant::start))
        .route("/tenant/{*page}", get(tenant::page))
        .route("/tenant/landing-page/preview", post(landing::preview))
        .route("/admin", get(admin::start))
        .route("/admin/{*page}", get(admin::page))
        .route("/admin/impersonation/start", post(impersonation::start))
        .route("/admin/impersonation/stop", post(impersonation::stop))
        .route("/t/{slug}", get(storefront::home))
        .route("/t/{slug}/theme.css", get(storefront::theme))
        .route("/t/{slug}/{page}", get(storefront::page))
        .route("/assets/{name}", get(assets::hashed))
        .route("/embed/bookwell-chat.js", get(assets::widget))
        .route("/favicon.ico", get(assets::favicon))
        .fallback(refusal::unknown)
        .method_not_allowed_fallback(refusal::not_allowed)
        .layer(from_fn(guard::around))
        .with_state(pages);
    Ok(routes)
}

/// The state of all pages; a cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct Pages(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    reader: Reader,
    secrets: Vec<Secret>,
    backend: Backend,
    assets: Assets,
    templates: Templates,
    storefronts: BTreeMap<String, Storefront>,
    time_zones: BTreeMap<String, String>,
    demo_accounts: Vec<DemoAccount>,
    clock: Clock,
}

impl Pages {
    fn new(settings: PagesSettings) -> Result<Self, reqwest::Error> {
        let assets = Assets::new();
        let templates = Templates::new(&assets);
        let by_slug = |storefront: Storefront| (storefront.slug.clone(), storefront);
        Ok(Self(Arc::new(Parts {
            reader: Reader::new(&settings.secrets, Rules::default()),
            secrets: settings.secrets,
            backend: Backend::new(&settings.api_url)?,
            assets,
            templates,
            storefronts: settings.storefronts.into_iter().map(by_slug).collect(),
            time_zones: settings.time_zones.into_iter().collect(),
            demo_accounts: settings.demo_accounts,
            clock: settings.clock,
        })))
    }

    fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// The secret that seals; there is none only where no session opens either.
    fn secret(&self) -> Option<&Secret> {
        self.0.secrets.first()
    }

    fn backend(&self) -> &Backend {
        &self.0.backend
    }

    fn assets(&self) -> &Assets {
        &self.0.assets
    }

    fn templates(&self) -> &Templates {
        &self.0.templates
    }

    fn storefront(&self, slug: &str) -> Option<&Storefront> {
        self.0.storefronts.get(slug)
    }

    fn time_zone(&self, slug: &str) -> Option<&String> {
        self.0.time_zones.get(slug)
    }

    fn storefronts(&self) -> impl Iterator<Item = &Storefront> {
        self.0.storefronts.values()
    }

    fn demo_accounts(&self) -> &[DemoAccount] {
        &self.0.demo_accounts
    }

    /// Unix seconds.
    fn now(&self) -> u64 {
        u64::try_from(self.0.clock.now().as_second()).unwrap_or_default()
    }
}
