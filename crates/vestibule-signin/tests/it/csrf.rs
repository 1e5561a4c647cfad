//! What changes something wants a cookie and a body that carry the same token of ours (TH-112).

use std::fs;

use serde_json::{Value, json};
use vestibule_session::Secret;

use crate::backend::{EMAIL, PASSWORD};
use crate::browser::Browser;
use crate::world::{HTTP, HTTPS, World};

const CHANGING: [&str; 4] = [
    "callback/credentials",
    "session",
    "signin/credentials",
    "signout",
];

/// A request that would sign in, update or sign out if it were believed.
async fn refused(world: &World, mut browser: Browser, path: &str, token: Option<&str>) {
    let before = browser.session_cookies().len();
    let mut members = vec![("email", EMAIL), ("password", PASSWORD), ("data", "{}")];
    members.extend(token.map(|token| ("csrfToken", token)));
    let answer = browser.form(path, &members).await;
    if path == "session" {
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (400, "null")
        );
    } else {
        let expected = format!("{}/api/auth/signin?error=MissingCSRF", browser.origin);
        assert_eq!(answer.location(), Some(expected.as_str()), "{path}");
    }
    assert_eq!(answer.set_cookies(), [""; 0], "{path}");
    assert_eq!(browser.session_cookies().len(), before, "{path}");
    assert!(world.backend.seen("/logout").is_empty());
}

#[tokio::test]
async fn a_missing_foreign_or_swapped_token_is_refused() {
    for origin in [HTTP, HTTPS] {
        let world = World::start().await;
        let mut ada = world.ada(origin).await;
        let logins = world.backend.seen("/login").len();
        let own = ada.csrf().await;
        let mut other = world.browser(origin);
        let foreign = other.csrf().await;
        for path in CHANGING {
            refused(&world, ada.clone(), path, None).await;
            refused(&world, ada.clone(), path, Some("")).await;
            refused(&world, ada.clone(), path, Some(&foreign)).await;
            refused(&world, other.clone(), path, Some(&own)).await;
            // The right token in the body alone is what a page elsewhere could have learnt.
            let mut without = ada.clone();
            without.jar.retain(|(name, _)| !name.contains("csrf-token"));
            refused(&world, without, path, Some(&own)).await;
            // A cookie that somebody planted: the hash needs the secret.
            let mut planted = ada.clone();
            for (name, value) in &mut planted.jar {
                if name.contains("csrf-token") {
                    *value = format!("{}%7C{}", "cd".repeat(32), "0".repeat(64));
                }
            }
            refused(&world, planted, path, Some(&"cd".repeat(32))).await;
        }
        assert_eq!(world.backend.seen("/login").len(), logins);
    }
}

#[tokio::test]
async fn the_cookie_has_the_name_of_the_scheme() {
    let world = World::start().await;
    let mut plain = world.browser(HTTP);
    plain.csrf().await;
    assert!(plain.has("authjs.csrf-token"));
    let mut secure = world.browser(HTTPS);
    secure.csrf().await;
    assert!(secure.has("__Host-authjs.csrf-token"));
}

#[tokio::test]
async fn tokens_of_the_real_package_are_known_whatever_the_number_of_secrets() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/extras.json");
    let extras: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut seen = 0;
    for pair in extras["csrf"].as_array().unwrap() {
        if pair["version"] != "v5" {
            continue;
        }
        seen += 1;
        let secret = &pair["secret"];
        let texts = secret.as_array().cloned();
        let texts = texts.unwrap_or_else(|| vec![secret.clone()]);
        let world = World::with(|settings| {
            let secrets = texts.iter().map(|text| Secret::new(text.as_str().unwrap()));
            settings.secrets = secrets.collect::<Result<_, _>>().unwrap();
        })
        .await;
        let mut browser = world.browser(HTTP);
        let value = pair["setCookieValue"].as_str().unwrap();
        browser.plant("authjs.csrf-token", value);
        assert_eq!(browser.csrf().await, pair["csrfToken"].as_str().unwrap());
    }
    assert_eq!(seen, 3);
}

#[tokio::test]
async fn a_json_body_carries_the_token_as_well() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let token = browser.csrf().await;
    let body = json!({"email": EMAIL, "password": PASSWORD, "csrfToken": token});
    let answer = browser.json("callback/credentials", &body).await;
    assert_eq!(answer.location(), Some(HTTP));
    let body = json!({"email": EMAIL, "password": PASSWORD, "csrfToken": [token]});
    let answer = browser.json("callback/credentials", &body).await;
    assert!(answer.location().unwrap().ends_with("MissingCSRF"));
}
