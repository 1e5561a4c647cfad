//! Compares a document with the schema: every key known, every value of the right kind.
//!
//! serde would stop at the first mistake. This walk reports all of them, leaves the bad values
//! out, and hands on what [`RawConfig`](super::RawConfig) can be read from.

use serde_json::{Map, Value};

use super::document::{Entry, Kind, Node, join};
use super::problem::{Origin, Place, Problem, Severity, shown};
use super::value::nearest;

/// What of the document fits the schema; the rest is added to `problems`.
pub(super) fn conform(node: &Node, schema: &Value, problems: &mut Vec<Problem>) -> Option<Value> {
    value(node, schema, schema, "", problems)
}

/// What of `node` fits `schema`, which is a part of `root`.
fn value(
    node: &Node,
    root: &Value,
    schema: &Value,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let schema = resolved(root, schema);
    let choices = match schema.get("oneOf").and_then(Value::as_array) {
        Some(choices) => choices.iter().collect(),
        None => vec![schema],
    };
    let of_type = |name: &str| {
        let mut choices = choices.iter();
        choices.find(|choice| choice.get("type").is_some_and(|kind| kind == name))
    };
    let name = if path.is_empty() { "the file" } else { path };
    let mut report = |message: String, hint: String| {
        problems.push(error(&node.origin, path, message, hint));
    };
    match &node.kind {
        Kind::Bad => None,
        Kind::Empty => {
            report(
                format!("`{name}` has no value"),
                format!("write {}, or remove the key", expected(&choices)),
            );
            None
        }
        Kind::Text(text) => {
            let words = words(&choices);
            let value = text.value.as_str();
            if words.contains(&value) {
                return Some(Value::from(value));
            }
            if !words.is_empty() {
                let last = path.rsplit('.').next().unwrap_or(path);
                let hint = later(last, value)
                    .or_else(|| nearest(value, words.iter().copied()))
                    .unwrap_or_else(|| format!("write {}", expected(&choices)));
                report(format!("`{value}` is not a value of `{path}`"), hint);
                return None;
            }
            let parsed = if of_type("string").is_some() {
                Some(Value::from(value))
            } else if of_type("integer").is_some() {
                value.parse::<u64>().ok().map(Value::from)
            } else if of_type("boolean").is_some() {
                value.parse::<bool>().ok().map(Value::from)
            } else {
                None
            };
            if parsed.is_none() {
                let value = shown(path, value);
                report(
                    format!("`{name}` cannot be `{value}`"),
                    format!("write {}", expected(&choices)),
                );
            }
            parsed
        }
        Kind::List(elements) => {
            let Some(array) = of_type("array") else {
                report(
                    format!("`{name}` is a list"),
                    format!("write {}", expected(&choices)),
                );
                return None;
            };
            let items = resolved(root, array.get("items").unwrap_or(&Value::Null));
            let is_map = items.get("properties").is_some();
            let mut fitting = Vec::new();
            for (index, element) in elements.iter().enumerate() {
                match value(element, root, items, &format!("{path}[{index}]"), problems) {
                    Some(value) => fitting.push(value),
                    // An empty map keeps the numbers of those behind it.
                    None if is_map => fitting.push(Value::Object(Map::new())),
                    None => {}
                }
            }
            let complete = fitting.len() == elements.len();
            complete.then_some(Value::Array(fitting))
        }
        Kind::Map(entries) => {
            let Some(object) = of_type("object") else {
                report(
                    format!("`{name}` is a map of keys"),
                    format!("write {}", expected(&choices)),
                );
                return None;
            };
            let before = problems.len();
            let fitting = map(node, entries, root, object, path, problems);
            // One of several kinds of value cannot be read in part.
            let whole = choices.len() == 1 || problems.len() == before;
            whole.then_some(Value::Object(fitting))
        }
    }
}

fn map(
    node: &Node,
    entries: &[Entry],
    root: &Value,
    schema: &Value,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Map<String, Value> {
    let none = Map::new();
    let known = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let any = schema
        .get("additionalProperties")
        .filter(|any| any.is_object());
    let mut fitting = Map::new();
    let mut unknown = Vec::new();
    for Entry {
        key,
        origin,
        value: node,
    } in entries
    {
        let below = join(path, key);
        let Some(schema) = known.get(key).or(any) else {
            problems.push(unknown_key(key, origin, path, known));
            unknown.push(key);
            continue;
        };
        if let Some(value) = value(node, root, schema, &below, problems) {
            fitting.insert(key.clone(), value);
        }
    }
    for key in required(schema, entries) {
        let mut unknown = unknown.iter();
        // A misspelt key is not missing as well, nor is the only key of a map.
        let is_meant =
            |unknown: &&String| known.len() == 1 || nearest(unknown, [key].into_iter()).is_some();
        if !unknown.any(is_meant) && !entries.iter().any(|entry| entry.key == key) {
            let expected = known.get(key).map_or_else(String::new, |schema| {
                entries_of(root, schema).unwrap_or_else(|| expected(&[schema]))
            });
            problems.push(error(
                &node.origin,
                &join(path, key),
                match path {
                    "" => format!("`{key}` is missing"),
                    _ => format!("`{path}` has no `{key}`"),
                },
                format!("add `{key}:` with {expected}"),
            ));
        }
    }
    fitting
}

/// The keys that must be there; `if` some others are, `then` these, `else` those.
fn required<'a>(schema: &'a Value, entries: &[Entry]) -> Vec<&'a str> {
    let listed = |path: &str| {
        let keys = schema.pointer(path).and_then(Value::as_array);
        keys.into_iter().flatten().filter_map(Value::as_str)
    };
    let is_there = |key: &str| entries.iter().any(|entry| entry.key == key);
    let further = if listed("/if/required").all(is_there) {
        "/then/required"
    } else {
        "/else/required"
    };
    listed("/required").chain(listed(further)).collect()
}

