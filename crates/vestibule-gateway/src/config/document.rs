//! The configuration as a tree in which every value knows who said it.
//!
//! Command line, environment, file, shared variables and defaults are such trees, laid one over
//! the other. Checks name a value by its path in dots; the tree answers with its origin.

use std::fmt;

use super::problem::{Origin, Row, shown};

/// A value and who said it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A value that was already reported; later checks pass over it.
    Bad,
    /// A key without a value.
    Empty,
    List(Vec<Node>),
    Map(Vec<Entry>),
    Text(Text),
}

/// A scalar as it was written: numbers and truth values are read where their meaning is known.
#[derive(Clone, Default)]
pub(super) struct Text {
    pub(super) value: String,
    /// The variables that were put into it.
    pub(super) variables: Vec<String>,
    /// Whether a part of the value itself stands in the file.
    pub(super) literal: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key stands.
    pub(super) origin: Origin,
    pub(super) value: Node,
}

/// The key that stands for every entry of a map and every element of a list in the defaults.
pub(super) const EVERY: &str = "*";

impl Node {
    pub(super) fn map(origin: Origin) -> Self {
        let kind = Kind::Map(Vec::new());
        Self { origin, kind }
    }

    pub(super) fn text(origin: Origin, value: impl Into<String>) -> Self {
        let text = Text {
            value: value.into(),
            ..Text::default()
        };
        let kind = Kind::Text(text);
        Self { origin, kind }
    }

    /// Puts `value` at `path`, whatever was there; maps on the way are made.
    ///
    /// What stands where a map ought to be stays, and nothing is put below it: it was said by
    /// somebody, and the comparison with the schema complains about it.
    pub(super) fn set(&mut self, path: &[&str], value: Self) {
        let Some((key, rest)) = path.split_first() else {
            *self = value;
            return;
        };
        let Kind::Map(entries) = &mut self.kind else {
            return;
        };
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key == *key) {
            return entry.value.set(rest, value);
        }
        let origin = value.origin.clone();
        let mut child = Self::map(origin.clone());
        child.set(rest, value);
        entries.push(Entry {
            key: (*key).to_owned(),
            origin,
            value: child,
        });
    }

    pub(super) fn remove(&mut self, path: &[&str]) {
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let mut node = self;
        for key in parents {
            let Kind::Map(entries) = &mut node.kind else {
                return;
            };
            let Some(entry) = entries.iter_mut().find(|entry| entry.key == *key) else {
                return;
            };
            node = &mut entry.value;
        }
        if let Kind::Map(entries) = &mut node.kind {
            entries.retain(|entry| entry.key != *last);
        }
    }

    pub(super) fn get(&self, path: &[&str]) -> Option<&Self> {
        let Some((key, rest)) = path.split_first() else {
            return Some(self);
        };
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == *key)?;
        entry.value.get(rest)
    }

    /// Fills what is missing here with a weaker tree.
    pub(super) fn fill(&mut self, weaker: &Self) {
        let Kind::Map(weak) = &weaker.kind else {
            return;
        };
        let every = weak.iter().find(|entry| entry.key == EVERY);
        match &mut self.kind {
            Kind::Map(strong) => {
                for entry in strong.iter_mut() {
                    if let Some(other) = weak.iter().find(|other| other.key == entry.key) {
                        entry.value.fill(&other.value);
                    } else if let Some(every) = every {
                        entry.value.fill(&every.value);
                    }
                }
                for other in weak {
                    let known = strong.iter().any(|entry| entry.key == other.key);
                    if !known && other.key != EVERY && other.value.get(&[EVERY]).is_none() {
                        strong.push(other.clone());
                    }
                }
            }
            Kind::List(elements) => {
                for element in elements {
                    if let Some(every) = every {
                        element.fill(&every.value);
                    }
                }
            }
            Kind::Bad | Kind::Empty | Kind::Text(_) => {}
        }
    }

    /// How many elements a list has; nothing else has any.
    pub(super) fn elements(&self) -> usize {
        if let Kind::List(elements) = &self.kind {
            elements.len()
        } else {
            0
        }
    }

    /// Who said the value at `path`, or else the nearest thing around it.
    pub(super) fn origin_of(&self, path: &str) -> &Origin {
        &self.nearest(path).0.origin
    }

    /// The scalar at `path`.
    pub(super) fn text_at(&self, path: &str) -> Option<&Text> {
        let (node, true) = self.nearest(path) else {
            return None;
        };
        match &node.kind {
            Kind::Text(text) => Some(text),
            Kind::Bad | Kind::Empty | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Whether something that is no map stands at `path`, where keys were expected.
    pub(super) fn is_no_map(&self, path: &[&str]) -> bool {
        let node = self.get(path);
        node.is_some_and(|node| !matches!(node.kind, Kind::Map(_)))
    }

    /// The text of a scalar.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(&text.value),
            Kind::Bad | Kind::Empty | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The deepest value on the way to `path`, and whether it is the one.
    fn nearest(&self, path: &str) -> (&Self, bool) {
        let (mut here, mut node) = (String::new(), self);
        while here != path {
            let step = node.children(&here).into_iter().find(|(name, _)| {
                let rest = path.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            });
            let Some((name, child)) = step else {
                return (node, false);
            };
            (here, node) = (name, child);
        }
        (node, true)
    }

    /// The values directly below, each with its path.
    pub(super) fn children(&self, here: &str) -> Vec<(String, &Self)> {
        match &self.kind {
            Kind::Map(entries) => entries
                .iter()
                .map(|entry| (join(here, &entry.key), &entry.value))
                .collect(),
            Kind::List(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, element)| (format!("{here}[{index}]"), element))
                .collect(),
            Kind::Bad | Kind::Empty | Kind::Text(_) => Vec::new(),
        }
    }

    pub(super) fn children_mut(&mut self, here: &str) -> Vec<(String, &mut Self)> {
        match &mut self.kind {
            Kind::Map(entries) => entries
                .iter_mut()
                .map(|entry| (join(here, &entry.key), &mut entry.value))
                .collect(),
            Kind::List(elements) => elements
                .iter_mut()
                .enumerate()
                .map(|(index, element)| (format!("{here}[{index}]"), element))
                .collect(),
            Kind::Bad | Kind::Empty | Kind::Text(_) => Vec::new(),
        }
    }

    /// The same values, all said by `origin`.
    pub(super) fn said_by(mut self, origin: &Origin) -> Self {
        self.origin.clone_from(origin);
        for (_, child) in self.children_mut("") {
            *child = child.clone().said_by(origin);
        }
        self
    }

    /// Every scalar and every empty list, with its path and origin.
    pub(super) fn rows(&self, here: &str, rows: &mut Vec<Row>) {
        let (value, variables) = match &self.kind {
            Kind::Text(text) => (shown(here, &text.value), text.variables.clone()),
            Kind::List(elements) if elements.is_empty() => ("[]".to_owned(), Vec::new()),
            Kind::List(_) | Kind::Map(_) => {
                for (path, child) in self.children(here) {
                    child.rows(&path, rows);
                }
                return;
            }
            Kind::Bad | Kind::Empty => return,
        };
        rows.push(Row {
            path: here.to_owned(),
            value,
            origin: self.origin.clone(),
            variables,
        });
    }
}

/// Prints no value: nobody knows here which of them is a secret.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} octets)", self.value.len())
    }
}

/// The path of `key` below `here`.
pub(super) fn join(here: &str, key: &str) -> String {
    if here.is_empty() {
        key.to_owned()
    } else {
        format!("{here}.{key}")
    }
}
