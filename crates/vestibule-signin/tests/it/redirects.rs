//! Every redirect stays on the origin that the browser used (TH-71).

use url::Url;

use crate::backend::{EMAIL, PASSWORD};
use crate::browser::Answer;
use crate::world::{HTTP, HTTPS, World};

/// Texts that lead elsewhere, or would in some reader.
fn hostile() -> Vec<String> {
    let starts = [
        "//",
        "///",
        "/\\",
        "\\\\",
        "\\/",
        "/\t/",
        "/\n/",
        "\t//",
        " //",
        "/ /",
        "/.//",
        "/..//",
        "/a/..//",
        "/%2e//",
        "https:",
        "https:/",
        "https://",
        "HTTPS://",
        "http:",
        "http://",
        "hTtP:\\\\",
        "https:\\/",
        "ftp://",
        "ws://",
        "javascript:",
        "javascript://",
        "data:",
        "blob:https://",
        "view-source:https://",
        "//%09/",
        "/%5c",
        "https://app.test@",
        "https://app.test:443@",
        "https://app.test.",
        "https://app.test%2e",
        "https://app.test%00",
        "https://app.test\\@",
        "https://app.test:8443#@",
        "?//",
        "#//",
        "@",
    ];
    let ends = [
        "evil.test",
        "evil.test/path",
        "evil.test:80/",
        "evil.test%2f",
        "evil。test",
        "[::1]",
        "0x7f000001",
        "evil.test?https://app.test/",
    ];
    let combined = starts
        .iter()
        .flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")));
    combined.collect()
}

/// Where a browser at `origin` would go.
#[track_caller]
fn check(answer: &Answer, origin: &str, text: &str) {
    let base: Url = origin.parse().unwrap();
    let location = answer
        .location()
        .unwrap_or_else(|| panic!("{text}: {}", answer.status));
    let url = base.join(location).unwrap();
    assert_eq!(url.origin(), base.origin(), "{text} leads to {location}");
    assert!(!url.path().starts_with("//"), "{text} leads to {location}");
    // An address of return inside is ours as well.
    for (name, value) in url.query_pairs() {
        if name == "callbackUrl" {
            let inner = base.join(&value).unwrap();
            assert_eq!(inner.origin(), base.origin(), "{text} leads to {value}");
        }
    }
    for line in answer.set_cookies() {
        assert!(
            !line.contains("evil") || !line.contains("callback-url=http%3A%2F%2Fevil"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn no_address_of_return_leads_elsewhere() {
    let texts = hostile();
    assert!(texts.len() > 300);
    for origin in [HTTP, HTTPS] {
        let world =
            World::with(|settings| settings.pages.sign_in = Some("/login".to_owned())).await;
        let mut browser = world.browser(origin);
        let csrf = browser.csrf().await;
        for text in &texts {
            let members = [("csrfToken", csrf.as_str()), ("callbackUrl", text)];
            check(&browser.form("signout", &members).await, origin, text);
            check(
                &browser.form("signin/credentials", &members).await,
                origin,
                text,
            );
            let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let path = format!("signin?callbackUrl={query}");
            check(&browser.get(&path).await, origin, text);
            let mut kept = browser.clone();
            kept.jar.retain(|(name, _)| !name.contains("callback-url"));
            let name = if origin == HTTPS {
                "__Secure-authjs.callback-url"
            } else {
                "authjs.callback-url"
            };
            kept.plant(name, &query.replace('+', "%20"));
            check(&kept.get("signin").await, origin, text);
        }
        // The sign-in itself, with fewer, because it asks the backend.
        for text in texts.iter().step_by(16) {
            let members = [
                ("csrfToken", csrf.as_str()),
                ("email", EMAIL),
                ("password", PASSWORD),
                ("callbackUrl", text),
            ];
            let answer = browser.form("callback/credentials", &members).await;
            assert_eq!(answer.status.as_u16(), 302);
            check(&answer, origin, text);
        }
    }
}

/// TH-115: a request that does not say by which address it came gets nothing, and no cookie of a guessed name.
#[tokio::test]
async fn without_the_gateways_word_there_is_no_origin() {
    let world = World::start().await;
    let mut browser = world.browser("http://");
    for path in ["csrf", "session", "signin", "providers"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status.as_u16(), 500, "{path}");
        assert!(answer.set_cookies().is_empty());
        assert!(
            answer
                .text
                .contains("There was a problem with the server configuration")
        );
    }
    let mut twice = world.browser(HTTP);
    twice
        .headers
        .insert("x-forwarded-host", "evil.test".parse().unwrap());
    // The last of two headers of one name replaces the first in this client, so it is the address.
    let answer = twice.get("providers").await;
    assert!(!answer.text.contains("app.test") || !answer.text.contains("evil.test"));
}

#[tokio::test]
async fn a_fixed_origin_believes_no_header() {
    let world = World::with(|settings| {
        settings.origin = vestibule_signin::Origin::Fixed(HTTPS.parse().unwrap());
    })
    .await;
    let mut browser = world.browser("http://evil.test");
    let providers = browser.get("providers").await.json();
    let expected = format!("{HTTPS}/api/auth/signin/credentials");
    assert_eq!(providers["credentials"]["signinUrl"], expected);
    browser.get("csrf").await;
    assert!(browser.has("__Host-authjs.csrf-token"));
}
