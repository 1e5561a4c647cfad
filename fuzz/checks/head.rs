//! Octets to a request head, as the HTTP parser of the gateway takes them.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

/// The parts of a head that the gateway reads.
pub(crate) struct Head {
    pub(crate) method: Method,
    /// The target as it stood on the line.
    pub(crate) target: String,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

/// Reads the head at the beginning of `octets`; `value` says what a header's value stands for.
pub(crate) fn parse(octets: &[u8], value: impl Fn(&[u8]) -> Vec<u8>) -> Option<Head> {
    let mut lines = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut lines);
    if !request.parse(octets).ok()?.is_complete() {
        return None;
    }
    let target = request.path?.to_owned();
    let mut headers = HeaderMap::new();
    for line in request.headers.iter() {
        let name = HeaderName::from_bytes(line.name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::try_from(value(line.value)).ok()?);
    }
    Some(Head {
        method: request.method?.parse().ok()?,
        uri: target.parse().ok()?,
        target,
        headers,
    })
}
