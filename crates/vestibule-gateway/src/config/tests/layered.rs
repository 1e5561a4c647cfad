//! Which of command line, environment, file and shared variables decides.

use std::time::Duration;

use super::*;

#[test]
fn secrets_of_the_application_are_found_in_its_variables() {
    let file = small_with(2, "#");
    let secret = |tail: &str| format!("{SECRET}{tail}");
    let process = Process::with_file(file.clone())
        .variable("NEXTAUTH_SECRET", SECRET)
        .variable("AUTH_SECRET_1", &secret("1"))
        .variable("AUTH_SECRET_3", &secret("3"));
    let from =
        ["AUTH_SECRET", "AUTH_SECRET_3", "AUTH_SECRET_1"].map(|name| format!("environment {name}"));
    assert_eq!(
        process.config().sites[0].session.secrets_from,
        from,
        "an equal one counts once"
    );

    let mut process = Process::with_file(file).variable("AUTH_SECRET_FILE", "/run/s");
    process.environment.remove("AUTH_SECRET");
    let config = process.file("/run/s", &format!("{SECRET}\n")).config();
    assert_eq!(
        config.sites[0].session.secrets_from,
        ["environment AUTH_SECRET_FILE"]
    );
}

#[test]
fn the_environment_is_stronger_than_the_file_and_the_command_line_stronger_still() {
    let process = || {
        Process::with_file(small_with(6, "listen: 127.0.0.1:1"))
            .variable("PORT", "4")
            .variable("VESTIBULE_CONFIG", "x")
            .variable("VESTIBULE_SERVICE_HOST", "10.0.0.1")
    };
    assert_eq!(process().config().listen.unwrap().port(), 1);
    let mut process = process()
        .variable("VESTIBULE_LISTEN", "127.0.0.1:2")
        .variable("VESTIBULE_ADMIN__LISTEN", "127.0.0.1:9")
        .variable("VESTIBULE_UPSTREAMS__WEB__TIMEOUT", "7s")
        .variable("VESTIBULE_DANGER_EXPLAIN_TO_CLIENT", "true")
        .variable("VESTIBULE_WORKERS", "3");
    let config = process.config();
    assert_eq!(
        (
            config.listen.unwrap().port(),
            config.admin.unwrap().port(),
            config.workers
        ),
        (2, 9, 3)
    );
    assert_eq!(
        config.sites[0].upstreams[0].response_timeout,
        Duration::from_secs(7)
    );
    assert!(config.explain_to_client);
    process.overrides.listen = Some("127.0.0.1:3".to_owned());
    assert_eq!(process.config().listen.unwrap().port(), 3);
}

/// What stands in the place of a section is reported, and no layer puts something below it.
#[test]
fn a_section_that_is_none_is_not_replaced_by_a_stronger_or_a_weaker_layer() {
    let check = |number: usize, section: &str, process: &dyn Fn(Process) -> Process| {
        for (written, message) in [
            ("foo", "cannot be"),
            ("[a, b]", "is a list"),
            ("", "has no value"),
            ("~", "has no value"),
        ] {
            let file = small_with(number, &format!("{section}: {written}"));
            let loaded = process(Process::with_file(file)).load();
            let [problem] = loaded.problems.as_slice() else {
                panic!("`{section}: {written}` has {:?}", loaded.problems)
            };
            assert_eq!(problem.place.path, section);
            assert!(problem.message.contains(message), "{problem}");
            assert!(loaded.config.is_none());
        }
    };
    check(2, "session", &|process| process);
    check(2, "session", &|process| {
        process.variable("VESTIBULE_SESSION__MAX_AGE", "1h")
    });
    check(2, "session", &|process| {
        process.variable("AUTH_URL", "https://app.example.com/auth")
    });
    check(2, "session", &|mut process| {
        process.overrides.secret_files = vec!["/run/s".into()];
        process.file("/run/s", SECRET)
    });
    check(6, "limits", &|process| {
        process.variable("VESTIBULE_LIMITS__BODY", "1MiB")
    });
    check(6, "tls", &|process| {
        process.variable("VESTIBULE_TLS__LISTEN", "127.0.0.1:8443")
    });
    check(3, "upstreams", &|mut process| {
        process.overrides.web = Some("http://127.0.0.1:3000".to_owned());
        process.overrides.routes = vec!["/api/**=http://127.0.0.1:3001".to_owned()];
        process
    });
}

#[test]
fn a_file_that_is_no_map_is_not_replaced_by_a_variable() {
    for text in ["- a", "foo"] {
        let loaded = Process::with_file(text)
            .variable("VESTIBULE_LIMITS__BODY", "1MiB")
            .load();
        let [problem] = loaded.problems.as_slice() else {
            panic!("{:?}", loaded.problems)
        };
        assert!(problem.message.contains("`the file`"), "{problem}");
    }
}

#[test]
fn a_listener_that_the_file_switches_off_can_be_switched_on_by_a_variable() {
    let process = Process::with_file(small_with(6, "admin: off"));
    assert_eq!(process.config().admin, None);
    let process = process.variable("VESTIBULE_ADMIN__LISTEN", "127.0.0.1:9");
    assert_eq!(process.config().admin.unwrap().port(), 9);
}

#[test]
fn host_and_port_are_honoured_where_nothing_else_is_said() {
    let config = Process::with_file(small().join("\n"))
        .variable("HOST", "::")
        .variable("PORT", "4");
    assert_eq!(config.config().listen.unwrap().to_string(), "[::]:4");
}

