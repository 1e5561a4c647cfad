//! What somebody wants, by the words that they use.

use super::super::Setting;
use super::date::{self, SlashOrder};
use super::price;
use super::words::words;
use crate::assistant::tools::Tool;

#[cfg(test)]
mod tests;

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    AddBlackout,
    /// Anything else: the landing page may know.
    Ask,
    Book,
    CancelBooking,
    ChangePrice,
    CheckDate,
    CreatePackage,
    DeletePackage,
    EditPackage,
    Hello,
    Help,
    ListBookings,
    ListPackages,
    No,
    Publish,
    Thanks,
    Yes,
}

impl Intent {
    /// Recognises it, and says whether the words leave no doubt. Where they do, the message may
    /// answer a question of ours instead.
    pub(super) fn of(text: &str, setting: &Setting) -> (Self, bool) {
        let said = Said::new(text);
        let order = SlashOrder::at(&setting.time_zone);
        let dated = !date::find(text, setting.today, order).is_empty();
        let sure = said
            .blackout(dated)
            .or_else(|| said.change())
            .or_else(|| said.booking(dated));
        if let Some(intent) = sure.or_else(|| said.listing()) {
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
            Self::ChangePrice => Some(Tool::ChangePrice),
            Self::CheckDate => Some(Tool::CheckDate),
            Self::CreatePackage => Some(Tool::CreatePackage),
            Self::DeletePackage => Some(Tool::DeletePackage),
            Self::EditPackage => Some(Tool::EditPackage),
            Self::ListBookings => Some(Tool::ListBookings),
            Self::ListPackages => Some(Tool::ListPackages),
            Self::Publish => Some(Tool::PublishLandingPage),
            Self::Ask | Self::Hello | Self::Help | Self::No | Self::Thanks | Self::Yes => None,
        }
    }
}

/// A message as its words.
struct Said {
    text: String,
    words: Vec<String>,
    question: bool,
}

impl Said {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_lowercase(),
            words: words(text).into_iter().map(|word| word.text).collect(),
            question: text.trim_end().ends_with('?'),
        }
    }

    fn any(&self, of: &[&str]) -> bool {
        self.words.iter().any(|word| of.contains(&word.as_str()))
    }

    fn phrase(&self, of: &[&str]) -> bool {
        of.iter().any(|phrase| self.text.contains(phrase))
    }

    fn blackout(&self, dated: bool) -> Option<Intent> {
        if self.any(&["blackouts", "unblock", "reopen"]) {
            return None;
        }
        let wanted = self.any(&["block", "blackout"])
            || self.phrase(&[
                "black out",
                "day off",
                "days off",
                "take off",
                "blackout date",
            ])
            || (dated && self.any(&["close", "closed", "holiday", "vacation", "unavailable"]));
        let asked = self.question && self.any(&["is", "are", "when", "which", "was", "closed"]);
        (wanted && !asked).then_some(Intent::AddBlackout)
    }

    fn change(&self) -> Option<Intent> {
        if self.any(&["publish"]) {
            return Some(Intent::Publish);
        }
        let change = self.any(CHANGE);
        if self.any(&["rename"]) || (change && self.any(&["description", "title", "name", "text"]))
        {
            return Some(Intent::EditPackage);
        }
        let package = self.any(&["package", "offer", "offering"]);
        if package && self.any(&["add", "create", "introduce", "launch", "new"]) {
            return Some(Intent::CreatePackage);
        }
        let priced = self.any(&["cost", "price", "rate"])
            || self.text.contains(['$', '\u{20ac}', '\u{a3}', '%'])
            || self.any(&["dollars", "euro", "euros", "percent"]);
        if priced && change && price::find_wish(&self.text).is_some() {
            return Some(Intent::ChangePrice);
        }
        if self.any(&["cheaper"]) || (priced && change && !self.question) {
            return Some(Intent::ChangePrice);
        }
        if self.any(&["delete", "remove"]) && !self.any(&["block", "blackout"]) {
            return Some(Intent::DeletePackage);
        }
        None
    }

    fn booking(&self, dated: bool) -> Option<Intent> {
        if self.any(&["cancel"]) {
            return Some(Intent::CancelBooking);
        }
        let state = self.any(&[
            "availability",
            "available",
            "booked",
            "free",
            "open",
            "possible",
            "taken",
        ]);
        if state && (dated || self.any(&["availability", "available", "free"])) {
            return Some(Intent::CheckDate);
        }
        let noun = self.any(&["booking", "reservation"])
            && self.any(&["a", "add", "create", "make", "new", "place", "request"]);
        if noun || self.any(&["book", "reserve"]) {
            return Some(Intent::Book);
        }
        None
    }

    fn listing(&self) -> Option<Intent> {
        if self.any(&[
            "agenda",
            "booked",
            "booking",
            "bookings",
            "calendar",
            "reservations",
            "schedule",
            "upcoming",
        ]) || self.phrase(&["coming up", "what's next", "what is next"])
        {
            return Some(Intent::ListBookings);
        }
        let packages = self.any(&[
            "cost", "costs", "offers", "options", "package", "packages", "price", "prices",
            "pricing",
        ]) || self.phrase(&["how much", "you offer", "we offer", "i offer"]);
        packages.then_some(Intent::ListPackages)
    }

    /// Short words between people; longer messages say more than that.
    fn courtesy(&self) -> Option<Intent> {
        if self.phrase(&[
            "what can you do",
            "can you help",
            "how does this work",
            "who are you",
        ]) || (self.words.len() <= 4 && self.any(&["help"]))
        {
            return Some(Intent::Help);
        }
        if self.words.len() > 5 {
            return None;
        }
        if self.any(&["thank", "thanks", "thx", "cheers"]) {
            return Some(Intent::Thanks);
        }
        if self.any(&[
            "confirm", "do", "go", "ok", "okay", "sure", "yeah", "yep", "yes",
        ]) && !self.question
        {
            return Some(Intent::Yes);
        }
        if self.any(&["don't", "no", "nope", "not", "reject", "stop"]) && !self.question {
            return Some(Intent::No);
        }
        self.any(&["good", "hello", "hey", "hi", "morning"])
            .then_some(Intent::Hello)
    }
}

const CHANGE: &[&str] = &[
    "adjust", "change", "cut", "decrease", "drop", "edit", "increase", "lower", "make", "put",
    "raise", "reduce", "rewrite", "set", "update",
];
