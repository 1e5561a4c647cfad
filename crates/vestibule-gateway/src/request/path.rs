//! What a path may consist of (rules PT2 and PT3), for targets, patterns and rewritten paths alike.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::Unusual;
use crate::refusal::BadPath;

/// Looks at each octet of `path` and tells its peculiarities.
///
/// An accepted path is its own normal form: nobody who reads it needs to rewrite it first.
pub(crate) fn inspect(path: &str) -> Result<Unusual, BadPath> {
    let mut rest = path.strip_prefix('/').ok_or(BadPath::Form)?;
    let mut unusual = Unusual::default();
    if is_plain(rest) {
        return Ok(unusual);
    }
    loop {
        let (segment, behind) = match rest.split_once('/') {
            Some((segment, behind)) => (segment, Some(behind)),
            None => (rest, None),
        };
        inspect_segment(segment, &mut unusual)?;
        let Some(behind) = behind else {
            return Ok(unusual);
        };
        unusual.empty_segments |= segment.is_empty();
        rest = behind;
    }
}

/// Whether there is nothing to look at more closely, as in almost every path.
fn is_plain(rest: &str) -> bool {
    let mut special = false;
    let mut before = b'/';
    for octet in rest.bytes() {
        special |= SPECIAL
            .get(usize::from(octet))
            .is_none_or(|special| *special);
        special |= before == b'/' && matches!(octet, b'/' | b'.');
        before = octet;
    }
    !special
}

/// The segments of an inspected path, each decoded once; borrowed where there is nothing to decode.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = Cow<'_, str>> + Clone {
    path.strip_prefix('/')
        .unwrap_or(path)
        .split('/')
        .map(decode)
}

/// One segment of an inspected path, decoded once.
pub(crate) fn decode(segment: &str) -> Cow<'_, str> {
    if segment.contains('%') {
        // `inspect` refuses what is no UTF-8, so nothing is replaced here.
        percent_decode_str(segment).decode_utf8_lossy()
    } else {
        Cow::Borrowed(segment)
    }
}

fn inspect_segment(segment: &str, unusual: &mut Unusual) -> Result<(), BadPath> {
    let mut escaped = false;
    for octet in segment.bytes() {
        match octet {
            b'%' => escaped = true,
            b';' => unusual.path_parameters = true,
            _ if is_refused(octet) => return Err(BadPath::Octet),
            _ => {}
        }
    }
    if escaped {
        return inspect_escaped(segment, unusual);
    }
    if segment.starts_with('.') && climbs(segment.as_bytes()) {
        return Err(BadPath::DotSegment);
    }
    Ok(())
}

/// What a browser escapes before it sends a path, and `\`, which it would turn into a slash:
/// <https://url.spec.whatwg.org/#path-percent-encode-set>.
const fn is_refused(octet: u8) -> bool {
    matches!(
        octet,
        0..=b' ' | 0x7f.. | b'"' | b'#' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{' | b'}'
    )
}

/// The thorough way, for the few segments with an escape.
fn inspect_escaped(segment: &str, unusual: &mut Unusual) -> Result<(), BadPath> {
    let once = unescape(segment.as_bytes(), Lone::Fails, unusual)?;
    if std::str::from_utf8(&once).is_err() {
        return Err(BadPath::Percent);
    }
    // Somebody behind us may decode again, so what a second decoding uncovers counts as well.
    let twice = unescape(&once, Lone::Stays, unusual)?;
    unusual.encoded_reserved |= twice.len() != once.len();
    // With encoded slashes admitted, `..%2fx` still climbs; dots of the first decoding are in both.
    if twice.split(|octet| *octet == b'/').any(climbs) {
        Err(BadPath::DotSegment)
    } else {
        Ok(())
    }
}

/// Whether this is `.` or `..`, also for servers that cut parameters (`..;x`), or a query or a fragment
/// that the decoding uncovered (`..%3f`).
fn climbs(part: &[u8]) -> bool {
    let name = part
        .split(|octet| matches!(octet, b';' | b'?' | b'#'))
        .next();
    matches!(name, Some(b"." | b".."))
}

/// Decodes once. A `%` without its two digits fails, or stays where it was decoded from `%25`.
fn unescape(octets: &[u8], lone: Lone, unusual: &mut Unusual) -> Result<Vec<u8>, BadPath> {
    let mut plain = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((&octet, behind)) = rest.split_first() {
        rest = behind;
        if octet == b'%' {
            if let Some((value, after)) = two_digits(behind) {
                match value {
                    0 => return Err(BadPath::Percent),
                    b'\\' => return Err(BadPath::EncodedSlash),
                    b'/' => unusual.encoded_slash = true,
                    b';' => unusual.path_parameters = true,
                    b'#' | b'?' => unusual.encoded_reserved = true,
                    _ => {}
                }
                plain.push(value);
                rest = after;
                continue;
            }
            if lone == Lone::Fails {
                return Err(BadPath::Percent);
            }
        }
        plain.push(octet);
    }
    Ok(plain)
}

/// What becomes of a `%` without digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lone {
    Fails,
    Stays,
}

fn two_digits(octets: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], after) = octets.split_first_chunk()?;
    Some((hex(high)? << 4 | hex(low)?, after))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// The octets that make a path worth a closer look.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler evaluates it and would stop at an index out of bounds"
)]
const SPECIAL: [bool; 256] = {
    let mut special = [true; 256];
    let mut octet = 0x21;
    while octet < 0x7f {
        special[octet as usize] = is_refused(octet) || matches!(octet, b'%' | b';');
        octet += 1;
    }
    special
};
