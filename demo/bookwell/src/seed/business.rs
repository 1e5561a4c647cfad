//! What is said of a business; the calendar is made from it.

use serde_json::Value;

/// A business of the demonstration.
#[derive(Debug)]
pub(super) struct Business {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) owner: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) currency: &'static str,
    pub(super) active: bool,
    pub(super) look: Look,
    pub(super) widget_origins: &'static [&'static str],
    pub(super) packages: &'static [Package],
    /// When people come; a business without has no bookings.
    pub(super) season: Option<Season>,
    /// Reasons, one for each future blackout.
    pub(super) blackouts: &'static [&'static str],
    pub(super) published: Option<Value>,
    pub(super) draft: Option<Value>,
}

/// Colours and font of a storefront.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) primary: &'static str,
    pub(super) secondary: &'static str,
    pub(super) accent: &'static str,
    pub(super) background: &'static str,
    pub(super) font: &'static str,
}

/// What can be booked.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) slug: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) price_cents: i64,
    pub(super) active: bool,
    /// A picture, drawn by `pictures/draw.py`.
    pub(super) picture: Option<&'static [u8]>,
    /// How often it is chosen, against the others.
    pub(super) share: i64,
}

/// When people come, and who.
#[derive(Debug)]
pub(super) struct Season {
    /// Of a thousand days, from Monday to Sunday, in the best month.
    pub(super) weekdays: [i64; 7],
    /// Percent of the best month, from January to December.
    pub(super) months: [i64; 12],
    /// The shortest and the longest time that they book ahead, in days.
    pub(super) ahead: (i64, i64),
    pub(super) first_names: &'static [&'static str],
    pub(super) last_names: &'static [&'static str],
    /// The beginning of telephone numbers that are reserved for fiction; two digits follow.
    pub(super) phone: &'static str,
    pub(super) notes: &'static [&'static str],
    pub(super) cancel_reasons: &'static [&'static str],
}
