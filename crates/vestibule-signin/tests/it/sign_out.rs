//! Sign-out ends the session in the browser, whatever the backend says to it.

use serde_json::json;

use crate::backend::BEARER;
use crate::world::{HTTP, HTTPS, World};

/// TH-64.
#[tokio::test]
async fn every_session_cookie_that_was_sent_is_deleted() {
    for origin in [HTTP, HTTPS] {
        let world = World::start().await;
        let mut browser = world.ada(origin).await;
        for name in [
            "authjs.session-token.0",
            "authjs.session-token.31",
            "__Secure-authjs.session-token.7",
            "next-auth.session-token",
            "next-auth.session-token.1",
            "__Secure-next-auth.session-token.0",
        ] {
            browser.plant(name, "old");
        }
        browser.plant("theme", "dark");
        let answer = browser.sign_out().await;
        assert_eq!(answer.json()["url"], format!("{origin}/"));
        assert!(browser.session_cookies().is_empty(), "{:?}", browser.jar);
        assert!(browser.has("theme"));
        for line in answer.set_cookies() {
            let secure = line.starts_with("__");
            assert_eq!(line.contains("; Secure"), secure, "{line}");
        }
    }
}

#[tokio::test]
async fn the_backend_is_told_with_the_sessions_bearer() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    browser.sign_out().await;
    let seen = world.backend.seen("/logout");
    let [logout] = seen.as_slice() else {
        panic!("not one: {seen:?}");
    };
    assert_eq!(logout.method, http::Method::POST);
    assert_eq!(logout.headers["authorization"], format!("Bearer {BEARER}"));
    assert!(!logout.headers.contains_key("cookie"));

    // Who is nobody has nothing to tell.
    world.browser(HTTP).sign_out().await;
    assert_eq!(world.backend.seen("/logout").len(), 1);
}

#[tokio::test]
async fn a_backend_that_refuses_keeps_nobody_signed_in() {
    let world = World::start().await;
    for status in [401, 500] {
        let mut browser = world.ada(HTTP).await;
        world.backend.answer("/logout", status, &json!({}));
        browser.sign_out().await;
        assert!(browser.session_cookies().is_empty());
    }
}

/// The clock stands still, so only the deadline can end the call.
#[tokio::test(start_paused = true)]
async fn a_backend_that_does_not_answer_keeps_nobody_waiting() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.backend.hold();
    browser.sign_out().await;
    assert!(browser.session_cookies().is_empty());
}

#[tokio::test]
async fn a_link_signs_nobody_out() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    let token = browser.csrf().await;
    let answer = browser.get(&format!("signout?csrfToken={token}")).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.text.contains("method=\"post\""));
    assert!(answer.text.contains(&token));
    assert_eq!(browser.session_cookies().len(), 1);
    assert!(world.backend.seen("/logout").is_empty());
}
