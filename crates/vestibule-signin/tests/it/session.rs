//! `GET` and `POST session`: what the browser sees, how long it lasts, and what it may change.

use std::fs;

use serde_json::{Value, json};
use vestibule_session::{CookieName, Scheme, Secret, Version, Writer, session_cookie_name};

use crate::backend::EMAIL;
use crate::browser::Browser;
use crate::world::{HTTP, HTTPS, NOW, SECRET, World};

const DAY: u64 = 24 * 3600;

/// A session as an application with the real package would have written it.
fn foreign(browser: &mut Browser, name: &CookieName, claims: &str, now: u64) {
    let writer = Writer::new(&Secret::new(SECRET).unwrap(), name.clone());
    let token = writer.encode(claims, now, 30 * DAY, [9; 32]).unwrap();
    for (name, value) in writer.chunks(&token) {
        browser.plant(&name, value);
    }
}

#[tokio::test]
async fn the_json_is_an_allow_list() {
    let world = World::start().await;
    let mut browser = world.ada(HTTPS).await;
    let expected = json!({
        "user": {
            "name": "Ada Lovelace", "email": EMAIL, "image": "/ada.png",
            "role": "TENANT_ADMIN", "tenantSlug": "willow-pine",
        },
        "expires": "2026-10-21T14:13:20.000Z",
    });
    assert_eq!(browser.session().await, expected);
}

/// `vectors/extras.json`: what the real endpoint said to a session, a broken one and none.
#[tokio::test]
async fn answers_equal_those_of_the_real_endpoint() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/extras.json");
    let extras: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let claims = r#"{"sub":"u","name":"N","email":"e@x.test","picture":"p"}"#;
    let mut seen = 0;
    for case in extras["sessionEndpoint"].as_array().unwrap() {
        let label = case["label"].as_str().unwrap();
        let lines: Vec<&str> = (case["setCookie"].as_array().unwrap().iter())
            .map(|line| line.as_str().unwrap())
            .collect();
        // Database sessions and callbacks of the application are not ours.
        if label.starts_with("database") || label.contains("callback returns") {
            continue;
        }
        seen += 1;
        let short = lines.iter().any(|line| line.contains("Sep 2026"));
        let world = World::with(|it| it.max_age = if short { 3600 } else { 30 * DAY }).await;
        let mut browser = world.browser(HTTP);
        // With these two there, the endpoint sets nothing but the session.
        browser.get("csrf").await;
        let name = session_cookie_name(Version::V5, Scheme::Http);
        match lines.as_slice() {
            [] => {}
            [line] if line.contains("Max-Age=0") => browser.plant(name.as_str(), "broken"),
            [..] => foreign(&mut browser, &name, claims, NOW),
        }
        let answer = browser.get("session").await;
        assert_eq!(answer.json(), case["body"], "{label}");
        let found = answer.set_cookies();
        assert_eq!(found.len(), lines.len(), "{label}");
        for (found, expected) in found.iter().zip(lines) {
            let value = found.split(['=', ';']).nth(1).unwrap();
            assert_eq!(*found, expected.replace("<new JWE>", value), "{label}");
        }
    }
    assert_eq!(seen, 5);
}

#[tokio::test]
async fn nobody_is_null() {
    let world = World::start().await;
    assert_eq!(world.browser(HTTP).session().await, Value::Null);
}

#[tokio::test]
async fn a_session_that_does_not_open_is_deleted_under_every_name() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    for name in [
        "authjs.session-token",
        "authjs.session-token.0",
        "next-auth.session-token.1",
        "__Secure-authjs.session-token",
    ] {
        browser.plant(name, "eyJhbGciOiJkaXIifQ..broken");
    }
    assert_eq!(browser.session().await, Value::Null);
    assert!(browser.session_cookies().is_empty());
}

#[tokio::test]
async fn each_look_prolongs_the_session_under_its_name() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    let first = world.claims(&browser);
    world.wait(20 * DAY);
    // The backend's token is over meanwhile; that is another test's matter.
    world.backend.answer("/refresh", 503, &json!({}));
    let answer = browser.get("session").await;
    assert_eq!(answer.json()["expires"], "2026-11-10T14:13:20.000Z");
    let line = answer.set_cookies().pop().unwrap();
    assert!(line.starts_with("authjs.session-token="), "{line}");
    let attributes = "; Path=/; Expires=Tue, 10 Nov 2026 14:13:20 GMT; HttpOnly; SameSite=Lax";
    assert!(line.ends_with(attributes), "{line}");
    let second = world.claims(&browser);
    assert_eq!(second["exp"], NOW + 50 * DAY);
    assert_eq!(second["iat"], NOW + 20 * DAY);
    assert_ne!(second["jti"], first["jti"]);
    world.wait(31 * DAY);
    assert_eq!(browser.session().await, Value::Null);
    assert!(browser.session_cookies().is_empty());
}

/// TH-117.
#[tokio::test]
async fn no_use_prolongs_a_session_beyond_its_absolute_age() {
    let world = World::with(|settings| settings.absolute_age = 45 * DAY).await;
    let mut browser = world.ada(HTTP).await;
    world.backend.answer("/refresh", 503, &json!({}));
    world.wait(20 * DAY);
    browser.session().await;
    world.wait(20 * DAY);
    let shown = browser.session().await;
    // 45 days after the sign-in, not 30 after this look.
    assert_eq!(shown["expires"], "2026-11-05T14:13:20.000Z");
    assert_eq!(world.claims(&browser)["exp"], NOW + 45 * DAY);
    world.wait(5 * DAY - 1);
    assert_ne!(browser.session().await, Value::Null);
    world.wait(1);
    assert_eq!(browser.session().await, Value::Null);
    assert!(browser.session_cookies().is_empty());
}

