//! What kind of answer a request can use: a page, data, or a tunnel.

use http::header::{ACCEPT, CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, Method};

/// What the client does with the answer; decides whether a refusal may be a redirect (TH-75).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything else: a script, an image, a frame. A redirect to a page would only confuse it.
    Call,
    /// The user goes to a page in the top-level window.
    Navigation,
    /// A WebSocket handshake (RFC 6455 §4.1).
    WebSocket,
}

impl Kind {
    /// Tells the kind from method and headers.
    ///
    /// Browsers say it in `Sec-Fetch-Mode` and `Sec-Fetch-Dest`, but not over plain HTTP to other
    /// hosts than localhost (CS4); only without them `Accept` decides.
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        if *method != Method::GET {
            return Self::Call;
        }
        if lists(headers, &UPGRADE, "websocket") && lists(headers, &CONNECTION, "upgrade") {
            return Self::WebSocket;
        }
        let page = match (headers.get(SEC_FETCH_MODE), headers.get(SEC_FETCH_DEST)) {
            (Some(mode), Some(dest)) => mode == "navigate" && dest == "document",
            (Some(_), None) | (None, Some(_)) => false,
            // jQuery asks for `text/html, */*` when it loads a fragment, and says what it is.
            (None, None) => accepts_html(headers) && !headers.contains_key(X_REQUESTED_WITH),
        };
        if page { Self::Navigation } else { Self::Call }
    }
}

/// Whether a header that is a list of tokens has this one, in any case and in any of its lines.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let mut lines = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines.any(|line| {
        line.split(',')
            .any(|token| token.trim().eq_ignore_ascii_case(wanted))
    })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let mut lines = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines.any(|line| {
        line.split(',').any(|range| {
            let mut parts = range.split(';').map(str::trim);
            parts
                .next()
                .is_some_and(|media| media.eq_ignore_ascii_case("text/html"))
                && !parts.any(is_zero_quality)
        })
    })
}

/// `q=0` with any number of decimals: "not this one" (RFC 9110 §12.4.2).
fn is_zero_quality(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) => {
            name.eq_ignore_ascii_case("q") && value.bytes().all(|octet| b"0.".contains(&octet))
        }
        None => false,
    }
}

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

#[cfg(test)]
mod tests;
