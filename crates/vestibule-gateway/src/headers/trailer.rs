//! What stands in a header section and never behind a body (RFC 9110 §6.5.1).

use super::is_hop_by_hop;

/// Whether a server that merges trailers into its headers would take this one for framing, routing,
/// authentication, a condition or a description of the content.
pub(super) fn is_header_only(name: &str) -> bool {
    is_hop_by_hop(name)
        || name.starts_with("if-")
        || matches!(
            name,
            "age"
                | "authorization"
                | "cache-control"
                | "content-encoding"
                | "content-length"
                | "content-range"
                | "content-type"
                | "cookie"
                | "date"
                | "expect"
                | "expires"
                | "host"
                | "location"
                | "max-forwards"
                | "origin"
                | "pragma"
                | "range"
                | "retry-after"
                | "set-cookie"
                | "trailer"
                | "vary"
                | "warning"
                | "www-authenticate"
        )
}
