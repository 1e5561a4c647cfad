//! Why no session opened, and who can mend it.

use std::fmt;

/// Why a session did not open: precise enough for an operator, never shown to a client.
///
/// [`Reason::code`] is the word that logs, metrics and `vestibule explain` use.
///
/// ```
/// use vestibule_session::{Blame, Reason};
///
/// assert_eq!(Reason::WrongSecret.code(), "wrong_secret");
/// assert_eq!(Reason::WrongSecret.blame(), Blame::Application);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A time claim is not a number, or the issue time is missing where an age limit needs it.
    ClaimInvalid,
    /// The cookie is there and its value is empty: a leftover of a deletion.
    Empty,
    /// The session was good and is over; sign in again.
    Expired,
    /// The value is no token at all, or its parts do not decode.
    Malformed,
    /// The chunks have a gap, or the last one is missing. A proxy or the browser dropped a cookie.
    MissingChunk,
    /// A whole cookie and chunks of another write stand side by side, and neither opens.
    MixedChunks,
    /// The request carries no session cookie.
    NoCookie,
    /// The payload names nobody: none of the identity claims is there (TH-30).
    NoIdentity,
    /// `nbf` is more than the tolerance ahead; compare the clocks.
    NotYetValid,
    /// The value is the id of a database session, not a token; it means nothing without the database.
    OpaqueId,
    /// Only the name with the other prefix is there: the writer saw another scheme than the reader.
    OnlyOtherPrefix,
    /// The token opens under another known name: the cookie was renamed, and its name is its salt.
    RenamedCookie,
    /// The token is signed (JWS, three parts), not encrypted: the application has its own `jwt.encode`.
    SignedNotEncrypted,
    /// More cookies, chunks or octets than a session can have.
    TooLarge,
    /// `alg`, `enc` or another header member is not one that Auth.js writes.
    UnsupportedAlg,
    /// No given secret opens the token.
    WrongSecret,
}

impl Reason {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 16] = [
        Self::ClaimInvalid,
        Self::Empty,
        Self::Expired,
        Self::Malformed,
        Self::MissingChunk,
        Self::MixedChunks,
        Self::NoCookie,
        Self::NoIdentity,
        Self::NotYetValid,
        Self::OnlyOtherPrefix,
        Self::OpaqueId,
        Self::RenamedCookie,
        Self::SignedNotEncrypted,
        Self::TooLarge,
        Self::UnsupportedAlg,
        Self::WrongSecret,
    ];

    /// The permanent word for this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::ClaimInvalid => "claim_invalid",
            Self::Empty => "empty",
            Self::Expired => "expired",
            Self::Malformed => "malformed",
            Self::MissingChunk => "missing_chunk",
            Self::MixedChunks => "mixed_chunks",
            Self::NoCookie => "no_cookie",
            Self::NoIdentity => "no_identity",
            Self::NotYetValid => "not_yet_valid",
            Self::OnlyOtherPrefix => "only_other_prefix",
            Self::OpaqueId => "opaque_id",
            Self::RenamedCookie => "renamed_cookie",
            Self::SignedNotEncrypted => "signed_not_encrypted",
            Self::TooLarge => "too_large",
            Self::UnsupportedAlg => "unsupported_alg",
            Self::WrongSecret => "wrong_secret",
        }
    }

    /// The coarser word of the session vectors, the same for every implementation.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::ClaimInvalid | Self::NoIdentity => "claim_invalid",
            Self::Empty | Self::NoCookie | Self::OnlyOtherPrefix => "no_cookie",
            Self::Expired => "expired",
            Self::Malformed | Self::MixedChunks | Self::OpaqueId | Self::TooLarge => "malformed",
            Self::MissingChunk => "missing_chunk",
            Self::NotYetValid => "not_yet_valid",
            Self::RenamedCookie | Self::WrongSecret => "decrypt_failed",
            Self::SignedNotEncrypted | Self::UnsupportedAlg => "unsupported_alg",
        }
    }

    /// Who has to act.
    pub fn blame(self) -> Blame {
        match self {
            Self::Empty | Self::Expired | Self::NoCookie => Blame::Client,
            Self::MissingChunk | Self::MixedChunks | Self::Malformed | Self::TooLarge => {
                Blame::Transport
            }
            Self::ClaimInvalid
            | Self::NoIdentity
            | Self::NotYetValid
            | Self::OnlyOtherPrefix
            | Self::OpaqueId
            | Self::RenamedCookie
            | Self::SignedNotEncrypted
            | Self::UnsupportedAlg
            | Self::WrongSecret => Blame::Application,
        }
    }

    /// How much this reason tells an operator; the most telling of several is reported.
    pub(crate) fn weight(self) -> u8 {
        match self {
            Self::NoCookie => 0,
            Self::Empty => 1,
            Self::OnlyOtherPrefix => 2,
            Self::Malformed => 3,
            Self::OpaqueId => 4,
            Self::TooLarge => 5,
            Self::SignedNotEncrypted => 6,
            Self::UnsupportedAlg => 7,
            Self::MixedChunks => 8,
            Self::MissingChunk => 9,
            Self::WrongSecret => 10,
            Self::RenamedCookie => 11,
            Self::ClaimInvalid => 12,
            Self::NoIdentity => 13,
            Self::NotYetValid => 14,
            Self::Expired => 15,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClaimInvalid => "a time claim of the session is not a number",
            Self::Empty => "the session cookie is empty",
            Self::Expired => "the session has expired",
            Self::Malformed => "the session cookie is not a token",
            Self::MissingChunk => "a chunk of the session cookie is missing",
            Self::MixedChunks => {
                "a whole session cookie and chunks of another stand side by side, and neither opens"
            }
            Self::NoCookie => "there is no session cookie",
            Self::NoIdentity => "the token names nobody, so it is no session",
            Self::NotYetValid => "the session is not valid yet",
            Self::OnlyOtherPrefix => {
                "only the session cookie with the other prefix is there (`__Secure-` or none)"
            }
            Self::OpaqueId => "the cookie holds the id of a database session, not a token",
            Self::RenamedCookie => {
                "the token was written under another cookie name, which is the salt of its key"
            }
            Self::SignedNotEncrypted => {
                "the token is signed, not encrypted, so it is not Auth.js's own"
            }
            Self::TooLarge => "the session cookies exceed what a session can have",
            Self::UnsupportedAlg => "the token uses an algorithm that Auth.js does not write",
            Self::WrongSecret => "none of the secrets opens the token",
        })
    }
}

impl std::error::Error for Reason {}

/// Who can mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// The application that wrote the cookie, or the secrets and names given to the reader.
    Application,
    /// The person at the browser: sign in (again).
    Client,
    /// What stands between: the browser's jar, a proxy, a client that cuts cookies.
    Transport,
}

impl Blame {
    /// The permanent word for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Client => "client",
            Self::Transport => "transport",
        }
    }
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
