//! Secrets in the wrong place: `auth: ${AUTH_SECRET}` is a mistake that no message may repeat.

use super::document::{Kind, Node};
use super::layers::SECRET_VARIABLES;
use super::problem::is_secret;
use super::sources::Sources;

/// The texts that are secrets wherever they stand.
pub(super) struct KnownSecrets(Vec<String>);

impl KnownSecrets {
    /// What stands in the place of a secret, and the variables that hold one.
    pub(super) fn new(sources: &Sources<'_>, tree: &Node) -> Self {
        let variables = SECRET_VARIABLES.into_iter();
        let mut texts = variables.filter_map(sources.environment).collect();
        collect(tree, "", &mut texts);
        // Nobody guesses less by it, and every message would be full of holes.
        texts.retain(|text| text.len() >= SHORTEST);
        // One that begins like another is hidden to its end.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    /// The text without them.
    pub(super) fn masked(&self, text: &str) -> String {
        let secrets = self.0.iter();
        secrets.fold(text.to_owned(), |text, secret| {
            text.replace(secret.as_str(), "<redacted>")
        })
    }
}

fn collect(node: &Node, path: &str, texts: &mut Vec<String>) {
    match &node.kind {
        // The names of files are no secrets.
        Kind::Text(text) if is_secret(path) && !path.contains("secret_files") => {
            texts.push(text.value.clone());
        }
        Kind::List(_) | Kind::Map(_) => {
            for (path, child) in node.children(path) {
                collect(child, &path, texts);
            }
        }
        Kind::Bad | Kind::Empty | Kind::Text(_) => {}
    }
}

/// A shorter one is refused, or known to be weak.
const SHORTEST: usize = 8;
