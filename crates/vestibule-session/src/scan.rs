//! The Cookie header, read once: which pieces of a session it carries.

use std::borrow::Cow;

use memchr::memchr;

use crate::cookie::CookieName;
use crate::reason::Reason;

/// The pairs of one Cookie header line, trimmed of space and tab, in their order.
///
/// A pair without `=` is skipped and double quotes are kept, as `@auth/core` 0.41.3
/// `lib/vendored/cookie.js` does. Nothing is allocated and nothing is decoded.
///
/// ```
/// let pairs: Vec<_> = vestibule_session::pairs(b"theme=dark;flag; id = 7=7").collect();
/// assert_eq!(pairs, [(&b"theme"[..], &b"dark"[..]), (b"id", b"7=7")]);
/// ```
pub fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = Some(line);
    let parts = std::iter::from_fn(move || {
        let part = rest?;
        let Some(end) = memchr(b';', part) else {
            rest = None;
            return Some(part);
        };
        rest = part.get(end + 1..);
        part.get(..end)
    });
    parts.filter_map(|pair| {
        let equals = memchr(b'=', pair)?;
        let (name, value) = pair.split_at_checked(equals)?;
        Some((trim(name), trim(value.strip_prefix(b"=")?)))
    })
}

/// The session cookies of one request.
///
/// Other cookies cost a comparison and leave no trace here.
#[derive(Debug)]
pub struct Cookies<'h> {
    pub(crate) pieces: Vec<Piece<'h>>,
    /// A configured name was there, with whatever value.
    pub(crate) named: bool,
}

/// What a cookie is of its session; sorts chunks by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The bare name.
    Whole,
    /// The name, a dot and this number.
    Chunk(u16),
}

impl Place {
    pub(crate) fn number(self) -> Option<u16> {
        match self {
            Self::Whole => None,
            Self::Chunk(number) => Some(number),
        }
    }
}

/// One cookie that belongs to a session: a whole token or a chunk of one.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'h> {
    /// Position in the list of names.
    pub(crate) name: usize,
    pub(crate) place: Place,
    /// As it was sent, and never empty.
    pub(crate) value: &'h [u8],
}

impl std::fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, place, value } = self;
        write!(f, "Piece({name}, {place:?}, {} octets)", value.len())
    }
}

impl<'h> Cookies<'h> {
    /// Collects what belongs to `names` and refuses what no session needs (rule CK3).
    pub(crate) fn scan(
        names: &[CookieName],
        lines: impl IntoIterator<Item = &'h [u8]>,
    ) -> Result<Self, Reason> {
        let (mut pieces, mut named, mut octets) = (Vec::new(), false, 0_usize);
        for (position, (name, value)) in lines.into_iter().flat_map(pairs).enumerate() {
            if position >= MAX_PAIRS {
                return Err(Reason::TooLarge);
            }
            for (index, wanted) in names.iter().enumerate() {
                let Some(place) = place(name, wanted) else {
                    continue;
                };
                named = true;
                octets = octets.saturating_add(value.len());
                let beyond = place
                    .number()
                    .is_some_and(|number| usize::from(number) >= MAX_CHUNKS);
                if beyond || octets > MAX_OCTETS || pieces.len() >= MAX_PIECES {
                    return Err(Reason::TooLarge);
                }
                if !value.is_empty() {
                    pieces.push(Piece {
                        name: index,
                        place,
                        value,
                    });
                }
            }
        }
        Ok(Self { pieces, named })
    }

    /// Whether the request carries anything for the name at `index`.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.pieces.iter().any(|piece| piece.name == index)
    }
}

/// The value as the writer meant it: percent-decoded where that works, raw where it does not.
pub(crate) fn decoded(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'%', value).is_none() {
        return Cow::Borrowed(value);
    }
    percent_decoded(value).map_or(Cow::Borrowed(value), Cow::Owned)
}

