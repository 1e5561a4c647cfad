//! Pages with a clock, a secret and an API of the test's own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bookwell::Clock;
use bookwell::pages::{DemoAccount, PagesSettings, Storefront, router};
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use vestibule_session::{
    Reader, Rules, Scheme, Secret, Session, Version, Writer, session_cookie_name,
};

/// Unix seconds.
pub(crate) const NOW: u64 = 1_790_000_000;

/// Every token of a test contains this, so that one search finds all.
pub(crate) const TOKEN: &str = "token-of-the-backend";

/// What the API of the test was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

pub(crate) type Answering = fn(&Asked) -> (StatusCode, Value);

#[derive(Clone)]
struct Api {
    answer: Answering,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub(crate) struct Front {
    router: Router,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// An answer of the pages, read to its end.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Front {
    /// With an API that answers so.
    pub(crate) async fn new(answer: Answering) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let api = Api {
            answer,
            asked: Arc::clone(&asked),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answered).with_state(api);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self::over(&url, asked)
    }

    /// With an API that nobody serves.
    pub(crate) async fn without_api() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        Self::over(&url, Arc::default())
    }

    fn over(url: &str, asked: Arc<Mutex<Vec<Asked>>>) -> Self {
        let storefront = |slug: &str, name: &str| Storefront {
            slug: slug.to_owned(),
            name: name.to_owned(),
            public_key: format!("pk_live_{slug}_0123456789abcdef"),
        };
        let settings = PagesSettings {
            secrets: secrets(),
            api_url: url.to_owned(),
            storefronts: vec![
                storefront("willow-pine", "Willow & Pine"),
                storefront("old-mill", "<b>Old Mill</b>"),
            ],
            time_zones: vec![("willow-pine".to_owned(), "America/New_York".to_owned())],
            demo_accounts: vec![DemoAccount {
                name: "Owner".to_owned(),
                email: "owner@willow-pine.test".to_owned(),
                password: "open sesame".to_owned(),
            }],
            clock: Clock::new(|| Timestamp::from_second(NOW.cast_signed()).unwrap()),
        };
        Self {
            router: router(settings).unwrap(),
            asked,
        }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Page {
        self.send(
            Request::get(path)
                .header(COOKIE, cookie)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// A call that a page of ours makes.
    pub(crate) async fn post(&self, path: &str, cookie: &str, body: &Value) -> Page {
        let request = Request::post(path)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let octets = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(octets.to_vec()).unwrap(),
        }
    }

    /// What the API was asked until now.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Page {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .unwrap_or_else(|| panic!("no {name}"))
            .to_str()
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, location: &str) {
        assert_eq!(self.status, StatusCode::FOUND);
        assert_eq!(self.header("location"), location);
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The session that the answer leaves in the jar, with the cookies that it sets.
    pub(crate) fn session(&self) -> Session {
        let set = self.headers.get_all(SET_COOKIE).iter();
        let pairs = set.map(|line| line.to_str().unwrap().split(';').next().unwrap());
        let header = pairs.collect::<Vec<_>>().join("; ");
        reader()
            .open([header.as_bytes()], Scheme::Http, NOW)
            .unwrap()
    }

    pub(crate) fn claims(&self) -> Value {
        serde_json::from_str(self.session().claims().as_json()).unwrap()
    }
}

async fn answered(
    State(api): State<Api>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    _: Bytes,
) -> Response {
    let asked = Asked {
        method,
        path: uri.path().to_owned(),
        headers,
    };
    let (status, body) = (api.answer)(&asked);
    api.asked.lock().unwrap().push(asked);
    (status, [("retry-after", "9")], body.to_string()).into_response()
}

/// Nothing is there.
pub(crate) fn nothing(_: &Asked) -> (StatusCode, Value) {
    (StatusCode::NOT_FOUND, json!({ "code": "not_found" }))
}

fn secrets() -> Vec<Secret> {
    let secret = |text| Secret::new(text).unwrap();
    vec![
        secret("the-first-secret-has-32-characters"),
        secret("the-second-secret-has-32-characters"),
    ]
}

pub(crate) fn reader() -> Reader {
    Reader::new(&secrets(), Rules::default())
}

/// The cookie of a session with these claims, an hour before its end.
pub(crate) fn cookie(claims: &Value) -> String {
    sealed(claims, 3600, Version::V5, Scheme::Http, 0)
}

pub(crate) fn sealed(
    claims: &Value,
    life: u64,
    version: Version,
    scheme: Scheme,
    secret: usize,
) -> String {
    let writer = Writer::new(&secrets()[secret], session_cookie_name(version, scheme));
    let token = writer
        .encode(&claims.to_string(), NOW, life, [9; 32])
        .unwrap();
    let chunks = writer.chunks(&token).into_iter();
    let pairs: Vec<_> = chunks
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

pub(crate) fn owner() -> Value {
    json!({
        "sub": "u-1", "email": "owner@willow-pine.test", "role": "TENANT_ADMIN",
        "tenantId": "t-1", "tenantSlug": "willow-pine",
        "backendToken": TOKEN, "refreshToken": format!("{TOKEN}-refresh"),
    })
}

pub(crate) fn admin() -> Value {
    json!({
        "sub": "u-2", "email": "admin@bookwell.test", "role": "PLATFORM_ADMIN",
        "backendToken": TOKEN, "backendTokenExpires": NOW + 60, "refreshToken": format!("{TOKEN}-refresh"),
        "signedInAt": 1.50,
    })
}

/// An administrator who acts for a tenant.
pub(crate) fn acting() -> Value {
    let mut claims = admin();
    claims["tenantId"] = json!("0190c0de-0000-7000-8000-000000000001");
    claims["tenantSlug"] = json!("willow-pine");
    claims["impersonation"] = impersonation();
    claims.as_object_mut().unwrap().remove("refreshToken");
    claims
}

pub(crate) fn impersonation() -> Value {
    json!({
        "tenant_id": "0190c0de-0000-7000-8000-000000000001", "slug": "willow-pine", "name": "Willow & Pine",
        "started_at": "2026-09-21T15:33:20Z", "expires_at": "2026-09-21T16:33:20Z", "by": "admin@bookwell.test",
    })
}
