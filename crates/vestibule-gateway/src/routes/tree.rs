//! The paths of one host, as a tree of segments.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use http::Method;

use super::method::{self, MethodSet};
use super::pattern::{PathPattern, Segment};
use crate::refusal::BadPath;
use crate::request::{Target, Unusual};

/// One segment deep in all paths, with what follows it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    literal: HashMap<Box<str>, Self, RandomState>,
    one: Option<Box<Self>>,
    /// Routes whose path ends here.
    here: Leaf,
    /// Routes whose path goes on with `**`.
    open: Leaf,
}

/// The routes of one path, apart by their methods.
#[derive(Debug, Default)]
pub(super) struct Leaf(Vec<Entry>);

/// What the search needs to know of a route.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its index.
    pub(super) route: usize,
    /// `None` is all.
    pub(super) methods: Option<MethodSet>,
    /// Unusual paths that it takes.
    pub(super) allow: Unusual,
    /// Whether it wants a session.
    pub(super) is_guarded: bool,
    /// Whether its path is written with a slash at its end.
    pub(super) ends_with_slash: bool,
}

impl Tree {
    /// Adds a route, and tells which earlier ones it ties with.
    pub(super) fn insert(&mut self, path: &PathPattern, entry: Entry) -> Vec<usize> {
        let mut tree = self;
        for segment in path.segments() {
            tree = match segment {
                Segment::Literal(name) => tree.literal.entry(name.clone()).or_default(),
                Segment::One => tree.one.get_or_insert_default(),
            };
        }
        let Leaf(entries) = if path.is_open() {
            &mut tree.open
        } else {
            &mut tree.here
        };
        let ties = entries.iter().filter(|earlier| earlier.ties(&entry));
        let ties = ties.map(|earlier| earlier.route).collect();
        entries.push(entry);
        ties
    }

    /// The most specific path that takes this target.
    pub(super) fn find(&self, target: &Target) -> Option<&Leaf> {
        self.walk(target.segments())
    }

    /// The most specific path that takes these segments.
    pub(super) fn find_segments(&self, segments: &[String]) -> Option<&Leaf> {
        self.walk(
            segments
                .iter()
                .map(|segment| Cow::Borrowed(segment.as_str())),
        )
    }

    /// Depth is that of the configured paths, and no node is visited twice.
    fn walk<'a>(&self, mut rest: impl Iterator<Item = Cow<'a, str>> + Clone) -> Option<&Leaf> {
        let Some(segment) = rest.next() else {
            return self.here.filled().or(self.open.filled());
        };
        if let Some(found) = self
            .literal
            .get(&*segment)
            .and_then(|next| next.walk(rest.clone()))
        {
            return Some(found);
        }
        match &self.one {
            Some(next) if !segment.is_empty() => next.walk(rest).or(self.open.filled()),
            Some(_) | None => self.open.filled(),
        }
    }
}

impl Leaf {
    /// The route that takes this method.
    pub(super) fn entry(&self, method: &Method) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.takes(method))
    }

    /// The index of its first route.
    pub(super) fn first(&self) -> Option<usize> {
        self.0.first().map(|entry| entry.route)
    }

    /// Whether there is a guard here that this route is not.
    pub(super) fn guards_before(&self, route: usize) -> bool {
        let mut guards = self.0.iter().filter(|entry| entry.is_guarded);
        self.0.iter().all(|entry| entry.route != route) && guards.next().is_some()
    }

    /// The methods that the path takes, for `Allow`.
    pub(super) fn methods(&self) -> MethodSet {
        let mut sets = self.0.iter().map(|entry| entry.methods.clone());
        let first = sets.next().flatten();
        sets.fold(first.unwrap_or_else(MethodSet::all), |all, set| {
            all.union(&set.unwrap_or_else(MethodSet::all))
        })
    }

    /// Whether any of the routes would take such a path.
    pub(super) fn admits(&self, unusual: Unusual) -> Result<(), BadPath> {
        if self
            .0
            .iter()
            .any(|entry| unusual.within(entry.allow).is_ok())
        {
            return Ok(());
        }
        unusual.within(Unusual::default())
    }

    fn filled(&self) -> Option<&Self> {
        (!self.0.is_empty()).then_some(self)
    }
}

impl Entry {
    fn takes(&self, method: &Method) -> bool {
        match &self.methods {
            Some(methods) => methods.contains(method),
            None => !method::is_refused(method),
        }
    }

    fn ties(&self, other: &Self) -> bool {
        match (&self.methods, &other.methods) {
            (Some(mine), Some(theirs)) => mine.overlaps(theirs),
            (None, _) | (_, None) => true,
        }
    }
}
