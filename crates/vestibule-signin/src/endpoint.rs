//! The endpoints below `/api/auth`, each in a file of its own.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use http::{HeaderMap, Method, Uri};
use serde_json::json;
use vestibule_session::{CsrfToken, Reader, Rules, Scheme, Session};

use crate::attempts::Attempts;
use crate::backend::Caller;
use crate::callback_url;
use crate::claims;
use crate::cookies::Cookies;
use crate::form::Form;
use crate::provider::Provider;
use crate::refresh::Refreshes;
use crate::reply::Reply;
use crate::request::Request;
use crate::settings::{Settings, SettingsError};

mod credentials;
mod error;
mod session;
mod sign_in;
mod sign_out;

/// The endpoints, ready to be served.
///
/// A clone is another handle to the same ones.
#[derive(Debug, Clone)]
pub struct SignIn(Arc<RwLock<Arc<Endpoints>>>);

/// One choice of settings at work. Requests finish with the one that they began with.
#[derive(Debug)]
struct Endpoints {
    settings: Settings,
    reader: Reader,
    caller: Caller,
    http: Cookies,
    https: Cookies,
    /// These two outlive a reload.
    attempts: Arc<Attempts>,
    refreshes: Arc<Refreshes>,
}

impl SignIn {
    /// Derives the keys and checks the settings.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let endpoints = Endpoints::new(settings, Arc::default(), Arc::default())?;
        Ok(Self(Arc::new(RwLock::new(Arc::new(endpoints)))))
    }

    /// Serves by other settings from now on; failed sign-ins stay counted. Settings that are refused change nothing.
    pub fn reload(&self, settings: Settings) -> Result<(), SettingsError> {
        let now = self.endpoints();
        let (attempts, refreshes) = (Arc::clone(&now.attempts), Arc::clone(&now.refreshes));
        let next = Arc::new(Endpoints::new(settings, attempts, refreshes)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Everything below `/api/auth`; what is no endpoint gets 400, as `@auth/core` answers it.
    pub fn router(&self) -> Router {
        Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self.clone())
    }

    fn endpoints(&self) -> Arc<Endpoints> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// No form of ours is near it.
const MAX_BODY: usize = 64 * 1024;

/// Where the endpoints are, as in Next.js.
const BASE: &str = "/api/auth";

async fn answer(
    State(sign_in): State<SignIn>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let endpoints = sign_in.endpoints();
    let form = if method == Method::POST {
        Form::read(&headers, &body)
    } else {
        Form::default()
    };
    let request = Request::new(&endpoints.settings.origin, &headers, uri.query(), form);
    let reply = if let Some(request) = request {
        endpoints.answer(&method, uri.path(), &request).await
    } else {
        tracing::error!(
            target: "vestibule::signin",
            "a request does not say by which address it came: these endpoints are to be reached through the gateway alone"
        );
        Reply::internal(MISCONFIGURED)
    };
    reply.into_response()
}

/// In the words of `@auth/core` 0.41.3 `index.js`.
const MISCONFIGURED: &str = "There was a problem with the server configuration. Check the server logs for more information.";

/// What is asked for: the first segment below the base, in the words of `@auth/core` 0.41.3 `lib/utils/web.js`.
///
/// Its other actions, `verify-request` and `webauthn-options`, belong to providers that are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Callback,
    Csrf,
    Error,
    Providers,
    Session,
    SignIn,
    SignOut,
}

impl Action {
    /// The action and what stands behind it, which only two of them take.
    fn parse(path: &str) -> Option<(Self, Option<&str>)> {
        let rest = path.strip_prefix(BASE)?.strip_prefix('/')?;
        let mut segments = rest.split('/').filter(|segment| !segment.is_empty());
        let action = match segments.next()? {
            "callback" => Self::Callback,
            "csrf" => Self::Csrf,
            "error" => Self::Error,
            "providers" => Self::Providers,
            "session" => Self::Session,
            "signin" => Self::SignIn,
            "signout" => Self::SignOut,
            _ => return None,
        };
        let provider = segments.next();
        let complete = segments.next().is_none();
        let takes = provider.is_none() || matches!(action, Self::Callback | Self::SignIn);
        (complete && takes).then_some((action, provider))
    }
}

/// CSRF token and address of return, which nearly every answer may set.
struct Setup {
    csrf: CsrfToken,
    /// Whether the request proved that a page of ours sent it (TH-112).
    proven: bool,
    callback_url: String,
    cookies: Vec<String>,
}

