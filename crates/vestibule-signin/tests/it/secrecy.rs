//! The backend's tokens are in the sealed cookie and nowhere else (TH-73).

use serde_json::json;
use vestibule_signin::Claim;

use crate::backend::{BEARER, EMAIL, PASSWORD, REFRESH};
use crate::browser::{Answer, Browser};
use crate::world::{HTTP, HTTPS, World, caller};

const TOKENS: [&str; 4] = [BEARER, REFRESH, "bearer-of-ada-0002", "refresh-of-ada-0002"];

#[track_caller]
fn check(answer: &Answer) {
    let everything = format!("{:?} {:?} {}", answer.status, answer.headers, answer.text);
    for token in TOKENS {
        assert!(!everything.contains(token), "{everything}");
    }
    assert!(!everything.contains(PASSWORD), "{everything}");
}

/// Everything that a browser can ask for while signed in.
async fn everything(browser: &mut Browser) {
    for path in [
        "csrf",
        "providers",
        "session",
        "signin",
        "signout",
        "error",
        "error?error=Configuration",
        "nothing",
        "signin?error=CredentialsSignin&code=credentials",
        "callback/credentials",
    ] {
        check(&browser.get(path).await);
    }
    check(
        &browser
            .update(json!({"name": "x", "backendToken": "y"}))
            .await,
    );
}

#[tokio::test]
async fn no_answer_of_a_whole_visit_holds_a_token() {
    for origin in [HTTP, HTTPS] {
        let world = World::start().await;
        let mut browser = world.browser(origin);
        check(&browser.sign_in(EMAIL, PASSWORD).await);
        everything(&mut browser).await;
        world.wait(7200);
        everything(&mut browser).await;
        assert_eq!(world.claims(&browser)["backendToken"], "bearer-of-ada-0002");
        check(&browser.sign_out().await);
    }
}

/// An operator who gives the token another name does not show it either.
#[tokio::test]
async fn a_claim_that_holds_the_token_by_value_is_not_shown() {
    let world = World::with(|settings| {
        settings.shown = ["copy", "nested", "role"].map(str::to_owned).into();
    })
    .await;
    let mut settings = world.settings.clone();
    let answer = json!({
        "user": {"id": "u-1", "role": "R"}, "access_token": BEARER,
        "copy": BEARER, "nested": {"deep": [format!("Bearer {BEARER}")]},
    });
    world.backend.answer("/login", 200, &answer);
    settings.backend = vestibule_signin::Backend::new(
        &format!("{}/login", world.backend.url),
        vec![
            Claim::copied("sub", "/user/id"),
            Claim::copied("role", "/user/role"),
            Claim::copied("copy", "/copy"),
            Claim::copied("nested", "/nested"),
            Claim::copied("backendToken", "/access_token"),
        ],
    );
    world.sign_in.reload(settings).unwrap();
    let mut browser = world.browser(HTTP);
    browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(world.claims(&browser)["copy"], BEARER);
    assert_eq!(browser.session().await["user"], json!({"role": "R"}));
}

#[tokio::test]
async fn nothing_prints_a_secret() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.wait(7200);
    browser.session().await;
    let printed = format!(
        "{:?} {:?} {:?}",
        world.sign_in,
        world.settings,
        caller("http://a")
    );
    for token in TOKENS.into_iter().chain([crate::world::SECRET]) {
        assert!(!printed.contains(token), "{printed}");
    }
}
