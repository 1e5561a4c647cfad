//! The backend that checks passwords.

use std::net::IpAddr;
use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use crate::claims::{self, Claim};
use crate::settings::SettingsError;

/// Where passwords are checked, and what of the answer is kept.
///
/// The call is `POST {"email":…,"password":…}`; 2xx is a success, 400, 401, 403 and 422 a refusal, 429 means later
/// and may carry `Retry-After` in seconds. Everything else counts as a failure of the backend.
#[derive(Debug, Clone)]
pub struct Backend {
    login: String,
    logout: Option<String>,
    claims: Vec<Claim>,
    timeout: Duration,
}

impl Backend {
    /// `login` is the URL of the login call; `claims` names what of its answer the session keeps.
    pub fn new(login: &str, claims: Vec<Claim>) -> Self {
        Self {
            login: login.to_owned(),
            logout: None,
            claims,
            timeout: Duration::from_secs(10),
        }
    }

    /// Tells the backend of a sign-out as well: `POST` with the bearer of `/backendToken`.
    #[must_use]
    pub fn with_logout(self, logout: &str) -> Self {
        Self {
            logout: Some(logout.to_owned()),
            ..self
        }
    }

    /// How long one call may take; 10 seconds without it.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let urls = [Some(&self.login), self.logout.as_ref()];
        for url in urls.into_iter().flatten() {
            let parsed = Url::parse(url).ok();
            let http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
            if !parsed.as_ref().is_some_and(http) {
                return Err(SettingsError::BackendUrl(url.clone()));
            }
        }
        claims::check(&self.claims)
    }
}

/// What the backend said to an e-mail and a password.
#[derive(Debug)]
pub(crate) enum Login {
    /// The claims of the new session.
    Accepted(serde_json::Map<String, Value>),
    /// Too many attempts, by the backend's own count; seconds to wait, if it says.
    Later(Option<u64>),
    Refused,
    Unavailable,
}

/// The backend with a client of its own.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    backend: Backend,
    client: reqwest::Client,
}

impl Caller {
    pub(crate) fn new(backend: Backend) -> Option<Self> {
        let client = reqwest::Client::builder()
            // A password must not follow wherever an answer points, nor pass a proxy of the environment.
            .redirect(Policy::none())
            .no_proxy()
            .timeout(backend.timeout)
            .build()
            .ok()?;
        Some(Self { backend, client })
    }

    pub(crate) async fn login(
        &self,
        email: &str,
        password: &str,
        address: Option<IpAddr>,
        now: u64,
    ) -> Login {
        let body = json!({ "email": email, "password": password }).to_string();
        let mut call = (self.client.post(&self.backend.login))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body);
        if let Some(address) = address {
            call = call.header("x-forwarded-for", address.to_string());
        }
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => {
                // Without its URL: that one may hold a password of the operator's.
                let error = error.without_url();
                tracing::warn!(target: "vestibule::signin", %error, "the backend cannot be reached");
                return Login::Unavailable;
            }
        };
        let status = answer.status();
        match status {
            StatusCode::BAD_REQUEST
            | StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::UNPROCESSABLE_ENTITY => Login::Refused,
            StatusCode::TOO_MANY_REQUESTS => Login::Later(seconds(&answer)),
            _ if status.is_success() => match bounded(answer).await {
                Some(answer) => self.accepted(&answer, now),
                None => Login::Unavailable,
            },
            _ => {
                let status = status.as_u16();
                tracing::warn!(target: "vestibule::signin", status, "the backend failed to check a password");
                Login::Unavailable
            }
        }
    }

    fn accepted(&self, answer: &Value, now: u64) -> Login {
        if let Some(claims) = claims::of_answer(&self.backend.claims, answer, now) {
            return Login::Accepted(claims);
        }
        tracing::warn!(target: "vestibule::signin", "the backend's answer names nobody: no claim `sub` in it");
        Login::Unavailable
    }

    /// Tells the backend that the session of this bearer is over. The browser's session ends either way.
    pub(crate) async fn logout(&self, bearer: &str) {
        let Some(url) = &self.backend.logout else {
            return;
        };
        let answer = self.client.post(url).bearer_auth(bearer).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::warn!(target: "vestibule::signin", status, "the backend refused a sign-out");
            }
            Err(error) => {
                let error = error.without_url();
                tracing::warn!(target: "vestibule::signin", %error, "the backend heard nothing of a sign-out");
            }
        }
    }
}

fn seconds(answer: &reqwest::Response) -> Option<u64> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok()
}

/// The JSON of an answer that is not too long.
async fn bounded(mut answer: reqwest::Response) -> Option<Value> {
    let mut octets = Vec::new();
    while let Some(piece) = answer.chunk().await.ok()? {
        if octets.len() + piece.len() > MAX_ANSWER {
            tracing::warn!(target: "vestibule::signin", "the backend's answer is longer than 256 KiB");
            return None;
        }
        octets.extend_from_slice(&piece);
    }
    let answer = serde_json::from_slice(&octets).ok();
    if answer.is_none() {
        tracing::warn!(target: "vestibule::signin", "the backend's answer is no JSON");
    }
    answer
}

/// Far more than claims, which must fit into a cookie.
const MAX_ANSWER: usize = 256 * 1024;
