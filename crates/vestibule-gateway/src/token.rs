//! Hop 5, first half: the session's claim becomes the backend's bearer.

use http::HeaderValue;
use vestibule_session::{Pointer, Session};

use crate::refusal::Refusal;

/// `Authorization` for a backend, or why the session has none.
pub type Bearer = Result<HeaderValue, NoToken>;

/// The claim is absent, is no text, or is no text that a header may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoToken;

impl From<NoToken> for Refusal {
    fn from(NoToken: NoToken) -> Self {
        Self::NoBackendToken
    }
}

/// Makes the header of the claim at `pointer`.
///
/// RFC 6750 §2.1 lets a bearer be letters, digits and `-._~+/=`; whatever else a claim holds would
/// change the header's meaning for somebody (HD4, TH-25), so it is refused.
pub(crate) fn bearer(session: &Session, pointer: &Pointer) -> Bearer {
    let token = session.claims().string(pointer).ok_or(NoToken)?;
    let fits = !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(is_token_octet);
    if !fits {
        return Err(NoToken);
    }
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| NoToken)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet)
}

/// Octets of a token; most servers take 8 KiB of headers in all.
const MAX_TOKEN: usize = 16 * 1024;

#[cfg(test)]
mod tests;
