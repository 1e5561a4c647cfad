//! What `check` says about a configuration.

use crate::runner::{directory, file, vestibule};

const SECRET: &str = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

const GOOD: &str = "\
listen: 127.0.0.1:8080
session:
  secrets: [\"${AUTH_SECRET}\"]
upstreams:
  web: { url: http://127.0.0.1:3000 }
  api: { url: http://127.0.0.1:3001 }
routes:
  - { path: /api/auth/**, to: web, auth: none }
  - { path: /api/agent/**, to: \"api:/v1/agent/**\", auth: required, token: { claim: /backendToken } }
  - { path: /**, to: web, auth: optional }
";

fn checked(name: &str, text: &str, arguments: &[&str]) -> (i32, String) {
    let directory = directory(name);
    file(&directory, "vestibule.yaml", text);
    let run = vestibule(&["check"])
        .arguments(arguments)
        .directory(&directory);
    let finished = run.variable("AUTH_SECRET", SECRET).finish();
    assert_eq!(finished.errors, "");
    assert!(!finished.output.contains(SECRET));
    (finished.code, finished.output)
}

#[test]
fn a_good_configuration_is_shown_with_its_origins() {
    let (code, output) = checked("check-good", GOOD, &[]);
    assert_eq!(code, 0, "{output}");
    let line = |start: &str| {
        output
            .lines()
            .find(|line| line.starts_with(start))
            .unwrap()
            .to_owned()
    };
    assert!(
        line("listen ").contains("127.0.0.1:8080") && line("listen ").contains("vestibule.yaml:1:")
    );
    assert!(line("session.secrets").contains("<redacted>"));
    assert!(
        output.ends_with("ok: it can be served, with no warnings\n"),
        "{output}"
    );
}

#[test]
fn problems_stand_under_their_lines() {
    let text = GOOD
        .replace("to: web, auth: optional", "to: wbe, auth: optional")
        .replace("listen:", "lissten:");
    let (code, output) = checked("check-bad", &text, &[]);
    assert_eq!(code, 1);
    insta::assert_snapshot!(output, @r##"
    error: unknown key `lissten`
     --> vestibule.yaml:1:1
      |
    1 | lissten: ...
      | ^^^^^^^ lissten
      |
      = hint: did you mean `listen`?

    error: there is no upstream `wbe`
      --> vestibule.yaml:10:22
       |
    10 |   - { path: /**, to: wbe, auth: optional }
       |                      ^^^ routes[2].to
       |
       = hint: did you mean `web`?

    error: 2 errors and no warnings
    "##);
}

#[test]
fn no_excerpt_shows_a_secret() {
    for (number, text) in [
        "session: { secrets: [hush-hush], max_agee: 3 }\n",
        "session:\n  secrets: hush-hush\n",
        "session:\n  secrets:\n  - [hush-hush]\n",
        "session:\n  secrets: [\"hush-hush\n",
        "session:\n  secret: hush-hush\n",
        "session: hush-hush\n",
        "session: [hush-hush]\n",
        "session:\n  scerets: [hush-hush]\n",
        "session:\n  key: hush-hush\n  max_agee: 3\n",
        "session: { scerets: hush-hush, max_age: 3 }\n",
        "x: &a hush-hush\nsession: { secrets: [*a] }\n",
        "session:\n  scerets: \"hush-hush\n",
        "public_url: \"https://user:hush-hush@x/y\"\n",
        "upstreams:\n  api: { url: \"http://u:hush-hush@h/\" }\n",
        "upstreams:\n  api: { url: \"http://u:hush-hush@h/\", timeout: 3 }\n",
        "listen: \"http://u:hush-hush@h/\"\n",
    ]
    .iter()
    .enumerate()
    {
        for format in ["text", "json"] {
            let (code, output) = checked(
                &format!("check-secret-{number}"),
                text,
                &["--format", format],
            );
            assert_eq!(code, 1, "{output}");
            assert!(!output.contains("hush-hush"), "{output}");
        }
    }
}

#[test]
fn json_has_problems_and_settings() {
    let (code, output) = checked(
        "check-json",
        &GOOD.replace("auth: none", "auth: nine"),
        &["--format", "json"],
    );
    assert_eq!(code, 1);
    let result: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        (&result["version"], &result["ok"]),
        (&1.into(), &false.into())
    );
    let problem = &result["problems"][0];
    assert_eq!(problem["path"], "routes[0].auth");
    assert_eq!(
        (&problem["file"], &problem["line"]),
        (&"vestibule.yaml".into(), &8.into())
    );
    assert_eq!(result["settings"], serde_json::json!([]));
    let (code, output) = checked("check-json", GOOD, &["--format", "json"]);
    assert_eq!(code, 0);
    let result: serde_json::Value = serde_json::from_str(&output).unwrap();
    let settings = result["settings"].as_array().unwrap();
    assert!(
        settings
            .iter()
            .any(|row| row["path"] == "listen" && row["value"] == "127.0.0.1:8080")
    );
}

#[test]
fn no_file_is_needed_with_arguments() {
    let arguments = [
        "--web",
        "http://127.0.0.1:3000",
        "--route",
        "/api/**=http://127.0.0.1:3001/v1/**",
    ];
    let run = vestibule(&["check"])
        .arguments(&arguments)
        .directory(&directory("check-arguments"));
    let finished = run.variable("AUTH_SECRET", SECRET).finish();
    assert_eq!(finished.code, 0, "{}", finished.output);
}

#[test]
fn the_file_that_was_named_must_be_there() {
    let finished = vestibule(&["check", "-c", "no-such.yaml"]).finish();
    assert_eq!(finished.code, 2);
    insta::assert_snapshot!(finished.errors, @r##"
    error: `no-such.yaml` cannot be read: No such file or directory (os error 2)
      hint: correct the path; it counts from the current directory
    "##);
}

#[test]
fn the_variable_names_the_file_where_no_argument_does() {
    let directory = directory("check-variable");
    file(&directory, "other.yaml", GOOD);
    let run = vestibule(&["check"])
        .directory(&directory)
        .variable("AUTH_SECRET", SECRET);
    let output = run.variable("VESTIBULE_CONFIG", "other.yaml").output();
    assert!(output.contains("other.yaml:1:"), "{output}");
}

#[test]
fn a_configuration_with_problems_is_not_served() {
    let directory = directory("check-serve");
    file(&directory, "vestibule.yaml", "lissten: 1\n");
    let run = vestibule(&["serve", "--log-format", "text"]).directory(&directory);
    let finished = run.variable("AUTH_SECRET", SECRET).finish();
    assert_eq!((finished.code, finished.output.as_str()), (2, ""));
    assert!(
        finished.errors.contains("vestibule.yaml:1:1"),
        "{}",
        finished.errors
    );
    assert!(
        finished.errors.contains("error: the configuration has"),
        "{}",
        finished.errors
    );
}
