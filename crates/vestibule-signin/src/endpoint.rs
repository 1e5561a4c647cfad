//! The endpoints below `/api/auth`, each in a file of its own.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::json;
use url::Url;
use vestibule_session::{CsrfToken, Reader, Rules, Scheme, Session};

use crate::attempts::Attempts;
use crate::backend::Caller;
use crate::callback_url;
use crate::cookies::Cookies;
use crate::form::Form;
use crate::origin::PublicOrigin;
use crate::page;
use crate::reply::Reply;
use crate::request::Request;
use crate::settings::{Settings, SettingsError};

mod credentials;
mod session;
mod sign_in;
mod sign_out;

/// The endpoints, ready to be served.
#[derive(Debug, Clone)]
pub struct SignIn(Arc<Endpoints>);

#[derive(Debug)]
struct Endpoints {
    settings: Settings,
    reader: Reader,
    caller: Caller,
    attempts: Attempts,
    http: Cookies,
    https: Cookies,
}

impl SignIn {
    /// Derives the keys and checks the settings.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let caller = Caller::new(settings.backend.clone())
            .ok_or_else(|| SettingsError::BackendUrl(format!("{:?}", settings.origin)))?;
        Ok(Self(Arc::new(Endpoints {
            reader: Reader::new(&settings.secrets, Rules::default()),
            caller,
            attempts: Attempts::new(settings.limits),
            http: Cookies::new(&settings.secrets, Scheme::Http),
            https: Cookies::new(&settings.secrets, Scheme::Https),
            settings,
        })))
    }

    /// Everything below `/api/auth`; what is no endpoint gets 400, as `@auth/core` answers it.
    pub fn router(&self) -> Router {
        Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self.clone())
    }
}

/// No form of ours is near it.
const MAX_BODY: usize = 64 * 1024;

/// Where the endpoints are, as in Next.js.
const BASE: &str = "/api/auth";

/// The one provider; its id is the one that Auth.js gives to credentials.
const PROVIDER: &str = "credentials";

async fn answer(
    State(SignIn(endpoints)): State<SignIn>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = match endpoints.settings.origin.of(&headers) {
        Some(origin) => {
            let form = Form::read(&headers, &body);
            let request = Request::new(origin, &headers, uri.query(), form);
            endpoints.answer(&method, uri.path(), &request).await
        }
        None => Reply::json(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"message": "There was a problem with the server configuration. Check the server logs for more information."}),
        ),
    };
    reply.into_response()
}

/// CSRF token and address of return, which nearly every answer may set.
struct Setup {
    csrf: CsrfToken,
    /// Whether the request proved that a page of ours sent it (TH-112).
    proven: bool,
    callback_url: Url,
    cookies: Vec<String>,
}

impl Endpoints {
    async fn answer(&self, method: &Method, path: &str, request: &Request<'_>) -> Reply {
        let Some(action) = path
            .strip_prefix(BASE)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            return Reply::bad_request();
        };
        match (method.as_str(), action) {
            ("GET", "csrf") => self.csrf(request),
            ("GET", "error") => error(request),
            ("GET", "providers") => providers(&request.origin),
            ("GET", "session") => self.session(request),
            ("GET", "signin") => self.sign_in_page(request),
            ("GET", "signout") => self.sign_out_page(request),
            ("POST", "callback/credentials") => self.credentials(request).await,
            ("POST", "session") => self.update(request),
            ("POST", "signin/credentials") => self.to_sign_in(request),
            ("POST", "signout") => self.sign_out(request).await,
            _ => Reply::bad_request(),
        }
    }

    fn csrf(&self, request: &Request<'_>) -> Reply {
        match self.setup(request) {
            Ok(setup) => Reply::json(StatusCode::OK, &json!({ "csrfToken": setup.csrf.as_str() }))
                .with_cookies(setup.cookies),
            Err(reply) => reply,
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
        let csrf = match sent {
            Some(token) => token,
            None => {
                let mut random = [0; 32];
                getrandom::fill(&mut random).map_err(|_| no_randomness())?;
                let token = cookies.csrf.issue(random);
                set.push(cookies.csrf.set_cookie(&token));
                token
            }
        };

        let kept = cookies.callback_url(&lines);
        let wanted = request.form.text("callbackUrl").map(str::to_owned);
        let wanted = wanted
            .or_else(|| request.query("callbackUrl"))
            .or_else(|| kept.clone());
        let callback_url = wanted
            .and_then(|text| callback_url::resolve(&text, &request.origin))
            .unwrap_or_else(|| request.origin.url().clone());
        if kept.as_deref() != Some(callback_url.as_str()) {
            set.push(cookies.set_callback_url(callback_url.as_str()));
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
        let last = crate::claims::last_second(session.claims(), &self.settings);
        last.is_none_or(|last| now < last).then_some(session)
    }

    /// The page that tells of a failed sign-in: `error` and, for credentials, `code`.
    fn failure(
        &self,
        request: &Request<'_>,
        error: &str,
        code: Option<&str>,
        wait: Option<u64>,
    ) -> Reply {
        let mut url = self.sign_in_address(request);
        url.query_pairs_mut().append_pair("error", error);
        if let Some(code) = code {
            url.query_pairs_mut().append_pair("code", code);
        }
        if let Some(seconds) = wait {
            url.query_pairs_mut()
                .append_pair("retry_after", &seconds.to_string());
        }
        Reply::failed(request, url.as_str()).with_retry_after(wait)
    }

    fn sign_in_address(&self, request: &Request<'_>) -> Url {
        let page = self.settings.pages.sign_in.as_deref();
        address(&request.origin, page.unwrap_or("/api/auth/signin"))
    }
}

fn address(origin: &PublicOrigin, path: &str) -> Url {
    let mut url = origin.url().clone();
    url.set_path(path);
    url
}

fn providers(origin: &PublicOrigin) -> Reply {
    let at = |action: &str| format!("{}{BASE}/{action}/{PROVIDER}", origin.text());
    Reply::json(
        StatusCode::OK,
        &json!({ PROVIDER: {
            "id": PROVIDER,
            "name": "Credentials",
            "type": "credentials",
            "signinUrl": at("signin"),
            "callbackUrl": at("callback"),
        }}),
    )
}

fn error(request: &Request<'_>) -> Reply {
    let kind = request.query("error").unwrap_or_default();
    let (status, title, text) = match kind.as_str() {
        "AccessDenied" => (
            StatusCode::FORBIDDEN,
            "Access denied",
            "You do not have permission to sign in.",
        ),
        "Configuration" => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Server error",
            "There is a problem with the configuration of the server. Its log says which.",
        ),
        _ => (StatusCode::OK, "Error", "Signing in did not work."),
    };
    Reply::page(status, page::error(title, text))
}

fn no_randomness() -> Reply {
    tracing::error!(target: "vestibule::signin", "the operating system gives no random numbers");
    Reply::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({"message": "Internal error"}),
    )
}
