//! Hop 1, second part: which site a request is for, by its verified host alone (TH-111).
//!
//! An exact host goes before a wildcard, wherever it stands in the file. There is no site for the rest:
//! a host that nobody configured gets nothing from anybody.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::routes::HostPattern;

/// The hosts of all sites, ready to be searched.
#[derive(Debug)]
pub enum Sites {
    /// One site has every host, so that nobody looks.
    Every,
    /// Each site has its own.
    ByHost {
        /// By the whole name.
        exact: HashMap<Box<str>, usize, RandomState>,
        /// By the domain below the star.
        wildcard: HashMap<Box<str>, usize, RandomState>,
    },
}

impl Sites {
    /// Sorts the hosts of the sites; the index of each site is what [`Sites::find`] answers.
    ///
    /// A single site without hosts has every host.
    pub fn new<'a>(sites: impl IntoIterator<Item = &'a [HostPattern]>) -> Result<Self, Vec<Tie>> {
        let sites: Vec<_> = sites.into_iter().collect();
        if let [[]] = sites.as_slice() {
            return Ok(Self::Every);
        }
        let (mut exact, mut wildcard) = (HashMap::default(), HashMap::default());
        let mut places: HashMap<(bool, &str), (usize, usize)> = HashMap::new();
        let mut ties = Vec::new();
        for (index, hosts) in sites.into_iter().enumerate() {
            for (place, host) in hosts.iter().enumerate() {
                let here = (index, place);
                if let Some(first) = places.get(&(host.is_wildcard(), host.name())) {
                    ties.push(Tie {
                        first: *first,
                        second: here,
                    });
                    continue;
                }
                places.insert((host.is_wildcard(), host.name()), here);
                let table = if host.is_wildcard() {
                    &mut wildcard
                } else {
                    &mut exact
                };
                table.insert(host.name().into(), index);
            }
        }
        if ties.is_empty() {
            Ok(Self::ByHost { exact, wildcard })
        } else {
            Err(ties)
        }
    }

    /// The index of the site of this host, in the spelling of [`Host::name`](crate::request::Host::name).
    pub fn find(&self, host: &str) -> Option<usize> {
        match self {
            Self::Every => Some(0),
            Self::ByHost { exact, wildcard } => {
                let below = || {
                    let (_, domain) = host.split_once('.')?;
                    wildcard.get(domain)
                };
                exact.get(host).or_else(below).copied()
            }
        }
    }

    /// The site that every request is for, where there is only one.
    pub fn only(&self) -> Option<usize> {
        match self {
            Self::Every => Some(0),
            Self::ByHost { .. } => None,
        }
    }
}

/// The same host twice: index of the site and place in its list, of either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// The one that comes first in the file.
    pub first: (usize, usize),
    /// The other one.
    pub second: (usize, usize),
}

#[cfg(test)]
mod tests;
