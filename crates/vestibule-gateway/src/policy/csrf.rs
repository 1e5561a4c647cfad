//! Whether the page of another site may have caused a request (rules CS1 to CS5). Pure.
//!
//! A browser adds the user's cookies to whatever any page makes it send. What it also adds, and no page
//! can change, is where that page comes from: `Sec-Fetch-Site`, and `Origin` with everything that is not
//! a plain `GET`. So no state is kept and no token is handed out.

use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::config::{Cookies, Route, Token};
use crate::request::{Kind, Named, Origin, Request, Target};
use crate::session::Opened;

/// What holds on all routes.
#[derive(Debug, Clone, Default)]
pub struct Csrf {
    /// Other origins whose pages may act for the user.
    pub allowed_origins: Vec<Origin>,
    /// What a program says that is no browser, and a page of another site cannot.
    pub header: Option<(HeaderName, HeaderValue)>,
    /// Whether the site is chosen by its hosts, so that each of them is its own.
    pub has_hosts: bool,
}

/// What a route does about a request that another site may have caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsrfMode {
    /// It is refused.
    Enforce,
    /// It is logged and counted, and passes.
    LogOnly,
    /// Nobody looks.
    Off,
}

/// What speaks against a request; closed, because it is a label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// `Sec-Fetch-Site` says so.
    CrossSite,
    /// `Origin` is another one.
    Origin,
    /// Neither header, as from a program.
    NoOrigin,
    /// `Origin: null`: a sandboxed page, a local file, or a page that keeps its address to itself.
    NullOrigin,
    /// `Sec-Fetch-Site: same-site`: a sibling subdomain is not us.
    SameSite,
    /// `Origin` has our host and another scheme or port.
    SchemeOrPort,
}

impl Foreign {
    /// Every cause, for the metric.
    pub(crate) const ALL: [Self; 6] = [
        Self::CrossSite,
        Self::Origin,
        Self::NoOrigin,
        Self::NullOrigin,
        Self::SameSite,
        Self::SchemeOrPort,
    ];

    /// The permanent word in the log and the metric.
    pub fn cause(self) -> &'static str {
        match self {
            Self::CrossSite => "cross_site",
            Self::Origin => "foreign_origin",
            Self::NoOrigin => "no_origin",
            Self::NullOrigin => "null_origin",
            Self::SameSite => "same_site",
            Self::SchemeOrPort => "scheme_or_port",
        }
    }
}

/// What a request is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its headers, each of those that count here at most once (HD3).
    pub headers: &'a HeaderMap,
    /// The rest of it.
    pub request: &'a Request,
}

/// What speaks against this request on this route, if anything does.
///
/// Nothing is looked at where the answer changes nothing: on routes that forward neither cookies nor a
/// token, and with methods that only read (RFC 9110 §9.2.1), WebSocket handshakes apart: no other check
/// stands between a foreign page and an open socket (TH-69).
pub fn foreign(
    csrf: &Csrf,
    route: &Route,
    sent: Sent<'_>,
    session: Option<&Opened>,
    sign_in_path: &str,
) -> Option<Foreign> {
    let handshake = sent.request.kind == Kind::WebSocket;
    if route.csrf == CsrfMode::Off || (is_safe(sent.method) && !handshake) {
        return None;
    }
    // No page can make a browser add this one.
    if session.is_some_and(Opened::is_from_bearer) {
        return None;
    }
    let found = judge(csrf, route, sent, session).err()?;
    let exempt =
        !handshake && is_application(route) && is_sign_in(&sent.request.target, sign_in_path);
    (!exempt).then_some(found)
}

/// CS1 to CS3, in their order.
fn judge(
    csrf: &Csrf,
    route: &Route,
    sent: Sent<'_>,
    session: Option<&Opened>,
) -> Result<(), Foreign> {
    let site = sent.headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    if matches!(site, Some(b"same-origin" | b"none")) {
        return Ok(());
    }
    let origin = sent.headers.get(ORIGIN).map(HeaderValue::as_bytes);
    // What a browser adds by itself is a cookie that somebody acts upon.
    let is_anonymous = match route.cookies {
        Cookies::Drop => session.is_none(),
        Cookies::Pass | Cookies::PassOthers => !sent.headers.contains_key(COOKIE),
    };
    let named = origin.and_then(Named::parse);
    if let Some(named) = named
        && is_allowed(csrf, route, &named, is_anonymous)
    {
        return Ok(());
    }
    match (site, origin) {
        (Some(b"same-site"), _) => Err(Foreign::SameSite),
        (Some(_), _) => Err(Foreign::CrossSite),
        // Browsers send no `Sec-Fetch-Site` over plain HTTP, and Chromium none with a handshake (CS4).
        (None, Some(b"null")) => Err(Foreign::NullOrigin),
        (None, Some(_)) => {
            let ours = sent.request.client.origin();
            let (Some(named), Some(ours)) = (named, ours) else {
                return Err(Foreign::Origin);
            };
            // A site with several hosts is itself on each of them.
            let here = Named {
                host: sent.request.host.name(),
                ..ours
            };
            if named == ours || (csrf.has_hosts && named == here) {
                Ok(())
            } else if named.host.eq_ignore_ascii_case(ours.host) {
                Err(Foreign::SchemeOrPort)
            } else {
                Err(Foreign::Origin)
            }
        }
        (None, None) if is_anonymous || is_program(csrf, sent.headers) => Ok(()),
        (None, None) => Err(Foreign::NoOrigin),
    }
}

/// Whether the configuration lets this origin's pages act for the user here.
fn is_allowed(csrf: &Csrf, route: &Route, named: &Named<'_>, is_anonymous: bool) -> bool {
    csrf.allowed_origins.iter().any(|origin| origin.is(named))
        || (route.cors.as_ref())
            .is_some_and(|cors| (cors.credentials || is_anonymous) && cors.takes(named))
}

/// A header that a page of another site can only send after a preflight, which nobody answers.
fn is_program(csrf: &Csrf, headers: &HeaderMap) -> bool {
    let header = csrf.header.as_ref();
    header.is_some_and(|(name, value)| headers.get(name) == Some(value))
}

/// Whether the route hands requests to an application that reads the session itself.
fn is_application(route: &Route) -> bool {
    let carries_token = match route.token {
        Token::Claim(_) => true,
        Token::None => false,
    };
    route.cookies == Cookies::Pass && !carries_token && route.rewrite.is_none()
}

/// The endpoints of Auth.js have a token of their own, and providers answer them with a form that their
/// site posts to ours (CS5).
fn is_sign_in(target: &Target, sign_in_path: &str) -> bool {
    let mut segments = target.segments();
    let base = endpoints(sign_in_path);
    base.split('/')
        .skip(1)
        .all(|name| segments.next().is_some_and(|segment| segment == name))
}

/// Where the endpoints are: beside the sign-in page where that is one of them.
fn endpoints(sign_in_path: &str) -> &str {
    let path = sign_in_path.split('?').next().unwrap_or_default();
    let base = path.strip_suffix("/signin");
    base.filter(|base| base.ends_with("/auth"))
        .unwrap_or("/api/auth")
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[cfg(test)]
mod tests;
