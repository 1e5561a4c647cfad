//! Commands that are told for which of several sites they work.

use crate::runner::{Run, directory, file, vestibule};

const TWO: &str = r#"sites:
  - hosts: [shop.example.com]
    public_url: https://shop.example.com
    session: { secrets: ["${SHOP_SECRET}"] }
    upstreams: { web: { url: "http://127.0.0.1:3000" } }
    routes: [ { path: /**, to: web, auth: optional } ]
  - hosts: ["*.tenants.example.com", admin.example.com]
    session: { secrets: ["${ADMIN_SECRET}"], cookies: [ { name: admin.session, version: v5 } ] }
    upstreams: { web: { url: "http://127.0.0.1:4000" } }
    routes: [ { path: /**, to: web, auth: optional } ]
"#;

fn two(test: &str, arguments: &[&str]) -> Run {
    with(test, TWO, arguments)
}

fn with(test: &str, text: &str, arguments: &[&str]) -> Run {
    let directory = directory(test);
    file(&directory, "vestibule.yaml", text);
    let run = vestibule(arguments).directory(&directory);
    run.variable("SHOP_SECRET", "vK3xQ9mT2bW7nR5cY8jL1hD6gF4sZ0pA")
        .variable("ADMIN_SECRET", "Zp0s4Fg6Dh1Lj8Yc5Rn7Wb2Tm9Qx3Kva")
        .variable(
            "AUTH_SECRET",
            "an application that is none of the sites, long enough",
        )
}

fn minted(test: &str, host: &str) -> String {
    let arguments = ["mint", "--site", host, "--claims-file", "-"];
    let run = two(test, &arguments).arguments(&["--now", "1790000000"]);
    run.input(r#"{"sub":"u-1"}"#).output()
}

#[test]
fn each_value_is_shown_under_its_site_with_its_origin() {
    let output = two("sites-check", &["check"]).output();
    let line = |start: &str| {
        let line = output.lines().find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("{start}: {output}"))
            .to_owned()
    };
    let secret = line("sites[1].session.secrets[0] ");
    assert!(
        secret.contains("<redacted>") && secret.ends_with("vestibule.yaml:8:26, $ADMIN_SECRET")
    );
    assert!(line("sites[0].session.sign_in ").ends_with("default"));
    assert!(!output.contains("Zp0s4"), "{output}");
}

#[test]
fn a_minted_session_opens_on_its_own_site_and_on_no_other() {
    let shop = minted("sites-mint", "shop.example.com");
    assert!(shop.starts_with("__Secure-authjs.session-token="), "{shop}");
    let admin = minted("sites-mint", "A.tenants.example.com:8443");
    assert!(admin.starts_with("admin.session="), "{admin}");
    let explained = |host: &str, cookie: &str| {
        let arguments = ["explain", "--format", "json", "--site", host];
        let run = two("sites-explain", &arguments).arguments(&["--now", "1790000001"]);
        let finished = run.input(cookie).finish();
        (finished.code, finished.json())
    };
    for (host, cookie) in [("shop.example.com", &shop), ("admin.example.com", &admin)] {
        let (code, report) = explained(host, cookie);
        assert_eq!((code, &report["outcome"]), (0, &"ok".into()), "{report}");
        assert_eq!(report["warnings"], serde_json::json!([]));
    }
    let (code, report) = explained("shop.example.com", &admin);
    assert_eq!((code, &report["outcome"]), (1, &"no_cookie".into()));
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("it opens on the site `*.tenants.example.com`"),
        "{warning}"
    );
    let (code, report) = explained("admin.example.com", &shop);
    assert_eq!(code, 1);
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("it opens on the site `shop.example.com`"),
        "{warning}"
    );
}

#[test]
fn without_sites_any_host_is_the_one_site() {
    let text = "session: { secrets: [\"${SHOP_SECRET}\"] }\nupstreams: { web: { url: \"http://127.0.0.1:1\" } }\n\
                routes: [ { path: /**, to: web, auth: optional } ]\n";
    let arguments = ["mint", "--site", "localhost:8080", "--claims-file", "-"];
    let output = with("sites-one", text, &arguments).input("{}").output();
    assert!(output.starts_with("authjs.session-token="), "{output}");
}

#[test]
fn a_site_that_is_not_there_is_named_with_those_that_are() {
    for command in ["mint", "explain"] {
        let more = if command == "mint" {
            &["--claims-file", "-"][..]
        } else {
            &[]
        };
        let run = two("sites-none", &[command, "--site", "www.example.com"]).arguments(more);
        let finished = run.input("a=b").finish();
        assert_eq!((finished.code, finished.output.as_str()), (2, ""));
        let text = "no site has the host `www.example.com`; those that there are begin with `shop.example.com`, `*.tenants.example.com`";
        assert!(finished.errors.contains(text), "{}", finished.errors);
    }
    let file = with(
        "sites-bad",
        "sites: []",
        &["explain", "--site", "a.example.com"],
    );
    let finished = file.input("a=b").finish();
    assert_eq!(finished.code, 2);
    assert!(
        finished.errors.contains("the configuration has an error"),
        "{}",
        finished.errors
    );
}

#[test]
fn no_excerpt_shows_a_secret_of_a_site() {
    for (number, site) in [
        "session: { secrets: [hush-hush], max_agee: 1h }",
        "session:\n      scerets: [hush-hush]",
        "session: hush-hush",
        "session: [hush-hush]",
        "session: { scerets: hush-hush, max_age: 3 }",
        "session:\n      secrets: [hush-hush]\n      cookies: [ { nmae: hush-hush } ]",
        "sesion: { secrets: [hush-hush] }",
        "session: { secrets: [hush-hush] }\n    public_url: \"https://u:hush-hush@x/y\"",
    ]
    .iter()
    .enumerate()
    {
        for text in [
            TWO.replace("session: { secrets: [\"${SHOP_SECRET}\"] }", site),
            format!("{TWO}{}\n", site.replace("\n    ", "\n")),
        ] {
            for format in ["text", "json"] {
                let name = format!("sites-hush-{number}");
                let finished = with(&name, &text, &["check", "--format", format]).finish();
                assert_eq!(finished.code, 1, "{text}{}", finished.output);
                assert!(
                    !finished.output.contains("hush-hush"),
                    "{}",
                    finished.output
                );
            }
        }
    }
}
