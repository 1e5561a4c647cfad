//! Rules on claims: data that a session is measured by, and nothing that runs.

use std::fmt;
use std::num::NonZeroUsize;

use vestibule_session::Pointer;

use crate::request::Target;
use crate::session::Facts;

/// What the session of a request must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Every one of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// This.
    Rule(Rule),
}

/// What one claim must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The claim, for people.
    pub claim: Pointer,
    /// Its place among [`Site::claims`](crate::config::Site::claims).
    pub position: usize,
    /// What is asked of it.
    pub test: Test,
}

/// What may be asked of a claim. Of a list, it is enough that one element passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is this text, or the number or truth value that is written so.
    Equals(String),
    /// It is what this segment of the path is, decoded, counted from 1.
    EqualsSegment(NonZeroUsize),
    /// It is one of these.
    In(Vec<String>),
    /// It is there and not `null`, or it is not.
    Present(bool),
}

impl Requirement {
    /// The first part that does not hold; what it says comes from the configuration alone.
    pub fn unmet(&self, facts: &Facts, target: &Target) -> Option<&Self> {
        match self {
            Self::All(parts) => parts.iter().find_map(|part| part.unmet(facts, target)),
            Self::Any(parts) => {
                let mut parts = parts.iter();
                let holds = parts.any(|part| part.unmet(facts, target).is_none());
                (!holds).then_some(self)
            }
            Self::Rule(rule) => (!rule.holds(facts, target)).then_some(self),
        }
    }
}

impl Rule {
    fn holds(&self, facts: &Facts, target: &Target) -> bool {
        let values = facts.values(self.position);
        match &self.test {
            Test::Equals(text) => values.contains(text),
            Test::EqualsSegment(number) => {
                let segment = target.segments().nth(number.get() - 1).unwrap_or_default();
                // `/tenant/` has a segment without a name, which belongs to nobody.
                !segment.is_empty() && values.iter().any(|value| *value == segment)
            }
            Test::In(texts) => texts.iter().any(|text| values.contains(text)),
            Test::Present(wanted) => facts.is_present(self.position) == *wanted,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, joint) = match self {
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
            Self::Rule(rule) => return rule.fmt(f),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(joint)?;
            }
            match part {
                Self::Rule(rule) => rule.fmt(f)?,
                Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let claim = &self.claim;
        match &self.test {
            Test::Equals(text) => write!(f, "{claim} equals {text}"),
            Test::EqualsSegment(number) => write!(f, "{claim} equals segment {number}"),
            Test::In(texts) => write!(f, "{claim} in [{}]", texts.join(", ")),
            Test::Present(true) => write!(f, "{claim} present"),
            Test::Present(false) => write!(f, "{claim} absent"),
        }
    }
}
