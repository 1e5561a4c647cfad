//! What a file with `sites` gets from the other layers: defaults for each site, and nothing that all would share.

use crate::config::document::{Kind, Node};
use crate::config::problem::{Origin, Severity};
use crate::config::raw::SITE_KEYS;
use crate::config::sources::Problems;

/// A key of a site at the top would belong to all of them or to none: whoever wrote it has to say which.
pub(super) fn refuse_beside(tree: &mut Node, problems: &mut Problems) {
    for key in SITE_KEYS {
        let Some(node) = tree.get(&[key]) else {
            continue;
        };
        let hint = match &node.origin {
            Origin::Environment(name) => {
                format!(
                    "remove `{name}`: a variable cannot say for which site; write it in the file, with `${{…}}`"
                )
            }
            Origin::Argument(_) | Origin::Default | Origin::File { .. } | Origin::Shared(_) => {
                format!("move `{key}` into each site that it is meant for")
            }
        };
        problems.add(
            Severity::Error,
            &node.origin,
            key,
            format!("`{key}` stands beside `sites`, where each site has its own"),
            hint,
        );
        tree.remove(&[key]);
    }
}

/// Fills each site with what a file without `sites` has by default.
pub(super) fn fill(tree: &mut Node, defaults: &Node) {
    let mut own = Node::map(Origin::Default);
    for key in SITE_KEYS {
        if let Some(default) = defaults.get(&[key]) {
            own.set(&[key], default.clone());
        }
    }
    for (path, sites) in tree.children_mut("") {
        if let (Kind::List(sites), "sites") = (&mut sites.kind, path.as_str()) {
            for site in sites {
                super::fill(site, own.clone());
            }
        }
    }
}
