//! What the page of another site makes a browser send reaches no upstream.

use crate::client::Response;
use crate::gateway::{Gateway, config, cookie, signed_in};
use crate::log;
use crate::upstream::{OK, Upstream};

fn routes(upstream: &Upstream) -> String {
    format!(
        "csrf: {{ allowed_origins: ['https://admin.test'], header: 'X-CSRF: 1' }}\n\
         upstreams: {{ api: {{ url: 'http://{0}' }}, web: {{ url: 'http://{0}' }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: 'api:/v1/**', auth: required, token: {{ claim: /backendToken }}, accept_bearer_session: true }}\n\
         - {{ path: '/api/admin/**', to: 'api:/v1/admin/**', auth: required, token: {{ claim: /backendToken }}, require: {{ claim: /role, equals: ADMIN }} }}\n\
         - {{ path: '/optional/**', to: 'api:/v1/**', auth: optional, token: {{ claim: /backendToken }} }}\n\
         - {{ path: '/public/**', to: 'api:/v1/**', auth: none }}\n\
         - {{ path: '/hook/**', to: web, auth: none, csrf: off }}\n\
         - {{ path: '/api/auth/**', to: web, auth: none }}\n\
         - {{ path: '/**', to: web, auth: none }}\n",
        upstream.address
    )
}

/// The request of a user, with these lines of the browser.
fn sent(gateway: &Gateway, line: &str, lines: &[&str]) -> Response {
    let cookie = signed_in();
    let lines: Vec<_> = lines.iter().copied().chain([&*cookie]).collect();
    gateway.client().request(line, &lines)
}

#[track_caller]
fn refused(response: &Response) {
    assert_eq!((response.status, response.code()), (403, "csrf"));
    assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    // One code and nothing of its cause (LG3).
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    let names: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "request_id", "status", "title", "type"]);
    assert_eq!(body["title"], "The request came from another site");
}

// TH-68.
#[test]
fn a_write_of_a_foreign_page_reaches_no_upstream() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    // Routes with a token, and pages that get the cookies themselves.
    for path in ["/api/a", "/optional/a", "/a", "/api/authors"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "BREW"] {
            for lines in [
                &["Sec-Fetch-Site: cross-site", "Origin: https://evil.test"][..],
                &["Sec-Fetch-Site: cross-site", "Origin: null"],
                &["Sec-Fetch-Site: same-site", "Origin: http://x.app.test"],
                &["Sec-Fetch-Site: cross-site", "Origin: http://app.test"],
                &["Sec-Fetch-Site: cross-site"],
                &["Origin: http://evil.test"],
                &["Origin: http://x.app.test"],
                &["Origin: https://app.test"],
                &["Origin: http://app.test:8080"],
                &["Origin: null"],
                &["X-CSRF: 1", "Origin: null"],
                &["X-CSRF: 1", "Sec-Fetch-Site: same-site"],
                &[],
            ] {
                let response = sent(&gateway, &format!("{method} {path}"), lines);
                refused(&response);
            }
        }
    }
    assert!(upstream.is_untouched());
}

#[test]
fn our_own_pages_and_known_programs_write() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    for path in ["/api/a", "/optional/a", "/a"] {
        for lines in [
            &["Sec-Fetch-Site: same-origin", "Origin: http://app.test"][..],
            &["Sec-Fetch-Site: none"],
            &["Origin: http://app.test"],
            &["Origin: HTTP://APP.TEST:80"],
            &["Sec-Fetch-Site: cross-site", "Origin: https://admin.test"],
            &["Origin: https://admin.test"],
            &["X-CSRF: 1"],
        ] {
            let response = sent(&gateway, &format!("POST {path}"), lines);
            assert_eq!(response.status, 200, "{path} {lines:?}");
            upstream.seen();
        }
    }
    // Reading is everybody's, and so is what gets neither cookies nor a token.
    let foreign = ["Sec-Fetch-Site: cross-site", "Origin: https://evil.test"];
    for line in ["GET /api/a", "HEAD /a", "OPTIONS /a", "POST /public/a"] {
        assert_eq!(sent(&gateway, line, &foreign).status, 200, "{line}");
        upstream.seen();
    }
    // CS5: `form_post` of a provider; and what is called by other sites by design.
    for line in ["POST /api/auth/callback/apple", "POST /hook/bank"] {
        assert_eq!(sent(&gateway, line, &foreign).status, 200, "{line}");
        upstream.seen();
    }
    // A webhook: a program without a cookie.
    let hook = gateway.client().request("POST /stripe", &[]);
    assert_eq!(hook.status, 200);
}

