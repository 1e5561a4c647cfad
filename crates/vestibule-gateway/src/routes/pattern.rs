//! Which paths a route belongs to (rule PT4): globs over whole segments, no regular expressions.

use std::fmt;
use std::num::NonZeroUsize;

use crate::refusal::BadPath;
use crate::request::{Unusual, path};

/// A path with `*` for one segment and, at its end, `**` for any number of them.
///
/// Literals are compared with segments decoded once, case matters, and `/a/` is not `/a`.
/// `/tenant/**` takes `/tenant`, `/tenant/` and everything below; `*` takes no empty segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: Box<str>,
    segments: Box<[Segment]>,
    open: bool,
}

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// This name, decoded.
    Literal(Box<str>),
    /// `*`
    One,
}

impl PathPattern {
    /// Takes the path of a configuration.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut rest = text.strip_prefix('/').ok_or(PatternError::Relative)?;
        if text.contains('?') {
            return Err(PatternError::Query);
        }
        let open = rest == "**" || rest.ends_with("/**");
        if open {
            rest = rest.strip_suffix("**").unwrap_or(rest);
            rest = rest.strip_suffix('/').unwrap_or(rest);
        }
        let unusual = path::inspect(text).map_err(PatternError::Path)?;
        if unusual.empty_segments {
            return Err(PatternError::EmptySegment);
        }
        let segments = if open && rest.is_empty() {
            Box::default()
        } else {
            rest.split('/')
                .map(Segment::parse)
                .collect::<Result<_, _>>()?
        };
        Ok(Self {
            text: text.into(),
            segments,
            open,
        })
    }

    /// Whether the pattern ends in `**`.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The segments before a final `**`.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether requests may differ in this segment, counted from 1.
    pub fn differs_at(&self, number: NonZeroUsize) -> bool {
        match self.segments.get(number.get() - 1) {
            Some(Segment::Literal(_)) => false,
            Some(Segment::One) => true,
            None => self.open,
        }
    }

    /// Peculiarities that the pattern itself spells out; without them allowed it matches nothing.
    pub fn unusual(&self) -> Unusual {
        path::inspect(&self.text).unwrap_or_default()
    }
}

/// As configured.
impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, PatternError> {
        match text {
            "*" => Ok(Self::One),
            "**" => Err(PatternError::DoubleStarInside),
            _ if text.contains('*') => Err(PatternError::PartialStar(text.to_owned())),
            _ => Ok(Self::Literal(path::decode(text).into())),
        }
    }
}

/// Why a text is no path pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// `**` stands before the end.
    DoubleStarInside,
    /// Two slashes follow each other.
    EmptySegment,
    /// A star is part of this segment.
    PartialStar(String),
    /// No request has such a path, or it has no single meaning.
    Path(BadPath),
    /// A question mark: queries take no part in routing (PT6).
    Query,
    /// The path does not begin with a slash.
    Relative,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DoubleStarInside => {
                f.write_str("`**` stands only at the end; write `*` for each segment before it")
            }
            Self::EmptySegment => f.write_str("the path has two slashes in a row; write one"),
            Self::PartialStar(segment) => write!(
                f,
                "`{segment}` mixes a star with text; a star stands for a whole segment"
            ),
            Self::Path(fault) => write!(f, "no request can have this path: {}", describe(*fault)),
            Self::Query => f.write_str("routes do not look at queries; remove the question mark"),
            Self::Relative => f.write_str("a path begins with `/`"),
        }
    }
}

impl std::error::Error for PatternError {}

/// What is wrong with a path that somebody configured.
pub(super) fn describe(fault: BadPath) -> &'static str {
    match fault {
        BadPath::Form => "it does not begin with `/`",
        BadPath::Octet => {
            "it has a character that is sent percent-encoded; write it as `%` and two hex digits (use `*` for a parameter)"
        }
        BadPath::Percent => "its percent-encoding is broken or not UTF-8",
        BadPath::DotSegment => "it has a `.` or `..` segment; write the path without it",
        BadPath::EmptySegment => "it has two slashes in a row; write one",
        BadPath::EncodedSlash => "it has an encoded slash or backslash",
        BadPath::PathParameter => "it has a path parameter (`;`)",
        BadPath::EncodedReserved => "it has an encoded `#`, `?` or `%`",
    }
}

#[cfg(test)]
mod tests;
