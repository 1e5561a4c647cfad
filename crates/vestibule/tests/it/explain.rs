//! What `explain` says about the faults that people meet.

use serde_json::Value;

use crate::runner::{Run, directory, file, vestibule};

const SECRET: &str = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

const NAME: &str = "authjs.session-token";

/// A Cookie header with a session of 2026-09-21T14:13:20Z.
fn minted(name: &str, claims: &str) -> String {
    let run = vestibule(&["mint", "--cookie-name", name, "--claims-file", "-"]);
    let run = run.arguments(&["--now", "1790000000", "--max-age", "3600"]);
    let header = run.variable("AUTH_SECRET", SECRET).input(claims).output();
    header.trim_end().to_owned()
}

fn explain(header: &str, now: &str) -> Run {
    vestibule(&["explain", "--now", now])
        .variable("AUTH_SECRET", SECRET)
        .input(header)
}

fn report(run: Run) -> (i32, Value) {
    let finished = run.arguments(&["--format", "json"]).finish();
    (finished.code, finished.json())
}

#[track_caller]
fn check_cause(run: Run, expected: (i32, &str, &str)) {
    let (code, report) = report(run);
    let word = |member: &str| report[member].as_str().unwrap_or("null").to_owned();
    assert_eq!(
        (code, word("outcome").as_str(), word("cause").as_str()),
        expected,
        "{report:#}"
    );
}

