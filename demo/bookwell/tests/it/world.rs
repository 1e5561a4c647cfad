//! A seeded API with a clock that a test sets: `World::new().await`, `sign_in`, `send`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bookwell::{Api, Clock, Database, ProviderSettings, Settings, seed};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{AnyPool, SqlSafeStr};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use crate::said;

pub(crate) const ADMIN: &str = "admin@bookwell.test";
pub(crate) const WILLOW: &str = "owner@willow-pine.test";
pub(crate) const HARBOR: &str = "owner@harbor-light.test";
/// Without a booking.
pub(crate) const JUNIPER: &str = "owner@juniper-studio.test";
/// Of a business that is closed.
pub(crate) const OLD_MILL: &str = "owner@old-mill.test";

/// Of every account.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Where the clock stands at first.
pub(crate) const START: &str = "2026-05-20T15:00:00Z";

/// An API over a database of its own, which goes with it.
pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) database: Database,
    router: Router,
    clock: Arc<AtomicI64>,
    url: String,
    folder: Option<PathBuf>,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    /// Over SQLite, a copy of a database that was seeded once.
    pub(crate) async fn new() -> Self {
        let pace = Duration::ZERO;
        Self::with_provider(ProviderSettings::Builtin { pace }).await
    }

    /// The same, with another provider of the assistant's answers.
    pub(crate) async fn with_provider(provider: ProviderSettings) -> Self {
        let folder = new_folder();
        let file = folder.join("bookwell.db");
        std::fs::write(&file, seeded().await).unwrap();
        let url = format!("sqlite:{}?mode=rwc", file.display());
        let mut world = Self::build(&url, provider).await;
        world.folder = Some(folder);
        world
    }

    /// Over a database that the caller made; seeded where it is empty.
    pub(crate) async fn over(url: &str) -> Self {
        let pace = Duration::ZERO;
        Self::build(url, ProviderSettings::Builtin { pace }).await
    }

    async fn build(url: &str, provider: ProviderSettings) -> Self {
        [ADMIN, WILLOW, HARBOR, JUNIPER, OLD_MILL, PASSWORD]
            .into_iter()
            .for_each(said::confide);
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(start.as_millisecond()));
        let database = Database::open(url).await.unwrap();
        seed(&database, &clock_of(&clock), PASSWORD).await.unwrap();
        let api = Api::new(Settings {
            database: database.clone(),
            token_key: vec![7; 32],
            provider,
            clock: clock_of(&clock),
        });
        Self {
            router: api.router(),
            api,
            database,
            clock,
            url: url.to_owned(),
            folder: None,
        }
    }

    /// Lets so many seconds pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Lets it be this time.
    pub(crate) fn set(&self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.clock.store(time.as_millisecond(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    /// A pool of the test's own, to look behind the API.
    pub(crate) async fn pool(&self) -> AnyPool {
        AnyPool::connect(&self.url).await.unwrap()
    }

    /// The first column of the first row, a number.
    pub(crate) async fn number(&self, sql: impl SqlSafeStr) -> i64 {
        let pool = self.pool().await;
        let number = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        pool.close().await;
        number
    }

    /// The first column of every row, a text.
    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        let pool = self.pool().await;
        let texts = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        pool.close().await;
        texts
    }

    /// Changes rows behind the API.
    pub(crate) async fn execute(&self, sql: &'static str) {
        let pool = self.pool().await;
        sqlx::query(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// The whole answer to a sign-in.
    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.send(Method::POST, "/v1/auth/login", None, Some(body))
            .await
    }

    /// The access token of somebody who signs in.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let answer = self.login(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.text("access_token")
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Method::GET, path, Some(token), None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(token), Some(body)).await
    }

    /// Sends a request with a bearer and a JSON body, where there is one.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.request(request.body(body).unwrap()).await
    }

    /// Sends any request.
    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let octets = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&octets)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&octets).into_owned()));
        for member in ["access_token", "refresh_token"] {
            if let Some(token) = body[member].as_str() {
                said::confide_token(token);
            }
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

impl Answer {
    /// A member of the body, a text.
    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        let text = self.body[member].as_str();
        text.unwrap_or_else(|| panic!("no `{member}` in {}", self.body))
            .to_owned()
    }

    /// Fails unless the answer is this problem.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        said::search();
        if let Some(folder) = &self.folder {
            // Where a connection still holds the file, the machine removes the folder some day.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The octets of a seeded database: hashing five passwords for every test would take longer than the tests.
async fn seeded() -> &'static [u8] {
    static SEEDED: OnceCell<Vec<u8>> = OnceCell::const_new();
    SEEDED
        .get_or_init(|| async {
            let folder = new_folder();
            let file = folder.join("seeded.db");
            let url = format!("sqlite:{}?mode=rwc", file.display());
            World::over(&url).await.database.close().await;
            let octets = std::fs::read(&file).unwrap();
            std::fs::remove_dir_all(&folder).unwrap();
            octets
        })
        .await
}

/// Where the API has what a browser finds at this path.
#[track_caller]
pub(crate) fn behind(path: &str) -> String {
    let below = path.strip_prefix("/api/");
    format!("/v1/{}", below.unwrap_or_else(|| panic!("{path}")))
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("bookwell-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn clock_of(milliseconds: &Arc<AtomicI64>) -> Clock {
    let milliseconds = Arc::clone(milliseconds);
    Clock::new(move || Timestamp::from_millisecond(milliseconds.load(Ordering::SeqCst)).unwrap())
}
