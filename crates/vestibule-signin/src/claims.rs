//! Claims: what of the backend's answer goes into the session, and what of the session the browser sees.

use serde_json::{Map, Value, json};
use vestibule_session::{Claims, Pointer};

use crate::settings::{Settings, SettingsError};

/// One claim of the session and where its value stands in the backend's answer.
///
/// Three names have a meaning: `backendToken` is the bearer, `backendTokenExpires` the Unix second at which it is
/// over, and `refreshToken` what a new one is asked for with.
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

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it holds a token or the like, by its name or by the name of where it comes from.
    fn holds_token(&self) -> bool {
        is_token(&self.name) || is_token(&self.from)
    }
}

/// What makes a session good for nothing, or its JSON dangerous.
pub(crate) fn check(mapping: &[Claim], settings: &Settings) -> Result<(), SettingsError> {
    for claim in mapping {
        if Pointer::parse(&claim.from).is_err() {
            return Err(SettingsError::Pointer(claim.from.clone()));
        }
        if OURS.contains(&claim.name()) {
            return Err(SettingsError::ClaimOurs(claim.name.clone()));
        }
    }
    if !mapping.iter().any(|claim| claim.name == "sub") {
        return Err(SettingsError::NoIdentity);
    }
    let of_backend = |name: &str| mapping.iter().find(|claim| claim.name == name);
    for name in &settings.shown {
        if is_token(name) || of_backend(name).is_some_and(Claim::holds_token) {
            return Err(SettingsError::TokenShown(name.clone()));
        }
    }
    for name in &settings.updatable {
        let own = PROFILE.contains(&name.as_str());
        let fixed = is_token(name)
            || IDENTITY.contains(&name.as_str())
            || OURS.contains(&name.as_str())
            || (of_backend(name).is_some() && !own);
        if fixed {
            return Err(SettingsError::ClaimUpdatable(name.clone()));
        }
    }
    Ok(())
}

/// The claims of a new session; none where the answer names nobody or a time is no number.
pub(crate) fn of_answer(mapping: &[Claim], answer: &Value, now: u64) -> Option<Map<String, Value>> {
    let mut claims = mapped(mapping.iter(), answer, now)?;
    let named = match claims.get("sub")? {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    // The absolute lifetime is measured from here (TH-117); the name is that of OpenID Connect Core §2.
    claims.insert(AUTH_TIME.to_owned(), json!(now));
    named.then_some(claims)
}

/// The token claims of a renewed pair; none where there is no new bearer in it. Who the user is does not change.
pub(crate) fn of_new_pair(
    mapping: &[Claim],
    answer: &Value,
    now: u64,
) -> Option<Map<String, Value>> {
    let tokens = mapping.iter().filter(|claim| is_token(&claim.name));
    let claims = mapped(tokens, answer, now)?;
    let bearer = claims.get(BEARER)?.as_str()?;
    (!bearer.is_empty()).then_some(claims)
}

fn mapped<'c>(
    mapping: impl Iterator<Item = &'c Claim>,
    answer: &Value,
    now: u64,
) -> Option<Map<String, Value>> {
    let mut claims = Map::new();
    for claim in mapping {
        let value = match (claim.source, answer.pointer(&claim.from)) {
            (_, None | Some(Value::Null)) => continue,
            (Source::Value, Some(value)) => value.clone(),
            (Source::Seconds, Some(value)) => json!(now.saturating_add(value.as_u64()?)),
        };
        claims.insert(claim.name.clone(), value);
    }
    Some(claims)
}

/// The session with `changes`, and with the time of its sign-in, if it was written by somebody who does not keep that.
pub(crate) fn changed(claims: &Claims, changes: &Map<String, Value>) -> Option<Claims> {
    let mut changes: Vec<_> = (changes.iter())
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    if read(claims, AUTH_TIME).is_none()
        && let Some(begun) = read(claims, "iat")
    {
        changes.push((AUTH_TIME, begun.to_string()));
    }
    let changes: Vec<_> = (changes.iter())
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    claims.with(&changes).ok()
}

