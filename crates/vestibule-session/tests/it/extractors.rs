//! The extractors for axum, asked through a router.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, VARY, WWW_AUTHENTICATE};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use vestibule_session::axum::Sessions;
use vestibule_session::{
    Pointer, Reader, Rules, Scheme, Secret, Session, Version, Writer, session_cookie_name,
};

const NOW: u64 = 1_790_000_000;

fn secret() -> Secret {
    Secret::new("extractor-secret-with-32-characters").unwrap()
}

async fn me(session: Session) -> String {
    let email = Pointer::parse("/email").unwrap();
    session.claims().string(&email).unwrap_or_default()
}

async fn hello(session: Option<Session>) -> &'static str {
    if session.is_some() {
        "hello again"
    } else {
        "hello"
    }
}

fn application() -> Router {
    let reader = Arc::new(Reader::new(&[secret()], Rules::default()));
    Router::new()
        .route("/me", get(me))
        .route("/", get(hello))
        .with_state(Sessions::new(reader, Scheme::Https, || NOW))
}

/// A session of `octets` octets more than usual, as its cookies.
fn cookies(octets: usize) -> Vec<String> {
    let writer = Writer::new(&secret(), session_cookie_name(Version::V5, Scheme::Https));
    let claims = format!(
        r#"{{"email":"ada@example.com","pad":"{}"}}"#,
        "x".repeat(octets)
    );
    let token = writer.encode(&claims, NOW - 60, 3600, [7; 32]).unwrap();
    let chunks = writer.chunks(&token).into_iter();
    chunks
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

async fn answer(path: &str, cookie_lines: &[String]) -> Response {
    let mut request = Request::get(path);
    for line in cookie_lines {
        request = request.header(COOKIE, line);
    }
    application()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn text(response: Response) -> String {
    let octets = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(octets.to_vec()).unwrap()
}

#[tokio::test]
async fn a_handler_that_takes_a_session_gets_it() {
    let response = answer("/me", &cookies(0)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(text(response).await, "ada@example.com");
}

/// HTTP/2 clients may send each cookie in a line of its own (RFC 9113 §8.2.3).
#[tokio::test]
async fn chunks_in_several_header_lines_are_one_session() {
    let cookies = cookies(8000);
    assert!(cookies.len() > 2);
    let response = answer("/me", &cookies).await;
    assert_eq!(text(response).await, "ada@example.com");
}

#[tokio::test]
async fn without_a_session_the_answer_is_a_problem_that_names_no_cause() {
    for cookies in [
        vec![],
        vec!["__Secure-authjs.session-token=broken".to_owned()],
    ] {
        let response = answer("/me", &cookies).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[VARY], "Cookie");
        assert_eq!(
            response.headers()[WWW_AUTHENTICATE],
            r#"Bearer realm="vestibule""#
        );
        let problem: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(problem["status"], 401);
        assert_eq!(problem["code"], "unauthenticated");
        assert_eq!(problem.get("detail"), None);
    }
}

#[tokio::test]
async fn an_optional_session_is_none_where_there_is_none() {
    let broken = "__Secure-authjs.session-token=broken".to_owned();
    for (cookies, expected) in [
        (vec![], "hello"),
        (vec![broken], "hello"),
        (cookies(0), "hello again"),
    ] {
        let response = answer("/", &cookies).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(text(response).await, expected);
    }
}