#[test]
fn auth_url_gives_origin_and_base_path() {
    let check = |name: &str, url: &str, authority: &str, sign_in: &str| {
        let config = Process::with_file(small_with(1, "#"))
            .variable(name, url)
            .config();
        assert_eq!(
            config.sites[0].public_url.clone().unwrap().authority,
            authority
        );
        assert_eq!(config.sites[0].session.sign_in_path, sign_in);
    };
    check(
        "AUTH_URL",
        "https://a.example",
        "a.example",
        "/api/auth/signin",
    );
    check(
        "AUTH_URL",
        "https://a.example/",
        "a.example",
        "/api/auth/signin",
    );
    check(
        "NEXTAUTH_URL",
        "http://a.example:3000/auth",
        "a.example:3000",
        "/auth/signin",
    );
}

#[test]
fn warnings_do_not_stop_anything() {
    let check = |name: &str, value: &str, message: &str, hint: &str| {
        let loaded = Process::with_file(small_with(1, "#"))
            .variable(name, value)
            .load();
        let [problem] = loaded.problems.as_slice() else {
            panic!("{:?}", loaded.problems)
        };
        assert_eq!(problem.severity, Severity::Warning);
        assert!(
            problem.message.contains(message) && problem.hint.contains(hint),
            "{problem}"
        );
        assert!(loaded.config.is_some());
    };
    check(
        "AUTH_URL",
        "a.example",
        "has no scheme",
        "begin it with `https://`",
    );
    check("HOST", "my-laptop", "no address", "0.0.0.0");
    check(
        "VESTIBULE_ADMIN_LISTEN",
        "x",
        "no setting",
        "did you mean `VESTIBULE_ADMIN__LISTEN`?",
    );
    check(
        "VESTIBULE_LISTENN",
        "x",
        "no setting",
        "did you mean `VESTIBULE_LISTEN`?",
    );
}

#[test]
fn weak_secrets_need_a_loud_switch() {
    let file = small_with(6, "danger_weak_secrets: true");
    let config = Process::with_file(file)
        .variable("AUTH_SECRET", "changeme")
        .config();
    assert_eq!(config.dangers, ["danger_weak_secrets"]);
    let refused = Process::with_file(small().join("\n"))
        .variable("AUTH_SECRET", "changeme")
        .load();
    assert!(refused.config.is_none());
}

#[test]
fn no_file_is_needed_for_the_common_case() {
    let route = "/api/agent/**=http://127.0.0.1:3001/v1/agent/**";
    let other = "/api/b=http://127.0.0.1:3001";
    let third = "/api/c=http://127.0.0.1:3002/";
    let process = Process::with_arguments(Some("http://127.0.0.1:3000"), &[route, other, third]);
    let config = process.config();
    let routes: Vec<_> = config.sites[0]
        .routes
        .iter()
        .map(|route| {
            let upstream = &config.sites[0].upstreams[route.upstream];
            let rewrite = route
                .rewrite
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let token =
                matches!(&route.token, Token::Claim(claim) if claim.to_string() == "/backendToken");
            (
                format!("{} {}{rewrite}", route.path, upstream.authority),
                route.auth,
                token,
            )
        })
        .collect();
    let expected = [
        ("/api/auth/** 127.0.0.1:3000".to_owned(), Auth::None, false),
        (
            "/api/agent/** 127.0.0.1:3001/v1/agent/**".to_owned(),
            Auth::Required,
            true,
        ),
        ("/api/b 127.0.0.1:3001".to_owned(), Auth::Required, true),
        ("/api/c 127.0.0.1:3002".to_owned(), Auth::Required, true),
        ("/** 127.0.0.1:3000".to_owned(), Auth::Optional, false),
    ];
    assert_eq!(routes, expected);
    let names: Vec<_> = config.sites[0]
        .upstreams
        .iter()
        .map(|upstream| upstream.name.as_str())
        .collect();
    assert_eq!(names, ["api", "api-2", "web"]);
}

#[test]
fn arguments_are_checked_like_a_file() {
    let check = |web: Option<&str>, routes: &[&str], place: &str, message: &str| {
        let loaded = Process::with_arguments(web, routes).load();
        let [problem] = loaded.problems.as_slice() else {
            panic!("{:?}", loaded.problems)
        };
        assert!(loaded.config.is_none());
        assert_eq!(problem.place.to_string(), place);
        assert!(problem.message.contains(message), "{problem}");
    };
    let web = Some("http://127.0.0.1:3000");
    check(None, &[], "command line --web", "there is no configuration");
    check(
        Some("localhost"),
        &[],
        "command line --web (upstreams.web.url)",
        "not a URL",
    );
    check(web, &["/a"], "command line --route", "`/a` is not a route");
    check(
        web,
        &["a=http://b"],
        "command line --route (routes[1].path)",
        "begins with `/`",
    );
    check(
        web,
        &["/a=ftp://b"],
        "command line --route (upstreams.api.url)",
        "not an http URL",
    );
    check(
        web,
        &["/a/**=http://b/v1"],
        "command line --route (routes[1].to)",
        "",
    );
}

#[test]
fn arguments_replace_what_the_file_says() {
    let mut process = Process::with_file(EXAMPLE).file("/run/s", OTHER_SECRET);
    process.overrides = Overrides {
        web: Some("http://10.0.0.1".to_owned()),
        routes: vec!["/api/agent/**=http://10.0.0.2/**".to_owned()],
        secret_files: vec!["/run/s".into()],
        listen: None,
    };
    let config = process.config();
    assert_eq!(config.sites[0].session.secrets_from, ["file /run/s"]);
    let agents: Vec<_> = config.sites[0]
        .routes
        .iter()
        .filter(|route| route.path.to_string() == "/api/agent/**")
        .map(|route| config.sites[0].upstreams[route.upstream].authority.as_str())
        .collect();
    assert_eq!(agents, ["10.0.0.2"]);
}
