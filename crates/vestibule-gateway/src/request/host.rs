//! The host that a request is for (rule PT7).

use std::borrow::Cow;
use std::net::Ipv6Addr;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri};

use crate::refusal::{BadPath, BadRequest, Refusal};

/// A host and perhaps a port, in one spelling: lower case, no final dot.
///
/// Cloning shares the octets with the header it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    authority: HeaderValue,
    name_length: usize,
    port: Option<u16>,
}

impl Host {
    /// Reads the one `Host` of a request and compares it with an absolute-form target (PT1, PT7).
    ///
    /// RFC 9112 §3.2.2 lets the target win over the header; a request in which the two differ is
    /// refused instead, because a server behind us may choose the other one.
    pub fn read(headers: &HeaderMap, uri: &Uri) -> Result<Self, Refusal> {
        let mut lines = headers.get_all(HOST).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return Err(BadRequest::Host.into());
        };
        let host = Self::parse(line).ok_or(BadRequest::Host)?;
        match uri.authority() {
            Some(authority) if !host.is(authority) => Err(BadPath::Form.into()),
            Some(_) | None => Ok(host),
        }
    }

    /// Reads `name`, `name:port`, `[v6]` or `[v6]:port`.
    pub fn parse(value: &HeaderValue) -> Option<Self> {
        let text = std::str::from_utf8(value.as_bytes()).ok()?;
        let (given, port) = split_port(text)?;
        let name = normal_name(given)?;
        // The usual spelling shares the header's octets.
        let authority = if given == name {
            value.clone()
        } else {
            let spelled = match port {
                Some(port) => HeaderValue::try_from(format!("{name}:{port}")),
                None => HeaderValue::from_str(&name),
            };
            spelled.ok()?
        };
        Some(Self {
            authority,
            name_length: name.len(),
            port,
        })
    }

    /// The name or address without the port; an IPv6 address in brackets.
    pub fn name(&self) -> &str {
        let octets = self.authority.as_bytes().get(..self.name_length);
        octets
            .and_then(|octets| std::str::from_utf8(octets).ok())
            .unwrap_or_default()
    }

    /// The port, where one is given.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Host and port as one header value.
    pub fn header(&self) -> &HeaderValue {
        &self.authority
    }

    fn is(&self, authority: &Authority) -> bool {
        if authority.as_str().as_bytes() == self.authority.as_bytes() {
            return true;
        }
        // Any user information is part of the name here and fails as one.
        HeaderValue::from_str(authority.as_str()).is_ok_and(|value| {
            Self::parse(&value)
                .is_some_and(|other| other.name() == self.name() && other.port == self.port)
        })
    }
}

/// The one spelling of a host name or address, or nothing where it is none.
///
/// Names outside ASCII arrive as punycode; a raw one is refused, because every reader behind us
/// would convert it in its own way.
pub(crate) fn normal_name(given: &str) -> Option<Cow<'_, str>> {
    if let Some(literal) = given.strip_prefix('[') {
        let address: Ipv6Addr = literal.strip_suffix(']')?.parse().ok()?;
        return Some(Cow::Owned(format!("[{address}]")));
    }
    let name = given.strip_suffix('.').unwrap_or(given);
    let mut label = 0;
    let mut upper = false;
    for octet in name.bytes() {
        label = match octet {
            b'.' if label == 0 => return None,
            b'.' => 0,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' if label < 63 => label + 1,
            _ => return None,
        };
        upper |= octet.is_ascii_uppercase();
    }
    if label == 0 || name.len() > 253 {
        None
    } else if upper {
        Some(Cow::Owned(name.to_ascii_lowercase()))
    } else {
        Some(Cow::Borrowed(name))
    }
}

pub(super) fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => Some((name, Some(parse_port(port)?))),
        Some(_) | None => Some((text, None)),
    }
}

/// A port in its one spelling: no sign, no leading zero.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    if !text.starts_with(|first: char| matches!(first, '1'..='9')) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests;
