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
    /// The session is good, and a rule of the route does not let it pass.
    Forbidden {
        /// The rule, in the words of the configuration: for the log.
        rule: String,
    },
    /// The header section is longer than the limit; names the longest header where known.
    HeadersTooLarge {
        /// The name of the longest header.
        header: Option<http::HeaderName>,
    },
    /// It came over plain HTTP, and the configuration sends such requests to HTTPS.
    HttpsRequired {
        /// The value of `Location`.
        location: String,
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
    UpstreamUnreachable(Unreachable),
}

impl Refusal {
    /// The permanent word that the client, the log and the metric get.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadPath(_) => "bad_path",
            Self::BadRequest(_) => "bad_request",
            Self::BodyTooLarge => "body_too_large",
            Self::Forbidden { .. } => "forbidden",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::HttpsRequired { .. } => "https_required",
            Self::Internal => "internal",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::NoBackendToken | Self::Unauthenticated(_) => "unauthenticated",
            Self::NotFound => "not_found",
            Self::SessionExpired => "session_expired",
            Self::TargetTooLong => "target_too_long",
            Self::Unavailable => "unavailable",
            Self::UpstreamInvalid => "upstream_invalid",
            Self::UpstreamTimeout(_) => "upstream_timeout",
            Self::UpstreamUnreachable(_) => "upstream_unreachable",
        }
    }

    /// The precise word for the operator; where there is none, the code says it all.
    pub fn cause(&self) -> Option<&'static str> {
        match self {
            Self::BadPath(fault) => Some(fault.cause()),
            Self::BadRequest(fault) => Some(fault.cause()),
            Self::Forbidden { .. } => Some("policy"),
            Self::NoBackendToken => Some(NO_BACKEND_TOKEN),
            Self::SessionExpired => Some(Reason::Expired.code()),
            Self::Unauthenticated(reason) => Some(reason.code()),
            Self::UpstreamTimeout(deadline) => Some(deadline.cause()),
            Self::UpstreamUnreachable(Unreachable::Tls) => Some("tls"),
            Self::UpstreamUnreachable(Unreachable::WebSocket) => Some("websocket_over_http2"),
            Self::BodyTooLarge
            | Self::HeadersTooLarge { .. }
            | Self::HttpsRequired { .. }
            | Self::Internal
            | Self::MethodNotAllowed { .. }
            | Self::NotFound
            | Self::TargetTooLong
            | Self::Unavailable
            | Self::UpstreamInvalid
            | Self::UpstreamUnreachable(Unreachable::Connection) => None,
        }
    }
}

impl BadPath {
    fn cause(self) -> &'static str {
        match self {
            Self::DotSegment => "dot_segment",
            Self::EmptySegment => "empty_segment",
            Self::EncodedReserved => "encoded_reserved",
            Self::EncodedSlash => "encoded_slash",
            Self::Form => "target_form",
            Self::Octet => "octet",
            Self::PathParameter => "path_parameter",
            Self::Percent => "percent",
        }
    }
}

impl BadRequest {
    fn cause(self) -> &'static str {
        match self {
            Self::ForwardedAmbiguous => "forwarded_ambiguous",
            Self::Framing => "framing",
            Self::Host => "host",
            Self::Http2 => "http2",
            Self::Left => "client_left",
            Self::NotHttp => "not_http",
            Self::Repeated => "repeated_header",
        }
    }
}

impl Deadline {
    fn cause(self) -> &'static str {
        match self {
            Self::Connect => "connect_timeout",
            Self::Idle => "idle_timeout",
            Self::Response => "response_timeout",
            Self::Total => "timeout",
            Self::Upload => "upload_timeout",
        }
    }
}

/// The session opened, and the route's token is not in it.
pub(crate) const NO_BACKEND_TOKEN: &str = "no_backend_token";

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
    /// The rules of HTTP/2 were broken, or its frames used to make work alone; nobody gets the answer.
    Http2,
    /// The client went away in the middle of its body; nobody gets the answer.
    Left,
    /// A header that may come once came twice (HD3).
    Repeated,
    /// Forwarding metadata of a trusted proxy that cannot be read in one way (TP4).
    ForwardedAmbiguous,
    /// Octets that are no request at all, or a head that the HTTP parser does not take.
    NotHttp,
    /// `Content-Length` beside `Transfer-Encoding`, or another broken framing (FR1).
    Framing,
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
    /// Between two pieces of the request's body: it was the client that kept the upstream waiting.
    Upload,
}

/// Why there is no connection to an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// It does not listen, or it broke off.
    Connection,
    /// Its certificate does not verify, or TLS failed otherwise; the log says how (TH-93).
    Tls,
    /// A WebSocket begins with HTTP/1.1, and the upstream is spoken to with HTTP/2.
    WebSocket,
}

impl From<BadPath> for Refusal {
    fn from(fault: BadPath) -> Self {
        Self::BadPath(fault)
    }
}

impl From<BadRequest> for Refusal {
    fn from(fault: BadRequest) -> Self {
        Self::BadRequest(fault)
    }
}
