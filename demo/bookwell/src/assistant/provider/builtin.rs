//! The provider of ours: it recognises what is wanted by its words, and calls the same tools.
//!
//! It is deterministic and keeps nothing: an answer depends on the conversation and the setting
//! alone. A round either asks for tools or says something; the results of a round are in the
//! prompt of the next.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{Prompt, Reply};

mod bookings;
mod customer;
mod date;
mod headline;
mod intent;
mod look;
mod name;
mod packages;
mod person;
mod price;
mod quote;
mod revenue;
mod storefront;
mod text_change;
mod turn;
mod words;

#[cfg(test)]
mod tests;

use intent::Intent;
use turn::{Answer, Turn};

/// The provider of ours.
#[derive(Debug)]
pub(crate) struct Builtin {
    pace: Duration,
}

impl Builtin {
    pub(super) fn new(pace: Duration) -> Self {
        Self { pace }
    }

    /// Answers at once, and says it in small pieces, as a model would.
    pub(super) async fn reply(&self, prompt: &Prompt, pieces: &mpsc::Sender<String>) -> Reply {
        let turn = Turn::of(prompt);
        let (text, calls) = match answer(&turn) {
            Answer::Say(text) => (text, Vec::new()),
            Answer::Call(tool, arguments) if prompt.may_call => {
                (String::new(), vec![turn.call(tool, arguments)])
            }
            Answer::Call(..) => (LOST.to_owned(), Vec::new()),
        };
        for piece in cut(&text) {
            if pieces.send(piece.to_owned()).await.is_err() {
                // Nobody listens any more: the caller is about to drop this future.
                break;
            }
            tokio::time::sleep(self.pace).await;
        }
        Reply { text, calls }
    }
}

fn answer(turn: &Turn<'_>) -> Answer {
    if let Some(tool) = turn.intent.tool()
        && !turn.has(tool)
    {
        return storefront::not_here(turn);
    }
    match turn.intent {
        Intent::AddBlackout => bookings::block(turn),
        Intent::Ask => storefront::ask(turn),
        Intent::Book => bookings::book(turn),
        Intent::CancelBooking => bookings::cancel(turn),
        Intent::ChangeHeadline => headline::change(turn),
        Intent::ChangeLook => look::change(turn),
        Intent::ChangePrice => packages::change_price(turn),
        Intent::CheckDate => bookings::check(turn),
        Intent::Command => storefront::cannot(turn),
        Intent::CreatePackage => packages::create(turn),
        Intent::DeletePackage => packages::delete(turn),
        Intent::EditPackage => packages::edit(turn),
        Intent::Hello => storefront::hello(turn),
        Intent::Help => Answer::Say(storefront::help(turn)),
        Intent::ListBookings => bookings::list(turn),
        Intent::ListPackages => packages::list(turn),
        Intent::No => Answer::Say(
            "All right, I leave it. A proposal that you do not want is dismissed with Reject on \
             its card."
                .to_owned(),
        ),
        Intent::Publish => storefront::publish(turn),
        Intent::Revenue => revenue::tell(turn),
        Intent::Thanks => Answer::Say("You are welcome. Is there anything else?".to_owned()),
        Intent::Unblock => storefront::unblock(turn),
        Intent::Yes => storefront::agreed(turn),
    }
}

/// A text in pieces of a few words each; nothing is lost between them.
fn cut(text: &str) -> impl Iterator<Item = &str> {
    let mut words = text.split_inclusive([' ', '\n']).peekable();
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut length = 0;
        for _ in 0..WORDS_IN_A_PIECE {
            length += words.next().map_or(0, str::len);
        }
        let (piece, after) = rest.split_at_checked(length)?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

const WORDS_IN_A_PIECE: usize = 3;

/// All rounds are used up, which no intent needs.
const LOST: &str = "I lost the thread. Could you say that again in one sentence?";
