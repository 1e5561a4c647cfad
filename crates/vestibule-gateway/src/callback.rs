//! Where users return to after signing in: a path of our own origin, or the start page (TH-71).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use crate::request::{Target, path};

/// The `Location` that sends a user to the sign-in page and, from there, back to this target.
///
/// Relative, so that no header of the request can name the host (TH-24).
pub fn sign_in(sign_in_path: &str, target: &Target) -> String {
    let joint = if sign_in_path.contains('?') { '&' } else { '?' };
    let back = utf8_percent_encode(way_back(target), COMPONENT);
    format!("{sign_in_path}{joint}callbackUrl={back}")
}

/// The text itself, where every reader takes it for a path of our own origin.
///
/// Auth.js hands the value on after decoding it once, applications decode it again, and browsers
/// drop tabs and line ends and take `\` for `/` (WHATWG URL, special schemes):
/// none of that may uncover an authority in what looks like a path.
pub fn own_path(text: &str) -> Option<&str> {
    let (path, behind) = match text
        .find(['?', '#'])
        .and_then(|end| text.split_at_checked(end))
    {
        Some(parts) => parts,
        None => (text, ""),
    };
    path::inspect(path).ok()?;
    let own =
        stays(path.as_bytes(), DECODINGS) && behind.bytes().all(|octet| octet.is_ascii_graphic());
    own.then_some(text)
}

fn way_back(target: &Target) -> &str {
    let candidates = [target.as_str(), target.path()];
    let mut short = candidates.into_iter().filter(|text| text.len() <= LONGEST);
    short.find_map(own_path).unwrap_or("/")
}

/// Whether the path begins with one slash and has no control octets, now and after each decoding.
fn stays(path: &[u8], decodings: u8) -> bool {
    let one_slash = path.first() == Some(&b'/') && !matches!(path.get(1), Some(b'/' | b'\\'));
    if !one_slash || path.iter().any(u8::is_ascii_control) {
        return false;
    }
    if decodings == 0 || !path.contains(&b'%') {
        return true;
    }
    stays(&percent_decode(path).collect::<Vec<_>>(), decodings - 1)
}

/// Decodings that readers may add to the one that the query itself has.
const DECODINGS: u8 = 2;

/// Auth.js keeps the value in a cookie of its own, which must stay far below 4 KiB when encoded.
const LONGEST: usize = 1024;

/// What `encodeURIComponent` leaves alone is letters, digits and these; fewer are needed here.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
mod tests;