#[test]
fn an_opened_session_is_described_without_its_values() {
    let header = minted(
        NAME,
        r#"{"sub":"u-1","backendToken":"bt-secret","roles":["a"]}"#,
    );
    let finished = explain(&format!("Cookie: theme=dark; {header}"), "1790000060")
        .arguments(&["--token-claim", "/backendToken"])
        .finish();
    assert_eq!(finished.code, 0);
    insta::assert_snapshot!(finished.output, @r##"
    ok: the session opens

    found   authjs.session-token (435 octets)
            and 1 other cookie
    tried   authjs.session-token (v5, whole): opens
    with    the secret of AUTH_SECRET
    holds   backendToken  a text of 9 characters
            exp           2026-09-21T15:13:20Z, in 59 minutes
            iat           2026-09-21T14:13:20Z, 60 seconds ago
            jti           a text of 36 characters
            roles         a list
            sub           a text of 3 characters
    token   `/backendToken` is there
    "##);
}

#[test]
fn values_are_shown_where_they_were_asked_for() {
    let header = minted(
        NAME,
        r#"{"sub":"u-1","n":12345678901234567890,"name":"\u202ex"}"#,
    );
    let finished = explain(&header, "1790000060")
        .arguments(&["--show-claims"])
        .finish();
    insta::assert_snapshot!(masked(&finished.output), @r##"
    ok: the session opens

    found   authjs.session-token (435 octets)
    tried   authjs.session-token (v5, whole): opens
    with    the secret of AUTH_SECRET
    holds   exp   2026-09-21T15:13:20Z, in 59 minutes
            iat   2026-09-21T14:13:20Z, 60 seconds ago
            jti ...
            n     12345678901234567890
            name  "\u202ex"
            sub   "u-1"
    "##);
}

#[test]
fn an_expired_session_shows_when_it_ended_and_what_it_held() {
    let header = minted(NAME, r#"{"sub":"u-1","nbf":1790000000}"#);
    let finished = explain(&header, "1790010000").finish();
    assert_eq!(finished.code, 1);
    insta::assert_snapshot!(finished.output, @r##"
    expired: the session has expired

    found   authjs.session-token (393 octets)
    tried   authjs.session-token (v5, whole): expired
    with    the secret of AUTH_SECRET
    holds   exp  2026-09-21T15:13:20Z, 106 minutes ago
            iat  2026-09-21T14:13:20Z, 2 hours ago
            jti  a text of 36 characters
            nbf  2026-09-21T14:13:20Z, 2 hours ago
            sub  a text of 3 characters

    What to do
      - Sign in again.
      - If sessions end too early, raise `session.maxAge` in the application; it counts in seconds. A
        session is prolonged when the browser calls `/api/auth/session`, as `useSession` does, or passes
        the `auth` middleware of v5; calls that do neither let it run out.
      - If it expires straight after signing in, compare the clocks of this machine and of the
        application's.
    "##);
}

#[test]
fn a_missing_chunk_is_named() {
    let header = minted(
        NAME,
        &format!(r#"{{"sub":"u-1","pad":"{}"}}"#, "x".repeat(9_000)),
    );
    let without = |number: usize| {
        let mut chunks: Vec<_> = header.split("; ").collect();
        chunks.remove(number);
        let (_, report) = report(explain(&chunks.join("; "), "1790000060"));
        assert_eq!(report["cause"], "missing_chunk");
        report["cure"][0].as_str().unwrap().to_owned()
    };
    insta::assert_snapshot!(without(1), @"Find out who dropped `authjs.session-token.1`.");
    insta::assert_snapshot!(without(3), @"The last chunk is full and the token is cut there, so `authjs.session-token.3` is missing.");
}

#[test]
fn a_renamed_cookie_is_read_by_the_words_of_its_cure() {
    let header = minted(NAME, r#"{"sub":"u-1"}"#).replace(NAME, "app");
    let run = || explain(&header, "1790000060").arguments(&["--cookie-name", "app"]);
    check_cause(run(), (1, "decrypt_failed", "renamed_cookie"));
    insta::assert_snapshot!(run().finish().output, @r##"
    renamed_cookie: the token was written under another cookie name, which is the salt of its key

    found   app (371 octets)
    tried   app (v5, whole): renamed_cookie
    with    the secret of AUTH_SECRET

    What to do
      - The token was written as `authjs.session-token` and came as `app`: find what renames it (a
        proxy, a middleware, code that copies the value), and let it keep its name.
      - To read it as it is: `--cookie-name app --salt authjs.session-token` here, `salt:
        "authjs.session-token"` in `getToken`.
    "##);
    check_cause(run().arguments(&["--salt", NAME]), (0, "ok", "null"));
}

#[test]
fn each_fault_has_its_cause_and_a_cure() {
    let good = minted(NAME, r#"{"sub":"u-1"}"#);
    let token = good.split_once('=').unwrap().1.to_owned();
    let nobody = minted(NAME, r#"{"name":"a"}"#);
    let early = minted(NAME, r#"{"sub":"a","nbf":1800000000}"#);
    let odd = minted(NAME, r#"{"sub":"a","nbf":"soon"}"#);
    let jws = "authjs.session-token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln";
    let id = "authjs.session-token=0b5c2f0e-4d2b-4a53-9d0c-0a3c8a7f1c11";
    let wide = format!("authjs.session-token.99={token}");
    let mixed = "authjs.session-token=cut.off; authjs.session-token.0=cut";
    for (header, outcome, cause) in [
        ("", "no_cookie", "no_cookie"),
        ("theme=dark", "no_cookie", "no_cookie"),
        (token.as_str(), "no_cookie", "no_cookie"),
        ("authjs.session-token=", "no_cookie", "empty"),
        ("authjs.session-token=hello", "malformed", "malformed"),
        (mixed, "malformed", "mixed_chunks"),
        (jws, "unsupported_alg", "signed_not_encrypted"),
        (id, "malformed", "opaque_id"),
        (&nobody, "claim_invalid", "no_identity"),
        (&early, "not_yet_valid", "not_yet_valid"),
        (&odd, "claim_invalid", "claim_invalid"),
        (&wide, "malformed", "too_large"),
    ] {
        check_cause(explain(header, "1790000060"), (1, outcome, cause));
        let (_, report) = report(explain(header, "1790000060"));
        assert!(!report["cure"].as_array().unwrap().is_empty(), "{cause}");
    }
    let other =
        explain(&good, "1790000060").variable("AUTH_SECRET", "another-secret-another-secret-12");
    check_cause(other, (1, "decrypt_failed", "wrong_secret"));
    let other =
        explain(&good, "1790000060").arguments(&["--cookie-name", "__Secure-authjs.session-token"]);
    check_cause(other, (1, "no_cookie", "only_other_prefix"));
    check_cause(
        explain(&nobody, "1790000060").arguments(&["--identity-claim", "/name"]),
        (0, "ok", "null"),
    );
}

#[test]
fn a_token_alone_is_told_to_have_a_name() {
    let header = minted(NAME, r#"{"sub":"u-1"}"#);
    let token = header.split_once('=').unwrap().1;
    let (_, report) = report(explain(token, "1790000060"));
    insta::assert_snapshot!(report["cure"][0].as_str().unwrap(), @"Write the name in front: this looks like a token alone, and the name is needed to open it (`authjs.session-token=eyJ...`).");
}

#[test]
fn a_token_claim_that_cannot_be_sent_is_no_success() {
    let header = minted(
        NAME,
        r#"{"sub":"u","a":{"Token":"t"},"e":"","n":1,"s":"Bearer t"}"#,
    );
    let run = |pointer: &str| explain(&header, "1790000060").arguments(&["--token-claim", pointer]);
    for pointer in ["/token", "/e", "/n", "/s", "/a"] {
        check_cause(run(pointer), (1, "ok", "no_backend_token"));
        let (_, report) = report(run(pointer));
        assert_eq!(report["token_found"], false, "{pointer}");
        assert!(!report["cure"].as_array().unwrap().is_empty(), "{pointer}");
    }
    check_cause(run("/a/Token"), (0, "ok", "null"));
    insta::assert_snapshot!(report(run("/token")).1["cure"][0].as_str().unwrap(), @"It is at another place: `--token-claim /a/Token` here, `token: { claim: /a/Token }` in the gateway's routes.");
    insta::assert_snapshot!(report(run("/n")).1["message"].as_str().unwrap(), @"the session opens, but `/n` is a number, not a text");
}

#[test]
fn a_bearer_counts_where_there_is_no_session_cookie() {
    let header = minted(NAME, r#"{"sub":"u-1"}"#);
    let bearer = format!("Bearer {}", header.split_once('=').unwrap().1);
    let run = |value: &str| {
        let run = vestibule(&["explain", "--now", "1790000060", "--authorization", value]);
        run.variable("AUTH_SECRET", SECRET)
    };
    let (code, opened) = report(run(&bearer));
    assert_eq!((code, &opened["from"]), (0, &Value::from("authorization")));
    check_cause(run(&format!("Authorization: {bearer}")), (0, "ok", "null"));
    check_cause(run("Basic abc"), (1, "no_cookie", "no_cookie"));
    check_cause(run("Bearer abc"), (1, "malformed", "malformed"));
    let both = run(&bearer)
        .arguments(&["--cookie-file", "-"])
        .input("authjs.session-token=cut");
    check_cause(both, (1, "malformed", "malformed"));
}

#[test]
fn the_scheme_decides_which_cookie_is_read() {
    let plain = minted(NAME, r#"{"sub":"plain"}"#);
    let secure = minted("__Secure-authjs.session-token", r#"{"sub":"secure"}"#);
    let header = format!("{plain}; {secure}");
    let taken = |scheme: &[&str]| {
        report(explain(&header, "1790000060").arguments(scheme)).1["cookie"].clone()
    };
    assert_eq!(taken(&[]), "__Secure-authjs.session-token");
    assert_eq!(
        taken(&["--scheme", "https"]),
        "__Secure-authjs.session-token"
    );
    assert_eq!(taken(&["--scheme", "http"]), NAME);
}

#[test]
fn a_secret_file_loses_exactly_one_final_newline() {
    let directory = directory("explain-secret-file");
    let header = minted(NAME, r#"{"sub":"u-1"}"#);
    for (ending, code) in [("", 0), ("\n", 0), ("\r\n", 0), ("\n\n", 1), (" \n", 1)] {
        let path = file(&directory, "secret", format!("{SECRET}{ending}"));
        let run = vestibule(&["explain", "--now", "1790000060"]).file("--secret-file", &path);
        assert_eq!(run.input(&header).finish().code, code, "{ending:?}");
    }
}

#[test]
fn every_variable_of_the_application_gives_a_secret() {
    let header = minted(NAME, r#"{"sub":"u-1"}"#);
    let other = "another-secret-another-secret-12";
    for name in [
        "AUTH_SECRET",
        "NEXTAUTH_SECRET",
        "AUTH_SECRET_1",
        "AUTH_SECRET_2",
        "AUTH_SECRET_3",
    ] {
        let run = vestibule(&["explain", "--now", "1790000060"]).input(&header);
        let run = run
            .variable("AUTH_SECRET", other)
            .variable("NEXTAUTH_SECRET", "");
        assert_eq!(run.variable(name, SECRET).finish().code, 0, "{name}");
    }
    let directory = directory("explain-variables");
    let path = file(&directory, "secret", format!("{SECRET}\n"));
    let run = vestibule(&["explain", "--now", "1790000060"]).input(&header);
    let run = run.variable("AUTH_SECRET_FILE", path.to_str().unwrap());
    assert_eq!(run.finish().code, 0);
}

/// The random `jti` is the only value that is not ours.
fn masked(output: &str) -> String {
    let lines = output.lines().map(|line| match line.split_once("jti") {
        Some((start, _)) => format!("{start}jti ..."),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_salt_alone_is_that_of_every_name() {
    let run = vestibule(&["mint", "--cookie-name", "app.session", "--claims-file", "-"]);
    let run = run.arguments(&["--now", "1790000000", "--max-age", "3600"]);
    let header = run.variable("AUTH_SECRET", SECRET).input(r#"{"sub":"a"}"#);
    let header = header.output().replace("app.session", NAME);
    let salted = |salt: &str| explain(&header, "1790000060").arguments(&["--salt", salt]);
    check_cause(salted("app.session"), (0, "ok", "null"));
    check_cause(salted("other"), (1, "decrypt_failed", "wrong_secret"));
}

#[test]
fn a_reader_who_has_seen_enough_does_not_change_the_verdict() {
    let header = minted(NAME, r#"{"sub":"a"}"#);
    assert_eq!(explain(&header, "1790000060").code_without_reader(), 0);
    assert_eq!(explain(&header, "1890000060").code_without_reader(), 1);
}
