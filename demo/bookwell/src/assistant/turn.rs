//! One turn of a conversation: from what the person said to the answer that is kept.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::conversation::Conversation;
use super::health::Reason;
use super::proposal::ProposalRow;
use super::provider::{CallResult, Failure, Message, Prompt, Reply};
use super::setting;
use super::stream::Event;
use super::toolbox;
use crate::app::App;
use crate::model::agent_message::Author;
use crate::model::proposal::Proposal;
use crate::problem::{Code, Problem};

/// A turn whose first half is kept: the person's message, and what they decided with it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) conversation: Conversation,
    /// Proposals that the message approved or rejected.
    pub(crate) decided: Vec<Proposal>,
}

/// Why a turn ends without an answer.
enum End {
    Problem(Problem),
    Provider(Failure),
    /// Nobody listens any more.
    Unheard,
}

impl Turn {
    /// Makes the answer. The last event is `Done` or `Error`, and there is one of them.
    pub(crate) async fn run(self, app: &App, events: &mpsc::Sender<Event>) {
        let answer = timeout(LONGEST, self.answer(app, events)).await;
        let last = match answer.unwrap_or(Err(End::Provider(Failure::Timeout))) {
            Ok(message_seq) => Event::Done { message_seq },
            Err(End::Unheard) => return,
            Err(End::Problem(problem)) => Event::Error {
                code: problem.code(),
                reason: None,
            },
            Err(End::Provider(failure)) => {
                tracing::warn!(%failure, "the assistant's provider gave no answer");
                app.assistant().note(failure, app.now()).await;
                Event::Error {
                    code: Code::AssistantUnavailable,
                    reason: Some(Reason::from(failure)),
                }
            }
        };
        let _ = events.send(last).await;
    }

    async fn answer(self, app: &App, events: &mpsc::Sender<Event>) -> Result<i64, End> {
        let conversation = &self.conversation;
        for proposal in &self.decided {
            let row = ProposalRow::of(proposal, app.now());
            heard(events.send(Event::Proposal(Box::new(row))).await)?;
        }
        let setting = setting::of(app, conversation, &self.decided).await?;
        let mut prompt = Prompt {
            setting,
            messages: conversation.context(app).await?,
            tools: conversation.tools(),
            may_call: true,
        };
        let mut text = String::new();
        for round in 0..=conversation.rounds() {
            prompt.may_call = round < conversation.rounds();
            let reply = ask(app, &prompt, events, &mut text).await?;
            if reply.calls.is_empty() || !prompt.may_call {
                break;
            }
            let mut results = Vec::new();
            for call in &reply.calls {
                let outcome = toolbox::call(app, conversation, call).await;
                let (name, ok) = (outcome.name, outcome.result.is_ok());
                heard(events.send(Event::Tool { name, ok }).await)?;
                if let Some(proposal) = &outcome.proposal {
                    let row = ProposalRow::of(proposal, app.now());
                    heard(events.send(Event::Proposal(Box::new(row))).await)?;
                }
                results.push(CallResult {
                    id: call.id.clone(),
                    ok,
                    content: outcome.result.unwrap_or_else(|error| error),
                });
            }
            prompt.messages.push(Message::Assistant {
                text: reply.text,
                calls: reply.calls,
            });
            prompt.messages.push(Message::Results(results));
        }
        if text.trim().is_empty() {
            // A model may end without a word; a person should not have to guess why.
            WORDLESS.clone_into(&mut text);
            heard(events.send(Event::Delta(text.clone())).await)?;
        }
        Ok(conversation.keep(app, Author::Assistant, &text).await?)
    }
}

/// One round: the pieces go on to the client as they come.
async fn ask(
    app: &App,
    prompt: &Prompt,
    events: &mpsc::Sender<Event>,
    text: &mut String,
) -> Result<Reply, End> {
    let (sender, mut pieces) = mpsc::channel(1);
    let mut reply = pin!(app.assistant().provider().reply(prompt, &sender));
    let mut first = true;
    loop {
        let piece = tokio::select! {
            biased;
            Some(piece) = pieces.recv() => piece,
            reply = &mut reply => match pieces.try_recv() {
                // The last piece and the end came together.
                Ok(piece) => {
                    say(events, text, piece, first).await?;
                    return reply.map_err(End::Provider);
                }
                Err(_) => return reply.map_err(End::Provider),
            },
        };
        say(events, text, piece, first).await?;
        first = false;
    }
}

/// Sends a piece on; the text of a later round is a paragraph of its own.
async fn say(
    events: &mpsc::Sender<Event>,
    text: &mut String,
    piece: String,
    first: bool,
) -> Result<(), End> {
    let piece = if first && !text.is_empty() {
        format!("\n\n{piece}")
    } else {
        piece
    };
    text.push_str(&piece);
    heard(events.send(Event::Delta(piece)).await)
}

fn heard<E>(sent: Result<(), E>) -> Result<(), End> {
    sent.map_err(|_| End::Unheard)
}

impl From<Problem> for End {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// A whole turn with all its rounds; a stream has an end, whatever a provider does (TH-62).
const LONGEST: Duration = Duration::from_mins(3);

const WORDLESS: &str = "I have no answer to that. Could you put it another way?";
