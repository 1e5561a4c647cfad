//! E-mail and password become a session, and nothing else does.

use http::HeaderMap;
use serde_json::{Value, json};

use crate::backend::{BEARER, EMAIL, PASSWORD, REFRESH, login};
use crate::world::{HTTP, HTTPS, NOW, SECRET, World};

#[tokio::test]
async fn the_session_holds_what_the_mapping_names() {
    for (origin, name) in [
        (HTTP, "authjs.session-token"),
        (HTTPS, "__Secure-authjs.session-token"),
    ] {
        let world = World::start().await;
        let browser = world.ada(origin).await;
        assert_eq!(browser.session_cookies(), [name]);
        let mut claims = world.claims(&browser);
        let jti = claims.as_object_mut().unwrap().remove("jti");
        assert!(jti.is_some_and(|jti| jti.as_str().is_some_and(|jti| jti.len() == 36)));
        let expected = json!({
            "sub": "u-1", "email": EMAIL, "name": "Ada Lovelace", "picture": "/ada.png",
            "role": "TENANT_ADMIN", "tenantSlug": "willow-pine",
            "backendToken": BEARER, "backendTokenExpires": NOW + 7200, "refreshToken": REFRESH,
            "auth_time": NOW, "iat": NOW, "exp": NOW + 30 * 24 * 3600,
        });
        assert_eq!(claims, expected);
    }
}

#[tokio::test]
async fn the_backend_gets_e_mail_password_and_the_clients_address() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    browser.client = "2001:db8::7, 10.0.0.1".to_owned();
    browser.sign_in(&format!(" {EMAIL} "), PASSWORD).await;
    let seen = world.backend.seen("/login");
    let [login] = seen.as_slice() else {
        panic!("not one login: {seen:?}");
    };
    assert_eq!(login.method, http::Method::POST);
    assert_eq!(login.body, json!({"email": EMAIL, "password": PASSWORD}));
    assert_eq!(login.headers["x-forwarded-for"], "2001:db8::7");
    assert_eq!(login.headers["content-type"], "application/json");
    assert!(!login.headers.contains_key("cookie"));
}

/// TH-114: what the client adds is not even looked at.
#[tokio::test]
async fn identity_role_and_token_come_from_the_backend_alone() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let csrf = browser.csrf().await;
    let forged = json!({
        "email": EMAIL, "password": PASSWORD, "csrfToken": csrf, "sub": "root", "role": "PLATFORM_ADMIN",
        "tenantSlug": "other", "backendToken": "mine", "access_token": "mine", "user": {"id": "root"},
    });
    browser.json("callback/credentials", &forged).await;
    let claims = world.claims(&browser);
    assert_eq!(claims["sub"], "u-1");
    assert_eq!(claims["role"], "TENANT_ADMIN");
    assert_eq!(claims["tenantSlug"], "willow-pine");
    assert_eq!(claims["backendToken"], BEARER);
    assert!(claims.get("user").is_none());
    let sent = &world.backend.seen("/login")[0].body;
    assert_eq!(sent.as_object().unwrap().len(), 2);

    // A token instead of a password is a wrong password.
    let mut browser = world.browser(HTTP);
    let answer = browser.sign_in(EMAIL, BEARER).await;
    assert_eq!(answer.failure().0, "CredentialsSignin");
    assert!(browser.session_cookies().is_empty());
}

/// TH-113: nobody learns whether the account exists.
#[tokio::test]
async fn every_refusal_of_the_backend_looks_alike() {
    let world = World::with(|settings| settings.limits.per_address = 100).await;
    let mut answers = Vec::new();
    for status in [400, 401, 403, 422] {
        world
            .backend
            .answer("/login", status, &json!({"code": "whatever"}));
        let mut browser = world.browser(HTTP);
        let mut answer = browser.sign_in(&format!("{status}@example.com"), "x").await;
        assert!(browser.session_cookies().is_empty());
        answer.headers.remove("date");
        answers.push(format!(
            "{:?} {:?} {}",
            answer.status, answer.headers, answer.text
        ));
    }
    let mut browser = world.browser(HTTP);
    for (email, password) in [
        ("", "x"),
        (EMAIL, ""),
        (&*"x".repeat(321), "x"),
        (EMAIL, &*"x".repeat(1025)),
    ] {
        let answer = browser.sign_in(email, password).await;
        answers.push(format!(
            "{:?} {:?} {}",
            answer.status, answer.headers, answer.text
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(world.backend.seen("/login").len(), 4);
}

#[tokio::test]
async fn a_backend_that_fails_is_told_from_a_wrong_password() {
    let world = World::start().await;
    let mut long = login();
    long["padding"] = "x".repeat(300 * 1024).into();
    let mut nobody = login();
    nobody["user"] = json!({"email": EMAIL});
    let mut soon = login();
    soon["expires_in"] = "soon".into();
    let failures: [(u16, Value); 6] = [
        (500, json!({})),
        (503, json!({})),
        (404, json!({})),
        (200, nobody),
        (200, soon),
        (200, long),
    ];
    // More than are borne of a user, so they are not counted either.
    for (status, body) in failures {
        world.backend.answer("/login", status, &body);
        let mut browser = world.browser(HTTP);
        let answer = browser.sign_in(EMAIL, PASSWORD).await;
        let expected = (
            "CredentialsSignin".to_owned(),
            Some("unavailable".to_owned()),
        );
        assert_eq!(answer.failure(), expected, "{status}");
        assert!(browser.session_cookies().is_empty());
    }
    let not_json = "<html>".to_owned();
    world
        .backend
        .answer_with("/login", 200, HeaderMap::new(), not_json);
    let answer = world.browser(HTTP).sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.failure().1.as_deref(), Some("unavailable"));

    let nobody = World::with(|settings| {
        // Port 9 of loopback: nobody listens.
        settings.backend = crate::world::caller("http://127.0.0.1:9");
    })
    .await;
    let answer = nobody.browser(HTTP).sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.failure().1.as_deref(), Some("unavailable"));
}

/// Otherwise whoever can make the backend redirect gets passwords.
#[tokio::test]
async fn a_password_does_not_follow_a_redirect() {
    let world = World::start().await;
    let mut headers = HeaderMap::new();
    headers.insert("location", "/elsewhere".parse().unwrap());
    world
        .backend
        .answer_with("/login", 307, headers, String::new());
    let answer = world.browser(HTTP).sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.failure().1.as_deref(), Some("unavailable"));
    assert!(world.backend.seen("/elsewhere").is_empty());
}

