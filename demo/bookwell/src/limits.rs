//! How much one client may ask for; counted in memory, for this process alone, and forgotten at a restart.
//!
//! A resource wraps those of its routes that share a limit:
//!
//! ```text
//! pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
//!     Limit::AgentChat
//!         .on(app, OpenApiRouter::new().routes(routes!(chat)))
//!         .routes(routes!(health)) // exempt
//! }
//! ```
//!
//! A request takes one token and says in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10) what is left.
//! Where the limit is a tenant's, the bearer is checked first: nobody uses up what is another's, and 401 comes before 429.
//!
//! The window of a key begins with its first request.
//! So a client can have twice the limit around the end of a window, and never more than the limit on average.

mod windows;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::HeaderValue;
use http::request::Parts;
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;

pub(crate) use self::windows::{Limits, Standing};
use crate::app::App;
use crate::caller::TenantCaller;
use crate::client_address::ClientAddress;
use crate::ids::TenantId;
use crate::problem::Problem;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// Messages to a tenant's assistant.
    AgentChat,
    /// Saving and publishing drafts.
    Drafts,
    /// Failed sign-ins to one account.
    LoginAccount,
    /// Failed sign-ins from one address.
    LoginAddress,
    /// Reading and deciding proposals.
    Proposals,
    /// The storefront.
    PublicApi,
    /// Messages of visitors.
    PublicChat,
    /// Pictures.
    Uploads,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// Those to one account, by the hash of its name: a name has any length.
    Account([u8; 32]),
    /// Those of one client.
    Address(ClientAddress),
    /// Those of one business.
    Tenant(TenantId),
}

/// So many within so many seconds, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    name: &'static str,
    most: u32,
    seconds: i64,
    at_once: Option<u32>,
}

impl Limit {
    /// These routes, under this limit.
    pub(crate) fn on(self, app: &App, routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
        routes.route_layer(from_fn_with_state((app.clone(), self), count))
    }

    fn rule(self) -> Rule {
        let (name, most, seconds) = match self {
            Self::AgentChat => ("agent-chat", 30, 5 * 60),
            Self::Drafts => ("drafts", 120, 60),
            Self::LoginAccount => ("login-account", 10, 15 * 60),
            Self::LoginAddress => ("login-address", 5, 15 * 60),
            Self::Proposals => ("proposals", 60, 5 * 60),
            Self::PublicApi => ("public-api", 300, 15 * 60),
            Self::PublicChat => ("public-chat", 20, 60),
            Self::Uploads => ("uploads", 50, 60 * 60),
        };
        Rule {
            name,
            most,
            seconds,
            at_once: (self == Self::Uploads).then_some(3),
        }
    }

    async fn key(self, parts: &mut Parts, app: &App) -> Result<Key, Problem> {
        match self {
            Self::AgentChat | Self::Drafts | Self::Proposals | Self::Uploads => {
                let caller = TenantCaller::from_request_parts(parts, app).await?;
                Ok(Key::Tenant(caller.tenant))
            }
            Self::LoginAccount | Self::LoginAddress | Self::PublicApi | Self::PublicChat => {
                Ok(Key::Address(ClientAddress::of(parts)))
            }
        }
    }
}

impl Key {
    /// The account of this name, whether there is one or not.
    pub(crate) fn account(email: &str) -> Self {
        Self::Account(Sha256::digest(email.to_lowercase()).into())
    }
}

async fn count(State((app, limit)): State<(App, Limit)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let key = match limit.key(&mut parts, &app).await {
        Ok(key) => key,
        Err(problem) => return problem.into_response(),
    };
    let (mut response, standing) = match app.limits().enter(limit, key, app.now()) {
        Ok((_running, standing)) => {
            let request = Request::from_parts(parts, body);
            (next.run(request).await, standing)
        }
        Err(standing) => (
            Problem::rate_limited(standing.seconds).into_response(),
            standing,
        ),
    };
    describe(limit, standing, response.headers_mut());
    response
}

fn describe(limit: Limit, standing: Standing, headers: &mut HeaderMap) {
    let Rule {
        name,
        most,
        seconds,
        at_once: _,
    } = limit.rule();
    let policy = format!("\"{name}\";q={most};w={seconds}");
    let left = format!("\"{name}\";r={};t={}", standing.left, standing.seconds);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests;
