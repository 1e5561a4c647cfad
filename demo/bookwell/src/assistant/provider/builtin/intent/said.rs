//! A message as its words, and what they ask for.

use super::Intent;
use crate::assistant::provider::builtin::words::words;
use crate::assistant::provider::builtin::{headline, look, price};

/// A message as its words.
pub(super) struct Said {
    text: String,
    words: Vec<String>,
    question: bool,
}

impl Said {
    pub(super) fn new(text: &str) -> Self {
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

    /// New words or colours for the pages, and new words for a package. They may hold anything, so
    /// this is looked at before all else.
    pub(super) fn writing(&self) -> Option<Intent> {
        let change = self.any(CHANGE);
        let writes =
            change || self.any(&["add", "give", "should", "switch", "use", "want", "write"]);
        if !writes || self.asks() {
            return None;
        }
        let page = self.phrase(&["home page", "homepage", "landing page"]);
        // A title may be that of a package.
        let upper = self.any(&headline::UPPER) && (page || !self.any(&["title"]));
        let headline = upper || self.any(&headline::LOWER);
        if headline {
            return Some(Intent::ChangeHeadline);
        }
        let gives =
            self.any(&["add", "write"]) || (self.any(&["give"]) && !self.any(&["me", "us"]));
        if self.any(&["description"]) && (change || gives) {
            return Some(Intent::EditPackage);
        }
        let color = look::names_color(&self.words);
        let thing =
            self.any(&["color", "colors", "colour", "colours"]) || self.any(&look::FONT_NOUNS);
        let role = look::names_role(&self.words);
        let look = thing && (change || color || role || self.any(&look::FONT_NOUNS));
        (look || (role && color)).then_some(Intent::ChangeLook)
    }

    pub(super) fn unblocking(&self) -> Option<Intent> {
        let away = self.any(&[
            "cancel", "clear", "delete", "drop", "lift", "remove", "undo",
        ]);
        let block = self.any(&["block", "blocked", "blackout", "blackouts"]);
        (self.any(&["reopen", "unblock"]) || (away && block)).then_some(Intent::Unblock)
    }

    pub(super) fn revenue(&self) -> Option<Intent> {
        let noun = self.any(&[
            "earn", "earned", "earning", "earnings", "income", "revenue", "revenues", "sales",
            "takings", "turnover",
        ]);
        let made =
            self.phrase(&["how much"]) && self.phrase(&["did we make", "have we made", "we make"]);
        (noun || made).then_some(Intent::Revenue)
    }

    pub(super) fn blackout(&self, dated: bool) -> Option<Intent> {
        if self.any(&["blackouts"]) {
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

    pub(super) fn change(&self) -> Option<Intent> {
        if self.any(&["publish"]) {
            return Some(Intent::Publish);
        }
        let change = self.any(CHANGE);
        if self.any(&["rename"]) || (change && self.any(&["title", "name", "text"])) {
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
        let other = self.any(NO_PACKAGE);
        (self.any(&["delete", "remove"]) && !other).then_some(Intent::DeletePackage)
    }

    pub(super) fn booking(&self, dated: bool) -> Option<Intent> {
        let booking = self.any(&["booking", "reservation"]);
        if self.any(&["cancel"]) || (booking && self.any(&["delete", "remove"])) {
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
        let noun = booking && self.any(&["a", "add", "create", "make", "new", "place", "request"]);
        if noun || self.any(&["book", "reserve"]) {
            return Some(Intent::Book);
        }
        None
    }

    /// Whether a booking shall be confirmed, which may mean the card of a proposal.
    pub(super) fn confirms_booking(&self) -> bool {
        self.any(&["confirm"]) && self.any(&["booking", "bookings", "reservation"]) && !self.asks()
    }

    /// Whether something shall be done, and whether that is beyond doubt. Asked to tell or to show
    /// something is a question.
    pub(super) fn command(&self) -> Option<bool> {
        let mut words = self.words.iter().map(String::as_str);
        let verb = words.by_ref().find(|word| !LEADS.contains(word))?;
        if VERBS.contains(&verb) {
            return Some(true);
        }
        // A verb that is not known is known by its object.
        let object = words.next().is_some_and(|word| OBJECTS.contains(&word));
        let command = CHANGE.contains(&verb)
            || verb == "add"
            || (object && !self.question && !NO_VERBS.contains(&verb));
        command.then_some(false)
    }

    /// Whether it wants to know something.
    fn asks(&self) -> bool {
        let first = self.words.first().map(String::as_str);
        self.question
            && first.is_some_and(|first| {
                NO_VERBS.contains(&first) && !["can", "could", "will", "would"].contains(&first)
            })
    }

    pub(super) fn listing(&self) -> Option<Intent> {
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
    pub(super) fn courtesy(&self) -> Option<Intent> {
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

/// What is deleted there is no package.
const NO_PACKAGE: &[&str] = &[
    "account",
    "blackout",
    "block",
    "booking",
    "bookings",
    "conversation",
    "customer",
    "customers",
    "image",
    "logo",
    "message",
    "messages",
    "page",
    "photo",
    "picture",
    "reservation",
    "section",
    "user",
];

/// Words in front of what is asked for.
const LEADS: [&str; 12] = [
    "also", "and", "can", "could", "just", "kindly", "now", "please", "then", "will", "would",
    "you",
];

/// Verbs that ask for a deed whatever follows; none of them is a noun that a question begins with.
const VERBS: &[&str] = &[
    "activate",
    "archive",
    "assign",
    "buy",
    "connect",
    "deactivate",
    "delete",
    "disable",
    "disconnect",
    "download",
    "duplicate",
    "enable",
    "export",
    "forward",
    "generate",
    "hide",
    "hire",
    "import",
    "install",
    "invite",
    "merge",
    "move",
    "notify",
    "pay",
    "refund",
    "remind",
    "remove",
    "replace",
    "reply",
    "reschedule",
    "restore",
    "sell",
    "send",
    "submit",
    "swap",
    "switch",
    "synchronise",
    "synchronize",
    "translate",
    "undo",
    "unpublish",
    "upload",
];

/// Words that begin the object of a deed.
const OBJECTS: [&str; 19] = [
    "a",
    "all",
    "an",
    "each",
    "every",
    "everybody",
    "everyone",
    "her",
    "him",
    "his",
    "me",
    "my",
    "our",
    "the",
    "their",
    "them",
    "these",
    "those",
    "us",
];

/// Words that are followed by an object as well, and ask for no deed: those of questions and of
/// answers, and those that decide a proposal.
const NO_VERBS: &[&str] = &[
    "about", "all", "am", "and", "any", "approve", "are", "as", "at", "be", "because", "but", "by",
    "call", "cancel", "check", "choose", "confirm", "describe", "did", "dismiss", "do", "does",
    "explain", "find", "for", "forget", "from", "give", "had", "has", "have", "he", "how", "i",
    "if", "in", "into", "is", "it", "it's", "let", "like", "list", "love", "may", "maybe", "might",
    "must", "name", "need", "no", "not", "of", "ok", "okay", "on", "only", "or", "perhaps", "pick",
    "read", "reject", "say", "see", "shall", "she", "should", "show", "so", "stop", "take", "tell",
    "thank", "thanks", "that", "that's", "there", "they", "this", "to", "try", "use", "want",
    "was", "we", "were", "what", "what's", "when", "where", "which", "who", "who's", "whose",
    "why", "with", "without", "yeah", "yes",
];
