//! Why a request is not forwarded: data, matched exhaustively in `respond.rs`.

use vestibule_session::Reason;

/// A request that the gateway answers itself.
///
/// Each variant is one public code; [`Refusal::code`] is the same word in the body, the header
/// `Vestibule-Refusal`, the log and the metric. [`Refusal::cause`] is for the operator only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request target has no single meaning (rules PT1 to PT8).
    BadPath(BadPath),
    /// Another part of the request head is malformed or ambiguous.
    BadRequest(BadRequest),
    /// The body is longer than the route takes.
    BodyTooLarge,
    /// The header section is longer than the limit; names the longest header where known.
    HeadersTooLarge {
        /// The name of the longest header.
        header: Option<http::HeaderName>,
    },
    /// A bug of ours.
    Internal,
    /// The route does not take this method.
    MethodNotAllowed {
        /// The value of `Allow`.
        allow: String,
    },
    /// The session opened but lacks what the route needs for its backend.
    NoBackendToken,
    /// No route has this path and host.
    NotFound,
    /// A session was valid and is over.
    SessionExpired,
    /// The request target is longer than the limit.
    TargetTooLong,
    /// No valid session.
    Unauthenticated(Reason),
    /// We are stopping, or at our limit of connections.
    Unavailable,
    /// The upstream's answer is not HTTP.
    UpstreamInvalid,
    /// An upstream deadline passed.
    UpstreamTimeout(Deadline),
    /// No connection to the upstream could be made, or it broke before an answer.
    UpstreamUnreachable,
}

/// What is wrong with a request target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPath {
    /// Neither origin-form nor an absolute-form of our own host (PT1).
    Form,
    /// An octet that no path may have raw (PT2).
    Octet,
    /// `%` without two hex digits, or octets that are not UTF-8 once decoded (PT2).
    Percent,
    /// `.` or `..`, raw or encoded once or twice (PT3).
    DotSegment,
    /// `//` (PT3).
    EmptySegment,
    /// `%2f` or `%5c` (PT2, PT3).
    EncodedSlash,
    /// `;` or `%3b` (PT3).
    PathParameter,
    /// `%23`, `%3f`, or `%25` followed by two hex digits (PT3).
    EncodedReserved,
}

/// What is wrong with a request head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRequest {
    /// No `Host`, two of them, or one that is not a host (PT7).
    Host,
    /// A header that may come once came twice (HD3).
    Repeated,
    /// Forwarding metadata of a trusted proxy that cannot be read in one way (TP4).
    ForwardedAmbiguous,
    /// `Content-Length` beside `Transfer-Encoding`, or another broken framing (FR1).
    Framing,
    /// The upgrade is not one that we tunnel.
    Upgrade,
}

/// The upstream deadline that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// Until the connection stood.
    Connect,
    /// Until the head of the response came.
    Response,
    /// Between two pieces of a body.
    Idle,
    /// The whole exchange.
    Total,
}
