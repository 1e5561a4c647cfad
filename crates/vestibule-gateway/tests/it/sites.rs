//! Several sites in one gateway: whose request it is, and that a session of one is nothing on another.

use vestibule_session::{CookieName, Secret, Version, Writer};

use crate::client::{Client, Response};
use crate::gateway::{Gateway, NOW, config};
use crate::upstream::{OK, Upstream};

const SHOP: &str = "vK3xQ9mT2bW7nR5cY8jL1hD6gF4sZ0pA";

const ADMIN: &str = "Zp0s4Fg6Dh1Lj8Yc5Rn7Wb2Tm9Qx3Kva";

/// Two sites with the same paths and cookie names, each with an upstream of its own.
fn two(shop: &Upstream, admin: &Upstream, secrets: [&str; 2]) -> String {
    let site = |hosts: &str, more: &str, secret: &str, upstream: &Upstream| {
        format!(
            "- hosts: [{hosts}]\n  {more}\n  session: {{ secrets: ['{secret}'] }}\n  \
             upstreams: {{ web: {{ url: 'http://{}' }} }}\n  routes:\n  \
             - {{ path: '/api/**', to: web, auth: required, token: {{ claim: /backendToken }} }}\n  \
             - {{ path: '/**', to: web, auth: none }}\n",
            upstream.address
        )
    };
    format!(
        "trusted_proxies: [127.0.0.0/8]\nsites:\n{}{}",
        site(
            "shop.test, '[2001:db8::1]'",
            "public_url: 'https://shop.test'",
            secrets[0],
            shop
        ),
        site("admin.test, '*.tenants.test'", "", secrets[1], admin),
    )
}

/// The same without a proxy that is believed.
fn direct(yaml: &str) -> String {
    yaml.replace("trusted_proxies: [127.0.0.0/8]\n", "")
}

fn cookie(secret: &str, name: &str) -> String {
    let name = CookieName::new(name, Version::V5).unwrap();
    let writer = Writer::new(&Secret::new(secret).unwrap(), name.clone());
    let claims = r#"{"sub":"u-1","backendToken":"ada-token"}"#;
    let token = writer.encode(claims, NOW, 3600, [9; 32]).unwrap();
    format!("Cookie: {name}={token}")
}

fn get(client: &mut Client, host: &str, path: &str, lines: &[&str]) -> Response {
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n");
    for line in lines {
        head.push_str(line);
        head.push_str("\r\n");
    }
    client.send(head + "\r\n");
    client.response()
}

