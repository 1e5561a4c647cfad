//! The tools: what a provider may call, for whom, and in which words a model is told of them.
//!
//! The list is closed. A tool reads, or it makes a proposal; what a proposal may do and when is
//! decided by `tier`, never by the provider.

use serde_json::{Value, json};

use super::provider::Audience;
use crate::model::branding::Font;

/// A tool, by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    AddBlackout,
    CancelBooking,
    ChangePrice,
    CheckDate,
    CreateBooking,
    CreatePackage,
    DeletePackage,
    EditPackage,
    ListBookings,
    ListPackages,
    PublishLandingPage,
    ReadLandingPage,
    ReadStats,
    SaveBranding,
    SaveLandingDraft,
}

impl Tool {
    /// The tools that somebody may have called on their behalf.
    pub(crate) fn of(audience: Audience) -> &'static [Self] {
        match audience {
            Audience::Admin => &[
                Self::ListPackages,
                Self::CheckDate,
                Self::ListBookings,
                Self::ReadLandingPage,
                Self::ReadStats,
                Self::AddBlackout,
                Self::SaveBranding,
                Self::SaveLandingDraft,
                Self::CreatePackage,
                Self::EditPackage,
                Self::ChangePrice,
                Self::DeletePackage,
                Self::CreateBooking,
                Self::CancelBooking,
                Self::PublishLandingPage,
            ],
            Audience::Visitor => &[
                Self::ListPackages,
                Self::CheckDate,
                Self::CreateBooking,
                Self::ReadLandingPage,
            ],
        }
    }

    /// The tool that a provider calls by this name, if `audience` has it.
    pub(crate) fn named(name: &str, audience: Audience) -> Option<Self> {
        let mut tools = Self::of(audience).iter().copied();
        tools.find(|tool| tool.name() == name)
    }

    /// Whether it only reads.
    pub(crate) fn reads(self) -> bool {
        match self {
            Self::CheckDate
            | Self::ListBookings
            | Self::ListPackages
            | Self::ReadLandingPage
            | Self::ReadStats => true,
            Self::AddBlackout
            | Self::CancelBooking
            | Self::ChangePrice
            | Self::CreateBooking
            | Self::CreatePackage
            | Self::DeletePackage
            | Self::EditPackage
            | Self::PublishLandingPage
            | Self::SaveBranding
            | Self::SaveLandingDraft => false,
        }
    }

    /// The name on the wire, in proposals and in events.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AddBlackout => "add_blackout",
            Self::CancelBooking => "cancel_booking",
            Self::ChangePrice => "change_price",
            Self::CheckDate => "check_date",
            Self::CreateBooking => "create_booking",
            Self::CreatePackage => "create_package",
            Self::DeletePackage => "delete_package",
            Self::EditPackage => "edit_package",
            Self::ListBookings => "list_bookings",
            Self::ListPackages => "list_packages",
            Self::PublishLandingPage => "publish_landing_page",
            Self::ReadLandingPage => "read_landing_page",
            Self::ReadStats => "read_stats",
            Self::SaveBranding => "save_branding",
            Self::SaveLandingDraft => "save_landing_draft",
        }
    }

    /// What a model is told of the tool.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::AddBlackout => {
                "Block a day so that nobody can book it. Done at once; can be undone."
            }
            Self::CancelBooking => "Propose to cancel a booking. The person confirms it on a card.",
            Self::ChangePrice => "Propose a new price for a package.",
            Self::CheckDate => "Say whether a day, or each day of a range, can be booked.",
            Self::CreateBooking => {
                "Propose a booking. Needs the package, the date, and the customer's name and \
                 e-mail; ask for what is missing. The person confirms it on a card."
            }
            Self::CreatePackage => "Propose a new package.",
            Self::DeletePackage => "Propose to delete a package. The person confirms it on a card.",
            Self::EditPackage => "Propose a new title or description for a package.",
            Self::ListBookings => {
                "List bookings by event date, the coming 30 days unless told otherwise."
            }
            Self::ListPackages => "List the packages with their ids and prices.",
            Self::PublishLandingPage => {
                "Propose to publish the draft of the landing page. The person confirms it on a card."
            }
            Self::ReadLandingPage => {
                "Read the public landing page: texts, questions and answers, contact."
            }
            Self::ReadStats => {
                "Read the numbers of the business: packages, bookings, and the revenue of this \
                 month and of all time."
            }
            Self::SaveBranding => {
                "Set colours or the font in the draft of the branding. Done at once; can be undone."
            }
            Self::SaveLandingDraft => {
                "Save the draft of the landing page: a whole document, or a new headline or \
                 subheadline for the top of the home page. Done at once; the published page stays \
                 as it is."
            }
        }
    }

    /// The JSON Schema of the arguments.
    pub(crate) fn parameters(self) -> Value {
        match self {
            Self::AddBlackout => object(&json!({"day": date(), "reason": text(200)}), &["day"]),
            Self::CancelBooking => object(
                &json!({"booking_id": id(), "reason": text(500)}),
                &["booking_id"],
            ),
            Self::ChangePrice => object(
                &json!({"package_id": id(), "price_cents": cents()}),
                &["package_id", "price_cents"],
            ),
            Self::CheckDate => object(&json!({"from": date(), "to": date()}), &["from"]),
            Self::CreateBooking => object(
                &json!({
                    "package_id": id(),
                    "event_date": date(),
                    "name": text(100),
                    "email": {"type": "string", "format": "email"},
                    "phone": text(20),
                    "notes": text(500),
                }),
                &["package_id", "event_date", "name", "email"],
            ),
            Self::CreatePackage => object(
                &json!({"title": text(100), "description": text(2000), "price_cents": cents()}),
                &["title", "price_cents"],
            ),
            Self::DeletePackage => object(&json!({"package_id": id()}), &["package_id"]),
            Self::EditPackage => object(
                &json!({"package_id": id(), "title": text(100), "description": text(2000)}),
                &["package_id"],
            ),
            Self::ListBookings => object(&json!({"from": date(), "to": date()}), &[]),
            Self::ListPackages
            | Self::PublishLandingPage
            | Self::ReadLandingPage
            | Self::ReadStats => object(&json!({}), &[]),
            Self::SaveBranding => object(
                &json!({
                    "primary": colour(),
                    "secondary": colour(),
                    "accent": colour(),
                    "background": colour(),
                    "font": {"type": "string", "enum": Font::ALL},
                }),
                &[],
            ),
            Self::SaveLandingDraft => object(
                &json!({
                    "document": {"type": "object"},
                    "headline": text(60),
                    "subheadline": text(150),
                }),
                &[],
            ),
        }
    }
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

fn id() -> Value {
    json!({"type": "string", "format": "uuid"})
}

fn cents() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": 99_999_999})
}

fn colour() -> Value {
    json!({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"})
}

fn text(characters: u32) -> Value {
    json!({"type": "string", "maxLength": characters})
}
