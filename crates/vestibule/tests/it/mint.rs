//! `mint` makes what `explain` opens.

use serde_json::Value;

use crate::runner::{directory, file, vestibule};

const SECRET: &str = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

/// Mints under `name` and explains; gives back version and number of chunks.
#[track_caller]
fn check(name: &str, padding: usize, expected: (&str, u64)) {
    let claims = format!(
        r#"{{"sub":"u-1","backendToken":"bt-1","pad":"{}"}}"#,
        "x".repeat(padding)
    );
    let minted = vestibule(&["mint", "--cookie-name", name, "--claims-file", "-"])
        .arguments(&["--now", "1790000000"])
        .variable("AUTH_SECRET", SECRET)
        .input(claims)
        .output();
    assert_eq!(minted.lines().count(), 1);
    let finished = vestibule(&[
        "explain",
        "--format",
        "json",
        "--token-claim",
        "/backendToken",
    ])
    .arguments(&["--now", "1790000001", "--show-claims"])
    .variable("AUTH_SECRET", SECRET)
    .input(format!("Cookie: theme=dark; {minted}"))
    .finish();
    let report = finished.json();
    assert_eq!((finished.code, &report["outcome"]), (0, &Value::from("ok")));
    assert_eq!(report["cookie"], name);
    assert_eq!(
        (report["version"].as_str(), report["chunks"].as_u64()),
        (Some(expected.0), Some(expected.1))
    );
    assert_eq!(report["token_found"], true);
    assert_eq!(report["expires"], 1_792_592_000);
    assert_eq!(report["claims"]["iat"], 1_790_000_000);
}

#[test]
fn minted_sessions_open_in_both_families() {
    check("authjs.session-token", 10, ("v5", 0));
    check("__Secure-authjs.session-token", 10, ("v5", 0));
    check("next-auth.session-token", 10, ("v4", 0));
    check("__Secure-next-auth.session-token", 10, ("v4", 0));
}

#[test]
fn large_minted_sessions_open_in_chunks() {
    check("authjs.session-token", 9_000, ("v5", 4));
    check("__Secure-next-auth.session-token", 9_000, ("v4", 4));
}

#[test]
fn set_cookie_lines_have_the_attributes_of_the_prefix() {
    let lines = vestibule(&["mint", "--claims-file", "-", "--format", "set-cookie"])
        .arguments(&["--cookie-name", "__Secure-authjs.session-token"])
        .arguments(&["--now", "1000", "--max-age", "3600"])
        .variable("AUTH_SECRET", SECRET)
        .input(format!(r#"{{"sub":"{}"}}"#, "x".repeat(4_000)))
        .output();
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 2);
    for (number, line) in lines.iter().enumerate() {
        assert!(
            line.starts_with(&format!("__Secure-authjs.session-token.{number}=")),
            "{line}"
        );
        let attributes = line.split_once(';').unwrap().1;
        assert_eq!(
            attributes,
            " Path=/; Expires=Thu, 01 Jan 1970 01:16:40 GMT; HttpOnly; Secure; SameSite=Lax"
        );
    }
}

#[test]
fn json_fits_the_cookies_of_playwright() {
    let finished = vestibule(&[
        "mint",
        "--claims-file",
        "-",
        "--format",
        "json",
        "--now",
        "1000",
    ])
    .arguments(&["--max-age", "60"])
    .variable("AUTH_SECRET", SECRET)
    .input(r#"{"sub":"u-1"}"#)
    .finish();
    let session = finished.json();
    let token = session["token"].as_str().unwrap();
    let cookie = serde_json::json!({
        "name": "authjs.session-token", "value": token, "path": "/", "expires": 1060,
        "httpOnly": true, "secure": false, "sameSite": "Lax",
    });
    assert_eq!(session["cookies"], serde_json::json!([cookie]));
    assert_eq!(session["expires"], 1060);
    assert_eq!(session["set_cookie"].as_array().unwrap().len(), 1);
}

#[test]
fn two_minted_sessions_differ() {
    let mint = || {
        vestibule(&["mint", "--claims-file", "-", "--now", "1000"])
            .variable("AUTH_SECRET", SECRET)
            .input("{}")
            .output()
    };
    assert_ne!(mint(), mint());
}

#[test]
fn each_family_takes_the_variable_that_its_application_takes() {
    let directory = directory("mint-variables");
    let mine = file(&directory, "secret", format!("{SECRET}\n"));
    for (name, variable) in [
        ("authjs.session-token", "AUTH_SECRET"),
        ("next-auth.session-token", "NEXTAUTH_SECRET"),
    ] {
        let minted = vestibule(&["mint", "--cookie-name", name, "--claims-file", "-"])
            .variable("AUTH_SECRET", "the-other-secret-the-other-secret")
            .variable("NEXTAUTH_SECRET", "the-other-secret-the-other-secret")
            .variable(variable, SECRET)
            .input(r#"{"sub":"u-1"}"#)
            .output();
        let explained = vestibule(&["explain"])
            .file("--secret-file", &mine)
            .input(minted);
        assert_eq!(explained.finish().code, 0, "{name}");
    }
}
