//! What is accepted, and what it means.

use std::time::Duration;

use vestibule_session::Scheme;

use super::*;

#[test]
fn the_example_means_what_it_says() {
    let config = Process::with_file(EXAMPLE).config();
    assert_eq!(config.listen.unwrap().to_string(), "0.0.0.0:8080");
    assert_eq!(config.admin.unwrap().to_string(), "127.0.0.1:8081");
    let public_url = config.public_url.unwrap();
    assert_eq!(
        (public_url.scheme, public_url.authority.as_str()),
        (Scheme::Https, "app.example.com")
    );
    assert_eq!(config.session.secrets.len(), 1);
    assert_eq!(
        config.session.secrets_from,
        ["vestibule.yaml:6:14 ${AUTH_SECRET}"]
    );
    let names: Vec<_> = config
        .upstreams
        .iter()
        .map(|upstream| upstream.name.as_str())
        .collect();
    assert_eq!(names, ["api", "web"]);
    assert_eq!(
        config.upstreams[0].response_timeout,
        Duration::from_secs(30)
    );
    assert_eq!(config.upstreams[1].response_timeout, Duration::from_mins(1));
    let routes: Vec<_> = config
        .routes
        .iter()
        .map(|route| {
            let rewrite = route.rewrite.as_ref().map(ToString::to_string);
            (
                route.path.to_string(),
                route.upstream,
                rewrite,
                route.auth,
                route.cookies,
            )
        })
        .collect();
    let api = |path: &str, to: &str| {
        (
            path.to_owned(),
            0,
            Some(to.to_owned()),
            Auth::Required,
            Cookies::Drop,
        )
    };
    let web = |path: &str, auth| (path.to_owned(), 1, None, auth, Cookies::Pass);
    let expected = [
        web("/api/auth/**", Auth::None),
        api("/api/tenant-admin/**", "/v1/tenant-admin/**"),
        api("/api/agent/**", "/v1/agent/**"),
        api("/api/tenant/landing-page", "/v1/tenant-admin/landing-page"),
        web("/tenant/**", Auth::Required),
        web("/**", Auth::Optional),
    ];
    assert_eq!(routes, expected);
    assert_eq!(
        config.routes[1].token,
        Token::Claim(Pointer::parse("/backendToken").unwrap())
    );
    assert_eq!(
        config.routes[3].methods.as_ref().unwrap().to_string(),
        "GET, HEAD, PUT"
    );
    assert_eq!(config.routes[1].allow, crate::request::Unusual::default());
    assert_eq!(config.routes[5].allow, crate::request::Unusual::PAGES);
}

#[test]
fn what_is_not_written_has_the_documented_default() {
    let config = Process::with_file(small_with(1, "")).config();
    assert_eq!(config.listen.unwrap().to_string(), "0.0.0.0:8080");
    assert_eq!(config.admin.unwrap().to_string(), "127.0.0.1:8081");
    assert!(config.public_url.is_none() && config.trusted_proxies.is_empty());
    let SessionConfig {
        cookies,
        identity_claims,
        max_age,
        cache_entries,
        sign_in_path,
        ..
    } = config.session;
    let claims: Vec<_> = identity_claims.iter().map(ToString::to_string).collect();
    assert_eq!(claims, ["/sub", "/email", "/id"]);
    assert_eq!(
        (cookies, max_age, cache_entries),
        (Vec::new(), None, 10_000)
    );
    assert_eq!(sign_in_path, "/api/auth/signin");
    let Limits {
        header_bytes,
        header_count,
        target_bytes,
        body_bytes,
        connections,
        streams,
    } = config.limits;
    assert_eq!(
        (header_bytes, header_count, target_bytes),
        (65_536, 128, 8192)
    );
    assert_eq!((body_bytes, connections, streams), (None, 10_000, 100));
    assert!(!config.h2c);
    let Timeouts {
        request_headers,
        keep_alive,
        drain,
        shutdown_delay,
    } = config.timeouts;
    let seconds = [request_headers, keep_alive, drain, shutdown_delay].map(|time| time.as_secs());
    assert_eq!(seconds, [10, 75, 30, 0]);
    let upstream = &config.upstreams[0];
    let seconds = [
        upstream.connect_timeout,
        upstream.response_timeout,
        upstream.idle_timeout,
    ];
    assert_eq!(seconds.map(|time| time.as_secs()), [5, 60, 300]);
    assert!(upstream.preserve_host && upstream.total_timeout.is_none());
    assert_eq!(config.workers, 4);
    assert!(config.dangers.is_empty() && !config.explain_to_client);
    let route = &config.routes[0];
    assert_eq!(
        (route.token.clone(), route.accept_bearer_session),
        (Token::None, false)
    );
    assert_eq!(route.body_bytes, None);
}

