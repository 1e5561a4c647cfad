//! A browser behind the gateway: a cookie jar, and the calls of `next-auth/react` in their order.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use url::form_urlencoded;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) origin: String,
    /// Names and values as they go over the wire.
    pub(crate) jar: Vec<(String, String)>,
    /// What the gateway says of the client.
    pub(crate) client: String,
    /// Headers of every request.
    pub(crate) headers: HeaderMap,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            origin: origin.to_owned(),
            jar: Vec::new(),
            client: "192.0.2.1".to_owned(),
            headers: HeaderMap::new(),
        }
    }

    /// As a script that follows redirects itself.
    pub(crate) fn script(&self) -> Self {
        let mut browser = self.clone();
        let one = "1".parse().unwrap();
        browser.headers.insert("x-auth-return-redirect", one);
        browser
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, String::new()).await
    }

    pub(crate) async fn form(&mut self, path: &str, members: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(members)
            .finish();
        self.send("POST", path, Some(FORM), body).await
    }

    pub(crate) async fn json(&mut self, path: &str, body: &Value) -> Answer {
        let kind = Some("application/json");
        self.send("POST", path, kind, body.to_string()).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: String,
    ) -> Answer {
        let (scheme, host) = self.origin.split_once("://").unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/auth/{path}"))
            .header("x-forwarded-proto", scheme)
            .header("x-forwarded-host", host)
            .header("x-forwarded-for", &self.client);
        if !self.jar.is_empty() {
            request = request.header("cookie", self.cookie_header());
        }
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.headers_mut().extend(self.headers.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(text.to_vec()).unwrap(),
        };
        for line in answer.set_cookies() {
            self.store(&line);
        }
        answer
    }

    fn store(&mut self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        crate::said::confide_token(value);
        self.jar.retain(|(known, _)| known != name);
        if !attributes.contains("Max-Age=0") {
            self.jar.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) fn cookie_header(&self) -> String {
        let pairs = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn plant(&mut self, name: &str, value: &str) {
        self.jar.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.jar.iter().any(|(known, _)| known == name)
    }

    /// The names of session cookies, of any family, prefix and chunk.
    pub(crate) fn session_cookies(&self) -> Vec<&str> {
        let names = self.jar.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| name.contains("session-token"))
            .collect()
    }

    pub(crate) async fn csrf(&mut self) -> String {
        let answer = self.get("csrf").await;
        answer.json()["csrfToken"].as_str().unwrap().to_owned()
    }

    /// `signIn("credentials", { redirect: false, email, password })`.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let csrf = self.csrf().await;
        let mut script = self.script();
        let address = format!("{}/", self.origin);
        let members = [
            ("email", email),
            ("password", password),
            ("csrfToken", &csrf),
            ("callbackUrl", &address),
        ];
        let answer = script.form("callback/credentials?", &members).await;
        self.jar = script.jar;
        answer
    }

    /// `getSession()`.
    pub(crate) async fn session(&mut self) -> Value {
        let answer = self.get("session").await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    /// `signOut({ redirect: false })`.
    pub(crate) async fn sign_out(&mut self) -> Answer {
        let csrf = self.csrf().await;
        let mut script = self.script();
        let address = format!("{}/", self.origin);
        let members = [("csrfToken", csrf.as_str()), ("callbackUrl", &address)];
        let answer = script.form("signout", &members).await;
        self.jar = script.jar;
        answer
    }

    /// `update(data)`.
    pub(crate) async fn update(&mut self, data: Value) -> Answer {
        let csrf = self.csrf().await;
        let body = serde_json::json!({ "csrfToken": csrf, "data": data });
        self.json("session", &body).await
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn location(&self) -> Option<&str> {
        Some(self.headers.get("location")?.to_str().unwrap())
    }

    pub(crate) fn set_cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines
            .map(|line| line.to_str().unwrap().to_owned())
            .collect()
    }

    /// `error` and `code` of the address that a script got.
    #[track_caller]
    pub(crate) fn failure(&self) -> (String, Option<String>) {
        let url: url::Url = self.json()["url"].as_str().unwrap().parse().unwrap();
        let find = |name: &str| {
            let mut pairs = url.query_pairs();
            Some(pairs.find(|(found, _)| found == name)?.1.into_owned())
        };
        (find("error").unwrap_or_default(), find("code"))
    }
}
