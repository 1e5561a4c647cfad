//! What the endpoints are told at start, checked once.

use std::fmt;
use std::sync::Arc;

use vestibule_session::Secret;

use crate::backend::Backend;
use crate::claims;
use crate::origin::Origin;

/// Where the time comes from, in Unix seconds.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// Takes the time from this function.
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> u64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock(..)")
    }
}

/// Everything that the endpoints need to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The secrets of the application, newest first; the newest writes.
    pub secrets: Vec<Secret>,
    /// How the public address is known.
    pub origin: Origin,
    /// Who checks passwords.
    pub backend: Backend,
    /// Claims that `/api/auth/session` shows under `user`, besides `name`, `email` and `image`; never a token.
    pub shown: Vec<String>,
    /// Claims that `update()` of the browser may change, to a text; never identity, role, tenant or token, and of
    /// what the backend says only `name` and `picture`.
    pub updatable: Vec<String>,
    /// Seconds that a session lives after its last use.
    pub max_age: u64,
    /// Seconds that a session lives after its sign-in, however often it is used (TH-117).
    pub absolute_age: u64,
    /// Pages of the application that replace the plain ones of ours.
    pub pages: Pages,
    /// How many failures are too many.
    pub limits: Limits,
    /// Where the time comes from.
    pub clock: Clock,
}

/// Paths of the application's own pages.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// The sign-in page; it gets `callbackUrl`, and `error`, `code` and `retry_after` after a failure.
    pub sign_in: Option<String>,
}

/// Failed sign-ins that are borne within `window` seconds (TH-113).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// By account, whoever tries it.
    pub per_account: u32,
    /// By client address; IPv6 by its /64.
    pub per_address: u32,
    /// Seconds from the first failure until all are forgotten.
    pub window: u64,
}

impl Default for Limits {
    /// 10 by account and 5 by address in 15 minutes.
    fn default() -> Self {
        Self {
            per_account: 10,
            per_address: 5,
            window: 15 * 60,
        }
    }
}

impl Settings {
    /// Sessions of 30 days, as Auth.js; nothing shown but name, e-mail and picture, nothing updatable.
    pub fn new(secrets: Vec<Secret>, origin: Origin, backend: Backend, clock: Clock) -> Self {
        const MONTH: u64 = 30 * 24 * 60 * 60;
        Self {
            secrets,
            origin,
            backend,
            shown: Vec::new(),
            updatable: Vec::new(),
            max_age: MONTH,
            absolute_age: 3 * MONTH,
            pages: Pages::default(),
            limits: Limits::default(),
            clock,
        }
    }

    /// The secret that writes, if everything is in order.
    pub(crate) fn check(&self) -> Result<Secret, SettingsError> {
        let newest = self.secrets.first().ok_or(SettingsError::NoSecret)?;
        self.backend.check()?;
        claims::check(self.backend.claims(), self)?;
        if self.max_age == 0 || self.absolute_age == 0 {
            return Err(SettingsError::NoLifetime);
        }
        if let Some(path) = self.pages.sign_in.as_deref().filter(|path| !is_path(path)) {
            return Err(SettingsError::PageElsewhere(path.to_owned()));
        }
        Ok(newest.clone())
    }
}

/// A path that no browser takes for another host.
fn is_path(text: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_graphic() && !b"\\?#".contains(&octet);
    text.starts_with('/') && !text.starts_with("//") && text.bytes().all(plain)
}

/// Why the endpoints do not start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsError {
    /// The backend's URL is no http URL.
    #[error("a URL of the backend is no http URL; write `http://host:port/path`, without a user")]
    BackendUrl,
    /// The client for the backend does not start.
    #[error("the machine's certificate authorities cannot be read")]
    Client,
    /// A claim that only the writer of a session sets.
    #[error(
        "the claim `{0}` is set by whoever writes the session; give the backend's another name"
    )]
    ClaimOurs(String),
    /// A claim that the browser must not choose.
    #[error(
        "the claim `{0}` cannot be updatable: identity, role, tenant and tokens come from the backend"
    )]
    ClaimUpdatable(String),
    /// No claim is the user's identity.
    #[error("no claim of the backend's answer becomes `sub`; map the user's id to it")]
    NoIdentity,
    /// A session would be over at once.
    #[error("a session that lives no second is none")]
    NoLifetime,
    /// Nothing to seal sessions with.
    #[error("there is no secret to write sessions with")]
    NoSecret,
    /// A page of ours lies elsewhere.
    #[error("the page `{0}` is no path of the application; write one such as `/login`")]
    PageElsewhere(String),
    /// The place in the backend's answer cannot be read.
    #[error("`{0}` is no JSON pointer; write one such as `/user/id`")]
    Pointer(String),
    /// A token would be in every page.
    #[error(
        "the claim `{0}` cannot be shown: the session's JSON is readable by every script of the page"
    )]
    TokenShown(String),
}
