//! Which pages of other origins may read a route's answers (the Fetch standard, §3.2).
//!
//! A route with CORS answers for itself: preflights never reach its upstream, and what the upstream says
//! about other origins is replaced.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method};

use crate::headers::drop_where;
use crate::request::{Named, Origin};

/// What a route lets pages of other origins do.
#[derive(Debug, Clone)]
pub struct Cors {
    /// Whose pages.
    pub origins: Origins,
    /// Whether with the user's cookies; never together with every origin.
    pub credentials: bool,
    /// The value of `Access-Control-Allow-Methods`.
    pub methods: HeaderValue,
    /// The value of `Access-Control-Allow-Headers`.
    pub headers: Option<HeaderValue>,
    /// The value of `Access-Control-Expose-Headers`.
    pub expose: Option<HeaderValue>,
    /// The value of `Access-Control-Max-Age`.
    pub max_age: HeaderValue,
}

/// Whose pages may read answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Everybody's.
    Any,
    /// Those of these.
    Listed(Vec<Origin>),
}

impl Cors {
    /// Whether pages of this origin are let in.
    pub(crate) fn takes(&self, named: &Named<'_>) -> bool {
        match &self.origins {
            Origins::Any => true,
            Origins::Listed(origins) => origins.iter().any(|origin| origin.is(named)),
        }
    }

    /// What is granted to the page that sent these headers.
    pub(crate) fn grant(&self, headers: &HeaderMap) -> Grant<'_> {
        let origin = headers.get(ORIGIN);
        let origin = match &self.origins {
            // Also to `null`: nothing that is the user's goes along.
            Origins::Any => origin.map(|_| HeaderValue::from_static("*")),
            Origins::Listed(_) => {
                let named = origin.and_then(|value| Named::parse(value.as_bytes()));
                let is_taken = named.is_some_and(|named| self.takes(&named));
                origin.filter(|_| is_taken).cloned()
            }
        };
        Grant { cors: self, origin }
    }
}

/// The method that a preflight asks about.
pub(crate) fn asked(method: &Method, headers: &HeaderMap) -> Option<Method> {
    if *method != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    let wanted = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    Method::from_bytes(wanted.as_bytes()).ok()
}

/// What one page may do with one answer.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    cors: &'a Cors,
    /// Absent where nothing is granted.
    origin: Option<HeaderValue>,
}

impl Grant<'_> {
    /// Whether the page may read anything at all.
    pub(crate) fn is_given(&self) -> bool {
        self.origin.is_some()
    }

    /// Writes it into an answer, refusals included: a script cannot act on a 401 that it cannot read.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        drop_where(headers, |name| name.starts_with("access-control-"));
        // Also where nothing is granted: a cache must not hand this answer to another page.
        headers.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = &self.origin else {
            return;
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if self.cors.credentials {
            headers.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
        if let Some(expose) = &self.cors.expose {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
        }
    }

    /// Writes the answer to a preflight.
    pub(crate) fn write_preflight(&self, headers: &mut HeaderMap) {
        self.write(headers);
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS); // of no use before the request
        let asked = "Access-Control-Request-Method, Access-Control-Request-Headers";
        headers.append(VARY, HeaderValue::from_static(asked));
        if !self.is_given() {
            return;
        }
        let Cors {
            methods, max_age, ..
        } = self.cors;
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
        headers.insert(ACCESS_CONTROL_MAX_AGE, max_age.clone());
        if let Some(allowed) = &self.cors.headers {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed.clone());
        }
    }
}
