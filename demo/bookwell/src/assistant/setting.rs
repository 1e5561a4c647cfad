//! What a provider is told before anybody speaks.

use super::conversation::Conversation;
use super::provider::Setting;
use crate::app::App;
use crate::model::proposal::{self, Proposal};
use crate::model::{locale, tenant};
use crate::problem::{Code, Problem};

/// The setting of a conversation, and what was decided with its last message.
pub(crate) async fn of(
    app: &App,
    conversation: &Conversation,
    decided: &[Proposal],
) -> Result<Setting, Problem> {
    let pool = app.database().pool();
    let now = app.now();
    let business = tenant::find(pool, conversation.tenant).await?;
    let business = business.ok_or(Code::NotFound)?;
    let locale = locale::of(conversation.tenant, pool).await?;
    let open = proposal::count_open(conversation.tenant, pool, conversation.session, now).await?;
    Ok(Setting {
        audience: conversation.audience(),
        tenant: business.name,
        currency: business.currency,
        time_zone: business.time_zone,
        today: locale.today(now),
        open_proposals: u32::try_from(open).unwrap_or(u32::MAX),
        decided: decided
            .iter()
            .map(|proposal| format!("{} {}", proposal.preview, outcome(proposal)))
            .collect(),
    })
}

fn outcome(proposal: &Proposal) -> &'static str {
    match proposal.state {
        proposal::State::Executed => "That is done.",
        proposal::State::Failed => "That failed.",
        proposal::State::Rejected => "That was dismissed.",
        proposal::State::Expired => "That came too late.",
        proposal::State::Executing | proposal::State::Pending => "That is not decided.",
    }
}
