//! Which hosts a route belongs to (rule PT7).

use std::fmt;

use crate::request::{normal_name, parse_port};

/// One host, or every host one label below a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    /// Without the `*.`.
    name: Box<str>,
    wildcard: bool,
}

impl HostPattern {
    /// Takes `app.example.com` or `*.example.com`; the star is exactly one label.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let (given, wildcard) = match text.strip_prefix("*.") {
            Some(domain) => (domain, true),
            None => (text, false),
        };
        if !given.is_ascii() {
            return Err(HostError::NotAscii);
        }
        if given.contains('*') {
            return Err(HostError::Star);
        }
        let name = normal_name(given).ok_or_else(|| match given.rsplit_once(':') {
            Some((name, port)) if normal_name(name).is_some() && parse_port(port).is_some() => {
                HostError::Port
            }
            Some(_) | None => HostError::NotAHost,
        })?;
        if wildcard && name.starts_with('[') {
            return Err(HostError::Star);
        }
        Ok(Self {
            name: name.into(),
            wildcard,
        })
    }

    /// Whether this is the pattern's host; `name` is in the spelling of [`Host::name`](crate::request::Host::name).
    pub fn matches(&self, name: &str) -> bool {
        if self.wildcard {
            name.split_once('.')
                .is_some_and(|(_, domain)| *domain == *self.name)
        } else {
            *name == *self.name
        }
    }

    /// Whether some host is one of both patterns.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        match (self.wildcard, other.wildcard) {
            (true, true) | (false, false) => self.name == other.name,
            (true, false) => self.matches(&other.name),
            (false, true) => other.matches(&self.name),
        }
    }

    /// The name, or the domain below the star.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it begins with a star.
    pub(crate) fn is_wildcard(&self) -> bool {
        self.wildcard
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.wildcard { "*." } else { "" };
        write!(f, "{star}{}", self.name)
    }
}

/// Why a text is no host pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostError {
    /// It has octets that no host name has.
    NotAHost,
    /// It is written in other letters than ASCII, which no client sends.
    NotAscii,
    /// It has a port, and routes do not tell ports apart.
    Port,
    /// The star is not the whole first label of a domain.
    Star,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAHost => {
                "not a host; write it as in `app.example.com`, without scheme or path"
            }
            Self::NotAscii => "clients send host names in punycode; write the `xn--` form",
            Self::Port => "routes do not tell ports apart; remove the port",
            Self::Star => "the star stands for the whole first label, as in `*.example.com`",
        })
    }
}

impl std::error::Error for HostError {}

#[cfg(test)]
mod tests;