/// A login whose session needs this many cookies.
fn padded(cookies: usize) -> Value {
    let mut answer = login();
    // Four characters of a token hold three octets.
    answer["tenant"]["slug"] = "x".repeat((cookies - 1) * 3936 / 4 * 3).into();
    answer
}

#[tokio::test]
async fn a_session_grows_into_chunks_and_shrinks_again_without_leftovers() {
    let world = World::start().await;
    let mut browser = world.ada(HTTPS).await;
    let name = "__Secure-authjs.session-token";
    let numbered = |count: usize| {
        (0..count)
            .map(|n| format!("{name}.{n}"))
            .collect::<Vec<_>>()
    };
    for (cookies, expected) in [
        (4, numbered(4)),
        (2, numbered(2)),
        (12, numbered(12)),
        (1, vec![name.to_owned()]),
    ] {
        let answer = if cookies == 1 {
            login()
        } else {
            padded(cookies)
        };
        world.backend.answer("/login", 200, &answer);
        let answer = browser.sign_in(EMAIL, PASSWORD).await;
        assert_eq!(answer.failure().0, "");
        assert_eq!(browser.session_cookies(), expected);
        assert_eq!(world.claims(&browser)["sub"], "u-1");
        // Prolonging keeps the same cookies.
        browser.session().await;
        let mut found = browser.session_cookies();
        found.sort_by_key(|name| name.rsplit('.').next().and_then(|n| n.parse::<u32>().ok()));
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_session_that_no_browser_could_send_is_our_fault() {
    let world = World::start().await;
    world.backend.answer("/login", 200, &padded(13));
    let mut browser = world.browser(HTTP);
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    let expected = format!("{HTTP}/api/auth/error?error=Configuration");
    assert_eq!(answer.json()["url"], expected);
    assert!(browser.session_cookies().is_empty());
}

/// TH-116: an old session of another family or scheme must not shadow the new one.
#[tokio::test]
async fn sessions_of_other_names_are_deleted() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    for name in [
        "__Secure-authjs.session-token.0",
        "__Secure-authjs.session-token.1",
        "next-auth.session-token",
        "__Secure-next-auth.session-token",
        "authjs.session-token.0",
        "authjs.session-token-legacy",
    ] {
        browser.plant(name, "old");
    }
    browser.sign_in(EMAIL, PASSWORD).await;
    // The last one merely begins like a session; it is somebody else's (TH-33).
    let left = ["authjs.session-token-legacy", "authjs.session-token"];
    assert_eq!(browser.session_cookies(), left);
    assert_eq!(world.claims(&browser)["sub"], "u-1");
}

#[tokio::test]
async fn a_body_that_no_form_has_is_not_read() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let csrf = browser.csrf().await;
    let long = "x".repeat(65 * 1024);
    let members = [
        ("csrfToken", csrf.as_str()),
        ("email", EMAIL),
        ("password", &long),
    ];
    let answer = browser.form("callback/credentials", &members).await;
    assert_eq!(answer.status.as_u16(), 413);
}

/// The newest secret writes, and all of them read.
#[tokio::test]
async fn a_session_outlives_a_new_secret() {
    let world = World::start().await;
    let mut browser = world.ada(HTTP).await;
    let mut rotated = world.settings.clone();
    let new = "rotated-secret-0a1b2c3d4e5f60718293a4b5";
    rotated.secrets = [new, SECRET]
        .map(|text| vestibule_session::Secret::new(text).unwrap())
        .into();
    world.sign_in.reload(rotated).unwrap();
    assert_eq!(browser.session().await["user"]["email"], EMAIL);
    let only = vestibule_session::Reader::new(
        &[vestibule_session::Secret::new(new).unwrap()],
        vestibule_session::Rules::default(),
    );
    let header = browser.cookie_header();
    let opened = only.open([header.as_bytes()], vestibule_session::Scheme::Http, NOW);
    assert!(opened.is_ok());
}