/// The refresh token of a session whose bearer is over or about to be.
pub(crate) fn due(claims: &Claims, now: u64) -> Option<String> {
    let end = read(claims, EXPIRES)?.as_u64()?;
    if now.saturating_add(AHEAD) < end {
        return None;
    }
    match read(claims, REFRESH)? {
        Value::String(token) => Some(token),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// The bearer that the backend knows the session by.
pub(crate) fn bearer(claims: &Claims) -> Option<String> {
    claims.string(&member(BEARER)?)
}

/// The Unix second at which the session is over however often it is used.
pub(crate) fn last_second(claims: &Claims, settings: &Settings) -> u64 {
    let time = |name: &str| read(claims, name)?.as_u64();
    // A session without any time was not written by us nor by Auth.js; it is over.
    let begun = time(AUTH_TIME).or_else(|| time("iat")).unwrap_or_default();
    begun.saturating_add(settings.absolute_age)
}

/// The session's JSON, an allow list (TH-73): `{"user":{…},"expires":"…"}` as `@auth/core` 0.41.3 `lib/actions/session.js`.
pub(crate) fn shown(claims: &Claims, settings: &Settings, expires: u64) -> Value {
    let tokens: Vec<String> = [BEARER, REFRESH]
        .into_iter()
        .filter_map(|name| claims.string(&member(name)?))
        .filter(|token| token.len() >= SHORTEST_TOKEN)
        .map(|token| Value::from(token).to_string().trim_matches('"').to_owned())
        .collect();
    let mut user = Map::new();
    let always = [("name", "name"), ("email", "email"), ("image", "picture")];
    let listed = settings.shown.iter().map(|name| (name.as_str(), &**name));
    for (shown, claim) in always.into_iter().chain(listed) {
        let Some(value) = read(claims, claim) else {
            continue;
        };
        // Whatever the settings call it: the backend's token is not shown.
        let text = value.to_string();
        if !tokens.iter().any(|token| text.contains(token)) {
            user.insert(shown.to_owned(), value);
        }
    }
    json!({ "user": user, "expires": iso(expires) })
}

/// What of `data` the browser may change.
pub(crate) fn updates(data: &Value, settings: &Settings) -> Map<String, Value> {
    let mut changes = Map::new();
    for name in &settings.updatable {
        if let Some(Value::String(text)) = data.get(name)
            && text.len() <= MAX_UPDATED
        {
            changes.insert(name.clone(), Value::String(text.clone()));
        }
    }
    changes
}

fn read(claims: &Claims, name: &str) -> Option<Value> {
    let value = serde_json::from_str(claims.raw(&member(name)?)?).ok()?;
    Some(value).filter(|value| *value != Value::Null)
}

fn member(name: &str) -> Option<Pointer> {
    let escaped = name.replace('~', "~0").replace('/', "~1");
    Pointer::parse(&format!("/{escaped}")).ok()
}

/// Whether a name says that it holds a token, or when one ends.
fn is_token(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "password"]
        .iter()
        .any(|word| name.contains(word))
}

/// As JavaScript's `toISOString` writes it.
fn iso(second: u64) -> String {
    let second = i64::try_from(second).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_second(second).unwrap_or(jiff::Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

const BEARER: &str = "backendToken";
const EXPIRES: &str = "backendTokenExpires";
const REFRESH: &str = "refreshToken";
const AUTH_TIME: &str = "auth_time";

/// Seconds before its end at which a bearer is renewed.
const AHEAD: u64 = 60;

/// Who somebody is and what they may do comes from the backend alone (TH-114).
const IDENTITY: [&str; 9] = [
    "sub",
    "id",
    "email",
    "role",
    "roles",
    "tenant",
    "tenantId",
    "tenantSlug",
    "impersonation",
];

/// What the writer of a session says, and nobody else.
const OURS: [&str; 5] = ["auth_time", "exp", "iat", "jti", "nbf"];

/// What users may call themselves, although the backend said it first.
const PROFILE: [&str; 2] = ["name", "picture"];

/// Octets of a text that the browser may put into its session.
const MAX_UPDATED: usize = 512;

/// Anything shorter could stand in any text by chance.
const SHORTEST_TOKEN: usize = 8;

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
            json!({"user":{"id":"u-1"},"expires_in":"soon"}),
            json!([]),
        ] {
            assert_eq!(of_answer(&mapping, &nobody, 0), None, "{nobody}");
        }
    }

    #[test]
    fn a_new_pair_changes_tokens_and_nothing_else() {
        let mapping = [
            Claim::copied("sub", "/user/id"),
            Claim::copied("role", "/user/role"),
            Claim::copied("backendToken", "/access_token"),
            Claim::copied("refreshToken", "/refresh_token"),
        ];
        let answer = json!({"user":{"id":"u-2","role":"ROOT"},"access_token":"new-bearer"});
        let claims = of_new_pair(&mapping, &answer, 0).unwrap();
        assert_eq!(Value::Object(claims), json!({"backendToken":"new-bearer"}));
        for nothing in [
            json!({}),
            json!({"access_token":""}),
            json!({"access_token":1}),
        ] {
            assert_eq!(of_new_pair(&mapping, &nothing, 0), None, "{nothing}");
        }
    }

    #[test]
    fn times_are_written_as_javascript_writes_them() {
        assert_eq!(iso(1_790_000_000), "2026-09-21T14:13:20.000Z");
    }
}
