//! What an administrator of the platform does for a business stands in the audit log.

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::Method;

use crate::app::App;
use crate::caller::AnyCaller;
use crate::model::audit::{self, Entry};
use crate::problem::{Code, Problem};
use crate::token::Kind;

/// Writes down every request of somebody who impersonates, except those that only read.
///
/// The layer is around all routes, so that none can be forgotten; those of the platform write their own entries.
/// One entry comes before, so that nothing is done that stands nowhere, and one after with the status; the request's id joins them.
pub(crate) async fn audit_writes(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("unknown route", MatchedPath::as_str);
    if reads || route.starts_with("/v1/admin/") {
        return next.run(request).await;
    }
    let action = format!("{} {route}", request.method());
    let (mut parts, body) = request.into_parts();
    let claims = match AnyCaller::from_request_parts(&mut parts, &app).await {
        Ok(AnyCaller(claims)) if claims.kind == Kind::Impersonation => claims,
        // The route itself refuses whom it does not know.
        Ok(_) | Err(_) => return next.run(Request::from_parts(parts, body)).await,
    };
    let subject = parts.uri.path().to_owned();
    let entry = |outcome| Entry {
        tenant: claims.tenant_id,
        actor: claims.sub,
        on_behalf_of: claims.tenant_id,
        action: &action,
        subject: &subject,
        outcome,
    };
    let pool = app.database().pool();
    if let Err(error) = audit::write(pool, entry("begun"), app.now()).await {
        tracing::error!(%error, "the audit log does not take an entry");
        return Problem::from(Code::Unavailable).into_response();
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if let Err(error) = audit::write(pool, entry(status.as_str()), app.now()).await {
        tracing::error!(%error, "the audit log does not take an outcome");
    }
    response
}
