//! An axum server whose handlers take the session of an Auth.js application:
//! `AUTH_SECRET=… cargo run -p vestibule-session --features axum --example axum`.
//!
//! Give it the secret of the application, then send a cookie of the application to `/me`.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use vestibule_session::axum::Sessions;
use vestibule_session::{Pointer, Reader, Rules, Scheme, Secret, Session};

/// Runs only with a session; without one the answer is 401.
async fn me(session: Session) -> String {
    let email = Pointer::parse("/email").expect("the text is a pointer");
    let name = session.claims().string(&email);
    name.unwrap_or_else(|| "somebody without an e-mail address".to_owned())
}

/// Runs for everybody.
async fn hello(session: Option<Session>) -> &'static str {
    if session.is_some() {
        "hello again\n"
    } else {
        "hello, stranger\n"
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = Secret::new(environment("AUTH_SECRET")?)?;
    let reader = Reader::new(&[secret], Rules::default());
    // The scheme that browsers use. Behind a proxy with TLS it is `Https`, however this server is reached.
    let sessions = Sessions::new(Arc::new(reader), Scheme::Http, unix_seconds);
    let application = Router::new()
        .route("/", get(hello))
        .route("/me", get(me))
        .with_state(sessions);

    let listener = TcpListener::bind("127.0.0.1:3001").await?;
    writeln!(
        std::io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    axum::serve(listener, application).await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place of the program that reads the environment"
)]
fn environment(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| format!("{name}: {error}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock of the program; the library has none"
)]
fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
