//! The tools that would change something: each one makes a proposal.
//!
//! What a model or a message said is checked like the body of a request, against the tenant's own
//! rows, and turned into an [`Action`]; the table of `tier` says what happens then.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::action::Action;
use super::conversation::Conversation;
use super::draft::{self, Draft};
use super::executor;
use super::tier::{self, Tier};
use super::toolbox::Refusal;
use super::tools::Tool;
use crate::app::App;
use crate::database::retried;
use crate::model::proposal::{self, Proposal, State};
use crate::problem::{Code, Problem};

/// Makes the proposal that a tool asks for; one of the first tier runs at once.
pub(crate) async fn propose(
    app: &App,
    conversation: &Conversation,
    tool: Tool,
    with: Value,
) -> Result<Proposal, Refusal> {
    let drafted = draft::draft(app, conversation, tool, with).await?;
    let (tier, _) = tier::of(drafted.kind);
    match tier {
        Tier::T1 => Ok(retried(|| execute(app, conversation, &drafted)).await?),
        Tier::T2 | Tier::T3 => {
            let pool = app.database().pool();
            let payload = payload(&drafted.action)?;
            let row = row(app, conversation, &drafted, &payload, State::Pending);
            Ok(proposal::create(conversation.tenant, pool, row, app.now()).await?)
        }
    }
}

/// What the provider is told of a proposal. It gets no more than the card shows.
pub(crate) fn told(proposal: &Proposal) -> Value {
    json!({"proposal": {
        "id": proposal.id,
        "tool": proposal.tool,
        "tier": proposal.tier,
        "reason": proposal.reason,
        "preview": proposal.preview,
        "state": proposal.state,
        "expires_at": proposal.expires_at,
    }})
}

/// Proposal, effect and final state in one transaction: where the effect fails, there is nothing.
async fn execute(
    app: &App,
    conversation: &Conversation,
    drafted: &Draft,
) -> Result<Proposal, Problem> {
    let (tenant, now) = (conversation.tenant, app.now());
    let mut transaction = app.database().begin().await?;
    let payload = payload(&drafted.action)?;
    let row = row(app, conversation, drafted, &payload, State::Executing);
    let begun = proposal::create(tenant, &mut *transaction, row, now).await?;
    let audience = conversation.audience();
    let action = drafted.action.clone();
    let result = executor::effect(app, &mut transaction, tenant, audience, action).await?;
    let (session, id) = (begun.session, begun.id);
    let done = proposal::finish(tenant, &mut transaction, session, id, Ok(&result), now).await?;
    let done = done.ok_or(Code::Internal)?;
    transaction.commit().await?;
    Ok(done)
}

fn payload(action: &Action) -> Result<Value, Code> {
    serde_json::to_value(action).map_err(|_| Code::Internal)
}

fn row<'a>(
    app: &App,
    conversation: &Conversation,
    drafted: &'a Draft,
    payload: &'a Value,
    state: State,
) -> proposal::Draft<'a> {
    let (tier, reason) = tier::of(drafted.kind);
    proposal::Draft {
        session: conversation.session,
        tool: drafted.action.tool().name(),
        tier: tier.as_str(),
        reason: reason.as_str(),
        payload,
        preview: &drafted.preview,
        state,
        expires_at: app.now().saturating_add(LIFE).unwrap_or(app.now()),
    }
}

/// How long a proposal may be decided.
const LIFE: SignedDuration = SignedDuration::from_mins(30);
