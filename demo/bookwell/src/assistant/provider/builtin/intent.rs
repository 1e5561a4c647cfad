//! What somebody wants, by the words that they use.

use super::super::{Audience, Setting};
use super::date::{self, SlashOrder};
use super::quote::Quoted;
use crate::assistant::tools::Tool;

mod said;

#[cfg(test)]
mod tests;

use said::Said;

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    AddBlackout,
    /// Anything else: the landing page may know.
    Ask,
    Book,
    CancelBooking,
    ChangeHeadline,
    ChangeLook,
    ChangePrice,
    CheckDate,
    /// Something shall be done, and nothing here does it.
    Command,
    CreatePackage,
    DeletePackage,
    EditPackage,
    Hello,
    Help,
    ListBookings,
    ListPackages,
    No,
    Publish,
    Revenue,
    Thanks,
    Unblock,
    Yes,
}

impl Intent {
    /// Recognises it, and says whether the words leave no doubt. Where they do, the message may
    /// answer a question of ours instead.
    pub(super) fn of(text: &str, setting: &Setting) -> (Self, bool) {
        // What is quoted shall be written somewhere; it asks for nothing.
        let spoken = Quoted::of(text).outside;
        let said = Said::new(&spoken);
        let order = SlashOrder::at(&setting.time_zone);
        let dated = !date::find(&spoken, setting.today, order).is_empty();
        let sure = said
            .writing()
            .or_else(|| said.unblocking())
            .or_else(|| said.blackout(dated))
            .or_else(|| said.revenue())
            .or_else(|| said.change())
            .or_else(|| said.booking(dated));
        if let Some(intent) = sure {
            return (intent, true);
        }
        if said.confirms_booking() {
            return match setting.open_proposals {
                0 => (Self::Command, true),
                _ => (Self::Yes, false),
            };
        }
        // A visitor who asks whether we can do something asks about the business.
        let asked = text.trim_end().ends_with('?') && setting.audience == Audience::Visitor;
        if let Some(sure) = said.command()
            && !asked
        {
            return (Self::Command, sure);
        }
        if let Some(intent) = said.listing() {
            return (intent, true);
        }
        if let Some(intent) = said.courtesy() {
            return (intent, matches!(intent, Self::Help | Self::Hello));
        }
        (if dated { Self::CheckDate } else { Self::Ask }, false)
    }

    /// The tool that it comes down to.
    pub(super) fn tool(self) -> Option<Tool> {
        match self {
            Self::AddBlackout => Some(Tool::AddBlackout),
            Self::Book => Some(Tool::CreateBooking),
            Self::CancelBooking => Some(Tool::CancelBooking),
            Self::ChangeHeadline => Some(Tool::SaveLandingDraft),
            Self::ChangeLook => Some(Tool::SaveBranding),
            Self::ChangePrice => Some(Tool::ChangePrice),
            Self::CheckDate => Some(Tool::CheckDate),
            Self::CreatePackage => Some(Tool::CreatePackage),
            Self::DeletePackage => Some(Tool::DeletePackage),
            Self::EditPackage => Some(Tool::EditPackage),
            Self::ListBookings => Some(Tool::ListBookings),
            Self::ListPackages => Some(Tool::ListPackages),
            Self::Publish => Some(Tool::PublishLandingPage),
            Self::Revenue => Some(Tool::ReadStats),
            Self::Ask
            | Self::Command
            | Self::Hello
            | Self::Help
            | Self::No
            | Self::Thanks
            | Self::Unblock
            | Self::Yes => None,
        }
    }
}
