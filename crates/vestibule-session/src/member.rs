//! Members of a JSON object, read in one pass and without building a tree.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The text is not one JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAnObject;

/// Calls `visit` with each member's unescaped name and raw value, in their order.
///
/// The whole text is checked to be JSON. Names are octets, because a lone surrogate is legal in
/// JavaScript's JSON and has no UTF-8 form; a repeated name comes twice, so the last one wins.
pub(crate) fn each<'a>(
    json: &'a str,
    visit: impl FnMut(&[u8], &'a str),
) -> Result<(), NotAnObject> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer
        .deserialize_map(Members(visit))
        .and_then(|()| deserializer.end())
        .map_err(|_| NotAnObject)
}

/// The object with `members`, names and raw values, at its end and instead of those that had their names.
///
/// The others keep their text and their order. A name without a UTF-8 form cannot be written again.
pub(crate) fn replaced(json: &str, members: &[(&str, &str)]) -> Result<String, NotAnObject> {
    let (mut object, mut written) = (String::from("{"), Ok(()));
    each(json, |name, raw| {
        if members.iter().any(|(new, _)| new.as_bytes() == name) {
            return;
        }
        match str::from_utf8(name) {
            Ok(name) => push(&mut object, name, raw),
            Err(_) => written = Err(NotAnObject),
        }
    })?;
    written?;
    for (name, raw) in members {
        push(&mut object, name, raw);
    }
    object.push('}');
    Ok(object)
}

fn push(object: &mut String, name: &str, raw: &str) {
    if !object.ends_with('{') {
        object.push(',');
    }
    let name = serde_json::Value::from(name).to_string();
    object.extend([&name, ":", raw]);
}

/// The raw element at `position` of a JSON array.
pub(crate) fn element(json: &str, position: usize) -> Option<&str> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_seq(Element(position)).ok()?
}

/// The text of a raw JSON string; `None` for other values and for lone surrogates.
pub(crate) fn string(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

struct Members<F>(F);

impl<'de, F: FnMut(&[u8], &'de str)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            (self.0)(&name, value.get());
        }
        Ok(())
    }
}

struct Element(usize);

impl<'de> Visitor<'de> for Element {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<Self::Value, S::Error> {
        for _ in 0..self.0 {
            if elements.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        }
        let found = elements.next_element::<&RawValue>()?.map(RawValue::get);
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

/// A member name, borrowed unless it has escapes.
struct Name<'a>(std::borrow::Cow<'a, [u8]>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Octets;

        impl<'de> Visitor<'de> for Octets {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Name(name.into()))
            }

            fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
                Ok(Name(name.to_vec().into()))
            }
        }

        deserializer.deserialize_bytes(Octets)
    }
}
