//! What we publish about the configuration agrees with what we read.

use std::fs;

use serde_json::Value;

use super::*;

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let committed = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/vestibule.schema.json"
    ));
    let committed: Value = serde_json::from_str(&committed.unwrap()).unwrap();
    let hint = "run `vestibule schema > docs/reference/vestibule.schema.json`";
    assert!(committed == Config::schema(), "{hint}");
}

#[test]
fn the_reference_names_every_key_with_its_default() {
    let reference = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/config.md"
    ));
    let reference = reference.unwrap();
    let (mut keys, schema) = (Vec::new(), Config::schema());
    collect(&schema, &schema, "", &mut keys);
    assert!(keys.len() > 45, "only {} keys", keys.len());
    let headings = reference.lines().filter(|line| line.starts_with("### "));
    assert_eq!(headings.count(), keys.len());
    assert!(reference.contains(EXAMPLE));
    for (key, default) in keys {
        let heading = format!("### `{key}`\n");
        let Some((_, section)) = reference.split_once(&heading) else {
            panic!("docs/reference/config.md has no heading `{key}`");
        };
        let section = section.split("\n#").next().unwrap();
        if let Some(default) = default {
            let line = format!("Default: `{default}`.");
            assert!(section.contains(&line), "`{key}`: expected {line}");
        }
    }
}

/// The names of all values, as `routes[].to`, with their defaults.
///
/// What may hold itself is described where it first stands.
fn collect(root: &Value, schema: &Value, here: &str, keys: &mut Vec<(String, Option<String>)>) {
    let schema = match schema["$ref"].as_str() {
        Some(_) if here.ends_with("[]") => return,
        Some(name) => root.pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
        let elsewhere = schema["$ref"].as_str();
        if elsewhere.is_some_and(|name| name.starts_with("#/properties/")) {
            continue; // a key of a site, which is described at the top
        }
        let path = if here.is_empty() {
            key.clone()
        } else {
            format!("{here}.{key}")
        };
        let default = schema.get("default").map(|default| match default {
            Value::String(text) => text.clone(),
            Value::Array(_) => default.to_string().replace('"', "").replace(',', ", "),
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => {
                default.to_string()
            }
        });
        keys.push((path.clone(), default));
        collect(root, schema, &path, keys);
        collect(
            root,
            &schema["additionalProperties"],
            &format!("{path}.NAME"),
            keys,
        );
        collect(root, &schema["items"], &format!("{path}[]"), keys);
        for choice in schema["oneOf"].as_array().into_iter().flatten() {
            collect(root, choice, &path, keys);
        }
    }
}
