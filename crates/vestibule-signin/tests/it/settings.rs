//! What cannot be served safely is refused at start.

use vestibule_signin::{Backend, Claim, Settings, SettingsError, SignIn};

use crate::world::{World, caller};

async fn refused(change: impl FnOnce(&mut Settings)) -> SettingsError {
    let mut settings = World::start().await.settings;
    change(&mut settings);
    SignIn::new(settings).unwrap_err()
}

fn backend(claims: Vec<Claim>) -> Backend {
    Backend::new("http://api.test/login", claims)
}

#[tokio::test]
async fn faults_are_named() {
    assert_eq!(
        refused(|it| it.secrets.clear()).await,
        SettingsError::NoSecret
    );
    assert_eq!(
        refused(|it| it.max_age = 0).await,
        SettingsError::NoLifetime
    );
    assert_eq!(
        refused(|it| it.absolute_age = 0).await,
        SettingsError::NoLifetime
    );
    for url in [
        "",
        "api.test/login",
        "ftp://api.test/",
        "http://u:p@api.test/",
    ] {
        let expected = SettingsError::BackendUrl;
        assert_eq!(
            refused(|it| it.backend = caller(url)).await,
            expected,
            "{url}"
        );
    }
    for page in [
        "login",
        "//evil.test",
        "https://evil.test",
        "/\\evil",
        "/a?b",
        "",
    ] {
        let expected = SettingsError::PageElsewhere(page.to_owned());
        assert_eq!(
            refused(|it| it.pages.sign_in = Some(page.to_owned())).await,
            expected
        );
    }
    let nobody = vec![Claim::copied("email", "/email")];
    assert_eq!(
        refused(|it| it.backend = backend(nobody)).await,
        SettingsError::NoIdentity
    );
    let place = vec![Claim::copied("sub", "user.id")];
    assert_eq!(
        refused(|it| it.backend = backend(place)).await,
        SettingsError::Pointer("user.id".to_owned())
    );
    let ours = vec![Claim::copied("sub", "/id"), Claim::copied("exp", "/exp")];
    assert_eq!(
        refused(|it| it.backend = backend(ours)).await,
        SettingsError::ClaimOurs("exp".to_owned())
    );
}

#[tokio::test]
async fn no_token_can_be_shown_under_any_name() {
    for name in [
        "backendToken",
        "refreshToken",
        "backendTokenExpires",
        "clientSecret",
        "PASSWORD",
    ] {
        let expected = SettingsError::TokenShown(name.to_owned());
        assert_eq!(refused(|it| it.shown.push(name.to_owned())).await, expected);
    }
    let error = refused(|it| {
        it.shown = vec!["bt".to_owned()];
        it.backend = backend(vec![
            Claim::copied("sub", "/id"),
            Claim::copied("bt", "/access_token"),
        ]);
    });
    assert_eq!(error.await, SettingsError::TokenShown("bt".to_owned()));
}

/// TH-114.
#[tokio::test]
async fn nothing_that_says_who_one_is_can_be_updatable() {
    for name in [
        "sub",
        "id",
        "email",
        "role",
        "roles",
        "tenant",
        "tenantId",
        "tenantSlug",
        "impersonation",
        "iat",
        "exp",
        "jti",
        "auth_time",
        "backendToken",
        "refreshToken",
        "backendTokenExpires",
    ] {
        let expected = SettingsError::ClaimUpdatable(name.to_owned());
        assert_eq!(
            refused(|it| it.updatable.push(name.to_owned())).await,
            expected
        );
    }
    // Nor anything else that the backend says, except what users call themselves.
    let mapped = |name: &str| {
        let claims = vec![Claim::copied("sub", "/id"), Claim::copied(name, "/x")];
        let name = name.to_owned();
        move |it: &mut Settings| {
            it.updatable = vec![name];
            it.backend = backend(claims);
        }
    };
    assert_eq!(
        refused(mapped("plan")).await,
        SettingsError::ClaimUpdatable("plan".to_owned())
    );
    let mut settings = World::start().await.settings;
    mapped("name")(&mut settings);
    assert!(SignIn::new(settings).is_ok());
}

#[tokio::test]
async fn a_reload_that_is_refused_changes_nothing() {
    let world = World::start().await;
    let mut settings = world.settings.clone();
    settings.secrets.clear();
    settings.pages.sign_in = Some("/login".to_owned());
    assert_eq!(world.sign_in.reload(settings), Err(SettingsError::NoSecret));
    let answer = world.browser(crate::world::HTTP).get("signin").await;
    assert_eq!(answer.status.as_u16(), 200);
}
