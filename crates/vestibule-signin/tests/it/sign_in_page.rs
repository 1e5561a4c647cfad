//! The plain page, for applications without their own, and the way to their own.

use crate::backend::{EMAIL, PASSWORD};
use crate::world::{HTTP, World};

#[tokio::test]
async fn the_form_signs_in_without_a_script_and_leads_back() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let page = browser.get("signin?callbackUrl=%2Fdashboard%3Fa%3Db").await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let (_, rest) = page.text.split_once("name=\"csrfToken\" value=\"").unwrap();
    let (token, _) = rest.split_once('"').unwrap();
    let action = format!("action=\"{HTTP}/api/auth/callback/credentials\"");
    assert!(page.text.contains(&action));
    assert!(!page.text.contains("<script"));

    let members = [
        ("csrfToken", token),
        ("email", EMAIL),
        ("password", "wrong"),
    ];
    let answer = browser.form("callback/credentials", &members).await;
    let location = answer.location().unwrap().strip_prefix(HTTP).unwrap();
    let page = browser
        .get(location.strip_prefix("/api/auth/").unwrap())
        .await;
    assert!(page.text.contains("role=\"alert\""), "{}", page.text);
    assert!(page.text.contains("do not belong together"));

    // The address of return was kept in its cookie.
    let members = [
        ("csrfToken", token),
        ("email", EMAIL),
        ("password", PASSWORD),
    ];
    let answer = browser.form("callback/credentials", &members).await;
    let expected = format!("{HTTP}/dashboard?a=b");
    assert_eq!(answer.location(), Some(expected.as_str()));
}

#[tokio::test]
async fn each_failure_has_its_text() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    for (query, text) in [
        (
            "error=CredentialsSignin&code=rate_limited&retry_after=61",
            "Try again in 2 minutes.",
        ),
        (
            "error=CredentialsSignin&code=rate_limited",
            "Try again in 1 minute.",
        ),
        (
            "error=CredentialsSignin&code=unavailable",
            "does not answer",
        ),
        ("error=MissingCSRF", "too old"),
        ("error=Other", "did not work"),
    ] {
        let page = browser.get(&format!("signin?{query}")).await;
        assert!(page.text.contains(text), "{query}: {}", page.text);
    }
    assert!(!browser.get("signin").await.text.contains("role=\"alert\""));
}

/// TH-76.
#[tokio::test]
async fn markup_in_a_query_is_text() {
    let world = World::start().await;
    let mut browser = world.browser(HTTP);
    let markup = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in ["signin", "error", "signout"] {
        for name in ["error", "code", "callbackUrl", "retry_after"] {
            let page = browser
                .get(&format!("{path}?{name}={markup}&error=x"))
                .await;
            assert!(!page.text.contains("<script"), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn the_applications_page_gets_address_error_and_code() {
    let world = World::with(|settings| settings.pages.sign_in = Some("/login".to_owned())).await;
    let mut browser = world.browser(HTTP);
    let answer = browser
        .get("signin?callbackUrl=%2Fa&error=CredentialsSignin&code=unavailable")
        .await;
    let expected = "/login?callbackUrl=http%3A%2F%2Fapp.test%3A8080%2Fa&error=CredentialsSignin&code=unavailable";
    assert_eq!(answer.location(), Some(expected));
    let answer = browser.sign_in(EMAIL, "wrong").await;
    let expected = format!("{HTTP}/login?error=CredentialsSignin&code=credentials");
    assert_eq!(answer.json()["url"], expected);
}
