//! A seeded API on a free port of loopback, for programs that check it from outside.
//!
//! It prints its address, an access token for each kind of caller, and a business's public key; it ends with its input.

use std::io::{self, Write as _};

use axum::body::Body;
use bookwell::{Api, Clock, Database, ProviderSettings, Settings, seed};
use http::Request;
use http_body_util::BodyExt as _;
use sqlx::AnyPool;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("bookwell-serve-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let url = format!("sqlite:{}?mode=rwc", folder.join("bookwell.db").display());
    let database = Database::open(&url).await?;
    let clock = Clock::of_system();
    seed(&database, &clock, PASSWORD).await?;
    let mut token_key = vec![0; 32];
    getrandom::fill(&mut token_key).map_err(|error| error.to_string())?;
    let api = Api::new(Settings {
        database: database.clone(),
        token_key,
        clock,
        provider: ProviderSettings::default(),
    });

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut output = io::stdout();
    writeln!(output, "address http://{}", listener.local_addr()?)?;
    for (name, email) in [("owner", OWNER), ("admin", ADMIN)] {
        writeln!(output, "{name} {}", sign_in(&api, email).await?)?;
    }
    writeln!(output, "key {}", public_key(&url).await?)?;
    output.flush()?;

    axum::serve(listener, api.router())
        .with_graceful_shutdown(end_of_input())
        .await?;
    database.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn sign_in(api: &Api, email: &str) -> Result<String, Failure> {
    let body = serde_json::json!({"email": email, "password": PASSWORD}).to_string();
    let request = Request::post("/v1/auth/login")
        .header("content-type", "application/json")
        .body(Body::from(body))?;
    let response = api.router().oneshot(request).await?;
    let octets = response.into_body().collect().await?.to_bytes();
    let answer: serde_json::Value = serde_json::from_slice(&octets)?;
    let token = answer.get("access_token").and_then(|token| token.as_str());
    Ok(token.ok_or("no token")?.to_owned())
}

/// The public key of the owner's business.
async fn public_key(url: &str) -> Result<String, Failure> {
    let pool = AnyPool::connect(url).await?;
    let key = sqlx::query_scalar("SELECT public_key FROM tenant WHERE slug = 'willow-pine'")
        .fetch_one(&pool)
        .await?;
    pool.close().await;
    Ok(key)
}

/// Nobody writes to us; who started us holds the other end.
async fn end_of_input() {
    let waiting = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
    let _ = waiting.await;
}

const OWNER: &str = "owner@willow-pine.test";
const ADMIN: &str = "admin@bookwell.test";

/// Of accounts that live as long as this process.
const PASSWORD: &str = "correct horse battery staple";
