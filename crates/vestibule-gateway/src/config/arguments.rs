//! What the command line adds: a gateway without a file, or other values than the file's.

use super::document::{Entry, Kind, Node};
use super::problem::{Origin, Severity};
use super::sources::{Overrides, Problems};

pub(super) fn apply(
    tree: &mut Node,
    overrides: &Overrides,
    has_file: bool,
    problems: &mut Problems,
) {
    if let Some(listen) = &overrides.listen {
        tree.set(
            &["listen"],
            Node::text(Origin::Argument("--listen"), listen),
        );
    }
    if !overrides.secret_files.is_empty() {
        let origin = SECRET_FILE;
        let files = overrides.secret_files.iter();
        let files = files.map(|file| Node::text(origin.clone(), file.to_string_lossy()));
        let kind = Kind::List(files.collect());
        tree.remove(&["session", "secrets"]);
        tree.set(&["session", "secret_files"], Node { origin, kind });
    }
    if let Some(url) = &overrides.web {
        tree.set(&["upstreams", "web", "url"], Node::text(WEB, url));
    }
    let arguments = overrides.routes.iter();
    let added: Vec<Node> = arguments
        .filter_map(|argument| route(tree, argument, problems))
        .collect();
    let mut routes = match tree.get(&["routes"]).map(|node| &node.kind) {
        Some(Kind::List(routes)) => routes.clone(),
        Some(Kind::Bad | Kind::Empty | Kind::Map(_) | Kind::Text(_)) => return,
        None => Vec::new(),
    };
    if has_file {
        if added.is_empty() {
            return;
        }
        routes.retain(|old| !added.iter().any(|new| path(new) == path(old)));
        routes.extend(added);
    } else if overrides.web.is_some() {
        routes.push(map(
            &WEB,
            [("path", "/api/auth/**"), ("to", "web"), ("auth", "none")],
        ));
        routes.extend(added);
        routes.push(map(
            &WEB,
            [("path", "/**"), ("to", "web"), ("auth", "optional")],
        ));
    } else {
        problems.add(
            Severity::Error,
            &WEB,
            "",
            "there is no configuration: no file was found, and `--web` does not say where the web application is",
            "write `vestibule.yaml`, name another file with `-c`, or run `vestibule serve --web http://127.0.0.1:3000`",
        );
        return;
    }
    let origin = routes.first().map_or(WEB, |route| route.origin.clone());
    let kind = Kind::List(routes);
    tree.set(&["routes"], Node { origin, kind });
}

/// With several sites the command line cannot say for which of them it speaks.
pub(super) fn apply_beside_sites(tree: &mut Node, overrides: &Overrides, problems: &mut Problems) {
    if let Some(listen) = &overrides.listen {
        tree.set(
            &["listen"],
            Node::text(Origin::Argument("--listen"), listen),
        );
    }
    let given = [
        (WEB, overrides.web.is_some()),
        (ROUTE, !overrides.routes.is_empty()),
        (SECRET_FILE, !overrides.secret_files.is_empty()),
    ];
    for (origin, _) in given.iter().filter(|(_, given)| *given) {
        problems.add(
            Severity::Error,
            origin,
            "",
            "the file has `sites`, and an argument cannot say for which of them it is",
            "remove the argument, and write its value in the site of the file",
        );
    }
}

/// `/api/agent/**=http://127.0.0.1:3001/v1/agent/**`, with the token that Auth.js applications keep.
fn route(tree: &mut Node, argument: &str, problems: &mut Problems) -> Option<Node> {
    let split = argument
        .split_once('=')
        .and_then(|(path, url)| Some((path, url, url.split_once("://")?)));
    let Some((path, url, (scheme, rest))) = split else {
        problems.add(
            Severity::Error,
            &ROUTE,
            "",
            format!("`{argument}` is not a route"),
            "write `--route '/api/agent/**=http://127.0.0.1:3001/v1/agent/**'`",
        );
        return None;
    };
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // A bare `?` or `#` stays with the URL, whose check refuses it.
    let base = if target.is_empty() {
        url.to_owned()
    } else {
        format!("{scheme}://{authority}")
    };
    let name = upstream(tree, &base);
    let to = match target {
        "" | "/" => name,
        target => format!("{name}:{target}"),
    };
    let mut route = map(&ROUTE, [("path", path), ("to", &to), ("auth", "required")]);
    route.set(&["token", "claim"], Node::text(ROUTE, TOKEN_CLAIM));
    Some(route)
}

/// The name of the upstream at `url`; several routes may share one.
fn upstream(tree: &mut Node, url: &str) -> String {
    let mut name = "api".to_owned();
    let mut number = 1;
    while let Some(node) = tree.get(&["upstreams", &name]) {
        let same = node.text_at("url").is_some_and(|text| text.value == url);
        if node.origin == ROUTE && same {
            return name;
        }
        number += 1;
        name = format!("api-{number}");
    }
    tree.set(&["upstreams", &name, "url"], Node::text(ROUTE, url));
    name
}

fn map<const N: usize>(origin: &Origin, entries: [(&str, &str); N]) -> Node {
    let entries = entries.map(|(key, value)| Entry {
        key: key.to_owned(),
        origin: origin.clone(),
        value: Node::text(origin.clone(), value),
    });
    Node {
        origin: origin.clone(),
        kind: Kind::Map(entries.into()),
    }
}

fn path(route: &Node) -> Option<&str> {
    Some(&route.text_at("path")?.value)
}

const ROUTE: Origin = Origin::Argument("--route");

const SECRET_FILE: Origin = Origin::Argument("--secret-file");

const WEB: Origin = Origin::Argument("--web");

/// Where the documented `jwt` callback of an application puts the token of its backend.
const TOKEN_CLAIM: &str = "/backendToken";