/// The schema itself, or what it refers to: a rule may hold rules, so the schema names them once.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    let name = name.and_then(|name| name.strip_prefix('#'));
    name.and_then(|name| root.pointer(name)).unwrap_or(schema)
}

fn unknown_key(key: &str, origin: &Origin, path: &str, known: &Map<String, Value>) -> Problem {
    let last = path.rsplit('.').next().unwrap_or(path);
    let hint = later(last, key)
        .or_else(|| nearest(key, known.keys().map(String::as_str)))
        .unwrap_or_else(|| {
            let keys: Vec<_> = known.keys().map(|key| format!("`{key}`")).collect();
            format!("the keys here are {}", keys.join(", "))
        });
    error(
        origin,
        &join(path, key),
        format!("unknown key `{key}`"),
        hint,
    )
}

/// What the documents of later versions describe: better named than called a typing error.
fn later(parent: &str, word: &str) -> Option<String> {
    let known = match parent {
        "token" => ["mint", "exchange", "session"].contains(&word),
        // `refresh` is a misspelt `refresh_url` there.
        "signin" => false,
        _ => word == "refresh",
    };
    let instead = match parent {
        "token" => "; write `{ claim: /backendToken }` or `none`",
        _ => "; remove it",
    };
    known.then(|| format!("this version does not have `{word}` yet{instead}"))
}

/// Whether one of the kinds of value that `schema` takes is this word.
pub(super) fn takes_word(schema: &Value, word: &str) -> bool {
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let choices: Vec<_> = choices.into_iter().flatten().chain([schema]).collect();
    words(&choices).contains(&word)
}

/// The words that one of the choices is.
fn words<'a>(choices: &[&'a Value]) -> Vec<&'a str> {
    let listed = |choice: &&'a Value| match choice.get("enum").and_then(Value::as_array) {
        Some(words) => words.iter().collect::<Vec<_>>(),
        None => choice.get("const").into_iter().collect(),
    };
    let words = choices.iter().flat_map(listed);
    words.filter_map(Value::as_str).collect()
}

/// What stands in a list of maps, by the keys that none of them can do without.
fn entries_of(root: &Value, schema: &Value) -> Option<String> {
    let items = resolved(root, resolved(root, schema).get("items")?);
    let keys = items.get("required").and_then(Value::as_array)?;
    let keys: Vec<String> = keys
        .iter()
        .filter_map(|key| Some(format!("{}: …", key.as_str()?)))
        .collect();
    Some(format!(
        "a list of entries such as `- {{ {} }}`",
        keys.join(", ")
    ))
}

/// What would have been right, for a hint.
fn expected(choices: &[&Value]) -> String {
    let mut kinds = Vec::new();
    for choice in choices {
        let listed = words(&[choice]);
        if !listed.is_empty() {
            kinds.extend(listed.into_iter().map(|word| format!("`{word}`")));
            continue;
        }
        if let Some(inner) = choice.get("oneOf").and_then(Value::as_array) {
            kinds.push(expected(&inner.iter().collect::<Vec<_>>()));
            continue;
        }
        let keys = choice.get("properties").and_then(Value::as_object);
        kinds.push(match choice.get("type").and_then(Value::as_str) {
            Some("array") => "a list, such as `[one, two]`".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("integer") => "a whole number".to_owned(),
            Some("object") => match keys.and_then(|keys| keys.keys().next()) {
                Some(key) => format!("keys and values, such as `{{ {key}: … }}`"),
                None => "keys and values".to_owned(),
            },
            _ => "a text".to_owned(),
        });
    }
    kinds.join(" or ")
}

fn error(origin: &Origin, path: &str, message: String, hint: String) -> Problem {
    Problem {
        severity: Severity::Error,
        message,
        place: Place {
            origin: origin.clone(),
            path: path.to_owned(),
        },
        hint,
    }
}
