//! Conversations of the tenant: beginning one, and reading what was said.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::conversation::Conversation;
use super::greeting::Context;
use super::health::Health;
use super::proposal::ProposalRow;
use super::provider::Audience;
use crate::app::App;
use crate::caller::TenantCaller;
use crate::ids::AgentSessionId;
use crate::model::agent_message::{self, AgentMessage};
use crate::model::agent_session::{self, Owner};
use crate::model::proposal::{self, Scope};
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Body, Params, Segment};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(begin))
        .routes(routes!(messages))
}

/// Whether the assistant would answer, and if not, why.
#[utoipa::path(
    get, path = "/v1/agent/health", tag = "assistant", security(("bearer" = [])),
    responses(
        (status = 200, body = Health, description = "As it is now"),
    )
)]
async fn health(State(app): State<App>, caller: TenantCaller) -> Json<Health> {
    Json(Health::of(&app, caller.tenant, Audience::Admin).await)
}

/// Which conversation shall go on; none for the newest of the last day, or a new one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgentSessionRequest)]
struct Beginning {
    #[serde(default)]
    session_id: Option<AgentSessionId>,
}

/// A conversation, with its first words and its last ones.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentSession)]
struct Begun {
    session_id: AgentSessionId,
    greeting: String,
    context: Context,
    messages: Vec<AgentMessage>,
    /// The proposals that belong to these messages, the oldest first; each stands behind the turn in which it was made.
    proposals: Vec<ProposalRow>,
}

/// Begins a conversation, or goes on with one.
#[utoipa::path(
    post, path = "/v1/agent/session", tag = "assistant", security(("bearer" = [])), request_body = Option<Beginning>,
    responses(
        (status = 200, description = "It goes on", body = Begun),
        (status = 201, description = "It is new", body = Begun),
        (status = 404, description = "No such conversation, or one of somebody else"),
    )
)]
async fn begin(
    State(app): State<App>,
    caller: TenantCaller,
    body: Option<Body<Beginning>>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    let Body(beginning) = body.unwrap_or_default();
    let (tenant, account) = (caller.tenant, caller.account);
    let context = Context::of(&app, tenant).await?;
    let owner = Owner::Account(account);
    let known = if let Some(id) = beginning.session_id {
        let named = Conversation::of(&app, tenant, id, owner.clone()).await?;
        Some(named.session)
    } else {
        let since = app.now().saturating_sub(DAY).unwrap_or(app.now());
        agent_session::newest(tenant, app.database().pool(), account, since).await?
    };
    let (status, session_id) = match known {
        Some(session) => (StatusCode::OK, session),
        None => (
            StatusCode::CREATED,
            Conversation::begin(&app, tenant, owner).await?.session,
        ),
    };
    let pool = app.database().pool();
    let messages = agent_message::latest(tenant, pool, session_id, SHOWN).await?;
    let scope = Scope::Session(session_id);
    let proposals = proposal::list(tenant, pool, scope, None, None, SHOWN).await?;
    let (now, first) = (app.now(), messages.first().map(|first| first.created_at));
    let begun = Begun {
        session_id,
        greeting: context.greeting(),
        context,
        messages,
        proposals: proposals
            .iter()
            .rev()
            .filter(|proposal| first.is_some_and(|first| first <= proposal.created_at))
            .map(|proposal| ProposalRow::of(proposal, now))
            .collect(),
    };
    Ok((status, Json(begun)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What was said in a conversation, from its beginning.
#[utoipa::path(
    get, path = "/v1/agent/session/{id}/messages", tag = "assistant", security(("bearer" = [])),
    params(("id" = AgentSessionId, Path), Part),
    responses(
        (status = 200, body = List<AgentMessage>, description = "As it is now"),
        (status = 404, description = "No such conversation, or one of somebody else"),
    )
)]
async fn messages(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    Params(part): Params<Part>,
) -> Result<Json<List<AgentMessage>>, Problem> {
    let page = Page::new(part.limit, part.cursor.as_deref())?;
    let id = AgentSessionId::parse(&id).ok_or(Code::NotFound)?;
    let owner = Owner::Account(caller.account);
    let conversation = Conversation::of(&app, caller.tenant, id, owner).await?;
    let pool = app.database().pool();
    let (tenant, session) = (conversation.tenant, conversation.session);
    let rows = agent_message::list(tenant, pool, session, page.number(), page.fetch()).await?;
    Ok(Json(List::of(rows, &page, |row: &AgentMessage| {
        (row.seq.to_string(), "-".to_owned())
    })))
}

/// How old a conversation may be that goes on by itself.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Messages, and proposals, that a panel begins with.
const SHOWN: i64 = 50;
