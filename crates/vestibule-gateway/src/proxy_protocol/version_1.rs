//! Version 1: a line of text, such as `PROXY TCP4 203.0.113.7 10.0.0.9 56324 443`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{HeaderError, Progress, Told};

pub(super) fn parse(octets: &[u8]) -> Result<Progress, HeaderError> {
    let Some(line) = octets.strip_suffix(b"\r\n") else {
        return missing(octets);
    };
    // A line break within would have two readers see two lines.
    if line.contains(&b'\r') || line.contains(&b'\n') {
        return Err(MALFORMED_LINE);
    }
    let text = std::str::from_utf8(line).map_err(|_| MALFORMED_LINE)?;
    let mut words = text.split(' ').skip(1);
    let told = match words.next() {
        // Whatever else stands in the line is to be ignored (§2.1).
        Some("UNKNOWN") => return Ok(Progress::Complete(Told::Nobody)),
        Some("TCP4") => addresses::<Ipv4Addr>(&mut words),
        Some("TCP6") => addresses::<Ipv6Addr>(&mut words),
        Some(_) | None => None,
    };
    let told = told.filter(|_| words.next().is_none());
    let told = told.ok_or(HeaderError::Malformed("addresses or ports"))?;
    Ok(Progress::Complete(Told::Client(told)))
}

/// Of a line without its end, only the end is known to be missing.
fn missing(octets: &[u8]) -> Result<Progress, HeaderError> {
    if octets.contains(&b'\n') {
        return Err(MALFORMED_LINE);
    }
    let missing = if octets.ends_with(b"\r") { 1 } else { 2 };
    if octets.len() + missing > LONGEST {
        return Err(HeaderError::Malformed("longer than 107 octets"));
    }
    Ok(Progress::Missing(missing))
}

/// Source and destination, then their ports; the source is what we look for.
fn addresses<'a, A>(words: &mut impl Iterator<Item = &'a str>) -> Option<IpAddr>
where
    A: std::str::FromStr + Into<IpAddr>,
{
    let source: A = words.next()?.parse().ok()?;
    let _: A = words.next()?.parse().ok()?;
    port(words.next()?)?;
    port(words.next()?)?;
    Some(source.into())
}

/// Digits without a leading zero (§2.1).
fn port(text: &str) -> Option<u16> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|_| canonical && digits)
}

pub(super) const SIGNATURE: &[u8] = b"PROXY ";

/// With both octets of its end (§2.1).
const LONGEST: usize = 107;

const MALFORMED_LINE: HeaderError = HeaderError::Malformed("the line does not end in CR LF");
