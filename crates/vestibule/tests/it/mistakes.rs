//! What is said to somebody who makes a mistake.

use crate::runner::{Run, directory, file, vestibule};

#[track_caller]
fn complaint(run: Run) -> String {
    let finished = run.finish();
    assert_eq!((finished.code, finished.output.as_str()), (2, ""));
    finished.errors
}

#[test]
fn a_missing_secret_names_the_variables() {
    let errors = complaint(vestibule(&["explain"]).input("a=b"));
    insta::assert_snapshot!(errors, @r##"
    error: there is no session secret
      hint: set AUTH_SECRET (or NEXTAUTH_SECRET) to what the application has, or name a file with --secret-file
    "##);
}

#[test]
fn an_empty_secret_file_is_named() {
    let directory = directory("mistakes-empty");
    file(&directory, "secret.txt", "\n");
    let run = vestibule(&["explain", "--secret-file", "secret.txt"]).directory(&directory);
    insta::assert_snapshot!(complaint(run.input("a=b")), @r##"
    error: the secret of `secret.txt` is empty
      hint: put the application's AUTH_SECRET there
    "##);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let errors = complaint(vestibule(&["explain", "--cookie-file", "no-such-file"]));
    insta::assert_snapshot!(errors, @r##"
    error: `no-such-file` cannot be read: No such file or directory (os error 2)
      hint: correct the path; it counts from the current directory
    "##);
}

#[test]
fn a_secret_that_is_no_text_is_refused() {
    let directory = directory("mistakes-octets");
    file(&directory, "secret.bin", [0xff, 0xfe]);
    let run = vestibule(&["explain", "--secret-file", "secret.bin"]).directory(&directory);
    insta::assert_snapshot!(complaint(run), @r##"
    error: `secret.bin` is not text
      hint: secrets, claims and configuration files are UTF-8
    "##);
}

#[test]
fn claims_that_are_no_object_are_refused() {
    let run = vestibule(&["mint", "--claims-file", "-"]).variable("AUTH_SECRET", "x");
    insta::assert_snapshot!(complaint(run.input("[1]")), @r##"
    error: standard input: the claims are not one JSON object such as `{"sub":"u-1"}`
      hint: write one object, such as {"sub":"u-1","backendToken":"t-1"}
    "##);
}

#[test]
fn a_name_that_no_cookie_can_have_is_refused() {
    let run = vestibule(&["mint", "--claims-file", "-", "--cookie-name", "two words"]);
    insta::assert_snapshot!(complaint(run.input("{}")), @r##"
    error: no cookie can be called `two words`
      hint: give the name only, without value and without chunk number: `authjs.session-token`
    "##);
}

#[test]
fn a_pointer_without_a_slash_is_refused() {
    let errors = complaint(vestibule(&["explain", "--token-claim", "backendToken"]));
    insta::assert_snapshot!(errors, @r##"
    error: invalid value 'backendToken' for '--token-claim <POINTER>': a claim is named by a JSON pointer such as `/backendToken` or `/user/id`

    For more information, try '--help'.
    "##);
}

#[test]
fn a_version_without_a_name_is_refused() {
    let errors = complaint(vestibule(&["explain", "--version", "v5"]));
    insta::assert_snapshot!(errors, @r##"
    error: the following required arguments were not provided:
      --cookie-name <NAME>

    Usage: vestibule explain --cookie-name <NAME> --version <v4|v5>

    For more information, try '--help'.
    "##);
    let errors = complaint(vestibule(&[
        "explain",
        "--cookie-name",
        "a",
        "--version",
        "v6",
    ]));
    insta::assert_snapshot!(errors, @r##"
    error: invalid value 'v6' for '--version <v4|v5>': the version is neither `v4` nor `v5`

    For more information, try '--help'.
    "##);
}

#[test]
fn what_is_no_origin_is_refused() {
    for (text, cure) in [
        ("localhost:9000", "such as `http://localhost:9000`"),
        ("ftp://shop.test", "such as `http://localhost:9000`"),
        ("*", "such as `http://localhost:9000`"),
        ("null", "such as `http://localhost:9000`"),
        ("", "such as `http://localhost:9000`"),
        ("http://", "such as `http://localhost:9000`"),
        ("http://localhost:9000/", "write `http://localhost:9000`"),
        ("https://shop.test/page", "write `https://shop.test`"),
        ("https://u:hush@shop.test", "write `https://shop.test`"),
        ("https://shop.test:443", "write `https://shop.test`"),
        ("https://Shop.test", "write `https://shop.test`"),
        ("https://shop.test?", "write `https://shop.test`"),
    ] {
        let errors = complaint(vestibule(&[
            "demo",
            "--print-config",
            "--widget-origin",
            text,
        ]));
        assert!(
            errors.contains("'--widget-origin <ORIGIN>'"),
            "{text}: {errors}"
        );
        assert!(errors.contains(cure), "{text}: {errors}");
    }
    for text in [
        "http://localhost:9000",
        "https://shop.test",
        "http://[::1]:9000",
    ] {
        let finished = vestibule(&["demo", "--print-config", "--widget-origin", text]).finish();
        assert_eq!(finished.code, 0, "{text}: {}", finished.errors);
    }
}

#[test]
fn no_command_shows_the_help_and_is_a_mistake() {
    let finished = vestibule(&[]).finish();
    assert_eq!(finished.code, 2);
    assert!(finished.errors.contains("Usage: vestibule"));
}
