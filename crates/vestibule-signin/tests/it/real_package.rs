//! Every answer equals that of the real package: `vectors/signin.json`, made by `vectors/generate/signin.mjs`.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;
use vestibule_session::{Scheme, Secret, Version, Writer, session_cookie_name};

use crate::browser::{Answer, FORM};
use crate::world::{NOW, World};

#[derive(Deserialize)]
struct Vectors {
    now: u64,
    secret: String,
    claims: Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    label: String,
    origin: String,
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    json: bool,
    #[serde(default)]
    cookies: BTreeMap<String, String>,
    /// Whether the request carries a session of the claims.
    #[serde(default)]
    session: bool,
    /// The application's own sign-in page.
    page: Option<String>,
    answer: Expected,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Expected {
    status: u16,
    location: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    body: Value,
    set_cookies: Vec<String>,
}

#[tokio::test]
async fn answers_equal_those_of_the_real_package() {
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/signin.json");
    let vectors: Vectors = serde_json::from_str(&fs::read_to_string(text).unwrap()).unwrap();
    assert_eq!(vectors.cases.len(), 112);
    assert_eq!(vectors.now, NOW);
    let mut wrong = Vec::new();
    for case in &vectors.cases {
        let mut found = asked(&vectors, case).await;
        if case.method == "HEAD" {
            // A body that no client reads, so we do not send it.
            assert_eq!(found.body, Value::Null);
            found.body.clone_from(&case.answer.body);
        }
        if found != case.answer {
            wrong.push(format!(
                "{}\n  ours {found:?}\n  real {:?}",
                case.label, case.answer
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn asked(vectors: &Vectors, case: &Case) -> Expected {
    let world = World::with(|settings| {
        settings.secrets = vec![Secret::new(vectors.secret.as_str()).unwrap()];
        settings.shown = Vec::new();
        settings.pages.sign_in.clone_from(&case.page);
    })
    .await;
    let mut browser = world.browser(&case.origin);
    for (name, value) in &case.cookies {
        browser.plant(name, value);
    }
    if case.session {
        let scheme = if case.origin.starts_with("https:") {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let name = session_cookie_name(Version::V5, scheme);
        let writer = Writer::new(&Secret::new(vectors.secret.as_str()).unwrap(), name.clone());
        let claims = vectors.claims.to_string();
        let token = writer.encode(&claims, vectors.now, 3600, [7; 32]).unwrap();
        browser.plant(name.as_str(), &token);
    }
    for (name, value) in &case.headers {
        let name: http::HeaderName = name.parse().unwrap();
        browser.headers.insert(name, value.parse().unwrap());
    }
    let (kind, body) = match &case.body {
        None => (None, String::new()),
        Some(body) if case.json => (
            Some("application/json"),
            Value::Object(body.clone()).to_string(),
        ),
        Some(body) => {
            let pairs = body
                .iter()
                .map(|(name, value)| (name, value.as_str().unwrap()));
            let mut form = form_urlencoded::Serializer::new(String::new());
            (Some(FORM), form.extend_pairs(pairs).finish())
        }
    };
    masked(&browser.send(&case.method, &case.path, kind, body).await)
}

fn masked(answer: &Answer) -> Expected {
    let kind = answer.headers.get("content-type");
    let kind = kind.map(|kind| kind.to_str().unwrap().split(';').next().unwrap().to_owned());
    let mut body = match kind.as_deref() {
        Some("application/json") if !answer.text.is_empty() => answer.json(),
        Some(_) | None => Value::Null,
    };
    let known = "ab".repeat(32);
    if let Some(token) = body.get_mut("csrfToken")
        && *token != known.as_str()
    {
        *token = "<csrf>".into();
    }
    let set_cookies = answer.set_cookies().into_iter().map(|line| {
        let (pair, rest) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let value = match value {
            _ if value.starts_with("eyJ") => "<session>",
            _ if name.contains("csrf-token") && !value.starts_with(&known) => "<csrf>",
            _ => value,
        };
        format!("{name}={value};{rest}")
    });
    Expected {
        status: answer.status.as_u16(),
        location: answer.location().map(str::to_owned),
        kind,
        body,
        set_cookies: set_cookies.collect(),
    }
}
