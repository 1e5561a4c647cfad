//! The chat with visitors, whom nobody knows.
//!
//! Every visitor gets a conversation of their own, and with it a token that only they have; every
//! later call needs both. So no visitor can read, continue or decide what is another's.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::key::Visited;
use crate::app::App;
use crate::assistant::{self, Answer, Audience, Conversation, Health, ProposalRow, Turn};
use crate::ids::{AgentSessionId, ProposalId};
use crate::model::agent_message::Author;
use crate::model::agent_session::Owner;
use crate::model::proposal::Scope;
use crate::model::storefront::Storefront;
use crate::problem::{Code, Problem};
use crate::read::{Body, Segment};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin))
        .routes(routes!(message))
        .routes(routes!(confirm))
        .routes(routes!(reject))
}

pub(super) fn health_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the chat would answer, and if not, why.
#[utoipa::path(
    get, path = "/v1/public/chat/health", tag = "public", security(("tenant_key" = [])),
    responses((status = 200, body = Health, description = "As it is now"))
)]
async fn health(State(app): State<App>, Visited(visited): Visited) -> Json<Health> {
    Json(if visited.chat_enabled {
        Health::of(&app, visited.tenant, Audience::Visitor).await
    } else {
        Health::switched_off()
    })
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::empty_structs_with_brackets,
    reason = "an empty object is read, and a unit would be null"
)]
#[schema(as = VisitorSessionRequest)]
struct Beginning {}

/// A conversation, and the token that goes with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitorSession)]
struct Begun {
    session_id: AgentSessionId,
    /// Shown this once; every later call needs it.
    visitor_token: String,
    greeting: String,
}

/// Begins a conversation; a new one for everybody.
#[utoipa::path(
    post, path = "/v1/public/chat/session", tag = "public", security(("tenant_key" = [])), request_body = Beginning,
    responses(
        (status = 201, body = Begun, description = "It is there"),
        (status = 403, description = "`chat_disabled`, `tenant_inactive`, or `forbidden` for the site that asks"),
    )
)]
async fn begin(
    State(app): State<App>,
    Visited(visited): Visited,
    Body(Beginning {}): Body<Beginning>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    let visited = chatting(visited)?;
    let visitor_token = new_token()?;
    let owner = Owner::Visitor(hash(&visitor_token));
    let conversation = Conversation::begin(&app, visited.tenant, owner).await?;
    let begun = Begun {
        session_id: conversation.session,
        visitor_token,
        greeting: assistant::greeting_to_visitor(&visited.name),
    };
    Ok((StatusCode::CREATED, Json(begun)))
}

/// A message of a visitor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitorMessage)]
struct Said {
    session_id: AgentSessionId,
    visitor_token: String,
    #[schema(min_length = 1, max_length = 2000)]
    message: String,
}

/// Says something, and gets an answer: as one document, or as events while it is made
/// (`Accept: text/event-stream`).
#[utoipa::path(
    post, path = "/v1/public/chat/message", tag = "public", security(("tenant_key" = [])), request_body = Said,
    responses(
        (status = 200, description = "The answer", content((Answer = "application/json"), (String = "text/event-stream"))),
        (status = 403, description = "`chat_disabled`, `tenant_inactive`, or `forbidden` for the site that asks"),
        (status = 404, description = "No such conversation, or a token of another one"),
        (status = 503, description = "`assistant_unavailable` or `unavailable`; the message is kept"),
    )
)]
async fn message(
    State(app): State<App>,
    Visited(visited): Visited,
    headers: HeaderMap,
    Body(said): Body<Said>,
) -> Result<Response, Problem> {
    let visited = chatting(visited)?;
    let conversation = held(&app, &visited, said.session_id, &said.visitor_token).await?;
    conversation.check(&said.message)?;
    conversation.keep(&app, Author::User, &said.message).await?;
    let turn = Turn {
        conversation,
        // A visitor's proposals all have their button.
        decided: Vec::new(),
    };
    Ok(assistant::answer(&app, turn, None, &headers).await)
}

/// Who decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitorDecision)]
struct Decider {
    session_id: AgentSessionId,
    visitor_token: String,
}

/// Carries a proposal of the conversation out.
#[utoipa::path(
    post, path = "/v1/public/chat/proposals/{id}/confirm", tag = "public", security(("tenant_key" = [])),
    params(("id" = ProposalId, Path)), request_body = Decider,
    responses(
        (status = 200, body = ProposalRow, description = "It is done"),
        (status = 409, description = "`proposal_not_pending`, or `execution_failed`; with the row"),
        (status = 410, description = "`proposal_expired`, with the row"),
    )
)]
async fn confirm(
    State(app): State<App>,
    Visited(visited): Visited,
    Segment(id): Segment,
    Body(decider): Body<Decider>,
) -> Result<Json<ProposalRow>, Problem> {
    let visited = chatting(visited)?;
    let conversation = held(&app, &visited, decider.session_id, &decider.visitor_token).await?;
    let id = ProposalId::parse(&id).ok_or(Code::NotFound)?;
    let scope = Scope::Session(conversation.session);
    let done = assistant::confirm(&app, visited.tenant, scope, id, Audience::Visitor).await?;
    Ok(Json(ProposalRow::of(&done, app.now())))
}

/// Dismisses a proposal of the conversation.
#[utoipa::path(
    post, path = "/v1/public/chat/proposals/{id}/reject", tag = "public", security(("tenant_key" = [])),
    params(("id" = ProposalId, Path)), request_body = Decider,
    responses(
        (status = 200, body = ProposalRow, description = "It is dismissed"),
        (status = 409, description = "`proposal_not_pending`, with the row"),
        (status = 410, description = "`proposal_expired`, with the row"),
    )
)]
async fn reject(
    State(app): State<App>,
    Visited(visited): Visited,
    Segment(id): Segment,
    Body(decider): Body<Decider>,
) -> Result<Json<ProposalRow>, Problem> {
    let visited = chatting(visited)?;
    let conversation = held(&app, &visited, decider.session_id, &decider.visitor_token).await?;
    let id = ProposalId::parse(&id).ok_or(Code::NotFound)?;
    let scope = Scope::Session(conversation.session);
    let done = assistant::reject(&app, visited.tenant, scope, id, None).await?;
    Ok(Json(ProposalRow::of(&done, app.now())))
}

/// The business, if it lets visitors chat.
fn chatting(visited: Storefront) -> Result<Storefront, Problem> {
    if !visited.chat_enabled {
        return Err(Code::ChatDisabled.into());
    }
    Ok(visited)
}

/// The conversation of this id, for the one who has its token.
async fn held(
    app: &App,
    visited: &Storefront,
    session: AgentSessionId,
    token: &str,
) -> Result<Conversation, Problem> {
    let owner = Owner::Visitor(hash(token));
    Conversation::of(app, visited.tenant, session, owner).await
}

/// 256 bits that nobody guesses.
fn new_token() -> Result<String, Problem> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets).map_err(|error| {
        tracing::error!(%error, "there is no randomness");
        Code::Internal
    })?;
    Ok(URL_SAFE_NO_PAD.encode(octets))
}

/// What is kept of a token. It is random: a plain hash is enough, and the database compares hashes.
fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
