//! Identities of rows, one type for each thing that has one.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[schema(value_type = String, format = "uuid")]
        #[serde(transparent)]
        pub(crate) struct $name(Uuid);

        impl $name {
            /// A new one, in the order of time (UUIDv7, RFC 9562 §5.7).
            pub(crate) fn new(now: Timestamp) -> Self {
                let second = u64::try_from(now.as_second()).unwrap_or_default();
                let nanosecond = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
                Self(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, second, nanosecond)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }
    };
}

/// Ids that come back, in paths and rows; the others are only written.
macro_rules! read {
    ($($name:ident),+) => {$(
        impl $name {
            /// Reads one, as from a path or a row; anything but a UUID in its usual spelling is none.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                let id = Uuid::try_parse(text).ok()?;
                (id.hyphenated().to_string() == text).then_some(Self(id))
            }
        }
    )+};
}

id!(
    /// A booking business.
    TenantId
);
id!(
    /// Somebody who signs in.
    AccountId
);
id!(
    /// What can be booked.
    PackageId
);
id!(
    /// Who booked.
    CustomerId
);
id!(
    /// A date that is taken.
    BookingId
);
id!(
    /// A date that cannot be booked.
    BlackoutId
);
id!(
    /// An uploaded picture.
    AssetId
);
id!(
    /// One conversation with the assistant.
    AgentSessionId
);
id!(
    /// What the assistant would do.
    ProposalId
);
id!(
    /// Any other row.
    RowId
);

read!(
    TenantId,
    AccountId,
    PackageId,
    CustomerId,
    BookingId,
    BlackoutId,
    AgentSessionId,
    ProposalId
);
