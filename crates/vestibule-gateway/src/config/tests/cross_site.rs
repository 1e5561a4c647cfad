//! `csrf`, `cors` and `security_headers`: what they mean, and what is refused with which advice.

use super::*;
use crate::policy::csrf::CsrfMode::{Enforce, LogOnly, Off};

/// A file with these settings, an API and an application, and these routes.
fn with(settings: &str, routes: &str) -> String {
    format!(
        "session: {{ secrets: [\"${{AUTH_SECRET}}\"] }}\n{settings}\n\
         upstreams: {{ web: {{ url: http://web:3000 }}, api: {{ url: http://api:3001 }} }}\nroutes:\n{routes}\
         \x20 - {{ path: /**, to: web, auth: optional }}\n"
    )
}

const ROUTES: &str = "  - { path: /rest/**, to: api, auth: required, token: { claim: /t } }
  - { path: /gate/**, to: api, auth: required }
  - { path: /maybe/**, to: api, auth: optional, token: { claim: /t } }
  - { path: /seen/**, to: api, auth: optional }
  - { path: /open/**, to: api, auth: none }
  - { path: /open/cookies, to: api, auth: none, cookies: pass }
  - { path: /page, to: web, auth: none }
  - { path: /page/drop, to: web, auth: none, cookies: drop }
";

fn modes(text: &str) -> Vec<CsrfMode> {
    let config = Process::with_file(text).config();
    config.sites[0]
        .routes
        .iter()
        .map(|route| route.csrf)
        .collect()
}

#[test]
fn foreign_requests_are_looked_for_wherever_cookies_act() {
    // Token, gate, token; nothing of the session; nothing, cookies; cookies, none; cookies.
    let on = [
        Enforce, Enforce, Enforce, Off, Off, Enforce, Enforce, Off, Enforce,
    ];
    assert_eq!(modes(&with("", ROUTES)), on);
    let log_only = on.map(|mode| if mode == Enforce { LogOnly } else { mode });
    assert_eq!(modes(&with("csrf: { mode: log_only }", ROUTES)), log_only);
    let routes = "  - { path: /a, to: api, auth: required, csrf: off }
  - { path: /b, to: api, auth: required, csrf: enforce }
  - { path: /c, to: api, auth: none, csrf: enforce }
  - { path: /d, to: api, auth: required, csrf: log_only }
";
    let own = [Off, Enforce, Enforce, LogOnly];
    let with_mode = |mode| [&own[..], &[mode]].concat();
    assert_eq!(modes(&with("", routes)), with_mode(Enforce));
    assert_eq!(
        modes(&with("csrf: { mode: log_only }", routes)),
        with_mode(LogOnly)
    );
}

// FC5.
#[test]
fn what_weakens_the_check_is_named() {
    let dangers =
        |settings: &str, routes: &str| Process::with_file(with(settings, routes)).config().dangers;
    assert_eq!(dangers("", ROUTES), [""; 0]);
    assert_eq!(
        dangers("csrf: { mode: log_only }", ROUTES),
        ["csrf: log_only"]
    );
    for (route, danger) in [("off", "csrf: off"), ("log_only", "csrf: log_only")] {
        let line = format!("  - {{ path: /a, to: api, auth: required, csrf: {route} }}\n");
        assert_eq!(dangers("", &line), [danger]);
    }
}

#[test]
fn every_key_means_what_it_says() {
    let settings = "csrf: { mode: enforce, allowed_origins: [https://Admin.example.com:443, 'http://[::1]:3000'], header: 'X-From: cron' }
security_headers: page";
    let routes = "  - path: /a
    to: api
    auth: required
    methods: [GET, PUT]
    security_headers: api
    cors: { origins: [https://shop.test], methods: [PUT], headers: [X-Tenant-Key, If-Match], expose: [ETag, X-Total], credentials: true, max_age: 2h }
  - { path: /b, to: api, auth: none, methods: [GET], security_headers: off, cors: { origins: ['*'], headers: [], max_age: 0s } }
";
    let config = Process::with_file(with(settings, routes)).config();
    let origins = ["https://admin.example.com", "http://[::1]:3000"];
    let origins = origins.map(|text| crate::request::Origin::parse(text).unwrap());
    assert_eq!(config.sites[0].csrf.allowed_origins, origins);
    let (name, value) = config.sites[0].csrf.header.clone().unwrap();
    assert_eq!((name.as_str(), value.to_str().unwrap()), ("x-from", "cron"));
    assert_eq!(config.security_headers, SecurityHeaders::Page);
    let [first, second, last] = config.sites[0].routes.as_slice() else {
        panic!()
    };
    let presets = [first, second, last].map(|route| route.security_headers);
    let (api, off) = (SecurityHeaders::Api, SecurityHeaders::Off);
    assert_eq!(presets, [Some(api), Some(off), None]);
    let cors = first.cors.as_ref().unwrap();
    let text = |value: &Option<http::HeaderValue>| {
        value
            .as_ref()
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert!(cors.credentials && last.cors.is_none());
    assert_eq!(cors.methods, "PUT");
    assert_eq!(text(&cors.headers).unwrap(), "X-Tenant-Key, If-Match");
    assert_eq!(text(&cors.expose).unwrap(), "ETag, X-Total");
    assert_eq!(cors.max_age, "7200");
    let cors = second.cors.as_ref().unwrap();
    assert_eq!(cors.origins, Origins::Any);
    assert_eq!(
        (&cors.methods, &cors.max_age),
        (&"GET, HEAD".parse().unwrap(), &"0".parse().unwrap())
    );
    assert!(!cors.credentials && cors.headers.is_none() && cors.expose.is_none());
}

#[test]
fn what_is_not_written_has_the_documented_default() {
    let routes = "  - { path: /a, to: api, auth: none, cors: { origins: ['*'] } }\n";
    let config = Process::with_file(with("", routes)).config();
    assert!(
        config.sites[0].csrf.allowed_origins.is_empty() && config.sites[0].csrf.header.is_none()
    );
    assert_eq!(config.security_headers, SecurityHeaders::Off);
    let cors = config.sites[0].routes[0].cors.as_ref().unwrap();
    assert_eq!(cors.headers.as_ref().unwrap(), "Content-Type");
    assert_eq!(cors.methods, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    assert_eq!(cors.max_age, "600");
}

/// One fault a line: what is written | path | message | hint.
#[track_caller]
fn check(written: impl Fn(&str) -> String, table: &str) {
    for row in table.lines().filter(|row| !row.trim().is_empty()) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [text, path, message, hint] = cells.as_slice() else {
            panic!("not four cells: {row}");
        };
        let loaded = Process::with_file(written(text)).load();
        let [problem] = loaded.problems.as_slice() else {
            panic!("{text}: not one problem: {:?}", loaded.problems);
        };
        assert_eq!(problem.place.path, *path, "{problem}");
        assert!(problem.message.contains(message), "{problem}");
        assert!(problem.hint.contains(hint), "{problem}");
        assert!(loaded.config.is_none());
    }
}

#[test]
fn wrong_settings_are_refused() {
    let table = r"
        mode: off                        | csrf.mode   | `off` is not a value  | enforce
        modus: enforce                   | csrf.modus  | unknown key           | the keys here are
        allowed_origins: ['null']        | csrf.allowed_origins[0] | sandboxed page | remove it
        allowed_origins: ['*']           | csrf.allowed_origins[0] | no wildcard    | name each
        allowed_origins: ['https://*.a'] | csrf.allowed_origins[0] | no wildcard    | name each
        allowed_origins: [https://a/b]   | csrf.allowed_origins[0] | not an origin  | https://app
        allowed_origins: [https://a/]    | csrf.allowed_origins[0] | not an origin  | https://app
        allowed_origins: [app.test]      | csrf.allowed_origins[0] | not an origin  | https://app
        allowed_origins: https://a       | csrf.allowed_origins    | cannot be      | a list
        header: X-CSRF                   | csrf.header | not a header line     | X-CSRF: 1
        header: 'X-CSRF:'                | csrf.header | not a header line     | X-CSRF: 1
        header: 'X CSRF: 1'              | csrf.header | not a header line     | X-CSRF: 1
        header: 'Accept: text/html'      | csrf.header | by themselves         | begins with `X-`
        header: 'Content-Type: text/plain' | csrf.header | by themselves       | begins with `X-`
        header: 'X-Forwarded-For: a'     | csrf.header | that proxies set      | of your own
    ";
    check(|text| with(&format!("csrf: {{ {text} }}"), ""), table);
    let table = "strict | security_headers | `strict` is not a value | page";
    check(|text| with(&format!("security_headers: {text}"), ""), table);
    let table = r"
        csrf: on                | routes[0].csrf             | `on` is not a value | enforce
        security_headers: hsts  | routes[0].security_headers | not a value         | page
        cors: all               | routes[0].cors             | cannot be           | keys and values
    ";
    let route = |text: &str| {
        let line = format!("  - {{ path: /a, to: api, auth: required, {text} }}\n");
        with("", &line)
    };
    check(route, table);
    let table = r"
        origins: []                               | routes[0].cors.origins     | is empty        | remove `cors`
        origins: ['*'], credentials: true         | routes[0].cors.credentials | every page      | name the origins
        origins: ['*', https://a]                 | routes[0].cors.origins[0]  | no wildcard     | name each
        origins: ['null']                         | routes[0].cors.origins[0]  | sandboxed       | remove it
        origins: [https://a/b]                    | routes[0].cors.origins[0]  | not an origin   | https://app
        credentials: true                         | routes[0].cors.origins     | has no `origins` | add `origins:`
        origins: [https://a], methods: [TRACE]    | routes[0].cors.methods     | refused         | remove it
        origins: [https://a], methods: []         | routes[0].cors.methods     | is empty        | leave it out
        origins: [https://a], headers: ['*']      | routes[0].cors.headers[0]  | not the name    | no wildcard
        origins: [https://a], expose: ['a b']     | routes[0].cors.expose[0]   | not the name    | no wildcard
        origins: [https://a], max_age: 10         | routes[0].cors.max_age     | not a duration  | a unit
        origins: [https://a], origin: x           | routes[0].cors.origin      | unknown key     | origins
    ";
    check(|text| route(&format!("cors: {{ {text} }}")), table);
}
