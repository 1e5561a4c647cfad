//! One conversation, with the one who holds it: what they may send, and what is remembered.

use jiff::{SignedDuration, Timestamp};

use super::provider::{Audience, Message};
use super::tools::Tool;
use crate::app::App;
use crate::fields::Fields;
use crate::ids::{AgentSessionId, TenantId};
use crate::model::agent_message::{self, AgentMessage, Author};
use crate::model::agent_session::{self, Owner};
use crate::problem::{Code, Problem};

/// A conversation that its holder was found to hold.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) tenant: TenantId,
    pub(crate) session: AgentSessionId,
    owner: Owner,
}

impl Conversation {
    /// The conversation of this id, if it is theirs; a foreign, an unknown and a finished one are
    /// the same 404.
    pub(crate) async fn of(
        app: &App,
        tenant: TenantId,
        session: AgentSessionId,
        owner: Owner,
    ) -> Result<Self, Problem> {
        let since = alive_since(&owner, app.now());
        let pool = app.database().pool();
        if !agent_session::is_of(tenant, pool, session, &owner, since).await? {
            return Err(Code::NotFound.into());
        }
        Ok(Self {
            tenant,
            session,
            owner,
        })
    }

    /// A new one.
    pub(crate) async fn begin(app: &App, tenant: TenantId, owner: Owner) -> Result<Self, Problem> {
        let session =
            agent_session::create(tenant, app.database().pool(), &owner, app.now()).await?;
        Ok(Self {
            tenant,
            session,
            owner,
        })
    }

    pub(crate) fn audience(&self) -> Audience {
        match self.owner {
            Owner::Account(_) => Audience::Admin,
            Owner::Visitor(_) => Audience::Visitor,
        }
    }

    pub(crate) fn tools(&self) -> &'static [Tool] {
        Tool::of(self.audience())
    }

    /// How often tools may be called before there has to be an answer.
    pub(crate) fn rounds(&self) -> usize {
        match self.audience() {
            Audience::Admin => 5,
            Audience::Visitor => 3,
        }
    }

    /// Whether a message may be sent.
    pub(crate) fn check(&self, text: &str) -> Result<(), Problem> {
        let most = match self.audience() {
            Audience::Admin => 10_000,
            Audience::Visitor => 2_000,
        };
        let mut fields = Fields::default();
        fields.text("message", text, 1..=most);
        fields.finish()
    }

    /// Keeps a message, and gives back its place.
    pub(crate) async fn keep(&self, app: &App, author: Author, text: &str) -> Result<i64, Problem> {
        let now = app.now();
        let since = alive_since(&self.owner, now);
        let mut transaction = app.database().begin().await?;
        let (tenant, session) = (self.tenant, self.session);
        if !agent_session::touch(tenant, &mut transaction, session, &self.owner, since, now).await?
        {
            return Err(Code::NotFound.into());
        }
        let seq =
            agent_message::append(tenant, &mut transaction, session, author, text, now).await?;
        transaction.commit().await?;
        Ok(seq)
    }

    /// The end of the conversation, as a provider gets it. It begins with the person: one provider
    /// takes nothing else.
    pub(crate) async fn context(&self, app: &App) -> Result<Vec<Message>, Problem> {
        let limit = match self.audience() {
            Audience::Admin => 20,
            Audience::Visitor => 10,
        };
        let pool = app.database().pool();
        let messages = agent_message::latest(self.tenant, pool, self.session, limit).await?;
        let messages = messages
            .into_iter()
            .skip_while(|message| message.author == Author::Assistant);
        Ok(messages.map(spoken).collect())
    }
}

fn spoken(message: AgentMessage) -> Message {
    match message.author {
        Author::Assistant => Message::Assistant {
            text: message.text,
            calls: Vec::new(),
        },
        Author::User => Message::User(message.text),
    }
}

/// A visitor's conversation ends after an hour without a word; the tenant's stays.
fn alive_since(owner: &Owner, now: Timestamp) -> Timestamp {
    match owner {
        Owner::Account(_) => Timestamp::UNIX_EPOCH,
        Owner::Visitor(_) => now
            .saturating_sub(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::UNIX_EPOCH),
    }
}