#[test]
fn two_origins_are_none() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    for lines in [
        ["Origin: http://app.test", "Origin: http://evil.test"],
        ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"],
    ] {
        let response = sent(&gateway, "POST /api/a", &lines);
        assert_eq!((response.status, response.code()), (400, "bad_request"));
    }
    assert!(upstream.is_untouched());
}

// TH-69.
#[test]
fn a_foreign_page_opens_no_socket() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let handshake = |path: &str, more: &[&str]| {
        let mut lines = vec!["Connection: Upgrade", "Upgrade: websocket"];
        lines.extend(more);
        sent(&gateway, &format!("GET {path}"), &lines)
    };
    for path in ["/api/ws", "/optional/ws", "/ws", "/api/auth/ws"] {
        for lines in [
            &["Origin: https://evil.test"][..],
            &["Origin: http://x.app.test"],
            &["Origin: https://app.test"],
            &["Origin: null"],
            &["X-CSRF: 1", "Origin: null"],
            &["Sec-Fetch-Site: cross-site", "Origin: http://app.test"],
            &[],
        ] {
            refused(&handshake(path, lines));
        }
    }
    assert!(upstream.is_untouched());
    for lines in ["Origin: http://app.test", "X-CSRF: 1"] {
        // The upstream switches to nothing, and was asked.
        assert_eq!(handshake("/api/ws", &[lines]).status, 200);
        upstream.seen();
    }
}

#[test]
fn who_has_no_session_hears_that_and_who_may_not_hears_it_last() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let foreign = "Origin: https://evil.test";
    let response = gateway.client().request("POST /api/a", &[foreign]);
    assert_eq!((response.status, response.code()), (401, "unauthenticated"));
    refused(&sent(&gateway, "POST /api/admin/a", &[foreign]));
    let own = sent(&gateway, "POST /api/admin/a", &["Origin: http://app.test"]);
    assert_eq!((own.status, own.code()), (403, "forbidden"));
    assert!(upstream.is_untouched());
}

#[test]
fn a_session_that_came_as_a_bearer_is_no_cookie() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let pair = cookie(r#"{"sub":"u-1","backendToken":"ada-token"}"#);
    let token = pair.split_once('=').unwrap().1;
    let bearer = format!("Authorization: Bearer {token}");
    for lines in [
        &[&*bearer][..],
        &[&*bearer, "Origin: https://evil.test", "Cookie: theme=dark"],
    ] {
        let response = gateway.client().request("POST /api/a", lines);
        assert_eq!(response.status, 200, "{lines:?}");
        upstream.seen();
    }
    // A cookie opened it.
    let both = sent(
        &gateway,
        "POST /api/a",
        &[&bearer, "Origin: https://evil.test"],
    );
    refused(&both);
    assert!(upstream.is_untouched());
}

#[test]
fn the_public_url_is_our_origin() {
    let upstream = Upstream::answering(OK);
    let yaml = format!("public_url: https://app.example.com\n{}", routes(&upstream));
    let gateway = Gateway::start(&yaml);
    for (origin, status) in [
        ("https://app.example.com", 200),
        ("https://App.Example.com:443", 200),
        ("http://app.example.com", 403),
        ("http://app.test", 403),
    ] {
        let lines = [&*format!("Origin: {origin}"), "Cookie: a=b"];
        let response = gateway.client().request("POST /a", &lines);
        assert_eq!(response.status, status, "{origin}");
    }
}

#[test]
fn a_trusted_proxy_says_our_origin_and_nobody_else_does() {
    let upstream = Upstream::answering(OK);
    let forwarded = [
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: shop.test",
        "Origin: https://shop.test",
        "Cookie: a=b",
    ];
    let gateway = Gateway::start(&routes(&upstream));
    let response = gateway.client().request("POST /a", &forwarded);
    assert_eq!((response.status, response.code()), (403, "csrf"));
    let trusting = format!("trusted_proxies: [127.0.0.0/8]\n{}", routes(&upstream));
    let gateway = Gateway::start(&trusting);
    let response = gateway.client().request("POST /a", &forwarded);
    assert_eq!(response.status, 200);
}

