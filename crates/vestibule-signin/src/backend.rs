//! The backend that checks passwords: its calls, and what they mean.

use std::net::IpAddr;
use std::time::Duration;

use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde_json::{Map, Value, json};
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
    refresh: Option<String>,
    logout: Option<String>,
    claims: Vec<Claim>,
    timeout: Duration,
}

impl Backend {
    /// `login` is the URL of the login call; `claims` names what of its answer the session keeps.
    pub fn new(login: &str, claims: Vec<Claim>) -> Self {
        Self {
            login: login.to_owned(),
            refresh: None,
            logout: None,
            claims,
            timeout: Duration::from_secs(10),
        }
    }

    /// Renews a bearer that is about to end: `POST {"refresh_token":…}`, whose answer is read as that of a login.
    /// 400 and 401 mean that the session is over.
    #[must_use]
    pub fn with_refresh(self, refresh: &str) -> Self {
        Self {
            refresh: Some(refresh.to_owned()),
            ..self
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
        let urls = [
            Some(&self.login),
            self.refresh.as_ref(),
            self.logout.as_ref(),
        ];
        let good = |url: &String| {
            Url::parse(url).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none()
            })
        };
        let all = urls.into_iter().flatten().all(good);
        all.then_some(()).ok_or(SettingsError::BackendUrl)
    }

    pub(crate) fn claims(&self) -> &[Claim] {
        &self.claims
    }

    pub(crate) fn refreshes(&self) -> bool {
        self.refresh.is_some()
    }
}

/// What the backend said to an e-mail and a password.
#[derive(Debug)]
pub(crate) enum Login {
    /// The claims of the new session.
    Accepted(Map<String, Value>),
    /// Too many attempts, by the backend's own count; seconds to wait, if it says.
    Later(Option<u64>),
    Refused,
    Unavailable,
}

/// What the backend said to a refresh token.
#[derive(Clone)]
pub(crate) enum Renewal {
    /// The claims that change.
    Accepted(Map<String, Value>),
    /// The session is over.
    Refused,
    /// Nobody knows, so nothing changes.
    Unavailable,
}

/// The backend with a client of its own.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    backend: Backend,
    client: reqwest::Client,
}

impl Caller {
    pub(crate) fn new(backend: Backend) -> Result<Self, SettingsError> {
        let client = reqwest::Client::builder()
            // A password must not follow wherever an answer points, nor pass a proxy of the environment.
            .redirect(Policy::none())
            .no_proxy()
            .timeout(backend.timeout)
            .build()
            .map_err(|_| SettingsError::Client)?;
        Ok(Self { backend, client })
    }

    pub(crate) async fn login(
        &self,
        email: &str,
        password: &str,
        address: Option<IpAddr>,
        now: u64,
    ) -> Login {
        let body = json!({ "email": email, "password": password });
        let mut call = self.post(&self.backend.login, &body);
        if let Some(address) = address {
            call = call.header("x-forwarded-for", address.to_string());
        }
        let Some(answer) = sent(call, "check a password").await else {
            return Login::Unavailable;
        };
        match answer.status() {
            StatusCode::BAD_REQUEST
            | StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::UNPROCESSABLE_ENTITY => Login::Refused,
            StatusCode::TOO_MANY_REQUESTS => Login::Later(seconds(&answer)),
            status if status.is_success() => {
                let answer = bounded(answer).await;
                let claims =
                    answer.and_then(|answer| claims::of_answer(&self.backend.claims, &answer, now));
                claims.map_or_else(|| unreadable(Login::Unavailable), Login::Accepted)
            }
            status => failed(status, Login::Unavailable),
        }
    }

    pub(crate) async fn renew(&self, refresh_token: &str, now: u64) -> Renewal {
        let Some(url) = &self.backend.refresh else {
            return Renewal::Unavailable;
        };
        let call = self.post(url, &json!({ "refresh_token": refresh_token }));
        let Some(answer) = sent(call, "renew a token").await else {
            return Renewal::Unavailable;
        };
        match answer.status() {
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => Renewal::Refused,
            status if status.is_success() => {
                let answer = bounded(answer).await;
                let claims = answer
                    .and_then(|answer| claims::of_new_pair(&self.backend.claims, &answer, now));
                claims.map_or_else(|| unreadable(Renewal::Unavailable), Renewal::Accepted)
            }
            status => failed(status, Renewal::Unavailable),
        }
    }

    /// Tells the backend that the session of this bearer is over. The browser's session ends either way.
    pub(crate) async fn logout(&self, bearer: &str) {
        let Some(url) = &self.backend.logout else {
            return;
        };
        let call = self.client.post(url).bearer_auth(bearer);
        // Somebody is waiting to be signed out.
        let call = call.timeout(self.backend.timeout.min(LOGOUT_TIMEOUT));
        if let Some(answer) = sent(call, "end a session").await
            && !answer.status().is_success()
        {
            failed(answer.status(), ());
        }
    }

    fn post(&self, url: &str, body: &Value) -> RequestBuilder {
        (self.client.post(url))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(body.to_string())
    }
}

async fn sent(call: RequestBuilder, purpose: &str) -> Option<Response> {
    match call.send().await {
        Ok(answer) => Some(answer),
        Err(error) => {
            // Without its URL, which the operator knows and a log need not.
            let error = error.without_url();
            tracing::warn!(target: LOG, %error, "the backend could not be asked to {purpose}");
            None
        }
    }
}

fn failed<T>(status: StatusCode, outcome: T) -> T {
    let status = status.as_u16();
    tracing::warn!(target: LOG, status, "the backend failed");
    outcome
}

fn unreadable<T>(outcome: T) -> T {
    tracing::warn!(
        target: LOG,
        "the backend's answer has not what the claims are made of: no user's id, no token, or a time that is no number"
    );
    outcome
}

fn seconds(answer: &Response) -> Option<u64> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok()
}

/// The JSON of an answer that is not too long.
async fn bounded(mut answer: Response) -> Option<Value> {
    let mut octets = Vec::new();
    while let Some(piece) = answer.chunk().await.ok()? {
        if octets.len() + piece.len() > MAX_ANSWER {
            tracing::warn!(target: LOG, "the backend's answer is longer than 256 KiB");
            return None;
        }
        octets.extend_from_slice(&piece);
    }
    serde_json::from_slice(&octets).ok()
}

const LOG: &str = "vestibule::signin";

const LOGOUT_TIMEOUT: Duration = Duration::from_secs(3);

/// Far more than claims, which must fit into cookies.
const MAX_ANSWER: usize = 256 * 1024;