impl Endpoints {
    fn new(
        settings: Settings,
        attempts: Arc<Attempts>,
        refreshes: Arc<Refreshes>,
    ) -> Result<Self, SettingsError> {
        let newest = settings.check()?;
        Ok(Self {
            reader: Reader::new(&settings.secrets, Rules::default()),
            caller: Caller::new(settings.backend.clone())?,
            http: Cookies::new(&settings.secrets, &newest, Scheme::Http),
            https: Cookies::new(&settings.secrets, &newest, Scheme::Https),
            attempts,
            refreshes,
            settings,
        })
    }

    async fn answer(&self, method: &Method, path: &str, request: &Request<'_>) -> Reply {
        let Some((action, provider)) = Action::parse(path) else {
            return Reply::bad_request();
        };
        let setup = match self.setup(request) {
            Ok(setup) => setup,
            Err(reply) => return reply,
        };
        match (method.as_str(), action, provider) {
            ("GET", Action::Csrf, _) => {
                let body = json!({ "csrfToken": setup.csrf.as_str() });
                Reply::json(&body).with_cookies(setup.cookies)
            }
            ("GET", Action::Error, _) => error::page(request).with_cookies(setup.cookies),
            ("GET", Action::Providers, _) => Reply::json(&Provider::listed(&request.origin)),
            ("GET", Action::Session, _) => self.session(request, setup).await,
            ("GET", Action::SignIn, None) => self.sign_in_page(request, setup),
            ("GET", Action::SignOut, _) => sign_out::page(request, setup),
            ("POST", Action::Callback, Some(id)) => match Provider::of(id) {
                Some(Provider::Credentials) => self.credentials(request, setup).await,
                None => error::configuration(request),
            },
            ("POST", Action::Session, _) => self.update(request, setup).await,
            ("POST", Action::SignIn, _) => self.to_sign_in(request, setup),
            ("POST", Action::SignOut, _) => self.sign_out(request, setup).await,
            ("GET" | "POST", _, _) => error::configuration(request),
            (_, _, _) => Reply::bad_request(),
        }
    }

    fn setup(&self, request: &Request<'_>) -> Result<Setup, Reply> {
        let (lines, cookies) = (request.cookies(), self.cookies(request));
        let mut set = Vec::new();
        let sent = cookies.csrf.read(lines.iter().copied());
        let body = request.form.text("csrfToken");
        let proven = sent
            .as_ref()
            .is_some_and(|token| body.is_some_and(|body| token.matches(body)));
        let csrf = if let Some(token) = sent {
            token
        } else {
            let mut random = [0; 32];
            getrandom::fill(&mut random).map_err(|_| no_randomness())?;
            let token = cookies.csrf.issue(random);
            set.push(cookies.csrf.set_cookie(&token));
            token
        };

        let kept = cookies.callback_url.read(lines.iter().copied());
        let wanted = request.form.text("callbackUrl").map(str::to_owned);
        let wanted = wanted
            .or_else(|| request.query("callbackUrl"))
            .or_else(|| kept.clone());
        let callback_url = wanted
            .and_then(|text| callback_url::resolve(&text, &request.origin))
            .unwrap_or_else(|| request.origin.text().to_owned());
        if kept.as_ref() != Some(&callback_url) {
            set.push(cookies.callback_url.set_cookie(&callback_url));
        }
        Ok(Setup {
            csrf,
            proven,
            callback_url,
            cookies: set,
        })
    }

    fn cookies(&self, request: &Request<'_>) -> &Cookies {
        match request.origin.scheme() {
            Scheme::Http => &self.http,
            Scheme::Https => &self.https,
        }
    }

    /// The session of the request, within its absolute lifetime.
    fn opened(&self, request: &Request<'_>) -> Option<Session> {
        let now = self.settings.clock.now();
        let lines = request.cookies();
        let scheme = request.origin.scheme();
        let session = self.reader.open(lines.iter().copied(), scheme, now).ok()?;
        (now < claims::last_second(session.claims(), &self.settings)).then_some(session)
    }
}

fn no_randomness() -> Reply {
    tracing::error!(target: "vestibule::signin", "the operating system gives no random numbers");
    Reply::internal("Internal error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<(Action, Option<&str>)>) {
        assert_eq!(Action::parse(path), expected, "{path}");
    }

    #[test]
    fn two_actions_take_a_second_segment_and_none_a_third() {
        check("/api/auth/csrf", Some((Action::Csrf, None)));
        check("/api/auth/csrf/", Some((Action::Csrf, None)));
        check(
            "/api/auth/callback/credentials",
            Some((Action::Callback, Some("credentials"))),
        );
        check("/api/auth/signin/x", Some((Action::SignIn, Some("x"))));
        for other in [
            "/api/auth",
            "/api/auth/",
            "/api/authcsrf",
            "/auth/csrf",
            "/api/auth/csrf/x",
            "/api/auth/signin/x/y",
            "/api/auth/_log",
        ] {
            check(other, None);
        }
    }
}
