//! What a session says to the rules of routes, read once when it is opened.

use serde_json::value::RawValue;
use vestibule_session::{Pointer, Session};

/// The claims that rules ask for, by their place in the configuration.
pub struct Facts(Box<[Fact]>);

#[derive(Default)]
struct Fact {
    is_present: bool,
    /// The value, or the elements of a list; an object has none.
    values: Vec<String>,
}

impl Facts {
    /// Reads these claims, in their order.
    pub fn new(session: &Session, claims: &[Pointer]) -> Self {
        let raw = claims.iter().map(|claim| session.claims().raw(claim));
        Self(raw.map(Fact::new).collect())
    }

    /// The value of the claim at `position` or, of a list, its elements: texts without their quotes,
    /// numbers and truth values as they are written.
    pub fn values(&self, position: usize) -> &[String] {
        let fact = self.0.get(position);
        fact.map(|fact| fact.values.as_slice()).unwrap_or_default()
    }

    /// Whether the claim at `position` is there and not `null`.
    pub fn is_present(&self, position: usize) -> bool {
        self.0.get(position).is_some_and(|fact| fact.is_present)
    }
}

impl Fact {
    fn new(raw: Option<&str>) -> Self {
        let Some(raw) = raw.filter(|raw| *raw != "null") else {
            return Self::default();
        };
        let values = if raw.starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            let elements = elements.into_iter().map(RawValue::get);
            elements.filter_map(scalar).collect()
        } else {
            scalar(raw).into_iter().collect()
        };
        Self {
            is_present: true,
            values,
        }
    }
}

fn scalar(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'[' | b'{' | b'n' => None,
        _ => Some(raw.to_owned()),
    }
}
