//! Claims: what of the backend's answer goes into the session, and what of the session the browser sees.

use serde_json::{Map, Value, json};
use vestibule_session::{Claims, Pointer, Session};

use crate::settings::{Settings, SettingsError, pointer};

/// One claim of the session and where its value stands in the backend's answer.
#[derive(Debug, Clone)]
pub struct Claim {
    name: String,
    from: String,
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The value itself.
    Value,
    /// A number of seconds from now.
    Seconds,
}

impl Claim {
    /// Takes the value at the JSON pointer `from` as it is; a value that is absent or null gives no claim.
    pub fn copied(name: &str, from: &str) -> Self {
        Self {
            name: name.to_owned(),
            from: from.to_owned(),
            source: Source::Value,
        }
    }

    /// Takes the seconds at `from`, such as OAuth's `expires_in`, and keeps the Unix second that they end at.
    pub fn end_of(name: &str, from: &str) -> Self {
        Self {
            name: name.to_owned(),
            from: from.to_owned(),
            source: Source::Seconds,
        }
    }
}

pub(crate) fn check(mapping: &[Claim]) -> Result<(), SettingsError> {
    for claim in mapping {
        pointer(&claim.from)?;
    }
    let identity = mapping.iter().any(|claim| claim.name == "sub");
    identity.then_some(()).ok_or(SettingsError::NoIdentity)
}

/// The claims of a new session; none where the answer names nobody.
pub(crate) fn of_answer(mapping: &[Claim], answer: &Value, now: u64) -> Option<Map<String, Value>> {
    let mut claims = Map::new();
    for claim in mapping {
        let value = match (claim.source, answer.pointer(&claim.from)) {
            (_, None | Some(Value::Null)) => continue,
            (Source::Value, Some(value)) => value.clone(),
            (Source::Seconds, Some(value)) => json!(now.saturating_add(value.as_u64()?)),
        };
        claims.insert(claim.name.clone(), value);
    }
    let named = match claims.get("sub")? {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    // The absolute lifetime is measured from here (TH-117); the name is that of OpenID Connect Core §2.
    claims.insert(AUTH_TIME.to_owned(), json!(now));
    named.then_some(claims)
}

/// The Unix second at which the session is over however often it is used.
pub(crate) fn last_second(claims: &Claims, settings: &Settings) -> Option<u64> {
    let time = |name: &str| read(claims, name)?.as_u64();
    let begun = time(AUTH_TIME).or_else(|| time("iat"))?;
    Some(begun.saturating_add(settings.absolute_age))
}

/// The session's JSON, an allow list (TH-73): `{"user":{…},"expires":"…"}` as `@auth/core` 0.41.3 `lib/actions/session.js`.
pub(crate) fn shown(claims: &Claims, settings: &Settings, expires: u64) -> Value {
    let mut user = Map::new();
    for (shown, claim) in [("name", "name"), ("email", "email"), ("image", "picture")] {
        if let Some(value) = read(claims, claim) {
            user.insert(shown.to_owned(), value);
        }
    }
    for claim in &settings.shown {
        if let Some(value) = read(claims, claim) {
            user.insert(claim.clone(), value);
        }
    }
    json!({ "user": user, "expires": iso(expires) })
}

/// The claims with those of `data` that the browser may change.
pub(crate) fn updated(session: &Session, data: &Value, settings: &Settings) -> Option<String> {
    let mut claims: Map<String, Value> = serde_json::from_str(session.claims().as_json()).ok()?;
    for claim in &settings.updatable {
        if let Some(Value::String(text)) = data.get(claim)
            && text.len() <= MAX_UPDATED
        {
            claims.insert(claim.clone(), Value::String(text.clone()));
        }
    }
    serde_json::to_string(&claims).ok()
}

fn read(claims: &Claims, name: &str) -> Option<Value> {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    let pointer = Pointer::parse(&format!("/{escaped}")).ok()?;
    let value = serde_json::from_str(claims.raw(&pointer)?).ok()?;
    Some(value).filter(|value| *value != Value::Null)
}

/// As JavaScript's `toISOString` writes it.
fn iso(second: u64) -> String {
    let second = i64::try_from(second).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_second(second).unwrap_or(jiff::Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

const AUTH_TIME: &str = "auth_time";

/// Octets of a text that the browser may put into its session.
const MAX_UPDATED: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_becomes_claims_by_the_mapping_alone() {
        let mapping = [
            Claim::copied("sub", "/user/id"),
            Claim::copied("tenantId", "/tenant/id"),
            Claim::end_of("backendTokenExpires", "/expires_in"),
        ];
        let answer = json!({"user":{"id":"u-1","role":"ROOT"},"tenant":null,"expires_in":7200});
        let claims = of_answer(&mapping, &answer, 1000).unwrap();
        assert_eq!(
            Value::Object(claims),
            json!({"sub":"u-1","backendTokenExpires":8200,"auth_time":1000})
        );
        for nobody in [
            json!({}),
            json!({"user":{"id":""}}),
            json!({"user":{"id":true}}),
            json!([]),
        ] {
            assert_eq!(of_answer(&mapping, &nobody, 0), None, "{nobody}");
        }
    }

    #[test]
    fn times_are_written_as_javascript_writes_them() {
        assert_eq!(iso(1_790_000_000), "2026-09-21T14:13:20.000Z");
    }
}
