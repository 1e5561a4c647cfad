//! Failed sign-ins are borne up to a limit, by account and by address (TH-113).

use http::HeaderMap;

use crate::backend::{EMAIL, PASSWORD};
use crate::world::{HTTP, World};

fn limited(wait: u64) -> String {
    format!("{HTTP}/api/auth/signin?error=CredentialsSignin&code=rate_limited&retry_after={wait}")
}

#[tokio::test]
async fn after_five_failures_an_address_has_to_wait_even_with_the_right_password() {
    let world = World::start().await;
    for number in 0..5 {
        let mut browser = world.browser(HTTP);
        let answer = browser.sign_in(&format!("{number}@example.com"), "x").await;
        assert_eq!(answer.failure().1.as_deref(), Some("credentials"));
    }
    world.wait(60);
    let mut browser = world.browser(HTTP);
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.json()["url"], limited(840));
    assert_eq!(answer.headers["retry-after"], "840");
    assert!(browser.session_cookies().is_empty());
    assert_eq!(world.backend.seen("/login").len(), 5);

    // Somebody else is not concerned, and the time heals.
    let mut other = world.browser(HTTP);
    other.client = "192.0.2.2".to_owned();
    assert_eq!(other.sign_in(EMAIL, PASSWORD).await.failure().0, "");
    world.wait(840);
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.failure().0, "");
}

#[tokio::test]
async fn after_ten_failures_an_account_has_to_wait_whatever_the_addresses() {
    let world = World::start().await;
    for number in 0..10 {
        let mut browser = world.browser(HTTP);
        browser.client = format!("192.0.2.{number}");
        let email = if number % 2 == 0 {
            EMAIL
        } else {
            "ADA@Example.com"
        };
        browser.sign_in(email, "x").await;
    }
    let mut browser = world.browser(HTTP);
    browser.client = "198.51.100.1".to_owned();
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.json()["url"], limited(900));
}

/// What the client says stands behind what the gateway vouches for, or in a line of its own, which is refused.
#[tokio::test]
async fn forged_addresses_are_no_way_round() {
    let world = World::start().await;
    for number in 0..5 {
        let mut browser = world.browser(HTTP);
        browser.client = format!("192.0.2.1, 203.0.113.{number}");
        browser.sign_in(&format!("{number}@example.com"), "x").await;
    }
    let mut browser = world.browser(HTTP);
    browser.client = "192.0.2.1, 203.0.113.99".to_owned();
    let answer = browser.sign_in("last@example.com", "x").await;
    assert_eq!(answer.failure().1.as_deref(), Some("rate_limited"));
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_count_together() {
    let world = World::start().await;
    for number in 0..6 {
        let mut browser = world.browser(HTTP);
        browser.client = format!("2001:db8::{number}");
        let answer = browser.sign_in(&format!("{number}@example.com"), "x").await;
        let expected = if number < 5 {
            "credentials"
        } else {
            "rate_limited"
        };
        assert_eq!(answer.failure().1.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn successes_never_count() {
    let world = World::start().await;
    for _ in 0..20 {
        world.ada(HTTP).await;
    }
}

#[tokio::test]
async fn many_at_once_are_no_way_round() {
    let world = World::start().await;
    world.backend.hold();
    let guesses: Vec<_> = (0..30)
        .map(|number| {
            let mut browser = world.browser(HTTP);
            tokio::spawn(
                async move { browser.sign_in(&format!("{number}@example.com"), "x").await },
            )
        })
        .collect();
    for _ in 0..5 {
        world.backend.arrival().await;
    }
    world.backend.release();
    let mut limited = 0;
    for guess in guesses {
        let code = guess.await.unwrap().failure().1;
        limited += usize::from(code.as_deref() == Some("rate_limited"));
    }
    assert_eq!(limited, 25);
    assert_eq!(world.backend.seen("/login").len(), 5);
}

/// An office behind one address signs in at nine.
#[tokio::test]
async fn many_good_ones_at_once_all_get_in() {
    let world = World::start().await;
    let users: Vec<_> = (0..30)
        .map(|_| {
            let mut browser = world.browser(HTTP);
            tokio::spawn(async move { browser.sign_in(EMAIL, PASSWORD).await })
        })
        .collect();
    for user in users {
        assert_eq!(user.await.unwrap().failure().0, "");
    }
}

#[tokio::test]
async fn a_reload_forgives_nothing() {
    let world = World::start().await;
    for number in 0..5 {
        let mut browser = world.browser(HTTP);
        browser.sign_in(&format!("{number}@example.com"), "x").await;
    }
    world.sign_in.reload(world.settings.clone()).unwrap();
    let answer = world.browser(HTTP).sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.failure().1.as_deref(), Some("rate_limited"));
}

#[tokio::test]
async fn the_backends_own_limit_is_handed_on() {
    let world = World::start().await;
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "77".parse().unwrap());
    world
        .backend
        .answer_with("/login", 429, headers, String::new());
    let answer = world.browser(HTTP).sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.json()["url"], limited(77));
}
