//! Saying something to the assistant.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::conversation::Conversation;
use super::decision;
use super::stream::{self, Answer};
use super::turn::Turn;
use crate::app::App;
use crate::caller::TenantCaller;
use crate::ids::{AgentSessionId, ProposalId};
use crate::limits::Limit;
use crate::model::agent_message::Author;
use crate::model::agent_session::Owner;
use crate::problem::{FieldError, Problem};
use crate::read::Body;

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    Limit::AgentChat.on(app, OpenApiRouter::new().routes(routes!(chat)))
}

/// A message, and what is decided with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChatMessage)]
struct Said {
    session_id: AgentSessionId,
    #[schema(min_length = 1, max_length = 10_000)]
    message: String,
    /// Proposals of the tier `T2` that shall run; the others of that tier are dismissed.
    #[serde(default)]
    #[schema(max_items = 20)]
    approve: Vec<ProposalId>,
}

/// Says something, and gets an answer: as one document, or as events while it is made
/// (`Accept: text/event-stream`): `delta`, `tool`, `proposal`, and at the end `done` or `error`.
#[utoipa::path(
    post, path = "/v1/agent/chat", tag = "assistant", security(("bearer" = [])), request_body = Said,
    responses(
        (status = 200, description = "The answer", content((Answer = "application/json"), (String = "text/event-stream"))),
        (status = 404, description = "No such conversation, or one of somebody else; or a proposal that is none of its own"),
        (status = 503, description = "`assistant_unavailable` or `unavailable`; the message is kept"),
    )
)]
async fn chat(
    State(app): State<App>,
    caller: TenantCaller,
    headers: HeaderMap,
    Body(said): Body<Said>,
) -> Result<Response, Problem> {
    let owner = Owner::Account(caller.account);
    let conversation = Conversation::of(&app, caller.tenant, said.session_id, owner).await?;
    conversation.check(&said.message)?;
    if said.approve.len() > MOST_APPROVED {
        let error = FieldError::new("approve", "too_long", "At most 20 proposals");
        return Err(Problem::invalid(vec![error]));
    }
    decision::check_all(&app, &conversation, &said.approve).await?;
    conversation.keep(&app, Author::User, &said.message).await?;
    let decided = decision::with_message(&app, &conversation, &said.approve).await?;
    let turn = Turn {
        conversation,
        decided,
    };
    Ok(stream::answer(&app, turn, Some(caller.family), &headers).await)
}

const MOST_APPROVED: usize = 20;
