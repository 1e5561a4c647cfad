//! What anybody may ask about a business: its storefront, and the chat with its visitors.
//!
//! The business comes from `X-Tenant-Key` ([`key`]), which is printed in every page that embeds the
//! chat and is no secret. Where a browser asks from another site, [`cors`] decides.

mod chat;
mod cors;
mod key;
mod storefront;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::limits::Limit;

pub(crate) use cors::cors;

/// The routes under `/v1/public`.
pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    Limit::PublicApi
        .on(app, storefront::routes())
        .merge(Limit::PublicChat.on(app, chat::routes()))
        // Exempt from limits.
        .merge(chat::health_routes())
}
