//! Challenges of an upstream that authenticate a connection: ours are shared by all users (TH-80).

use http::HeaderValue;
use http::header::{HeaderMap, WWW_AUTHENTICATE};

/// Removes Negotiate and NTLM, alone on a line or in a list; other lines stay byte for byte.
pub(super) fn drop_connection_bound(headers: &mut HeaderMap) {
    let http::header::Entry::Occupied(entry) = headers.entry(WWW_AUTHENTICATE) else {
        return;
    };
    let lines: Vec<_> = entry.remove_entry_mult().1.collect();
    for line in lines {
        if let Some(rest) = others(&line) {
            headers.append(WWW_AUTHENTICATE, rest);
        }
    }
}

/// The line without such challenges; `None` where nothing else is in it.
fn others(line: &HeaderValue) -> Option<HeaderValue> {
    let mut bound = false;
    let mut dropped = false;
    let mut kept = Vec::new();
    for element in elements(line.as_bytes()) {
        if let Some(scheme) = scheme(element) {
            bound =
                scheme.eq_ignore_ascii_case(b"negotiate") || scheme.eq_ignore_ascii_case(b"ntlm");
        }
        dropped |= bound;
        if !bound {
            kept.push(element);
        }
    }
    if !dropped {
        return Some(line.clone());
    }
    let kept = kept.join(&b", "[..]);
    HeaderValue::from_bytes(&kept)
        .ok()
        .filter(|kept| !kept.is_empty())
}

/// What stands between the commas of a list (RFC 9110 §5.6.1); those in quotes separate nothing.
fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = line.split(move |octet| {
        let escapes = quoted && !escaped && *octet == b'\\';
        if *octet == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = escapes;
        *octet == b',' && !quoted
    });
    parts
        .map(<[u8]>::trim_ascii)
        .filter(|part| !part.is_empty())
}

/// The scheme that begins here, where one does: a parameter has its `=` in the first word or behind it.
fn scheme(element: &[u8]) -> Option<&[u8]> {
    let end = element
        .iter()
        .position(|octet| matches!(octet, b' ' | b'\t' | b'='));
    let (word, behind) = element.split_at(end.unwrap_or(element.len()));
    (!behind.trim_ascii_start().starts_with(b"=")).then_some(word)
}
