//! Deciding about a proposal: by its button, or with the next message.

use jiff::SignedDuration;

use super::conversation::Conversation;
use super::executor;
use super::proposal::ProposalRow;
use super::provider::Audience;
use super::tier::Tier;
use crate::app::App;
use crate::ids::{ProposalId, TenantId};
use crate::model::proposal::{self, Proposal, Scope, State};
use crate::problem::{Code, Problem};

/// Carries a proposal out, once: of two that come at the same time, one gets the conflict.
pub(crate) async fn confirm(
    app: &App,
    tenant: TenantId,
    scope: Scope,
    id: ProposalId,
    audience: Audience,
) -> Result<Proposal, Problem> {
    let now = app.now();
    let pool = app.database().pool();
    let found = proposal::find(tenant, pool, scope, id).await?;
    let session = found.ok_or(Code::NotFound)?.session;
    let app = app.clone();
    // What has begun is finished, even when nobody waits for it any more.
    executor::detached(async move {
        let pool = app.database().pool();
        let begun = proposal::begin(tenant, pool, session, id, now).await?;
        let Some(begun) = begun else {
            return Err(undecidable(&app, tenant, scope, id).await);
        };
        let done = executor::finish(&app, tenant, audience, begun).await?;
        match done.state {
            State::Executed => Ok(done),
            State::Executing
            | State::Expired
            | State::Failed
            | State::Pending
            | State::Rejected => Err(conflict(Code::ExecutionFailed, &app, &done)),
        }
    })
    .await
}

/// Dismisses a proposal. The note is for the log of the business, not for the model.
pub(crate) async fn reject(
    app: &App,
    tenant: TenantId,
    scope: Scope,
    id: ProposalId,
    note: Option<&str>,
) -> Result<Proposal, Problem> {
    let pool = app.database().pool();
    let found = proposal::find(tenant, pool, scope, id).await?;
    let session = found.ok_or(Code::NotFound)?.session;
    match proposal::reject(tenant, pool, session, id, note, app.now()).await? {
        Some(rejected) => Ok(rejected),
        None => Err(undecidable(app, tenant, scope, id).await),
    }
}

/// What a message decides besides what it says: the listed proposals of the second tier run, the
/// others of that tier are dismissed. Approval is this list and nothing in the text.
///
/// A listed one that is too old stays as it is, and so does every one of the third tier: they have
/// their button.
pub(crate) async fn with_message(
    app: &App,
    conversation: &Conversation,
    approved: &[ProposalId],
) -> Result<Vec<Proposal>, Problem> {
    let now = app.now();
    let (tenant, session) = (conversation.tenant, conversation.session);
    let scope = Scope::Session(session);
    let pool = app.database().pool();
    let pending =
        proposal::list(tenant, pool, scope, Some(State::Pending), None, MOST_OPEN).await?;
    let mut decided = Vec::new();
    for open in pending.into_iter().rev() {
        if open.tier != Tier::T2.as_str() || open.expires_at <= now {
            continue;
        }
        let outcome = if !approved.contains(&open.id) {
            reject(app, tenant, scope, open.id, None).await
        } else if now.duration_since(open.created_at) <= APPROVABLE {
            confirm(app, tenant, scope, open.id, conversation.audience()).await
        } else {
            continue;
        };
        match outcome {
            Ok(proposal) => decided.push(proposal),
            // It failed, or its button was quicker: the row says which.
            Err(_) => decided.extend(proposal::find(tenant, pool, scope, open.id).await?),
        }
    }
    Ok(decided)
}

/// Whether all of these are proposals of the conversation; a foreign and an unknown one are the
/// same 404.
pub(crate) async fn check_all(
    app: &App,
    conversation: &Conversation,
    ids: &[ProposalId],
) -> Result<(), Problem> {
    let scope = Scope::Session(conversation.session);
    for id in ids {
        let pool = app.database().pool();
        if proposal::find(conversation.tenant, pool, scope, *id)
            .await?
            .is_none()
        {
            return Err(Code::NotFound.into());
        }
    }
    Ok(())
}

/// Why a proposal that is there was not decided.
async fn undecidable(app: &App, tenant: TenantId, scope: Scope, id: ProposalId) -> Problem {
    match proposal::find(tenant, app.database().pool(), scope, id).await {
        Err(error) => error.into(),
        Ok(None) => Code::NotFound.into(),
        Ok(Some(now)) => match now.state {
            State::Pending | State::Expired => conflict(Code::ProposalExpired, app, &now),
            State::Executed | State::Executing | State::Failed | State::Rejected => {
                conflict(Code::ProposalNotPending, app, &now)
            }
        },
    }
}

fn conflict(code: Code, app: &App, proposal: &Proposal) -> Problem {
    let row = serde_json::to_value(ProposalRow::of(proposal, app.now())).unwrap_or_default();
    Problem::from(code).with_row(row)
}

/// How long after it was made a proposal may be approved with a message.
const APPROVABLE: SignedDuration = SignedDuration::from_mins(2);

/// More than this nobody has open in one conversation.
const MOST_OPEN: i64 = 100;
