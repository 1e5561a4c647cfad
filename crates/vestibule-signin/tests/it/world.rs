//! The endpoints with their backend and a clock that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use vestibule_session::{Claims, Reader, Rules, Scheme, Secret, Session};
use vestibule_signin::{Backend, Claim, Clock, Origin, Settings, SignIn};

use crate::backend;
use crate::browser::Browser;
use crate::said;

pub(crate) const NOW: u64 = 1_790_000_000;
pub(crate) const SECRET: &str = "signin-tests-b1946ac92492d2347c6235b4";
pub(crate) const HTTP: &str = "http://app.test:8080";
pub(crate) const HTTPS: &str = "https://app.test";

pub(crate) struct World {
    pub(crate) backend: backend::Backend,
    pub(crate) sign_in: SignIn,
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) settings: Settings,
    pub(crate) _searched: Searched,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings than the usual ones.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let backend = backend::Backend::start().await;
        let now = Arc::new(AtomicU64::new(NOW));
        let clock = Arc::clone(&now);
        let mut settings = Settings::new(
            vec![Secret::new(SECRET).unwrap()],
            Origin::Forwarded,
            caller(&backend.url),
            Clock::new(move || clock.load(Ordering::SeqCst)),
        );
        settings.shown = vec!["role".to_owned(), "tenantSlug".to_owned()];
        change(&mut settings);
        let ours = [SECRET, backend::EMAIL, backend::PASSWORD];
        let theirs = [backend::BEARER, backend::REFRESH, "of-ada-0002"];
        ours.into_iter().chain(theirs).for_each(said::confide);
        Self {
            backend,
            sign_in: SignIn::new(settings.clone()).unwrap(),
            now,
            settings,
            _searched: Searched,
        }
    }

    pub(crate) fn browser(&self, origin: &str) -> Browser {
        Browser::new(self.sign_in.router(), origin)
    }

    /// A browser in which Ada is signed in.
    pub(crate) async fn ada(&self, origin: &str) -> Browser {
        let mut browser = self.browser(origin);
        let answer = browser.sign_in(backend::EMAIL, backend::PASSWORD).await;
        assert_eq!(answer.json()["url"], format!("{origin}/"));
        browser
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    /// What the session library reads in the browser's cookies.
    pub(crate) fn session(&self, browser: &Browser) -> Option<Session> {
        let reader = Reader::new(&self.settings.secrets, Rules::default());
        let scheme = if browser.origin.starts_with("https:") {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let header = browser.cookie_header();
        reader.open([header.as_bytes()], scheme, self.now()).ok()
    }

    #[track_caller]
    pub(crate) fn claims(&self, browser: &Browser) -> serde_json::Value {
        let session = self.session(browser).expect("there is a session");
        json(session.claims())
    }
}

/// Whatever a world made anybody say is searched at its end.
pub(crate) struct Searched;

impl Drop for Searched {
    fn drop(&mut self) {
        said::search();
    }
}

pub(crate) fn json(claims: &Claims) -> serde_json::Value {
    serde_json::from_str(claims.as_json()).unwrap()
}

pub(crate) fn caller(url: &str) -> Backend {
    let claims = vec![
        Claim::copied("sub", "/user/id"),
        Claim::copied("email", "/user/email"),
        Claim::copied("name", "/user/name"),
        Claim::copied("picture", "/user/image"),
        Claim::copied("role", "/user/role"),
        Claim::copied("tenantSlug", "/tenant/slug"),
        Claim::copied("backendToken", "/access_token"),
        Claim::end_of("backendTokenExpires", "/expires_in"),
        Claim::copied("refreshToken", "/refresh_token"),
    ];
    Backend::new(&format!("{url}/login"), claims)
        .with_refresh(&format!("{url}/refresh"))
        .with_logout(&format!("{url}/logout"))
}
