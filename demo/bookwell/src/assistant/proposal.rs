//! Proposals as people see them, and what they do with them.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::decision;
use super::provider::Audience;
use crate::app::App;
use crate::caller::TenantCaller;
use crate::fields::Fields;
use crate::ids::ProposalId;
use crate::limits::Limit;
use crate::model::proposal::{self, Proposal, Scope};
use crate::page::{List, Page};
use crate::problem::{Code, Problem};
use crate::read::{Body, Params, Segment};

pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(confirm))
        .routes(routes!(reject));
    Limit::Proposals.on(app, routes)
}

/// A proposal, for its card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(crate) struct ProposalRow {
    id: ProposalId,
    tool: String,
    /// `T1`, `T2` or `T3`.
    tier: String,
    reason: String,
    /// What would happen, in a sentence.
    preview: String,
    state: proposal::State,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// What was made, by its id.
    #[schema(required)]
    result: Option<Value>,
    /// Why it failed.
    #[schema(required)]
    error_code: Option<String>,
    /// The call that takes it back, where there is one: `method`, `path` below `/api`, and where it needs them `if_match` and `body`.
    #[schema(required)]
    undo: Option<Value>,
}

impl ProposalRow {
    pub(crate) fn of(proposal: &Proposal, now: Timestamp) -> Self {
        // The sweep may come later than the end.
        let over = proposal.state == proposal::State::Pending && proposal.expires_at <= now;
        let mut result = proposal.result.clone();
        let undo = result.as_mut().and_then(Value::as_object_mut);
        Self {
            id: proposal.id,
            tool: proposal.tool.clone(),
            tier: proposal.tier.clone(),
            reason: proposal.reason.clone(),
            preview: proposal.preview.clone(),
            state: if over {
                proposal::State::Expired
            } else {
                proposal.state
            },
            expires_at: proposal.expires_at,
            created_at: proposal.created_at,
            undo: undo.and_then(|result| result.remove("undo")),
            result,
            error_code: proposal.error_code.clone(),
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this state.
    state: Option<proposal::State>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The proposals of the caller's conversations, the newest first.
#[utoipa::path(
    get, path = "/v1/agent/proposals", tag = "assistant", params(Filter), security(("bearer" = [])),
    responses(
        (status = 200, body = List<ProposalRow>, description = "As it is now"),
    )
)]
async fn list(
    State(app): State<App>,
    caller: TenantCaller,
    Params(filter): Params<Filter>,
) -> Result<Json<List<ProposalRow>>, Problem> {
    let page = Page::new(filter.limit, filter.cursor.as_deref())?;
    let before = ProposalId::parse(page.id());
    let pool = app.database().pool();
    let scope = Scope::Account(caller.account);
    let rows = proposal::list(
        caller.tenant,
        pool,
        scope,
        filter.state,
        before,
        page.fetch(),
    )
    .await?;
    let now = app.now();
    let rows = rows.iter().map(|row| ProposalRow::of(row, now)).collect();
    Ok(Json(List::of(rows, &page, |row: &ProposalRow| {
        (String::from("-"), row.id.to_string())
    })))
}

/// One proposal.
#[utoipa::path(
    get, path = "/v1/agent/proposals/{id}", tag = "assistant", security(("bearer" = [])),
    params(("id" = ProposalId, Path)),
    responses(
        (status = 200, body = ProposalRow, description = "As it is now"),
    )
)]
async fn find(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Json<ProposalRow>, Problem> {
    let id = ProposalId::parse(&id).ok_or(Code::NotFound)?;
    let scope = Scope::Account(caller.account);
    let found = proposal::find(caller.tenant, app.database().pool(), scope, id).await?;
    let found = found.ok_or(Code::NotFound)?;
    Ok(Json(ProposalRow::of(&found, app.now())))
}

/// Carries a proposal out.
#[utoipa::path(
    post, path = "/v1/agent/proposals/{id}/confirm", tag = "assistant", security(("bearer" = [])),
    params(("id" = ProposalId, Path)),
    responses(
        (status = 200, body = ProposalRow, description = "As it is now"),
        (status = 409, description = "`proposal_not_pending`, or `execution_failed`; with the row"),
        (status = 410, description = "`proposal_expired`, with the row"),
    )
)]
async fn confirm(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
) -> Result<Json<ProposalRow>, Problem> {
    let id = ProposalId::parse(&id).ok_or(Code::NotFound)?;
    let scope = Scope::Account(caller.account);
    let done = decision::confirm(&app, caller.tenant, scope, id, Audience::Admin).await?;
    Ok(Json(ProposalRow::of(&done, app.now())))
}

/// Why not.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposalRejection)]
struct Rejection {
    #[serde(default)]
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// Dismisses a proposal.
#[utoipa::path(
    post, path = "/v1/agent/proposals/{id}/reject", tag = "assistant", security(("bearer" = [])),
    params(("id" = ProposalId, Path)), request_body = Option<Rejection>,
    responses(
        (status = 200, body = ProposalRow, description = "As it is now"),
        (status = 409, description = "`proposal_not_pending`, with the row"),
        (status = 410, description = "`proposal_expired`, with the row"),
    )
)]
async fn reject(
    State(app): State<App>,
    caller: TenantCaller,
    Segment(id): Segment,
    body: Option<Body<Rejection>>,
) -> Result<Json<ProposalRow>, Problem> {
    let Body(rejection) = body.unwrap_or_default();
    let mut fields = Fields::default();
    fields.optional("note", rejection.note.as_deref(), 200);
    fields.finish()?;
    let id = ProposalId::parse(&id).ok_or(Code::NotFound)?;
    let scope = Scope::Account(caller.account);
    let note = rejection.note.as_deref();
    let done = decision::reject(&app, caller.tenant, scope, id, note).await?;
    Ok(Json(ProposalRow::of(&done, app.now())))
}
