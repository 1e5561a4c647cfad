//! The session among the other cookies: it stays here, they go along byte for byte.

use http::HeaderValue;
use http::header::{COOKIE, HeaderMap};
use vestibule_session::CookieName;

/// Removes every session cookie, whole or in chunks, under each of these names.
///
/// The chunk numbers are not looked at: whatever follows the name and a dot may be a piece of one (CK5).
pub(super) fn remove(headers: &mut HeaderMap, names: &[CookieName]) {
    let lines: Vec<_> = match headers.entry(COOKIE) {
        http::header::Entry::Occupied(entry) => entry.remove_entry_mult().1.collect(),
        http::header::Entry::Vacant(_) => return,
    };
    for line in lines {
        if let Some(rest) = without(&line, names) {
            headers.append(COOKIE, rest);
        }
    }
}

/// The line without sessions; `None` where nothing else is in it.
fn without(line: &HeaderValue, names: &[CookieName]) -> Option<HeaderValue> {
    let pieces = || line.as_bytes().split(|octet| *octet == b';');
    if !pieces().any(|piece| is_session(piece, names)) {
        return Some(line.clone());
    }
    let others = pieces().filter(|piece| !is_session(piece, names));
    let rest = others.collect::<Vec<_>>().join(&b';');
    let rest = rest.trim_ascii_start();
    if rest.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(rest).ok()
}

fn is_session(piece: &[u8], names: &[CookieName]) -> bool {
    let name = piece
        .split(|octet| *octet == b'=')
        .next()
        .unwrap_or_default();
    let name = name.trim_ascii();
    names.iter().any(|session| {
        let behind = name.strip_prefix(session.as_str().as_bytes());
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(b"."))
    })
}

#[cfg(test)]
mod tests;
