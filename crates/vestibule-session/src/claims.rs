//! What a session says: its JSON as it was sealed, and the claims that decide about it.

use std::ops::Range;

use serde_json::value::RawValue;

use crate::cookie::Version;
use crate::member;
use crate::pointer::Pointer;
use crate::reason::Reason;
use crate::writer::InvalidClaims;

/// The payload of a session, kept as the text that the application sealed.
///
/// No tree is built: numbers keep their digits, member order and lone surrogates survive, and a claim is
/// read by its [`Pointer`]. A member that is written twice counts as its last one, as in JavaScript.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    json: Box<str>,
}

impl Claims {
    /// The whole payload: one JSON object, octet for octet (in v4 with invalid UTF-8 replaced, as `jose` 4 does).
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The JSON text of the value at `pointer`.
    pub fn raw(&self, pointer: &Pointer) -> Option<&str> {
        let mut value = &*self.json;
        for token in pointer.tokens() {
            value = if value.starts_with('[') {
                member::element(value, position(token)?)?
            } else {
                let mut found = None;
                let name = token.as_bytes();
                member::each(value, |member, raw| {
                    if member == name {
                        found = Some(raw);
                    }
                })
                .ok()?;
                found?
            };
        }
        Some(value)
    }

    /// The text at `pointer`, where there is one and it is a string.
    pub fn string(&self, pointer: &Pointer) -> Option<String> {
        member::string(self.raw(pointer)?)
    }

    /// The same claims with these members, each a name and its JSON text, instead of those of the same name.
    ///
    /// The other members keep their text, so what is written again is what was read.
    ///
    /// # Errors
    ///
    /// Where a text is not one JSON value, or a name in the payload has no UTF-8 form.
    pub fn with(&self, members: &[(&str, &str)]) -> Result<Self, InvalidClaims> {
        let good = |(_, raw): &(&str, &str)| serde_json::from_str::<&RawValue>(raw).is_ok();
        if !members.iter().all(good) {
            return Err(InvalidClaims);
        }
        let json = member::replaced(&self.json, members).map_err(|_| InvalidClaims)?;
        Ok(Self { json: json.into() })
    }

    /// Takes an authentic payload; `jose` 6 wants valid UTF-8, `jose` 4 replaces what is not.
    pub(crate) fn new(payload: Vec<u8>, version: Version) -> Result<Self, Reason> {
        let json = match (String::from_utf8(payload), version) {
            (Ok(json), _) => json,
            (Err(error), Version::V4) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            (Err(_), Version::V5) => return Err(Reason::Malformed),
        };
        if is_too_deep(&json) {
            return Err(Reason::Malformed);
        }
        Ok(Self { json: json.into() })
    }

    /// The seconds in which the session is good: `jose` 6 `jwt_claims_set.js`, plus our `max_age`.
    pub(crate) fn validity(&self, max_age: Option<u64>) -> Result<Range<u64>, Reason> {
        let (mut exp, mut nbf, mut iat) = (None, None, None);
        member::each(&self.json, |name, raw| match name {
            b"exp" => exp = Some(number(raw)),
            b"nbf" => nbf = Some(number(raw)),
            b"iat" => iat = Some(number(raw)),
            _ => {}
        })
        .map_err(|_| Reason::Malformed)?;
        let [exp, nbf, iat] = [exp, nbf, iat].map(Option::transpose);
        let (exp, nbf, iat) = (exp?, nbf?, iat?);
        let mut end = exp.map_or(u64::MAX, |exp| ceiling(exp + TOLERANCE));
        if let Some(max_age) = max_age {
            let iat = iat.ok_or(Reason::ClaimInvalid)?;
            end = end.min(ceiling(iat + TOLERANCE).saturating_add(max_age));
        }
        let start = nbf.map_or(0, |nbf| ceiling(nbf - TOLERANCE));
        Ok(start..end)
    }

    /// Whether one of the claims is a text or a number: a token that names nobody is no session (TH-30).
    ///
    /// White space is nobody's name, and a claim of another kind is none that a backend compares (TH-46).
    pub(crate) fn names_somebody(&self, identity: &[Pointer]) -> bool {
        (identity.iter())
            .filter_map(|pointer| self.raw(pointer))
            .any(|raw| match raw.as_bytes().first() {
                // A text that is no Unicode, with a lone surrogate, is a text all the same.
                Some(b'"') => member::string(raw).is_none_or(|text| !text.trim().is_empty()),
                Some(_) | None => number(raw).is_ok(),
            })
    }
}

/// Prints no claim: sessions hold personal data and tokens.
impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims({} octets)", self.json.len())
    }
}

/// Clock difference that is forgiven, as in `@auth/core` 0.41.3 `jwt.js` (15 s).
const TOLERANCE: f64 = 15.0;

/// Nesting of the payload (rule CK3).
const MAX_DEPTH: usize = 64;

/// A JSON number; `null` is a value and no number, so it does not count as absent.
fn number(raw: &str) -> Result<f64, Reason> {
    let digits = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number = digits.then(|| raw.parse().ok()).flatten();
    number.ok_or(Reason::ClaimInvalid)
}

/// The first whole second that is not before `seconds`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and no second is before 0 or after u64::MAX"
)]
fn ceiling(seconds: f64) -> u64 {
    seconds.ceil() as u64
}

fn position(token: &str) -> Option<usize> {
    let canonical = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| canonical)
}

/// Counts brackets outside strings; texts with few brackets are passed without looking closer.
fn is_too_deep(json: &str) -> bool {
    let opens = |octet: &u8| matches!(octet, b'{' | b'[');
    if json.bytes().filter(opens).count() <= MAX_DEPTH {
        return false;
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for octet in json.bytes() {
        match (quoted, octet) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            (_, _) => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