#[tokio::test]
async fn a_session_of_the_real_application_is_read_and_ages_from_when_it_was_met() {
    let world = World::with(|settings| settings.absolute_age = 40 * DAY).await;
    let mut browser = world.browser(HTTPS);
    let name = session_cookie_name(Version::V5, Scheme::Https);
    let claims =
        r#"{"sub":"u-9","email":"bob@example.com","big":1.50e3,"text":"\ud800","role":"X"}"#;
    foreign(&mut browser, &name, claims, NOW);
    let shown = browser.session().await;
    assert_eq!(
        shown["user"],
        json!({"email": "bob@example.com", "role": "X"})
    );
    let session = world.session(&browser).unwrap();
    let json = session.claims().as_json();
    // What another application wrote keeps its text.
    assert!(json.contains(r#""big":1.50e3,"text":"\ud800""#), "{json}");
    assert!(json.contains(&format!(r#""auth_time":{NOW}"#)), "{json}");
    world.wait(20 * DAY);
    browser.session().await;
    world.wait(20 * DAY);
    assert_eq!(browser.session().await, Value::Null);
}

/// TH-61: whoever wrote the session looks for it under the same name.
#[tokio::test]
async fn a_v4_session_is_prolonged_as_one() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let name = session_cookie_name(Version::V4, Scheme::Http);
    let padding = "x".repeat(9000);
    let claims = format!(r#"{{"sub":"u-4","name":"Four","padding":"{padding}"}}"#);
    foreign(&mut browser, &name, &claims, NOW);
    let before: Vec<_> = browser
        .session_cookies()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(before.len(), 4);
    assert_eq!(browser.session().await["user"]["name"], "Four");
    assert_eq!(browser.session_cookies(), before);
    assert_eq!(world.session(&browser).unwrap().cookie(), &name);
}

/// TH-116: on localhost a jar holds the sessions of both schemes, and each page prolongs its own.
#[tokio::test]
async fn prolonging_a_session_leaves_the_others() {
    let world = World::start().await;
    let mut browser = world.ada(HTTPS).await;
    let plain = session_cookie_name(Version::V5, Scheme::Http);
    foreign(&mut browser, &plain, r#"{"sub":"u-2","name":"Plain"}"#, NOW);
    assert_eq!(browser.session().await["user"]["email"], EMAIL);
    assert!(browser.session_cookies().contains(&plain.as_str()));
}

/// TH-114, with every claim of the session.
#[tokio::test]
async fn update_changes_only_what_the_settings_name() {
    let world =
        World::with(|settings| settings.updatable = vec!["theme".to_owned(), "name".to_owned()])
            .await;
    let mut browser = world.ada(HTTP).await;
    let before = world.claims(&browser);
    let mut data = serde_json::Map::new();
    for name in before.as_object().unwrap().keys() {
        data.insert(name.clone(), "forged".into());
    }
    data.insert(
        "user".to_owned(),
        json!({"role": "forged", "name": "forged"}),
    );
    data.insert("theme".to_owned(), "dark".into());
    let answer = browser.update(Value::Object(data)).await;
    assert_eq!(answer.json()["user"]["name"], "forged");
    assert_eq!(answer.json()["user"]["role"], "TENANT_ADMIN");
    let after = world.claims(&browser);
    for (name, value) in before.as_object().unwrap() {
        match name.as_str() {
            "name" => assert_eq!(after[name], "forged"),
            "jti" => {}
            _ => assert_eq!(&after[name], value, "{name}"),
        }
    }
    assert_eq!(after["theme"], "dark");
    assert_eq!(
        after.as_object().unwrap().len(),
        before.as_object().unwrap().len() + 1
    );
}

#[tokio::test]
async fn update_takes_short_texts_only() {
    let world = World::with(|settings| settings.updatable = vec!["name".to_owned()]).await;
    let mut browser = world.ada(HTTP).await;
    for value in [
        json!(1),
        json!(null),
        json!({"a": 1}),
        json!("x".repeat(513)),
    ] {
        browser.update(json!({ "name": value })).await;
        assert_eq!(world.claims(&browser)["name"], "Ada Lovelace");
    }
    browser.update(json!("name")).await;
    assert_eq!(world.claims(&browser)["name"], "Ada Lovelace");
}

#[tokio::test]
async fn nothing_may_store_what_depends_on_a_session() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    let form = [("csrfToken", "x")];
    for answer in [
        browser.get("session").await,
        browser.get("csrf").await,
        browser.get("providers").await,
        browser.get("signin").await,
        browser.get("error?error=Configuration").await,
        browser.get("nothing").await,
        browser.form("session", &form).await,
        browser.form("signout", &form).await,
        browser.sign_in(EMAIL, "wrong").await,
    ] {
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "private, no-cache, no-store");
        assert_eq!(header("vary"), "Cookie");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!header("content-security-policy").contains("script-src"));
    }
}
