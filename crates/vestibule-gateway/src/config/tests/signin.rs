//! The section `signin`: what it means, and what is refused with which advice.

use std::time::Duration;

use super::*;

/// Every key, in a file that is good.
const EVERY: &str = r#"session: { secrets: ["${AUTH_SECRET}"] }
signin:
  login_url: http://api:4000/v1/auth/login
  refresh_url: http://api:4000/v1/auth/refresh
  logout_url: https://api.example.com/v1/auth/logout
  timeout: 5s
  claims: { sub: /user/id, email: /user/email, role: /user/role, backendToken: /access_token, refreshToken: /refresh_token }
  expires: { backendTokenExpires: /expires_in }
  show: [role]
  update: [theme, name]
  max_age: 24h
  absolute_age: 7d
  page: /login
  failures: { per_account: 20, per_address: 8, window: 1h }
upstreams: { api: { url: http://api:4000 }, web: { url: http://web:3000 } }
routes:
  - { path: /api/auth/**, to: signin, auth: none }
  - { path: /**, to: web, auth: optional }
"#;

/// The least.
const LEAST: &str = r#"session: { secrets: ["${AUTH_SECRET}"] }
signin: { login_url: http://api/login, claims: { sub: /id } }
upstreams: { web: { url: http://web:3000 } }
routes: [ { path: /api/auth/**, to: signin, auth: none } ]
"#;

#[test]
fn every_key_means_what_it_says() {
    let config = Process::with_file(EVERY).config();
    let sign_in = config.sites[0].signin.as_ref().unwrap();
    assert_eq!(sign_in.login_url, "http://api:4000/v1/auth/login");
    assert_eq!(
        sign_in.refresh_url.as_deref(),
        Some("http://api:4000/v1/auth/refresh")
    );
    assert_eq!(
        sign_in.logout_url.as_deref(),
        Some("https://api.example.com/v1/auth/logout")
    );
    assert_eq!(sign_in.timeout, Duration::from_secs(5));
    let claims: Vec<_> = (sign_in.claims.iter())
        .map(|claim| {
            (
                claim.name.as_str(),
                claim.from.to_string(),
                claim.is_duration,
            )
        })
        .collect();
    let copied = |name, from: &str| (name, from.to_owned(), false);
    let expected = [
        copied("backendToken", "/access_token"),
        copied("email", "/user/email"),
        copied("refreshToken", "/refresh_token"),
        copied("role", "/user/role"),
        copied("sub", "/user/id"),
        ("backendTokenExpires", "/expires_in".to_owned(), true),
    ];
    assert_eq!(claims, expected);
    assert_eq!(sign_in.shown, ["role"]);
    assert_eq!(sign_in.updatable, ["theme", "name"]);
    assert_eq!(sign_in.max_age, Duration::from_hours(24));
    assert_eq!(sign_in.absolute_age, Duration::from_hours(24 * 7));
    assert_eq!(sign_in.page.as_deref(), Some("/login"));
    let failures = (sign_in.failures_per_account, sign_in.failures_per_address);
    assert_eq!(failures, (20, 8));
    assert_eq!(sign_in.failures_window, Duration::from_hours(1));
}

#[test]
fn what_is_not_written_is_usual_and_shown_as_default() {
    let loaded = Process::with_file(LEAST).load();
    assert_eq!(loaded.problems, []);
    let row = |path: &str| {
        let row = loaded.rows.iter().find(|row| row.path == path).unwrap();
        (row.value.clone(), row.origin.clone())
    };
    assert_eq!(row("signin.max_age"), ("30d".to_owned(), Origin::Default));
    assert_eq!(row("signin.claims.sub").0, "/id");
    let sign_in = loaded.config.unwrap().sites.remove(0).signin.unwrap();
    assert_eq!(sign_in.max_age, Duration::from_hours(24 * 30));
    assert_eq!(sign_in.absolute_age, Duration::from_hours(24 * 90));
    assert_eq!(sign_in.timeout, Duration::from_secs(10));
    let failures = (sign_in.failures_per_account, sign_in.failures_per_address);
    assert_eq!(failures, (10, 5));
    assert_eq!(sign_in.failures_window, Duration::from_mins(15));
    assert_eq!((sign_in.page, sign_in.refresh_url), (None, None));
}

#[test]
fn a_file_without_the_section_has_no_sign_in() {
    let loaded = Process::with_file(EXAMPLE).load();
    let config = loaded.config.unwrap();
    assert!(config.sites[0].signin.is_none());
    assert!(
        config.sites[0]
            .upstreams
            .iter()
            .all(|upstream| upstream.name != "signin")
    );
    assert!(
        loaded
            .rows
            .iter()
            .all(|row| !row.path.starts_with("signin"))
    );
}

#[test]
fn a_variable_alone_makes_the_section() {
    let text = LEAST.replace("login_url: http://api/login, ", "");
    let process =
        Process::with_file(text).variable("VESTIBULE_SIGNIN__LOGIN_URL", "http://other/login");
    assert_eq!(
        process.config().sites[0].signin.clone().unwrap().login_url,
        "http://other/login"
    );
}

#[test]
fn the_endpoints_are_the_last_upstream_and_get_their_address_later() {
    let mut config = Process::with_file(EVERY).config();
    let upstream = config.sites[0].upstreams.last().unwrap();
    assert_eq!((upstream.name.as_str(), upstream.port), ("signin", 0));
    assert_eq!(config.sites[0].routes[0].upstream, 2);
    assert_eq!(config.sites[0].routes[0].cookies, Cookies::Pass);
    config.sites[0].serve_sign_in_at("127.0.0.1:4321".parse().unwrap());
    let upstream = config.sites[0].upstreams.last().unwrap();
    assert_eq!(upstream.authority.as_str(), "127.0.0.1:4321");
    assert_eq!(upstream.port, 4321);

    let mut without = Process::with_file(EXAMPLE).config();
    let before: Vec<u16> = without.sites[0]
        .upstreams
        .iter()
        .map(|one| one.port)
        .collect();
    without.sites[0].serve_sign_in_at("127.0.0.1:4321".parse().unwrap());
    let after: Vec<u16> = without.sites[0]
        .upstreams
        .iter()
        .map(|one| one.port)
        .collect();
    assert_eq!(before, after);
}

/// One replacement of the full file a line: what is there | what is written instead | path | message | hint.
#[track_caller]
fn check(table: &str) {
    for row in table.lines().filter(|row| !row.trim().is_empty()) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [there, instead, path, message, hint] = cells.as_slice() else {
            panic!("not five cells: {row}");
        };
        assert!(EVERY.contains(there), "{there}");
        let loaded = Process::with_file(EVERY.replacen(there, instead, 1)).load();
        let [problem] = loaded.problems.as_slice() else {
            panic!("{row}: not one problem: {:#?}", loaded.problems);
        };
        assert_eq!(problem.place.path, *path, "{problem}");
        assert!(problem.message.contains(message), "{problem}");
        assert!(problem.hint.contains(hint), "{problem}");
        assert!(loaded.config.is_none());
    }
}

#[test]
fn wrong_addresses_ages_and_numbers_are_refused() {
    check(
        r"
        timeout: 5s | other: x | signin.other | unknown key | the keys here
        refresh_url: http | refresh: http | signin.refresh | unknown key | `refresh_url`
        http://api:4000/v1/auth/login | api:4000/login     | signin.login_url | not the address | http://host
        http://api:4000/v1/auth/login | ftp://api/login    | signin.login_url | not the address | http://host
        http://api:4000/v1/auth/login | http://u:p@api/    | signin.login_url | <redacted>      | without a user
        http://api:4000/v1/auth/login | http://api/#a      | signin.login_url | not the address | a fragment
        timeout: 5s      | timeout: 0s        | signin.timeout      | is zero      | how long
        max_age: 24h     | max_age: unlimited | signin.max_age      | not a duration | 30d
        max_age: 24h     | max_age: 500ms     | signin.max_age      | no lifetime  | 24h
        absolute_age: 7d | absolute_age: 0d   | signin.absolute_age | is zero      | how long
        per_account: 20  | per_account: 0     | signin.failures.per_account | is zero | at least 1
        window: 1h       | window: 1          | signin.failures.window | not a duration | a unit
        page: /login     | page: //evil.example | signin.page | not a path | /login
        page: /login     | page: https://a.example | signin.page | not a path | /login
        ",
    );
}

/// TH-73, TH-114.
#[test]
fn claims_that_pages_must_not_see_or_choose_are_refused() {
    check(
        r"
        show: [role] | show: [backendToken] | signin.show[0] | every script  | remove it
        show: [role] | show: [role, refreshToken] | signin.show[1] | every script | remove it
        role: /user/role, | role: /access_token, | signin.show[0] | every script | remove it
        update: [theme, name] | update: [role]    | signin.update[0] | must not choose | remove it
        update: [theme, name] | update: [sub]     | signin.update[0] | must not choose | remove it
        update: [theme, name] | update: [tenant]  | signin.update[0] | must not choose | remove it
        update: [theme, name] | update: [auth_time] | signin.update[0] | must not choose | remove it
        update: [theme, name] | update: [backendTokenExpires] | signin.update[0] | must not choose | remove it
        ",
    );
}

#[test]
fn claims_that_cannot_be_are_refused() {
    check(
        r"
        sub: /user/id    | sub: user.id    | signin.claims.sub | does not name | `/user/id`
        sub: /user/id    | id: /user/id    | signin.claims     | who the user is | sub: /user/id
        email: /user/email | exp: /exp     | signin.claims.exp | set by whoever | another name
        { backendTokenExpires: /expires_in } | { backendTokenExpires: expires_in } | signin.expires.backendTokenExpires | does not name | `/expires_in`
        { backendTokenExpires: /expires_in } | { backendTokenExpires: /expires_in, email: /x } | signin.expires.email | as well | one of the two
        expires: { backendTokenExpires: /expires_in } | expires: {} | signin.refresh_url | `backendTokenExpires` | `signin.expires`
        , refreshToken: /refresh_token |  | signin.refresh_url | `refreshToken` | `signin.claims`
        ",
    );
}

#[test]
fn routes_and_upstreams_that_do_not_fit_are_refused() {
    check(
        r#"
        path: /api/auth/**   | path: /auth/**     | routes[0].path | below `/api/auth` | /api/auth/**
        to: signin, auth: none | to: signin, auth: required | routes[0].auth | no session yet | auth: none
        to: signin, auth: none | to: signin, auth: none, cookies: drop | routes[0].cookies | read and set | remove
        to: signin, auth     | to: "signin:/x/**", auth | routes[0].to | nowhere else | to: signin
        to: signin, auth     | to: web, auth      | signin | no route leads | to: signin
        { api:               | { signin:          | upstreams.signin | belongs to  | another name
        "#,
    );
    let without = LEAST.replace(
        "signin: { login_url: http://api/login, claims: { sub: /id } }\n",
        "",
    );
    let loaded = Process::with_file(without).load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, "routes[0].to");
    assert!(problem.hint.contains("`signin:`"), "{problem}");
}

/// What the endpoints write has to be what the gateway reads.
#[test]
fn a_session_that_nobody_would_read_is_refused() {
    let secrets = r#"secrets: ["${AUTH_SECRET}"]"#;
    check(&format!(
        "
        {secrets} | {secrets}, cookies: [ {{ name: my, version: v5 }} ] | session.cookies | not among these | version: v5
        {secrets} | {secrets}, identity_claims: [/user/id] | session.identity_claims | no session | `/sub`
        "
    ));
    let mut process =
        Process::with_file(LEAST.replace(r#"session: { secrets: ["${AUTH_SECRET}"] }"#, ""));
    process.environment.clear();
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{:#?}", loaded.problems);
    };
    assert!(problem.message.contains("no secret to write"), "{problem}");
}

#[test]
fn all_faults_are_reported_at_once() {
    let text = EVERY
        .replace("show: [role]", "show: [backendToken]")
        .replace("max_age: 24h", "max_age: soon")
        .replace("page: /login", "page: login")
        .replace("sub: /user/id", "sub: id");
    let loaded = Process::with_file(text).load();
    assert_eq!(loaded.problems.len(), 4, "{:#?}", loaded.problems);
}
