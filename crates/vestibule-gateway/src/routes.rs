//! Hop 2: which route a request belongs to.
//!
//! The most specific route wins, whatever its place in the file: an exact host before a wildcard
//! before any, and within a host a name before `*` before `**`, segment by segment.
//! Where two routes would win alike, there is no order to decide it, and both are reported.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use foldhash::fast::RandomState;
use http::Method;

use crate::config::{Auth, Route};
use crate::refusal::{BadPath, Refusal};
use crate::request::{Target, Unusual};

mod host;
mod method;
mod pattern;
mod readings;
mod rewrite;
mod tree;

pub use host::{HostError, HostPattern};
pub use method::{MethodError, MethodSet};
pub use pattern::{PathPattern, PatternError};
pub use rewrite::{Rewrite, RewriteError, upstream_path};

use tree::{Entry, Tree};

/// All routes, ready to be searched.
///
/// **Invariant:** the query takes no part (PT6); only decoded segments, host and method do.
#[derive(Debug, Default)]
pub struct Routes {
    exact: HashMap<Box<str>, Tree, RandomState>,
    /// By the domain below the star.
    wildcard: HashMap<Box<str>, Tree, RandomState>,
    any: Tree,
}

impl Routes {
    /// Sorts the routes of a configuration; the index of each is what [`Routes::find`] answers.
    pub fn new(routes: &[Route]) -> Result<Self, Vec<Conflict>> {
        let mut sorted = Self::default();
        let mut conflicts = Vec::new();
        for (index, route) in routes.iter().enumerate() {
            let tree = match &route.host {
                None => &mut sorted.any,
                Some(host) if host.is_wildcard() => {
                    sorted.wildcard.entry(host.name().into()).or_default()
                }
                Some(host) => sorted.exact.entry(host.name().into()).or_default(),
            };
            let ties = tree.insert(
                &route.path,
                Entry {
                    route: index,
                    methods: route.methods.clone(),
                    allow: route.allow,
                    is_guarded: route.auth == Auth::Required,
                    ends_with_slash: route.path.to_string().ends_with('/'),
                },
            );
            conflicts.extend(ties.into_iter().map(|first| Conflict {
                first,
                second: index,
            }));
        }
        if conflicts.is_empty() {
            Ok(sorted)
        } else {
            Err(conflicts)
        }
    }

    /// The index of the route for this request.
    ///
    /// The most specific path decides before the method is looked at: a method that its routes do
    /// not take is refused, not handed to a wider route that may guard less (TH-12).
    pub fn find(&self, host: &str, target: &Target, method: &Method) -> Result<usize, Refusal> {
        let trees = self.trees(host);
        let find = |segments: &[String]| {
            let mut trees = trees.iter().copied().flatten();
            trees.find_map(|tree| tree.find_segments(segments))
        };
        let mut found = trees.iter().copied().flatten();
        let Some(leaf) = found
            .find_map(|tree| tree.find(target))
            .filter(|_| !is_ours(target))
        else {
            // Malformed goes before unknown: nobody gets an answer about `//` but this one.
            target.unusual().within(Unusual::default())?;
            return Err(Refusal::NotFound);
        };
        if let Some(entry) = leaf.entry(method) {
            target.unusual().within(entry.allow)?;
            if target.unusual() != Unusual::default() {
                let others = readings::of(target.path());
                let mut elsewhere = others.iter().filter_map(|segments| find(segments));
                // Another route, or none for this method, which is a refusal there.
                if elsewhere.any(|leaf| leaf.entry(method).map(|it| it.route) != Some(entry.route))
                {
                    target.unusual().within(Unusual::default())?;
                }
            }
            // Many servers take `/a/` for `/a`: a slash more is no way around the guard of `/a`.
            if let Some(shorter) = without_slash(target)
                && !entry.ends_with_slash
                && find(&shorter).is_some_and(|leaf| leaf.guards_before(entry.route))
            {
                return Err(BadPath::EmptySegment.into());
            }
            return Ok(entry.route);
        }
        leaf.admits(target.unusual())?;
        Err(Refusal::MethodNotAllowed {
            allow: leaf.methods().to_string(),
        })
    }
}

impl Routes {
    /// A route of this path, whatever the method: for the log, where the method was refused.
    pub fn of_path(&self, host: &str, target: &Target) -> Option<usize> {
        let mut trees = self.trees(host).into_iter().flatten();
        trees.find_map(|tree| tree.find(target))?.first()
    }

    /// The routes of a host, the most specific ones first.
    fn trees(&self, host: &str) -> [Option<&Tree>; 3] {
        let domain = host.split_once('.').map(|(_, domain)| domain);
        [
            self.exact.get(host),
            domain.and_then(|domain| self.wildcard.get(domain)),
            Some(&self.any),
        ]
    }
}

/// The segments of a path that ends with a slash, without it.
fn without_slash(target: &Target) -> Option<Vec<String>> {
    let path = target.path().strip_suffix('/')?;
    let count = target.segments().count() - 1;
    let segments = target.segments().take(count).map(Cow::into_owned);
    (!path.is_empty()).then(|| segments.collect())
}

/// `/.vestibule/` is the gateway's own and never reaches an upstream.
fn is_ours(target: &Target) -> bool {
    target
        .segments()
        .next()
        .is_some_and(|segment| segment == ".vestibule")
}

/// Two routes with the same host and path, and a method in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The index of the route that comes first in the file.
    pub first: usize,
    /// The index of the other one.
    pub second: usize,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "two routes have the same host, path and method; remove one, or give them different `methods`",
        )
    }
}

impl std::error::Error for Conflict {}

#[cfg(test)]
mod tests;
