//! Lays command line, environment, file, shared variables and defaults over one another.
//!
//! The order is that of the documented strength; each layer only adds to the tree, and every
//! value keeps the name of the layer that said it.

use serde_json::Value;

use super::arguments;
use super::document::{Kind, Node, Text};
use super::problem::{Origin, Severity};
use super::raw::{ON_DEMAND, SITE_KEYS};
use super::shape;
use super::sources::{Problems, Sources};
use super::substitute::substitute;
use super::value::nearest;

mod sites;

/// The whole document. `file` is the tree of the configuration file, if there is one.
pub(super) fn combine(
    sources: &Sources<'_>,
    file: Option<Node>,
    defaults: &Node,
    schema: &Value,
    problems: &mut Problems,
) -> Node {
    let has_file = file.is_some();
    let mut tree = file.unwrap_or_else(|| Node::map(Origin::Argument("arguments")));
    replace_variables(&mut tree, "", sources, problems);
    environment(&mut tree, sources, schema, problems);
    let several = tree.get(&["sites"]).is_some();
    if several {
        arguments::apply_beside_sites(&mut tree, &sources.overrides, problems);
        listen(&mut tree, sources, problems);
        sites::refuse_beside(&mut tree, problems);
    } else {
        arguments::apply(&mut tree, &sources.overrides, has_file, problems);
        shared(&mut tree, sources, problems);
    }
    let mut defaults = defaults.clone();
    if several {
        sites::fill(&mut tree, &defaults);
        for key in SITE_KEYS {
            defaults.remove(&[key]);
        }
    }
    fill(&mut tree, defaults);
    if tree.get(&["workers"]).is_none() {
        let cores = sources.cores.max(1).to_string();
        tree.set(&["workers"], Node::text(Origin::Default, cores));
    }
    tree
}

/// A section of [`ON_DEMAND`] gets defaults only where somebody wrote it.
fn fill(tree: &mut Node, mut defaults: Node) {
    for section in ON_DEMAND {
        if tree.get(&[section]).is_none() {
            defaults.remove(&[section]);
        }
    }
    tree.fill(&defaults);
}

fn replace_variables(node: &mut Node, path: &str, sources: &Sources<'_>, problems: &mut Problems) {
    for (path, child) in node.children_mut(path) {
        replace_variables(child, &path, sources, problems);
    }
    if let Kind::Text(Text { value, .. }) = &node.kind {
        node.kind = match substitute(value, sources.environment) {
            Ok(text) => Kind::Text(text),
            Err(error) => {
                problems.add(Severity::Error, &node.origin, path, &error, error.hint());
                Kind::Bad
            }
        };
    }
}

/// `VESTIBULE_SESSION__MAX_AGE` is `session.max_age`.
fn environment(tree: &mut Node, sources: &Sources<'_>, schema: &Value, problems: &mut Problems) {
    let mut names: Vec<&String> = sources.environment_names.iter().collect();
    names.sort();
    for name in names {
        let Some(rest) = name.strip_prefix(PREFIX).filter(|rest| !is_foreign(rest)) else {
            continue;
        };
        let path = rest.to_lowercase();
        let path: Vec<&str> = path.split("__").collect();
        let origin = Origin::Environment(name.clone());
        match path
            .iter()
            .try_fold(schema, |schema, key| below(schema, key))
        {
            Some(scalar) if is_scalar(scalar) => {
                make_way(tree, &path, schema);
                let value = (sources.environment)(name).unwrap_or_default();
                tree.set(&path, Node::text(origin, value));
            }
            Some(_) => problems.add(
                Severity::Error,
                &origin,
                &path.join("."),
                format!("`{name}` names a section or a list"),
                "write it in the configuration file; variables set single values",
            ),
            None => {
                let mut known = Vec::new();
                scalar_names(schema, PREFIX, &mut known);
                let hint = nearest(name, known.iter().map(String::as_str));
                problems.add(
                    Severity::Warning,
                    &origin,
                    "",
                    format!("`{name}` is no setting of this version"),
                    hint.unwrap_or_else(|| {
                        "a key inside a section follows two underscores, as in `VESTIBULE_ADMIN__LISTEN`"
                            .to_owned()
                    }),
                );
            }
        }
    }
}

/// A word in the place of a section, as in `admin: off`, is a value, and a weaker one.
fn make_way(tree: &mut Node, path: &[&str], schema: &Value) {
    let Some((_, section)) = path.split_last() else {
        return;
    };
    let allowed = section
        .iter()
        .try_fold(schema, |schema, key| below(schema, key));
    let word = tree.get(section).and_then(Node::word);
    if let (Some(allowed), Some(word)) = (allowed, word)
        && shape::takes_word(allowed, word)
    {
        tree.remove(section);
    }
}

/// Variables that begin like ours: for the binary, or set by Kubernetes for a service of our name.
fn is_foreign(rest: &str) -> bool {
    ["CONFIG", "LOG_FORMAT", "LOG_LEVEL", "PORT"].contains(&rest)
        || ["PORT_", "SERVICE_"]
            .iter()
            .any(|start| rest.starts_with(start))
}

