//! How much trust an action needs: the table.
//!
//! The tier follows from the action and from rows of the database. Nothing that anybody says in a
//! chat is among its arguments.

#[cfg(test)]
mod tests;

/// When an action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// At once; it can be undone.
    T1,
    /// When confirmed, or approved with the next message.
    T2,
    /// Only by its own button.
    T3,
}

/// Why an action has its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    AddsContent,
    CancelsBooking,
    ChangesContent,
    CreatesBooking,
    DeletesContent,
    LargePriceChange,
    Publishes,
    Reversible,
    SmallPriceChange,
}

/// What the table is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    AddBlackout,
    CancelBooking,
    /// From this many cents to so many.
    ChangePrice {
        old: i64,
        new: i64,
    },
    CreateBooking,
    CreatePackage,
    DeletePackage,
    EditPackage,
    PublishLandingPage,
    SaveDraft,
}

/// The table.
pub(crate) fn of(kind: Kind) -> (Tier, Reason) {
    match kind {
        Kind::AddBlackout | Kind::SaveDraft => (Tier::T1, Reason::Reversible),
        Kind::CreatePackage => (Tier::T2, Reason::AddsContent),
        Kind::EditPackage => (Tier::T2, Reason::ChangesContent),
        Kind::ChangePrice { old, new } if is_small(old, new) => {
            (Tier::T2, Reason::SmallPriceChange)
        }
        Kind::ChangePrice { .. } => (Tier::T3, Reason::LargePriceChange),
        Kind::CreateBooking => (Tier::T3, Reason::CreatesBooking),
        Kind::CancelBooking => (Tier::T3, Reason::CancelsBooking),
        Kind::DeletePackage => (Tier::T3, Reason::DeletesContent),
        Kind::PublishLandingPage => (Tier::T3, Reason::Publishes),
    }
}

/// By up to a fifth, and by up to 100.00.
fn is_small(old: i64, new: i64) -> bool {
    let change = new.abs_diff(old);
    change <= 10_000 && change.saturating_mul(5) <= old.unsigned_abs()
}

impl Tier {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::T1 => "T1",
            Self::T2 => "T2",
            Self::T3 => "T3",
        }
    }
}

impl Reason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AddsContent => "adds_content",
            Self::CancelsBooking => "cancels_booking",
            Self::ChangesContent => "changes_content",
            Self::CreatesBooking => "creates_booking",
            Self::DeletesContent => "deletes_content",
            Self::LargePriceChange => "large_price_change",
            Self::Publishes => "publishes",
            Self::Reversible => "reversible",
            Self::SmallPriceChange => "small_price_change",
        }
    }
}
