//! The claim that would go to the backend.

use std::fmt;

use vestibule_session::{Pointer, Session};

use super::holding::{Kind, kind};

/// A claim that was asked for, and whether it can be sent.
#[derive(Debug)]
pub(super) struct TokenClaim {
    pub(super) pointer: Pointer,
    pub(super) state: TokenState,
}

/// Whether a claim can be a bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenState {
    /// It is there and can be sent.
    Fits,
    /// It is not there.
    Missing,
    /// It is there and no text.
    NotText(Kind),
    /// It is a text that a header cannot carry as a bearer (RFC 6750 §2.1).
    Unsendable,
}

impl TokenClaim {
    pub(super) fn read(session: &Session, pointer: &Pointer) -> Self {
        let claims = session.claims();
        let state = match (claims.raw(pointer), claims.string(pointer)) {
            (None, _) => TokenState::Missing,
            (Some(_), Some(token)) if is_bearer(&token) => TokenState::Fits,
            (Some(_), Some(_)) => TokenState::Unsendable,
            (Some(raw), None) => TokenState::NotText(kind(raw)),
        };
        Self {
            pointer: pointer.clone(),
            state,
        }
    }
}

impl fmt::Display for TokenClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, state } = self;
        let pointer = pointer.to_string();
        let pointer = pointer.escape_debug();
        match state {
            TokenState::Fits => write!(f, "`{pointer}` is there"),
            TokenState::Missing => write!(f, "it has no `{pointer}`"),
            TokenState::NotText(kind) => write!(f, "`{pointer}` is {kind}, not a text"),
            TokenState::Unsendable => {
                write!(
                    f,
                    "`{pointer}` is empty or holds characters that a bearer must not have"
                )
            }
        }
    }
}

fn is_bearer(token: &str) -> bool {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet);
    !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(fits)
}

/// As the gateway has it.
const MAX_TOKEN: usize = 16 * 1024;
