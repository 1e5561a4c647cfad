//! No secret, token or cookie value leaves the binary, whatever it is asked and whatever goes wrong.

use crate::runner::{directory, file, vestibule};

const SECRET: &str = "topsecret-kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

/// Runs `explain` on the header in every format and looks for what must not be there.
#[track_caller]
fn check(header: &str, confidential: &[&str]) {
    let directory = directory("secrecy");
    let secret = file(&directory, "secret", SECRET);
    for arguments in [
        &["--format", "pretty"][..],
        &["--format", "json"],
        &["--format", "json", "--token-claim", "/backendToken"],
        &["--format", "pretty", "--token-claim", "/sub"],
        &["--color", "always", "--now", "4000000000"],
    ] {
        let run = vestibule(&["explain"])
            .arguments(arguments)
            .file("--secret-file", &secret);
        let finished = run.input(header).finish();
        let said = format!("{}{}", finished.output, finished.errors);
        for text in confidential {
            assert!(!said.contains(text), "`{text}` is in {said}");
        }
        assert!(!said.contains("topsecret"), "{said}");
    }
}

#[test]
fn explain_tells_names_and_sizes_only() {
    let claims = r#"{"sub":"user-confidential","backendToken":"bearer-confidential"}"#;
    let header = vestibule(&["mint", "--claims-file", "-"])
        .variable("AUTH_SECRET", SECRET)
        .input(claims)
        .output();
    let token = header.trim_end().split_once('=').unwrap().1;
    let parts = || token.split('.').filter(|part| !part.is_empty());
    let mut confidential: Vec<&str> = parts().collect();
    confidential.extend(["user-confidential", "bearer-confidential", "hush"]);
    check(&format!("id=hush; {header}"), &confidential);
    check(
        &format!("hush=1; next-auth.session-token={token}"),
        &confidential,
    );
    check(&format!("{token}=="), &confidential);
    check(&format!("authjs.session-token=hush{token}"), &confidential);
    check(
        "authjs.session-token.0=hush1; authjs.session-token.2=hush2",
        &["hush"],
    );
    check("authjs.session-token=hush", &["hush"]);
}

#[test]
fn mint_does_not_repeat_what_it_refuses() {
    let run = vestibule(&["mint", "--claims-file", "-"]).variable("AUTH_SECRET", SECRET);
    let finished = run.input(r#"{"backendToken":"hush""#).finish();
    assert_eq!(finished.code, 2);
    assert!(!finished.errors.contains("hush") && !finished.errors.contains("topsecret"));
}

/// TH-107: what is an argument stands in `ps` and in the history of the shell.
#[test]
fn no_option_of_any_command_takes_a_secret() {
    let mut seen = 0;
    for command in [
        "check",
        "completions",
        "demo",
        "explain",
        "man",
        "mint",
        "schema",
        "secret",
        "serve",
    ] {
        let help = vestibule(&[command, "--help"]).output();
        let options = help.lines().map(str::trim_start);
        for option in options.filter(|line| line.starts_with('-')) {
            let Some((_, name)) = option.split_once("--") else {
                continue;
            };
            let name = name.split([' ', '=']).next().unwrap();
            let mut words = name.split('-');
            let confidential = ["cookie", "key", "password", "secret", "token"];
            let asks = words.any(|word| confidential.contains(&word));
            // The name of a file, of a cookie or of a claim is no secret.
            let harmless = ["-file", "-name", "-claim"]
                .iter()
                .any(|end| name.ends_with(end));
            assert!(!asks || harmless, "{command} --{name}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}
