//! What a proposal would do, in a form that outlives the conversation.
//!
//! It is checked when it is proposed and again when it is carried out: what was true then may not
//! be any more. A version, or a price, says which state of a row the person saw.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tools::Tool;
use crate::ids::{BookingId, PackageId};
use crate::model::branding::Look;
use crate::model::{blackout, booking, package};

/// An action, with everything that it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tool", rename_all = "snake_case")]
pub(crate) enum Action {
    AddBlackout {
        request: blackout::Request,
    },
    CancelBooking {
        booking: BookingId,
        version: i64,
        reason: Option<String>,
    },
    ChangePrice {
        package: PackageId,
        version: i64,
        content: package::Content,
    },
    CreateBooking {
        request: booking::Request,
        /// The price that the person saw.
        price_cents: i64,
    },
    CreatePackage {
        content: package::Content,
    },
    DeletePackage {
        package: PackageId,
        version: i64,
    },
    EditPackage {
        package: PackageId,
        version: i64,
        content: package::Content,
    },
    PublishLandingPage {
        version: i64,
    },
    SaveBranding {
        look: Look,
    },
    SaveLandingDraft {
        version: i64,
        document: Value,
    },
}

impl Action {
    /// The tool that proposes it.
    pub(crate) fn tool(&self) -> Tool {
        match self {
            Self::AddBlackout { .. } => Tool::AddBlackout,
            Self::CancelBooking { .. } => Tool::CancelBooking,
            Self::ChangePrice { .. } => Tool::ChangePrice,
            Self::CreateBooking { .. } => Tool::CreateBooking,
            Self::CreatePackage { .. } => Tool::CreatePackage,
            Self::DeletePackage { .. } => Tool::DeletePackage,
            Self::EditPackage { .. } => Tool::EditPackage,
            Self::PublishLandingPage { .. } => Tool::PublishLandingPage,
            Self::SaveBranding { .. } => Tool::SaveBranding,
            Self::SaveLandingDraft { .. } => Tool::SaveLandingDraft,
        }
    }
}