// CS5, FC5.
#[test]
fn log_only_lets_pass_and_tells() {
    let upstream = Upstream::answering(OK);
    let yaml = routes(&upstream).replace("csrf: { ", "csrf: { mode: log_only, ");
    let observed = format!("listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{yaml}");
    assert_eq!(config(&yaml).dangers, ["csrf: log_only", "csrf: off"]);
    let gateway = log::start(&observed);
    let foreign = [
        "X-Request-Id: csrf-passed",
        "Origin: https://evil.test/\u{e9}",
    ];
    assert_eq!(sent(&gateway, "POST /api/a", &foreign).status, 200);
    assert_eq!(
        upstream.seen().headers.get("authorization"),
        Some("Bearer ada-token")
    );
    log::check(
        &log::line("csrf-passed"),
        &[
            ("level", "WARN"),
            ("route", "/api/**"),
            ("cause", "foreign_origin"),
            ("origin", "https://evil.test/\\xc3\\xa9"),
        ],
    );
    let own = sent(&gateway, "POST /api/a", &["Origin: http://app.test"]);
    assert_eq!(own.status, 200);
    let counted = counted(&gateway);
    let series = "{outcome=\"passed\",cause=\"foreign_origin\"} 1";
    assert!(counted.contains(series), "{counted}");
    let metrics = crate::client::Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
    assert!(metrics.text().contains("\nvestibule_danger_settings 2\n"));
}

#[test]
fn a_refusal_has_its_cause_in_log_and_metric() {
    let upstream = Upstream::answering(OK);
    let yaml = format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{}",
        routes(&upstream)
    );
    let gateway = log::start(&yaml);
    for (lines, cause) in [
        (&["Sec-Fetch-Site: cross-site"][..], "cross_site"),
        (&["Sec-Fetch-Site: same-site"], "same_site"),
        (&["Origin: https://evil.test"], "foreign_origin"),
        (&["Origin: null"], "null_origin"),
        (&["Origin: https://app.test"], "scheme_or_port"),
        (&[], "no_origin"),
    ] {
        let id = format!("csrf-{cause}");
        let given = format!("X-Request-Id: {id}");
        let lines: Vec<_> = lines.iter().copied().chain([&*given]).collect();
        refused(&sent(&gateway, "POST /api/a", &lines));
        log::check(&log::line(&id), &[("reason", "csrf"), ("cause", cause)]);
        let series = format!("{{outcome=\"refused\",cause=\"{cause}\"}} 1");
        let counted = counted(&gateway);
        assert!(counted.contains(&series), "{counted}");
    }
    // Each has a series before its first event.
    assert!(counted(&gateway).contains("{outcome=\"passed\",cause=\"no_origin\"} 0"));
    assert!(upstream.is_untouched());
}

fn counted(gateway: &Gateway) -> String {
    let metrics = crate::client::Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
    let lines = metrics.text().lines();
    let lines = lines.filter(|line| line.starts_with("vestibule_csrf_requests_total"));
    lines.collect::<Vec<_>>().join("\n")
}

// A site is itself on each of its hosts, and on no host of another site.
#[test]
fn a_site_is_itself_on_each_of_its_hosts() {
    let upstream = Upstream::answering(OK);
    let site = |hosts: &str, public: &str| {
        format!(
            "- hosts: {hosts}\n  public_url: '{public}'\n  upstreams: {{ web: {{ url: 'http://{}' }} }}\n  \
             routes: [ {{ path: '/**', to: web, auth: none }} ]\n",
            upstream.address
        )
    };
    let shop = site("[shop.test, www.shop.test]", "http://shop.test");
    let gateway = Gateway::start(&format!(
        "sites:\n{shop}{}",
        site("[other.test]", "http://other.test")
    ));
    let handshake = |host: &str, origin: &str| {
        let mut client = gateway.client();
        client.send(format!(
            "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {origin}\r\n\r\n"
        ));
        client.response()
    };
    for (host, origin) in [
        ("shop.test", "http://shop.test"),
        ("www.shop.test", "http://www.shop.test"),
        ("www.shop.test", "http://shop.test"),
    ] {
        assert_eq!(handshake(host, origin).status, 200, "{host} {origin}");
        upstream.seen();
    }
    for (host, origin) in [
        ("shop.test", "http://www.shop.test"),
        ("www.shop.test", "https://www.shop.test"),
        ("www.shop.test", "http://other.test"),
    ] {
        refused(&handshake(host, origin));
    }
    assert!(upstream.is_untouched());
}