#[test]
fn every_key_can_be_written() {
    let text = r#"
listen: localhost:9000
admin: off
public_url: HTTP://App.Example.com:80
trusted_proxies: [10.0.0.0/8, 192.0.2.7, "fd00::/8"]
session:
  secret_files: [/run/a, /run/b]
  cookies: [{ name: my.session, version: v5, salt: old }, { name: old, version: v4 }]
  identity_claims: [/user/id]
  max_age: 30d
  cache_entries: 0
  sign_in: /login
limits: { headers: 32KiB, header_count: 64, target: 4KiB, body: 10MiB, connections: 5 }
timeouts: { request_headers: 250ms, keep_alive: 1m, drain: 2h, shutdown_delay: 5s }
workers: 2
upstreams:
  api:
    url: http://[::1]:3001/base/
    preserve_host: false
    connect_timeout: 1s
    timeout: 2s
    idle_timeout: 3s
    total_timeout: 4s
    idle_connections: 0
routes:
  - path: /a/*/b
    host: "*.example.com"
    to: "api:/c/*"
    methods: [GET, POST]
    auth: optional
    token: { claim: /user/token }
    cookies: pass
    accept_bearer_session: true
    allow: [encoded_slash, empty_segments, path_parameters, encoded_reserved]
    body: 1MB
  - { path: /b, to: api, auth: none, token: none, cookies: drop, allow: [], body: unlimited }
danger_explain_to_client: true
"#;
    let secrets = Process::with_file(text)
        .file("/run/a", &format!("{SECRET}\n"))
        .file("/run/b", OTHER_SECRET);
    let config = secrets.config();
    assert_eq!(config.listen.unwrap().to_string(), "127.0.0.1:9000");
    assert!(config.admin.is_none());
    assert_eq!(config.public_url.unwrap().authority, "app.example.com");
    assert_eq!(config.trusted_proxies.len(), 3);
    assert_eq!(config.session.secrets_from, ["file /run/a", "file /run/b"]);
    assert_eq!(config.session.cookies[0].salt(), "old");
    assert_eq!(config.session.max_age, Some(Duration::from_hours(720)));
    assert_eq!((config.session.cache_entries, config.workers), (0, 2));
    assert_eq!(
        (config.limits.body_bytes, config.limits.connections),
        (Some(10 << 20), 5)
    );
    assert_eq!(config.timeouts.request_headers, Duration::from_millis(250));
    let upstream = &config.upstreams[0];
    assert_eq!(
        (upstream.authority.as_str(), upstream.port),
        ("[::1]:3001", 3001)
    );
    assert_eq!(
        (upstream.base_path.as_str(), upstream.preserve_host),
        ("/base", false)
    );
    assert_eq!(upstream.total_timeout, Some(Duration::from_secs(4)));
    let [first, second] = config.routes.as_slice() else {
        panic!()
    };
    assert!(first.accept_bearer_session && first.allow.empty_segments && first.host.is_some());
    assert_eq!(
        (first.cookies, first.body_bytes),
        (Cookies::PassOthers, Some(Some(1_000_000)))
    );
    assert_eq!(
        (second.cookies, second.body_bytes),
        (Cookies::Drop, Some(None))
    );
    assert_eq!(second.allow, crate::request::Unusual::default());
    assert_eq!(config.dangers, ["danger_explain_to_client"]);
    assert!(config.explain_to_client);
}

#[test]
fn a_secret_under_a_misspelt_key_is_not_shown() {
    let text = EXAMPLE.replace("secrets:", "secret:");
    let loaded = Process::with_file(&text).load();
    assert!(!loaded.problems.is_empty());
    for row in loaded.rows {
        assert!(
            !row.path.starts_with("session.secret") || row.value == "<redacted>",
            "{row:?}"
        );
    }
}

#[test]
fn rows_name_the_origin_of_each_value() {
    let process = Process::with_file(EXAMPLE).variable("VESTIBULE_LISTEN", "127.0.0.1:2");
    let rows = process.load().rows;
    let check = |path: &str, value: &str, origin: &str| {
        let row = rows
            .iter()
            .find(|row| row.path == path)
            .unwrap_or_else(|| panic!("{path}"));
        assert_eq!(
            (row.value.as_str(), row.origin.to_string().as_str()),
            (value, origin)
        );
    };
    check("listen", "127.0.0.1:2", "environment VESTIBULE_LISTEN");
    check("session.secrets[0]", "<redacted>", "vestibule.yaml:6:14");
    check("upstreams.api.timeout", "30s", "vestibule.yaml:9:47");
    check("upstreams.web.timeout", "60s", "default");
    check(
        "routes[1].token.claim",
        "/backendToken",
        "vestibule.yaml:12:100",
    );
    check("routes[5].token", "none", "default");
    check("routes[5].cookies", "pass", "default");
    check("limits.headers", "64KiB", "default");
}

/// What the routes to `web` do with cookies, beside the routes of an API.
#[track_caller]
fn check_cookies(routes: &[&str], expected: &[Cookies]) {
    let text = format!(
        "{}\nroutes:\n{}",
        "session: { secrets: [\"${AUTH_SECRET}\"] }\nupstreams: { web: { url: http://127.0.0.1:80 }, api: { url: http://127.0.0.1:81 } }",
        (routes.iter())
            .map(|route| format!("  - {{ {route} }}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    let config = Process::with_file(text).config();
    let cookies: Vec<_> = config.routes.iter().map(|route| route.cookies).collect();
    assert_eq!(cookies, expected, "{routes:?}");
}

#[test]
fn cookies_pass_to_the_application_alone_unless_a_route_says_so() {
    let claim = "path: /v1/**, to: api, auth: required, token: { claim: /t }";
    let public = "path: /public/**, to: api, auth: none";
    let all = "path: /**, to: web, auth: optional";
    check_cookies(
        &[claim, public, all],
        &[Cookies::Drop, Cookies::Drop, Cookies::Pass],
    );
    // An API without a token is one as well.
    check_cookies(&[public, all], &[Cookies::Drop, Cookies::Pass]);
    let sign_in = "path: /api/auth/**, to: web, auth: none";
    let pages = "path: /pages/**, to: web, auth: required";
    check_cookies(&[sign_in, pages], &[Cookies::Pass, Cookies::Pass]);
    check_cookies(&[pages], &[Cookies::Drop]);
    check_cookies(
        &["path: /**, to: \"web:/app/**\", auth: none"],
        &[Cookies::Drop],
    );
    let token = "path: /x, to: web, auth: required, token: { claim: /t }";
    check_cookies(&[token, all], &[Cookies::Drop, Cookies::Drop]);
    check_cookies(
        &[
            &format!("{public}, cookies: pass"),
            &format!("{claim}, cookies: pass"),
        ],
        &[Cookies::Pass, Cookies::PassOthers],
    );
}
