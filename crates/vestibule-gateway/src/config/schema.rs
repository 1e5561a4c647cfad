//! The JSON Schema of the configuration file, made from [`RawConfig`] and [`DEFAULTS`].

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::document::{EVERY, Kind, Node};
use super::raw::{RawConfig, SITE_KEYS, SITE_NEEDS};

/// The published schema; `defaults` are written into it.
pub(super) fn generate(defaults: &Node) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<RawConfig>().to_value();
    tidy(&mut schema);
    write_defaults(&mut schema, defaults);
    refer_to_site_keys(&mut schema);
    schema
}

/// The keys of a site are those of a file without `sites`: described there, and required in one of the two places.
fn refer_to_site_keys(schema: &mut Value) {
    let own = schema.pointer_mut("/properties/sites/items");
    if let Some(Value::Object(site)) = own {
        if let Some(keys) = site.get_mut("properties") {
            for key in SITE_KEYS {
                keys[key] = json!({ "$ref": format!("#/properties/{key}") });
            }
        }
        if let Some(Value::Array(required)) = site.get_mut("required") {
            required.extend(SITE_NEEDS.map(Value::from));
        }
    }
    let elsewhere: Map<String, Value> = (SITE_KEYS.iter())
        .map(|key| ((*key).to_owned(), Value::Bool(false)))
        .collect();
    schema["if"] = json!({ "required": ["sites"] });
    schema["then"] = json!({ "properties": elsewhere });
    schema["else"] = json!({ "required": SITE_NEEDS });
}

/// Takes out what only Rust knows: the absent `Option` as `null`, the width of integers.
///
/// A key without a value is an error for us, so the schema must not allow `null`.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(elements) => elements.iter_mut().for_each(tidy),
        Value::Object(members) => {
            members.remove("default");
            members.remove("format");
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(mut choices)) = members.remove("anyOf") {
                choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
                if let Some(Value::Object(choice)) = choices.pop() {
                    for (key, value) in choice {
                        members.entry(key).or_insert(value);
                    }
                }
            }
            members.values_mut().for_each(tidy);
        }
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => {}
    }
}

fn write_defaults(schema: &mut Value, defaults: &Node) {
    match &defaults.kind {
        Kind::Map(entries) => {
            let choices = match schema.get_mut("oneOf") {
                Some(Value::Array(choices)) => choices.iter_mut().collect(),
                _ => vec![schema],
            };
            for choice in choices {
                for entry in entries {
                    let below = match entry.key.as_str() {
                        EVERY => every(choice),
                        key => choice.pointer_mut(&format!("/properties/{key}")),
                    };
                    if let Some(below) = below {
                        write_defaults(below, &entry.value);
                    }
                }
            }
        }
        Kind::List(elements) => {
            let texts = elements.iter().filter_map(scalar).collect();
            write(schema, Value::Array(texts));
        }
        Kind::Text(_) => {
            if let Some(value) = scalar(defaults) {
                write(schema, value);
            }
        }
        Kind::Bad | Kind::Empty => {}
    }
}

/// The schema of each value of a map or element of a list.
fn every(schema: &mut Value) -> Option<&mut Value> {
    let members = schema.as_object_mut()?;
    let (_, below) = members.iter_mut().find(|(key, value)| {
        ["items", "additionalProperties"].contains(&key.as_str()) && value.is_object()
    })?;
    Some(below)
}

fn write(schema: &mut Value, default: Value) {
    if let Value::Object(members) = schema {
        let default = match (members.get("type").and_then(Value::as_str), &default) {
            (Some("integer" | "boolean"), Value::String(text)) => {
                serde_json::from_str(text).unwrap_or(default)
            }
            _ => default,
        };
        members.insert("default".to_owned(), default);
    }
}

fn scalar(node: &Node) -> Option<Value> {
    match &node.kind {
        Kind::Text(text) => Some(Value::from(text.value.clone())),
        Kind::Bad | Kind::Empty | Kind::List(_) | Kind::Map(_) => None,
    }
}
