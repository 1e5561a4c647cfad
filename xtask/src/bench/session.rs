//! The sessions of the load, made by the gateway's own `mint`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::output;
use crate::repository;

/// Protects nothing: it lives as long as one comparison and is known to everybody.
pub(super) const SECRET: &str = "bench-Zk4uQ8mT1xW6cN9vB3yH7rL2pJ5sD0fG";

/// What makes a token fill more than three chunks of 3,936 characters, and no more than four.
const FOUR_CHUNKS: usize = 9_500;

/// Cookie headers.
pub(super) struct Sessions {
    pub(super) one: String,
    pub(super) four: String,
}

impl Sessions {
    pub(super) fn minted(gateway: &Path, folder: &Path) -> Result<Self, String> {
        let secret = folder.join("secret");
        fs::write(&secret, SECRET).map_err(|error| format!("{}: {error}", secret.display()))?;
        let mint = |padding: usize| {
            let claims = folder.join("claims.json");
            let text = fs::read_to_string(repository::root().join("bench/claims.json"))
                .map_err(|error| format!("bench/claims.json: {error}"))?;
            let text = text
                .replace("@TOKEN@", &bearer())
                .replace("@PADDING@", &"x".repeat(padding));
            fs::write(&claims, text).map_err(|error| format!("{}: {error}", claims.display()))?;
            let mut command = Command::new(gateway);
            command.args([
                "mint",
                "--cookie-name",
                "authjs.session-token",
                "--version",
                "v5",
                "--format",
                "cookie",
            ]);
            command
                .arg("--claims-file")
                .arg(&claims)
                .arg("--secret-file")
                .arg(&secret);
            output(&mut command)
                .map(|header| header.trim().trim_start_matches("Cookie: ").to_owned())
                .ok_or_else(|| format!("`{} mint` failed", gateway.display()))
        };
        let sessions = Self {
            one: mint(0)?,
            four: mint(FOUR_CHUNKS)?,
        };
        for (header, cookies) in [(&sessions.one, 1), (&sessions.four, 4)] {
            let found = header.split("; ").count();
            if found != cookies {
                return Err(format!("`mint` made {found} cookies instead of {cookies}"));
            }
        }
        Ok(sessions)
    }

    /// As long as real ones, for a comparison that opens none.
    pub(super) fn pretended() -> Self {
        let value = "x".repeat(3_936);
        let chunks: Vec<String> = (0..4)
            .map(|n| format!("authjs.session-token.{n}={value}"))
            .collect();
        Self {
            one: format!("authjs.session-token={}", "x".repeat(1_700)),
            four: chunks.join("; "),
        }
    }
}

/// A bearer as long as a signed token of a backend.
pub(super) fn bearer() -> String {
    "eyJhbGciOiJSUzI1NiJ9."
        .chars()
        .chain("kX3vQ9tB".chars().cycle())
        .take(640)
        .collect()
}
