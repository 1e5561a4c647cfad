//! The header `Forwarded` (RFC 7239), read from its end.
//!
//! Each proxy appends one element, so the words of those we trust are at the right, and what stands
//! left of them is anybody's. Reading from the right keeps it so: a quote that a client opens and
//! never closes cannot swallow what a proxy appended behind it.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, header::FORWARDED};
use ipnet::IpNet;

use super::{MOST_HOPS, Said, parse_address, parse_scheme};
use crate::refusal::BadRequest;
use crate::request::Host;
use crate::request::peer::is_trusted;

/// The verified hops, nearest first, and what the outermost of them says about the request.
///
/// The outermost element that a trusted proxy wrote describes the connection of the user: scheme and
/// host are taken from it alone. One that cannot be read says nothing that could be believed (TP4).
pub(super) fn walk(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> (Vec<IpAddr>, Result<Said, BadRequest>) {
    let (mut hops, mut said) = (vec![peer], Ok(Said::default()));
    let mut elements = elements(headers);
    while hops.len() < MOST_HOPS && hops.last().is_some_and(|hop| is_trusted(*hop, trusted)) {
        let Some(element) = elements.next() else {
            break;
        };
        let Some(element) = Element::parse(element) else {
            said = Err(BadRequest::ForwardedAmbiguous);
            break;
        };
        said = element.said();
        // `unknown` and names that a proxy made up hide who it was (§6.3).
        let Some(hop) = element.node.as_deref().and_then(node) else {
            break;
        };
        hops.push(hop);
    }
    (hops, said)
}

/// What one proxy says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Element<'a> {
    node: Option<Cow<'a, str>>,
    host: Option<Cow<'a, str>>,
    proto: Option<Cow<'a, str>>,
}

impl<'a> Element<'a> {
    /// Pairs of a token and a value; each parameter once (§4).
    fn parse(octets: &'a [u8]) -> Option<Self> {
        let mut element = Self::default();
        let (mut by, mut rest) = (None, std::str::from_utf8(octets).ok()?.trim_matches(SPACE));
        // An empty element is nobody's word.
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            // An empty pair is allowed (§4).
            if let Some(next) = rest.strip_prefix(';') {
                rest = next.trim_start_matches(SPACE);
                continue;
            }
            let (name, value) = rest.split_once('=')?;
            if name.is_empty() || !name.bytes().all(is_token) {
                return None;
            }
            let (value, behind) = value_of(value)?;
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let known = if is("for") {
                Some(&mut element.node)
            } else if is("host") {
                Some(&mut element.host)
            } else if is("proto") {
                Some(&mut element.proto)
            } else if is("by") {
                Some(&mut by)
            } else {
                None
            };
            if known.is_some_and(|known| known.replace(value).is_some()) {
                return None;
            }
            let behind = behind.trim_start_matches(SPACE);
            if !behind.is_empty() && !behind.starts_with(';') {
                return None;
            }
            rest = behind;
        }
        Some(element)
    }

    fn said(&self) -> Result<Said, BadRequest> {
        let ambiguous = BadRequest::ForwardedAmbiguous;
        let scheme = self.proto.as_deref();
        let scheme = scheme.map(|text| parse_scheme(text).ok_or(ambiguous));
        let host = self.host.as_deref().map(|text| {
            let value = HeaderValue::from_str(text).ok();
            value.and_then(|value| Host::parse(&value)).ok_or(ambiguous)
        });
        Ok(Said {
            scheme: scheme.transpose()?,
            host: host.transpose()?,
            port: None,
        })
    }
}

/// A token or a quoted string at the beginning of `text`, and what is behind it.
fn value_of(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.bytes().position(|octet| !is_token(octet));
        let (value, behind) = text.split_at_checked(end.unwrap_or(text.len()))?;
        return (!value.is_empty()).then_some((Cow::Borrowed(value), behind));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((Cow::Owned(value), quoted.get(index + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// An address as §6 has it: IPv6 in brackets, a port behind a colon, which may be made up.
fn node(text: &str) -> Option<IpAddr> {
    let text = match text.rsplit_once(":_") {
        Some((address, port)) if port.bytes().all(is_obfuscated) => address,
        Some(_) | None => text,
    };
    if !text.starts_with('[') && text.matches(':').count() > 1 {
        return None;
    }
    parse_address(text.as_bytes())
}

/// The elements of all lines, the last one first.
fn elements(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(FORWARDED).iter().rev();
    lines.flat_map(|line| {
        let mut rest = Some(line.as_bytes());
        std::iter::from_fn(move || {
            let (left, element) = split_last(rest?);
            rest = left;
            Some(element)
        })
    })
}

/// What is behind the last comma outside of quotes, and what is in front of it.
fn split_last(line: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let mut quoted = false;
    for (index, octet) in line.iter().enumerate().rev() {
        match octet {
            b'"' if !is_escaped(line, index) => quoted = !quoted,
            b',' if !quoted => {
                return (line.get(..index), line.get(index + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (None, line)
}

/// Whether an odd number of backslashes stands in front.
fn is_escaped(line: &[u8], index: usize) -> bool {
    let before = line.get(..index).unwrap_or_default();
    let backslashes = before.iter().rev().take_while(|octet| **octet == b'\\');
    backslashes.count() % 2 == 1
}

/// RFC 9110 §5.6.2.
fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// §6.3.
fn is_obfuscated(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"._-".contains(&octet)
}

const SPACE: [char; 2] = [' ', '\t'];

#[cfg(test)]
mod tests;