/// Decodes `%xx`; `None` where JavaScript's `decodeURIComponent` throws.
pub(crate) fn percent_decoded(value: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut octets = value.iter();
    while let Some(&octet) = octets.next() {
        decoded.push(if octet == b'%' {
            let digit = |octet: &u8| char::from(*octet).to_digit(16);
            let (high, low) = (
                octets.next().and_then(digit)?,
                octets.next().and_then(digit)?,
            );
            u8::try_from(high * 16 + low).ok()?
        } else {
            octet
        });
    }
    str::from_utf8(&decoded).is_ok().then_some(decoded)
}

/// Whether a cookie called `name` is the session cookie `wanted` or a chunk of it (rule CK1).
pub(crate) fn belongs(name: &[u8], wanted: &CookieName) -> bool {
    place(name, wanted).is_some()
}

/// The place of a cookie called `name` in the session `wanted`.
///
/// A number too large for a chunk is still one of ours: it must be refused, not overlooked.
fn place(name: &[u8], wanted: &CookieName) -> Option<Place> {
    let rest = name.strip_prefix(wanted.as_str().as_bytes())?;
    if rest.is_empty() {
        return Some(Place::Whole);
    }
    let digits = rest.strip_prefix(b".")?;
    let canonical = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits == b"0" || !digits.starts_with(b"0"));
    let number = || str::from_utf8(digits).ok()?.parse().ok();
    canonical.then(|| Place::Chunk(number().unwrap_or(u16::MAX)))
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Cookie pairs of a request.
const MAX_PAIRS: usize = 128;

/// Chunks of one session.
pub(crate) const MAX_CHUNKS: usize = 32;

/// Octets of all session cookies together.
const MAX_OCTETS: usize = 64 * 1024;

/// Session cookies of all names together; each chunk may come four times.
const MAX_PIECES: usize = 4 * MAX_CHUNKS;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &[(usize, Option<u16>, &str)]) {
        let names = CookieName::known();
        let cookies = Cookies::scan(&names, [header.as_bytes()]).unwrap();
        let found: Vec<_> = (cookies.pieces.iter())
            .map(|piece| {
                (
                    piece.name,
                    piece.place.number(),
                    str::from_utf8(piece.value).unwrap(),
                )
            })
            .collect();
        assert_eq!(found, expected, "{header}");
    }

    #[track_caller]
    fn refused(header: &str) {
        let result = Cookies::scan(&CookieName::known(), [header.as_bytes()]);
        assert_eq!(result.unwrap_err(), Reason::TooLarge, "{}", header.len());
    }

    #[test]
    fn only_exact_names_and_canonical_chunk_numbers_belong_to_a_session() {
        check("authjs.session-token=a", &[(1, None, "a")]);
        check("authjs.session-token.0=a", &[(1, Some(0), "a")]);
        check("authjs.session-token.10=a", &[(1, Some(10), "a")]);
        for other in [
            ".00", ".01", ".+1", ".-1", ".1a", ".", "-legacy", "x", ".0.1", " .0",
        ] {
            check(&format!("authjs.session-token{other}=a"), &[]);
        }
        check("xauthjs.session-token=a; Authjs.session-token=b", &[]);
    }

    #[test]
    fn spaces_tabs_and_empty_pairs_change_nothing() {
        check(
            ";; \tauthjs.session-token \t= a b\t;x;=y;",
            &[(1, None, "a b")],
        );
        check(
            "authjs.session-token=; authjs.session-token=\"q\"",
            &[(1, None, "\"q\"")],
        );
    }

    #[test]
    fn more_than_a_session_can_have_is_refused_before_anything_is_decoded() {
        refused("authjs.session-token.32=a");
        refused("authjs.session-token.4294967296=a");
        refused(&"a=b;".repeat(129));
        refused(&format!("authjs.session-token={}", "a".repeat(65_537)));
        refused(&"next-auth.session-token.0=a;".repeat(128 + 1));
    }

    #[test]
    fn percent_encoding_is_undone_as_decode_uri_component_does() {
        assert_eq!(decoded(b"a%2Eb").as_ref(), b"a.b");
        for raw in ["a%", "a%2", "a%zz", "%ff"] {
            assert_eq!(decoded(raw.as_bytes()).as_ref(), raw.as_bytes());
        }
    }
}
