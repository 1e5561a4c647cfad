//! YAML text to a [`Node`] tree: the only file that knows the parser.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, MergeKeyPolicy, Spanned};

use super::document::{Entry, Kind, Node, Text, join};
use super::problem::{Origin, Place, Problem, Severity};

/// Reads `text`, which came from `file`; a key that is written twice is added to `problems`.
pub(super) fn parse(file: &Path, text: &str, problems: &mut Vec<Problem>) -> Result<Node, Problem> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        merge_keys: MergeKeyPolicy::Error,
        // The parser would stop at the first.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
    };
    let source = Source { file, text };
    match serde_saphyr::from_str_with_options::<Spanned<Value>>(text, options) {
        Ok(spanned) if matches!(spanned.value, Value::Empty) => {
            Ok(Node::map(source.origin(Location::UNKNOWN)))
        }
        Ok(spanned) => Ok(source.node(spanned, "", problems)),
        Err(error) => Err(Problem {
            severity: Severity::Error,
            message: format!("the file is not good YAML: {}", message(&error)),
            place: Place {
                origin: source.origin(error.location().unwrap_or(Location::UNKNOWN)),
                path: String::new(),
            },
            hint: "correct the text here; quotes and indentation are the usual cause".to_owned(),
        }),
    }
}

/// The first line of the parser's message, without the place that we print ourselves.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line.split_at(end).0.to_owned()
}

struct Source<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn node(&self, spanned: Spanned<Value>, path: &str, problems: &mut Vec<Problem>) -> Node {
        let origin = self.origin(spanned.referenced);
        let kind = match spanned.value {
            Value::Empty => Kind::Empty,
            Value::List(elements) => {
                let numbered = elements.into_iter().enumerate();
                let elements = numbered.map(|(index, element)| {
                    self.node(element, &format!("{path}[{index}]"), problems)
                });
                Kind::List(elements.collect())
            }
            Value::Map(entries) => Kind::Map(self.map(entries, path, problems)),
            Value::Plain(fallback) => text(self.written(spanned.defined).unwrap_or(fallback)),
            Value::Text(value) => text(value),
        };
        Node { origin, kind }
    }

    fn map(
        &self,
        entries: Vec<(Spanned<String>, Spanned<Value>)>,
        path: &str,
        problems: &mut Vec<Problem>,
    ) -> Vec<Entry> {
        let mut map: Vec<Entry> = Vec::new();
        for (
            Spanned {
                value: key,
                referenced,
                ..
            },
            value,
        ) in entries
        {
            let (origin, here) = (self.origin(referenced), join(path, &key));
            let value = self.node(value, &here, problems);
            if let Some(first) = map.iter().find(|entry| entry.key == key) {
                problems.push(Problem {
                    severity: Severity::Error,
                    message: format!(
                        "the key `{key}` is written twice, first at {}",
                        first.origin
                    ),
                    place: Place { origin, path: here },
                    hint: "remove one of the two; what belongs together stands under one key"
                        .to_owned(),
                });
                continue;
            }
            map.push(Entry { key, origin, value });
        }
        map
    }

    /// A plain number as its author wrote it, so that a long one loses no digit.
    fn written(&self, location: Location) -> Option<String> {
        let start = usize::try_from(location.span().byte_offset()?).ok()?;
        let length = usize::try_from(location.span().byte_len()?).ok()?;
        let text = self.text.get(start..start.checked_add(length)?)?;
        Some(text.trim().to_owned())
    }

    fn origin(&self, location: Location) -> Origin {
        Origin::File {
            file: self.file.to_owned(),
            line: location.line().max(1),
            column: location.column().max(1),
        }
    }
}

fn text(value: String) -> Kind {
    Kind::Text(Text {
        value,
        ..Text::default()
    })
}

/// What the parser sees in one place.
enum Value {
    Empty,
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
    /// A number or a truth value.
    Plain(String),
    Text(String),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a list or a map")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Empty)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Value::Map(entries))
    }
}
