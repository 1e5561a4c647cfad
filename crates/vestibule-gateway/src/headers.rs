//! Headers on their way up and down: what is dropped, and in which order what is ours is set (HD1, HD2).

use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, HeaderMap,
    HeaderName, HeaderValue, SET_COOKIE, TE, TRANSFER_ENCODING, UPGRADE, VARY, VIA,
};

use http::Version;
use vestibule_session::CookieName;

use crate::config::Cookies;

mod challenge;
pub(crate) mod hardening;
mod owned;
mod session_cookies;
mod trailer;

use owned::{is_of_gateway, is_owned};

/// What the upstream gets from us.
pub(crate) struct Outgoing<'a> {
    /// `Bearer …`, where the route carries a token.
    pub(crate) bearer: Option<&'a HeaderValue>,
    /// Whether the client's cookies go along.
    pub(crate) cookies: Cookies,
    /// The names that a session may have.
    pub(crate) session_cookies: &'a [CookieName],
    /// `Host`, where it is not the client's own.
    pub(crate) host: HeaderValue,
    /// A WebSocket handshake: the only upgrade that we tunnel.
    pub(crate) upgrade: bool,
    /// The HTTP in which the request came.
    pub(crate) received: Version,
    pub(crate) request_id: &'a HeaderValue,
    pub(crate) traceparent: &'a HeaderValue,
}

/// Turns the client's headers into the upstream's, in the order of HD1:
/// hop-by-hop, then everything that is owned, then ours. The forwarding headers are set by the caller,
/// who knows the client.
pub(crate) fn prepare_request(headers: &mut HeaderMap, outgoing: &Outgoing<'_>) {
    let trailers = headers.get_all(TE).iter().any(lists_trailers);
    let trace = match headers.entry(TRACESTATE) {
        // One list on several lines, in their order (W3C Trace Context §3.3.1).
        http::header::Entry::Occupied(entry) => {
            Some(entry.remove_entry_mult().1.collect::<Vec<_>>())
        }
        http::header::Entry::Vacant(_) => None,
    };
    drop_hop_by_hop(headers);
    drop_where(headers, is_owned);
    headers.remove(EXPECT); // answered by us, after the decision (FR4)
    match outgoing.cookies {
        Cookies::Drop => drop(headers.remove(COOKIE)),
        Cookies::Pass => {}
        Cookies::PassOthers => session_cookies::remove(headers, outgoing.session_cookies),
    }
    headers.insert(HOST, outgoing.host.clone());
    if let Some(bearer) = outgoing.bearer {
        headers.insert(AUTHORIZATION, bearer.clone());
    }
    headers.insert(VIA, HeaderValue::from_static(via(outgoing.received)));
    headers.insert(X_REQUEST_ID, outgoing.request_id.clone());
    headers.insert(TRACEPARENT, outgoing.traceparent.clone());
    for line in trace.into_iter().flatten() {
        headers.append(TRACESTATE, line);
    }
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    if outgoing.upgrade {
        switch(headers);
    }
}

/// Turns the upstream's headers into the client's.
pub(crate) fn prepare_response(
    headers: &mut HeaderMap,
    cookies: Cookies,
    session_was_read: bool,
    request_id: &HeaderValue,
) {
    if headers.contains_key(TRANSFER_ENCODING) {
        // The chunks were counted, whatever the length says (RFC 9112 §6.3).
        headers.remove(CONTENT_LENGTH);
    }
    drop_hop_by_hop(headers);
    drop_where(headers, is_of_gateway);
    challenge::drop_connection_bound(headers);
    match cookies {
        Cookies::Drop => drop(headers.remove(SET_COOKIE)),
        Cookies::Pass | Cookies::PassOthers => {}
    }
    // Whoever got a cookie of somebody else's out of a cache would be that somebody (TH-72).
    if session_was_read || headers.contains_key(SET_COOKIE) {
        forbid_caching(headers);
    }
    headers.insert(X_REQUEST_ID, request_id.clone());
}

/// Lets a 101 say what was agreed; hop-by-hop headers were dropped with the upstream's.
pub(crate) fn switch(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// What depends on a session is for nobody else (TH-72).
pub(crate) fn forbid_caching(headers: &mut HeaderMap) {
    drop_where(headers, is_for_caches);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let varies = |value: &HeaderValue| {
        let lists = |text: &str| text.split(',').any(|name| is_cookie_or_all(name.trim()));
        value.to_str().is_ok_and(lists)
    };
    if !headers.get_all(VARY).iter().any(varies) {
        headers.append(VARY, HeaderValue::from_static("Cookie"));
    }
}

/// Whether a cache reads this in place of `Cache-Control`: RFC 9213 and what came before it.
fn is_for_caches(name: &str) -> bool {
    name.ends_with("-cache-control")
        || matches!(
            name,
            "edge-control" | "expires" | "surrogate-control" | "x-accel-expires"
        )
}

/// Removes from trailers what may not come as a header either (HD2), and what is no trailer at all.
pub(crate) fn clean_trailers(trailers: &mut HeaderMap) {
    drop_where(trailers, |name| {
        is_owned(name) || trailer::is_header_only(name)
    });
}

/// Removes from an upstream's trailers what it may not say in its headers either (TH-29).
pub(crate) fn clean_response_trailers(trailers: &mut HeaderMap) {
    drop_where(trailers, |name| {
        is_of_gateway(name) || trailer::is_header_only(name)
    });
}

/// RFC 9110 §7.6.1: the names in `Connection`, and those that are about one connection by definition.
fn drop_hop_by_hop(headers: &mut HeaderMap) {
    if let http::header::Entry::Occupied(entry) = headers.entry(CONNECTION) {
        let lines: Vec<_> = entry.remove_entry_mult().1.collect();
        for name in lines
            .iter()
            .flat_map(|line| line.as_bytes().split(|octet| *octet == b','))
        {
            if let Ok(name) = HeaderName::from_bytes(name.trim_ascii()) {
                // A client must not be able to take the length or the host away.
                if !matches!(name.as_str(), "content-length" | "host" | "content-type") {
                    headers.remove(name);
                }
            }
        }
    }
    drop_where(headers, is_hop_by_hop);
}

fn is_hop_by_hop(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "transfer-encoding"
            | "upgrade"
            | "http2-settings"
    )
}

/// Removes every header whose name is named; nothing is allocated where none is.
pub(crate) fn drop_where(headers: &mut HeaderMap, named: impl Fn(&str) -> bool) {
    while let Some(name) = headers.keys().find(|name| named(name.as_str())) {
        let name = name.clone();
        headers.remove(name);
    }
}

/// RFC 9110 §7.6.3: the version is that of the message as it was received.
fn via(received: Version) -> &'static str {
    match received {
        Version::HTTP_10 => "1.0 vestibule",
        Version::HTTP_2 => "2.0 vestibule",
        _ => "1.1 vestibule",
    }
}

fn lists_trailers(value: &HeaderValue) -> bool {
    let listed = |text: &str| {
        text.split(',').any(|coding| {
            let name = coding.split(';').next().unwrap_or_default();
            name.trim().eq_ignore_ascii_case("trailers")
        })
    };
    value.to_str().is_ok_and(listed)
}

fn is_cookie_or_all(name: &str) -> bool {
    name == "*" || name.eq_ignore_ascii_case("cookie")
}

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[cfg(test)]
mod tests;
