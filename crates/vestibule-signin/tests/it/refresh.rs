//! The backend's token is renewed in time, once, and its refusal is the session's end.

use serde_json::{Value, json};

use crate::backend::{BEARER, EMAIL, PASSWORD, REFRESH};
use crate::world::{HTTP, NOW, World};

const NEW_BEARER: &str = "bearer-of-ada-0002";
const NEW_REFRESH: &str = "refresh-of-ada-0002";

/// The second at which the token of the world's backend is to be renewed.
const DUE: u64 = 7200 - 60;

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_its_end_and_not_earlier() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.wait(DUE - 1);
    browser.session().await;
    assert_eq!(world.claims(&browser)["backendToken"], BEARER);
    assert!(world.backend.seen("/refresh").is_empty());

    world.wait(1);
    let shown = browser.session().await;
    assert_eq!(shown["user"]["email"], EMAIL);
    assert!(!shown.to_string().contains("bearer-of"));
    let seen = world.backend.seen("/refresh");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].body, json!({ "refresh_token": REFRESH }));
    assert!(!seen[0].headers.contains_key("authorization"));
    let claims = world.claims(&browser);
    assert_eq!(claims["backendToken"], NEW_BEARER);
    assert_eq!(claims["refreshToken"], NEW_REFRESH);
    assert_eq!(claims["backendTokenExpires"], NOW + DUE + 7200);
    assert_eq!(
        (&claims["sub"], &claims["auth_time"]),
        (&json!("u-1"), &json!(NOW))
    );

    // The new one is good for as long again.
    world.wait(DUE - 1);
    browser.session().await;
    assert_eq!(world.backend.seen("/refresh").len(), 1);
}

#[tokio::test]
async fn any_number_of_requests_at_once_spend_one_refresh_token() {
    let world = World::start().await;
    let browser = world.ada(HTTP).await;
    world.wait(7200);
    world.backend.arrival().await;
    world.backend.hold();
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let mut browser = browser.clone();
            tokio::spawn(async move {
                browser.session().await;
                browser
            })
        })
        .collect();
    world.backend.arrival().await;
    world.backend.release();
    for request in requests {
        let browser = request.await.unwrap();
        assert_eq!(world.claims(&browser)["backendToken"], NEW_BEARER);
    }
    assert_eq!(world.backend.seen("/refresh").len(), 1);
}

/// A request that was on its way with the old cookie when the new one was set.
#[tokio::test]
async fn late_comers_get_the_same_answer_for_ten_seconds() {
    let world = World::start().await;
    let mut first = world.ada(HTTP).await;
    let old = first.clone();
    world.wait(7200);
    first.session().await;
    world.wait(9);
    let mut late = old.clone();
    late.session().await;
    assert_eq!(world.claims(&late)["refreshToken"], NEW_REFRESH);
    assert_eq!(world.backend.seen("/refresh").len(), 1);

    // Later it is a refresh token that was used before, and the backend has its say.
    world.wait(1);
    world
        .backend
        .answer("/refresh", 400, &json!({"code": "invalid_grant"}));
    let mut too_late = old.clone();
    assert_eq!(too_late.session().await, Value::Null);
    assert_eq!(world.backend.seen("/refresh").len(), 2);
}

#[tokio::test]
async fn a_refusal_ends_the_session() {
    for status in [400, 401] {
        let world = World::start().await;
        let mut browser = world.ada(HTTP).await;
        world.wait(7200);
        world
            .backend
            .answer("/refresh", status, &json!({"code": "invalid_grant"}));
        assert_eq!(browser.session().await, Value::Null);
        assert!(browser.session_cookies().is_empty());
    }
}

#[tokio::test]
async fn a_backend_that_fails_changes_nothing_and_is_asked_again() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.wait(7200);
    let failures = [
        (500, json!({})),
        (429, json!({})),
        (200, json!({"refresh_token": "x"})),
        (200, json!({"access_token": "x", "expires_in": "soon"})),
    ];
    for (number, (status, body)) in failures.iter().enumerate() {
        world.backend.answer("/refresh", *status, body);
        assert_eq!(browser.session().await["user"]["email"], EMAIL, "{body}");
        let claims = world.claims(&browser);
        assert_eq!(claims["backendToken"], BEARER);
        assert_eq!(claims["refreshToken"], REFRESH);
        assert_eq!(world.backend.seen("/refresh").len(), number + 1);
    }
    world.backend.answer(
        "/refresh",
        200,
        &json!({"access_token": NEW_BEARER, "expires_in": 100}),
    );
    browser.session().await;
    let claims = world.claims(&browser);
    assert_eq!(claims["backendToken"], NEW_BEARER);
    // RFC 6749 §6: without a new refresh token the old one stays.
    assert_eq!(claims["refreshToken"], REFRESH);
}

/// Otherwise the pair that the backend gave away would be lost to everybody.
#[tokio::test]
async fn a_browser_that_goes_away_does_not_take_the_new_pair_along() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.backend.arrival().await;
    world.wait(7200);
    world.backend.hold();
    let mut gone = browser.clone();
    let request = tokio::spawn(async move { gone.session().await });
    world.backend.arrival().await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    world.backend.release();
    browser.session().await;
    assert_eq!(world.claims(&browser)["refreshToken"], NEW_REFRESH);
    assert_eq!(world.backend.seen("/refresh").len(), 1);
}

#[tokio::test]
async fn update_renews_as_well() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    world.wait(7200);
    browser.update(json!({})).await;
    assert_eq!(world.claims(&browser)["backendToken"], NEW_BEARER);
}

#[tokio::test]
async fn nothing_is_renewed_without_an_address_or_a_token_for_it() {
    let world = World::with(|settings| {
        settings.backend = vestibule_signin::Backend::new(
            "http://127.0.0.1:9/login",
            vec![vestibule_signin::Claim::copied("sub", "/user/id")],
        );
    })
    .await;
    let other = World::start().await;
    let mut browser = other.ada(HTTP).await;
    world.wait(7200);
    let mut moved = world.browser(HTTP);
    moved.jar.clone_from(&browser.jar);
    assert_eq!(moved.session().await["user"]["email"], EMAIL);

    let mut without = crate::backend::login();
    without["refresh_token"] = Value::Null;
    other.backend.answer("/login", 200, &without);
    browser.sign_in(EMAIL, PASSWORD).await;
    other.wait(7200);
    assert_eq!(browser.session().await["user"]["email"], EMAIL);
    assert!(other.backend.seen("/refresh").is_empty());
}
