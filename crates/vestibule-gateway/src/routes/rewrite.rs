//! How a path changes on its way to the upstream (rule PT5).

use std::fmt;

use bytes::Bytes;
use http::uri::PathAndQuery;

use super::PathPattern;
use super::pattern::{Segment, describe};
use crate::refusal::BadPath;
use crate::request::{Target, Unusual, path};

/// Another path in place of the one that a pattern matched, by whole received segments.
///
/// `/api/agent/**` → `/v1/agent/**` replaces the segments before `**` and keeps the rest;
/// each `*` of the result is filled with what the pattern's `*` matched, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    to: Box<str>,
    pieces: Box<[Piece]>,
    /// For each segment of the pattern before `**`, whether it is a star whose match is kept.
    kept: Box<[bool]>,
}

/// One segment of the result, before what `**` keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Written as configured.
    Literal(Box<str>),
    /// The next match of a star, as received.
    Star,
}

impl Rewrite {
    /// Takes the path in `to:`, for a route of this pattern.
    pub fn new(from: &PathPattern, to: &str) -> Result<Self, RewriteError> {
        let rest = to.strip_prefix('/').ok_or(RewriteError::Relative)?;
        if to.contains('?') {
            return Err(RewriteError::Query);
        }
        path::inspect(to)
            .and_then(|unusual| unusual.within(Unusual::default()))
            .map_err(RewriteError::Path)?;
        let head = match rest.strip_suffix("**") {
            Some("") => Some(None),
            Some(head) => head.strip_suffix('/').map(Some),
            None => None,
        };
        match (head.is_some(), from.is_open()) {
            (true, false) => return Err(RewriteError::NothingToKeep),
            (false, true) => return Err(RewriteError::RestLost),
            (true, true) | (false, false) => {}
        }
        let pieces = match head.unwrap_or(Some(rest)) {
            None => Box::default(),
            Some(head) => head
                .split('/')
                .map(Piece::parse)
                .collect::<Result<Box<[_]>, _>>()?,
        };
        let kept: Box<[bool]> = from
            .segments()
            .iter()
            .map(|one| *one == Segment::One)
            .collect();
        let stars = pieces.iter().filter(|piece| **piece == Piece::Star).count();
        if stars != kept.iter().filter(|kept| **kept).count() {
            return Err(RewriteError::Stars);
        }
        Ok(Self {
            to: to.into(),
            pieces,
            kept,
        })
    }

    /// The path and query for the upstream: under `base_path`, and checked like a received one.
    ///
    /// `target` is one that the pattern matches; of any other one the rest is what follows as many
    /// segments as the pattern has.
    pub fn apply(&self, target: &Target, base_path: &str) -> Result<PathAndQuery, BadPath> {
        let mut line =
            String::with_capacity(base_path.len() + self.to.len() + target.as_str().len());
        line.push_str(base_path);
        let (mut stars, rest) = self.split(target.path());
        for piece in &self.pieces {
            line.push('/');
            line.push_str(match piece {
                Piece::Literal(text) => text,
                Piece::Star => stars.next().unwrap_or_default(),
            });
        }
        line.push_str(rest);
        finish(line, target)
    }

    /// What the stars matched, and what follows the pattern's segments, slash included.
    fn split<'a>(&'a self, path: &'a str) -> (impl Iterator<Item = &'a str>, &'a str) {
        let mut rest = path;
        for _ in &self.kept {
            let name = rest.strip_prefix('/').unwrap_or(rest);
            rest = name
                .find('/')
                .and_then(|end| name.get(end..))
                .unwrap_or_default();
        }
        let segments = path
            .strip_prefix('/')
            .unwrap_or(path)
            .split('/')
            .zip(&self.kept);
        (
            segments.filter_map(|(segment, kept)| kept.then_some(segment)),
            rest,
        )
    }
}

/// As configured.
impl fmt::Display for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to)
    }
}

impl Piece {
    fn parse(text: &str) -> Result<Self, RewriteError> {
        match text {
            "*" => Ok(Self::Star),
            _ if text.contains('*') => Err(RewriteError::PartialStar(text.to_owned())),
            _ => Ok(Self::Literal(text.into())),
        }
    }
}

/// The path and query for an upstream: rewritten where the route says so, under its base.
pub fn upstream_path(
    rewrite: Option<&Rewrite>,
    target: &Target,
    base_path: &str,
) -> Result<PathAndQuery, BadPath> {
    match rewrite {
        Some(rewrite) => rewrite.apply(target, base_path),
        None if base_path.is_empty() && !target.path().starts_with("//") => {
            Ok(target.path_and_query().clone())
        }
        None => finish([base_path, target.path()].concat(), target),
    }
}

/// Checks the joined path again and puts the received query behind it (PT5, PT6).
///
/// The base stands in front of the line, and without dot segments nothing behind it leaves it.
fn finish(mut line: String, target: &Target) -> Result<PathAndQuery, BadPath> {
    if line.is_empty() {
        line.push('/');
    }
    path::inspect(&line)?.within(target.unusual())?;
    // No route may make the upstream read the first segment as its own authority (TH-07).
    if line.starts_with("//") {
        return Err(BadPath::EmptySegment);
    }
    if let Some(query) = target.query() {
        line.push('?');
        line.push_str(query);
    }
    PathAndQuery::from_maybe_shared(Bytes::from(line)).map_err(|_| BadPath::Form)
}

/// Why a path is no rewriting of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RewriteError {
    /// The result ends in `**` and the pattern does not.
    NothingToKeep,
    /// A star is part of this segment.
    PartialStar(String),
    /// The result could not be sent, or has no single meaning.
    Path(BadPath),
    /// A question mark: queries are forwarded as they came (PT6).
    Query,
    /// The result does not begin with a slash.
    Relative,
    /// The pattern ends in `**` and the result does not.
    RestLost,
    /// The two have different numbers of `*`.
    Stars,
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToKeep => f.write_str(
                "the new path ends in `**` and the route's path does not; end both alike",
            ),
            Self::PartialStar(segment) => write!(
                f,
                "`{segment}` mixes a star with text; a star stands for a whole segment"
            ),
            Self::Path(fault) => {
                write!(f, "the new path cannot be sent: {}", describe(*fault))
            }
            Self::Query => f.write_str("queries are forwarded as they come; remove the question mark"),
            Self::Relative => f.write_str("the new path begins with `/`"),
            Self::RestLost => f.write_str(
                "the route's path ends in `**` and the new path does not; end both alike",
            ),
            Self::Stars => f.write_str(
                "the new path has another number of `*` than the route's path; each is filled with one match",
            ),
        }
    }
}

impl std::error::Error for RewriteError {}

#[cfg(test)]
mod tests;
