//! The API under `/v1`: one file for each resource, and the layers that all share.

pub(crate) mod admin;
pub(crate) mod assets;
pub(crate) mod auth;
pub(crate) mod blackouts;
pub(crate) mod bookings;
pub(crate) mod branding;
pub(crate) mod landing_page;
pub(crate) mod packages;
pub(crate) mod stats;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, HeaderValue};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::app::{App, Settings};
use crate::assistant;
use crate::audit_writes::audit_writes;
use crate::idempotency;
use crate::model::{agent_session, proposal, refresh_token};
use crate::openapi::{Document, complete};
use crate::problem::{Code, Problem, REQUEST_ID, REQUEST_ID_HEADER};
use crate::public;

/// The API of Bookwell.
#[derive(Debug, Clone)]
pub struct Api {
    app: App,
}

impl Api {
    /// Ready to be served.
    pub fn new(settings: Settings) -> Self {
        Self {
            app: App::new(settings),
        }
    }

    /// Keeps the database tidy as long as it is polled: now, and once an hour.
    pub async fn background(self) {
        self.recover().await;
        let mut hourly = tokio::time::interval(Duration::from_hours(1));
        loop {
            hourly.tick().await;
            self.sweep().await;
        }
    }

    /// Ends what was half-way when the program ended; once, at its start.
    pub async fn recover(&self) {
        let (pool, now) = (self.app.database().pool(), self.app.now());
        match proposal::fail_interrupted(pool, now).await {
            Ok(rows) => tracing::debug!(rows, "proposals that were interrupted have failed"),
            Err(error) => tracing::warn!(%error, "interrupted proposals are as they were"),
        }
    }

    /// Removes what nobody needs any more; a failure waits for the next time.
    pub async fn sweep(&self) {
        let (database, now) = (self.app.database(), self.app.now());
        let pool = database.pool();
        let swept = [
            ("refresh tokens", refresh_token::sweep(pool, now).await),
            ("idempotency keys", idempotency::sweep(pool, now).await),
            ("proposals", proposal::expire_all(pool, now).await),
            (
                "conversations of visitors",
                agent_session::sweep(database, now).await,
            ),
        ];
        for (what, swept) in swept {
            match swept {
                Ok(rows) => tracing::debug!(what, rows, "expired rows are removed"),
                Err(error) => tracing::warn!(what, %error, "expired rows are not removed"),
            }
        }
    }

    /// Everything under `/v1`, and the document that describes it at `/v1/openapi.json`.
    pub fn router(&self) -> Router {
        let (routes, document) = OpenApiRouter::with_openapi(Document::openapi())
            .merge(admin::routes())
            .merge(assets::routes(&self.app))
            .merge(assistant::routes(&self.app))
            .merge(auth::routes())
            .merge(blackouts::routes())
            .merge(bookings::routes())
            .merge(branding::routes(&self.app))
            .merge(landing_page::routes(&self.app))
            .merge(packages::routes(&self.app))
            .merge(public::routes(&self.app))
            .merge(stats::routes())
            .split_for_parts();
        let document = Arc::new(complete(document));
        let document = move || {
            let document = Arc::clone(&document);
            async move { Json(document.as_ref().clone()) }
        };
        routes
            .route("/v1/openapi.json", get(document))
            .fallback(unknown)
            .method_not_allowed_fallback(not_allowed)
            .layer(from_fn_with_state(self.app.clone(), audit_writes))
            .layer(from_fn_with_state(self.app.clone(), public::cors))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(from_fn(around))
            .with_state(self.app.clone())
    }
}

async fn unknown() -> Problem {
    Code::NotFound.into()
}

async fn not_allowed() -> Problem {
    Code::MethodNotAllowed.into()
}

/// Knows the request's id, and lets nothing be stored that did not say otherwise.
async fn around(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID_HEADER);
    let given = given
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_id(id));
    let id = given.map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned);
    let mut response = REQUEST_ID
        .scope(id.clone(), async {
            next.run(request).await.into_response()
        })
        .await;
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID_HEADER, value);
    }
    response
}

fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-'))
}

/// Octets of a body, where a route says nothing else.
const MAX_BODY: usize = 100 * 1024;