fn below<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let mut choices = choices.into_iter().flatten().chain([schema]);
    choices.find_map(|choice| {
        let named = choice.get("properties").and_then(|known| known.get(key));
        named.or_else(|| {
            choice
                .get("additionalProperties")
                .filter(|any| any.is_object())
        })
    })
}

fn is_scalar(schema: &Value) -> bool {
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let mut choices = choices.into_iter().flatten().chain([schema]);
    choices.any(|choice| {
        let kind = choice.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| ["boolean", "integer", "string"].contains(&kind))
    })
}

fn scalar_names(schema: &Value, here: &str, names: &mut Vec<String>) {
    let keys = schema.get("properties").and_then(Value::as_object);
    for (key, schema) in keys.into_iter().flatten() {
        let name = format!("{here}{}", key.to_uppercase());
        if is_scalar(schema) {
            names.push(name.clone());
        }
        let choices = schema.get("oneOf").and_then(Value::as_array);
        for choice in choices.into_iter().flatten().chain([schema]) {
            scalar_names(choice, &format!("{name}__"), names);
        }
    }
}

/// What the application's own variables say, where nobody else did.
fn shared(tree: &mut Node, sources: &Sources<'_>, problems: &mut Problems) {
    listen(tree, sources, problems);
    public_url(tree, sources, problems);
    let has = |tree: &Node, key| tree.get(&["session", key]).is_some();
    if has(tree, "secrets") || has(tree, "secret_files") {
        return;
    }
    let mut secrets = Vec::new();
    for name in SECRET_VARIABLES {
        let Some((origin, value)) = sources.secret(name) else {
            continue;
        };
        match value {
            // `@auth/core` 0.41.3 passes over empty variables too (lib/utils/env.js).
            Ok(value) if value.is_empty() => problems.add(
                Severity::Warning,
                &origin,
                "session.secrets",
                format!("`{name}` is set to nothing"),
                "give it the secret of the application, or remove it",
            ),
            Ok(value) => secrets.push(Node::text(origin, value)),
            Err(error) => problems.add(
                Severity::Error,
                &origin,
                "session.secrets",
                format!("the file of `{name}` cannot be read: {error}"),
                "correct the path, and let the user of the gateway read the file",
            ),
        }
    }
    if let Some(origin) = secrets.first().map(|secret| secret.origin.clone()) {
        let kind = Kind::List(secrets);
        tree.set(&["session", "secrets"], Node { origin, kind });
    }
}

fn listen(tree: &mut Node, sources: &Sources<'_>, problems: &mut Problems) {
    if tree.get(&["listen"]).is_some() {
        return;
    }
    let variable = |name| (sources.environment)(name).filter(|value| !value.is_empty());
    let port = variable("PORT");
    // Some shells export HOST as the name of the machine, which is no address to listen on.
    let host = variable("HOST").filter(|host| {
        let is_address = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok();
        if !is_address {
            problems.add(
                Severity::Warning,
                &Origin::Shared("HOST".to_owned()),
                "listen",
                format!("`HOST` is `{host}`, which is no address, and is not used"),
                "set `HOST` to an address such as `0.0.0.0`, or configure `listen`",
            );
        }
        is_address
    });
    let name = match (&host, &port) {
        (None, None) => return,
        (Some(_), None) => "HOST",
        (None, Some(_)) => "PORT",
        (Some(_), Some(_)) => "HOST and PORT",
    };
    let host = host.unwrap_or_else(|| "0.0.0.0".to_owned());
    let port = port.unwrap_or_else(|| "8080".to_owned());
    let text = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    tree.set(
        &["listen"],
        Node::text(Origin::Shared(name.to_owned()), text),
    );
}

/// `AUTH_URL` is the origin, and the base path of the sign-in pages where it has a path.
fn public_url(tree: &mut Node, sources: &Sources<'_>, problems: &mut Problems) {
    let found = ["AUTH_URL", "NEXTAUTH_URL"].into_iter().find_map(|name| {
        Some((
            name,
            (sources.environment)(name).filter(|url| !url.is_empty())?,
        ))
    });
    let Some((name, url)) = found else {
        return;
    };
    let origin = Origin::Shared(name.to_owned());
    let Some((scheme, rest)) = url.split_once("://") else {
        problems.add(
            Severity::Warning,
            &origin,
            "public_url",
            format!(
                "`{name}` has no scheme: Auth.js 5 fails on it, next-auth 4 takes it for https"
            ),
            "begin it with `https://` or `http://`, for the application as well; it is not used",
        );
        return;
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if tree.get(&["public_url"]).is_none() {
        let text = format!("{scheme}://{authority}");
        tree.set(&["public_url"], Node::text(origin.clone(), text));
    }
    let path = path.trim_end_matches('/');
    if !path.is_empty() && tree.get(&["session", "sign_in"]).is_none() {
        let text = format!("{path}/signin");
        tree.set(&["session", "sign_in"], Node::text(origin, text));
    }
}

const PREFIX: &str = "VESTIBULE_";

/// In the order in which an application would write with them.
pub(super) const SECRET_VARIABLES: [&str; 5] = [
    "AUTH_SECRET",
    "NEXTAUTH_SECRET",
    "AUTH_SECRET_3",
    "AUTH_SECRET_2",
    "AUTH_SECRET_1",
];