#[test]
fn every_spelling_of_a_host_leads_to_its_site_and_an_unknown_one_to_nobody() {
    let (shop, admin) = (Upstream::answering(OK), Upstream::answering(OK));
    let gateway = Gateway::start(&direct(&two(&shop, &admin, [SHOP, ADMIN])));
    let mut client = gateway.client();
    for host in [
        "shop.test",
        "SHOP.Test",
        "shop.test.",
        "Shop.TEST.:8443",
        "[2001:DB8:0::1]:80",
    ] {
        assert_eq!(get(&mut client, host, "/a", &[]).status, 200, "{host}");
        let seen = shop.seen();
        // What is built from the address is built from the configured one, whatever was asked for.
        assert_eq!(
            seen.headers.get("x-forwarded-host"),
            Some("shop.test"),
            "{host}"
        );
        assert_eq!(seen.headers.get("x-forwarded-proto"), Some("https"));
        assert!(admin.is_untouched(), "{host}");
    }
    for host in [
        "admin.test",
        "ADMIN.test:81",
        "a.tenants.test",
        "B.Tenants.Test.",
    ] {
        assert_eq!(get(&mut client, host, "/a", &[]).status, 200, "{host}");
        assert_eq!(admin.seen().headers.get("x-forwarded-proto"), Some("http"));
        assert!(shop.is_untouched(), "{host}");
    }
    for host in [
        "unknown.test",
        "tenants.test",
        "a.b.tenants.test",
        "xshop.test",
        "127.0.0.1",
    ] {
        let response = get(&mut client, host, "/a", &[]);
        assert_eq!(
            (response.status, response.code()),
            (404, "not_found"),
            "{host}"
        );
        assert!(!response.text().contains("no_site"));
    }
    let person = get(
        &mut client,
        "unknown.test",
        "/a",
        &["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"],
    );
    assert_eq!(
        person.headers.get("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(shop.is_untouched() && admin.is_untouched());
}

#[test]
fn the_word_of_a_trusted_proxy_chooses_the_site_and_that_of_others_does_not() {
    let (shop, admin) = (Upstream::answering(OK), Upstream::answering(OK));
    let yaml = two(&shop, &admin, [SHOP, ADMIN]);
    let said = "X-Forwarded-Host: admin.test";
    let gateway = Gateway::start(&yaml);
    let mut client = gateway.client();
    assert_eq!(get(&mut client, "shop.test", "/a", &[said]).status, 200);
    admin.seen();
    // Which of two words is the proxy's nobody knows; the one in `Host` is not believed instead.
    for lines in [
        [said, "X-Forwarded-Host: shop.test"],
        ["X-Forwarded-Host: shop.test, admin.test", ""],
    ] {
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let response = get(&mut client, "shop.test", "/a", &lines);
        assert_eq!(
            (response.status, response.code()),
            (400, "bad_request"),
            "{lines:?}"
        );
    }
    // Of another header two words leave the site known, and what the operator wrote holds there.
    let proto = "X-Forwarded-Proto: http, https";
    assert_eq!(get(&mut client, "shop.test", "/a", &[proto]).status, 200);
    assert_eq!(shop.seen().headers.get("x-forwarded-proto"), Some("https"));
    assert_eq!(get(&mut client, "admin.test", "/a", &[proto]).status, 400);
    assert!(shop.is_untouched() && admin.is_untouched());

    let gateway = Gateway::start(&direct(&yaml));
    let mut client = gateway.client();
    assert_eq!(get(&mut client, "shop.test", "/a", &[said]).status, 200);
    assert_eq!(
        shop.seen().headers.get("x-forwarded-host"),
        Some("shop.test")
    );
    assert!(admin.is_untouched());
}

/// TH-111 and TH-53: in both orders, and again when every cache is warm.
#[test]
fn a_session_of_one_site_is_none_on_another() {
    let (upstream, other) = (Upstream::answering(OK), Upstream::answering(OK));
    for secrets in [[SHOP, ADMIN], [ADMIN, SHOP]] {
        for first in [0, 1] {
            let gateway = Gateway::start(&direct(&two(&upstream, &other, secrets)));
            let mut client = gateway.client();
            let hosts = ["shop.test", "admin.test"];
            // Over HTTPS, which `public_url` says of the shop, a `__Secure-` name comes first and is taken on both.
            let name = "__Secure-authjs.session-token";
            for _ in 0..3 {
                for (of, on) in [
                    (first, 1 - first),
                    (first, first),
                    (1 - first, 1 - first),
                    (1 - first, first),
                ] {
                    let session = cookie(secrets[of], name);
                    let response = get(&mut client, hosts[on], "/api/a", &[&session]);
                    let expected = if of == on { 200 } else { 401 };
                    assert_eq!(response.status, expected, "of {of} on {on}, {secrets:?}");
                }
            }
        }
    }
    // Only the good ones were forwarded: three rounds of two configurations in two orders.
    for upstream in [&upstream, &other] {
        for _ in 0..12 {
            let seen = upstream.seen();
            assert_eq!(seen.headers.get("authorization"), Some("Bearer ada-token"));
        }
        assert!(upstream.is_untouched());
    }
}

/// With cookie names of their own, two sites may share a secret: the name is a part of the key.
#[test]
fn one_secret_and_two_cookie_names_are_two_keys() {
    let (shop, admin) = (Upstream::answering(OK), Upstream::answering(OK));
    let yaml = direct(&two(&shop, &admin, ["FIRST", "SECOND"]));
    let own = |yaml: &str, mark: &str, name: &str| {
        let secrets = format!("secrets: ['{mark}']");
        let cookies = format!("secrets: ['{SHOP}'], cookies: [ {{ name: {name}, version: v5 }} ]");
        yaml.replace(&secrets, &cookies)
    };
    let yaml = own(
        &own(&yaml, "FIRST", "shop.session"),
        "SECOND",
        "admin.session",
    );
    let gateway = Gateway::start(&yaml);
    let mut client = gateway.client();
    let hosts = ["shop.test", "admin.test"];
    let names = ["shop.session", "admin.session"];
    for _ in 0..2 {
        for (of, on) in [(0, 1), (0, 0), (1, 0), (1, 1)] {
            let session = cookie(SHOP, names[of]);
            let status = if of == on { 200 } else { 401 };
            assert_eq!(
                get(&mut client, hosts[on], "/api/a", &[&session]).status,
                status
            );
            // Nor does it help to give the cookie the other's name.
            let renamed = session.replace(names[of], names[1 - of]);
            assert_eq!(
                get(&mut client, hosts[on], "/api/a", &[&renamed]).status,
                401
            );
        }
    }
}

#[test]
fn a_reload_replaces_all_sites_as_one() {
    let (shop, admin) = (Upstream::answering(OK), Upstream::answering(OK));
    let gateway = Gateway::start(&direct(&two(&shop, &admin, [SHOP, ADMIN])));
    let mut client = gateway.client();
    let of_shop = cookie(SHOP, "__Secure-authjs.session-token");
    assert_eq!(
        get(&mut client, "shop.test", "/api/a", &[&of_shop]).status,
        200
    );
    shop.seen();
    // The hosts change places: the kept connection and the cookie meet the other site.
    let swapped = direct(&two(&admin, &shop, [ADMIN, SHOP]));
    gateway.control.reload(config(&swapped)).unwrap();
    assert_eq!(
        get(&mut client, "shop.test", "/api/a", &[&of_shop]).status,
        401
    );
    assert_eq!(
        get(&mut client, "admin.test", "/api/a", &[&of_shop]).status,
        200
    );
    shop.seen();
    assert!(admin.is_untouched());
    // And one site may become every host's.
    let one = format!(
        "upstreams: {{ web: {{ url: 'http://{}' }} }}\nroutes: [ {{ path: '/**', to: web, auth: none }} ]\n",
        admin.address
    );
    gateway.control.reload(config(&one)).unwrap();
    assert_eq!(get(&mut client, "unknown.test", "/a", &[]).status, 200);
    admin.seen();
}

#[test]
fn plain_http_leads_to_the_https_of_its_own_site() {
    let (shop, admin) = (Upstream::answering(OK), Upstream::answering(OK));
    let yaml = direct(&two(&shop, &admin, [SHOP, ADMIN]));
    let tls = crate::gateway::TLS.replace("tls: {", "tls: { redirect_http: true,");
    let gateway = Gateway::start(&format!("listen: 127.0.0.1:0\nadmin: off\n{tls}{yaml}"));
    let port = gateway.tls_address.unwrap().port();
    let mut client = gateway.client();
    let response = get(&mut client, "shop.test:8080", "/a?b", &[]);
    assert_eq!(
        response.headers.get("location"),
        Some("https://shop.test/a?b")
    );
    let response = get(&mut client, "x.tenants.test", "/a", &[]);
    let own = format!("https://x.tenants.test:{port}/a");
    assert_eq!(response.headers.get("location"), Some(own.as_str()));
    // TH-24: a host that nobody has is in no redirect.
    let response = get(&mut client, "evil.test", "/a", &[]);
    assert_eq!(
        (response.status, response.headers.get("location")),
        (404, None)
    );
    assert!(shop.is_untouched() && admin.is_untouched());
}
