//! The ids of a request: `X-Request-Id` and W3C trace context.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::headers::{TRACEPARENT, TRACESTATE, X_REQUEST_ID};

/// The two ids that go up to the upstream and into the log.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    /// Sent up and back as `X-Request-Id`.
    pub(crate) request_id: HeaderValue,
    /// <https://www.w3.org/TR/trace-context/> §3.2, version 00.
    pub(crate) traceparent: HeaderValue,
}

/// Makes ids on one core: unique, cheap, and no secret.
#[derive(Debug)]
pub(crate) struct IdSource(Cell<u64>);

impl IdSource {
    /// Begins at a random place, so that cores and restarts do not repeat one another.
    pub(crate) fn new() -> Self {
        let random = std::hash::RandomState::new().build_hasher().finish();
        Self(Cell::new(random))
    }

    /// The ids of a request: its trace goes on where it carries a valid one, and begins here where not.
    ///
    /// A request id is taken from trusted proxies only: it is an operator's word, and a client could
    /// make its requests look like another's.
    pub(crate) fn ids(&self, headers: &mut HeaderMap, trusted: bool) -> Ids {
        let given = headers
            .get(X_REQUEST_ID)
            .filter(|id| trusted && is_request_id(id));
        let given = given.cloned();
        let traceparent = headers
            .get(TRACEPARENT)
            .filter(|parent| is_traceparent(parent));
        if let Some(traceparent) = traceparent {
            let traceparent = traceparent.clone();
            let request_id = given.unwrap_or_else(|| self.fresh().request_id);
            return Ids {
                request_id,
                traceparent,
            };
        }
        // State without a parent belongs to no trace (§3.3).
        headers.remove(TRACESTATE);
        let fresh = self.fresh();
        Ids {
            request_id: given.unwrap_or(fresh.request_id),
            traceparent: fresh.traceparent,
        }
    }

    /// A new trace; its id is the request's id as well, and both values share their octets.
    fn fresh(&self) -> Ids {
        let mut text = [b'0'; 55];
        let mut digits = [self.next(), self.next(), self.next()]
            .into_iter()
            .flat_map(|number| (0..16).map(move |digit| hex(number >> (digit * 4))));
        for (position, octet) in text.iter_mut().enumerate() {
            *octet = match position {
                0 | 1 | 53 | 54 => b'0',
                2 | 35 | 52 => b'-',
                _ => digits.next().unwrap_or(b'1'),
            };
        }
        let traceparent = Bytes::copy_from_slice(&text);
        let request_id = traceparent.slice(3..35);
        let value =
            |octets| HeaderValue::from_maybe_shared(octets).expect("hex digits are visible ASCII");
        Ids {
            request_id: value(request_id),
            traceparent: value(traceparent),
        }
    }

    /// `SplitMix64`: all 2^64 numbers before one comes again.
    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut number = state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }
}

fn hex(number: u64) -> u8 {
    b"0123456789abcdef"
        .get((number & 15) as usize)
        .copied()
        .unwrap_or(b'0')
}

fn is_request_id(value: &HeaderValue) -> bool {
    let id = value.as_bytes();
    (1..=128).contains(&id.len())
        && (id.iter()).all(|octet| octet.is_ascii_alphanumeric() || b"._-".contains(octet))
}

/// Version 00 exactly: ids of lower-case hex digits, neither of them all zero (§3.2.2).
fn is_traceparent(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else {
        return false;
    };
    let mut parts = text.split('-');
    let mut part = |length| {
        parts
            .next()
            .filter(|part| part.len() == length && part.bytes().all(is_lower_hex))
    };
    let (version, trace, span, flags) = (part(2), part(32), part(16), part(2));
    let named = |id: Option<&str>| id.is_some_and(|id| id.bytes().any(|octet| octet != b'0'));
    version == Some("00")
        && named(trace)
        && named(span)
        && flags.is_some()
        && parts.next().is_none()
}

fn is_lower_hex(octet: u8) -> bool {
    matches!(octet, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn ids(lines: &[(&'static str, &'static str)], trusted: bool) -> (String, String, bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let ids = IdSource::new().ids(&mut headers, trusted);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        (
            text(&ids.request_id),
            text(&ids.traceparent),
            headers.contains_key("tracestate"),
        )
    }

    #[test]
    fn a_valid_trace_goes_on() {
        let (_, parent, state) = ids(&[("traceparent", PARENT), ("tracestate", "a=b")], false);
        assert_eq!((parent.as_str(), state), (PARENT, true));
    }

    #[test]
    fn an_invalid_trace_begins_anew_without_its_state() {
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            let (id, parent, state) = ids(&[("traceparent", bad), ("tracestate", "a=b")], false);
            assert!(
                is_traceparent(&HeaderValue::from_str(&parent).unwrap()),
                "{parent}"
            );
            assert_eq!(parent.split('-').nth(1), Some(id.as_str()));
            assert!(!state, "{bad}");
        }
    }

    #[test]
    fn request_ids_come_from_trusted_proxies_only() {
        assert_eq!(ids(&[("x-request-id", "abc-1")], true).0, "abc-1");
        assert_ne!(ids(&[("x-request-id", "abc-1")], false).0, "abc-1");
        assert_ne!(ids(&[("x-request-id", "a b")], true).0, "a b");
    }

    #[test]
    fn ids_do_not_repeat() {
        let source = IdSource::new();
        let ids: std::collections::HashSet<_> =
            (0..10_000).map(|_| source.fresh().request_id).collect();
        assert_eq!(ids.len(), 10_000);
    }
}
