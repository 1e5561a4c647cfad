//! The request target: the one form of the path that everything behind hop 1 sees (rule PT8).

use std::borrow::Cow;
use std::fmt;

use http::Uri;
use http::uri::{PathAndQuery, Scheme};

use super::{Unusual, path};
use crate::refusal::{BadPath, Refusal};

/// A request target with one meaning.
///
/// It is kept as it was received: matcher, policy, log and upstream read the same octets (PT4),
/// and what would have to be rewritten before it means one thing was refused (PT2).
/// Cloning shares the octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    line: PathAndQuery,
    unusual: Unusual,
}

impl Target {
    /// Takes origin-form, or the path of an absolute-form whose authority [`Host`](super::Host)
    /// compares (PT1).
    ///
    /// A `#fragment` is cut off by the HTTP parser in front of us. It is not refused as PT2 has it,
    /// but nobody sees it, neither we nor the upstream, so the target still means one thing.
    pub fn parse(uri: &Uri, max_bytes: usize) -> Result<Self, TargetError> {
        let line = match (uri.path_and_query(), uri.scheme()) {
            (None, None) => return Err(TargetError::Authority),
            (None, Some(_)) => &PathAndQuery::from_static("/"),
            (Some(line), _) => line,
        };
        if line.as_str().len() > max_bytes {
            return Err(TargetError::TooLong);
        }
        if uri
            .scheme()
            .is_some_and(|scheme| *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS)
        {
            return Err(TargetError::Bad(BadPath::Form));
        }
        if line.as_str() == "*" {
            return Err(TargetError::Asterisk);
        }
        // Absolute-form may leave the path empty, origin-form may not (RFC 9112 §3.2.2).
        let line = if line.as_str().starts_with('?') && uri.scheme().is_some() {
            &PathAndQuery::try_from(format!("/{}", line.as_str()))
                .map_err(|_| TargetError::Bad(BadPath::Form))?
        } else {
            line
        };
        let unusual = path::inspect(line.path())?;
        if !line
            .query()
            .unwrap_or_default()
            .bytes()
            .all(|octet| matches!(octet, b'!'..=b'~'))
        {
            return Err(TargetError::Bad(BadPath::Octet));
        }
        Ok(Self {
            line: line.clone(),
            unusual,
        })
    }

    /// The path, as received.
    pub fn path(&self) -> &str {
        self.line.path()
    }

    /// The query without its question mark, as received; no decision depends on it (PT6).
    pub fn query(&self) -> Option<&str> {
        self.line.query()
    }

    /// Path and query, as received.
    pub fn as_str(&self) -> &str {
        self.line.as_str()
    }

    /// Path and query, as received.
    pub fn path_and_query(&self) -> &PathAndQuery {
        &self.line
    }

    /// The segments of the path, each decoded once; `/a/` has two, the second one empty.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> + Clone {
        path::segments(self.path())
    }

    /// A copy that does not keep the buffer of the request head, for what outlives the request.
    pub(crate) fn detached(&self) -> Self {
        let line = PathAndQuery::try_from(self.as_str());
        Self {
            line: line.unwrap_or_else(|_| self.line.clone()),
            unusual: self.unusual,
        }
    }

    /// What only some routes take of what this path has.
    pub fn unusual(&self) -> Unusual {
        self.unusual
    }
}

/// Why a request target is not routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetError {
    /// `*`: the request concerns the server, which only `OPTIONS` may (RFC 9110 §7.1).
    Asterisk,
    /// Authority-form, which is for tunnels that we do not open.
    Authority,
    /// The path or the query has no single meaning.
    Bad(BadPath),
    /// The target is longer than the limit.
    TooLong,
}

impl From<BadPath> for TargetError {
    fn from(fault: BadPath) -> Self {
        Self::Bad(fault)
    }
}

impl From<TargetError> for Refusal {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::Asterisk => Self::BadPath(BadPath::Form),
            TargetError::Authority => Self::MethodNotAllowed {
                allow: crate::routes::MethodSet::all().to_string(),
            },
            TargetError::Bad(fault) => Self::BadPath(fault),
            TargetError::TooLong => Self::TargetTooLong,
        }
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asterisk => "`*` is a target for `OPTIONS` only",
            Self::Authority => "the target names an authority, and no tunnels are opened here",
            Self::Bad(_) => "the target has no single meaning",
            Self::TooLong => "the target is longer than `limits.target`",
        })
    }
}

impl std::error::Error for TargetError {}

#[cfg(test)]
mod tests;
