//! Headers that harden answers, and the pages of our own (TH-76).

use crate::gateway::{Gateway, Transport, signed_in};
use crate::upstream::{OK, Upstream};

fn routes(upstream: &Upstream) -> String {
    format!(
        "security_headers: page\n\
         upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/**', to: web, auth: none }}\n\
         - {{ path: '/data/**', to: web, auth: required, security_headers: api }}\n\
         - {{ path: '/own/**', to: web, auth: none, security_headers: off }}\n",
        upstream.address
    )
}

const HSTS: &str = "strict-transport-security";

#[test]
fn each_route_has_its_preset_and_hsts_is_of_https() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let cookie = signed_in().replace("Cookie: ", "Cookie: __Secure-");
    for (transport, hsts) in [
        (Transport::Tcp, None),
        (Transport::Tls, Some("max-age=31536000")),
    ] {
        let mut client = gateway.client_over(transport);
        for (path, frames, referrer) in [
            (
                "/a",
                Some("SAMEORIGIN"),
                Some("strict-origin-when-cross-origin"),
            ),
            // Refusals too.
            ("/data/a", Some("DENY"), Some("no-referrer")),
            (
                "/a/../b",
                Some("SAMEORIGIN"),
                Some("strict-origin-when-cross-origin"),
            ),
            ("/own/a", None, None),
        ] {
            let response = client.get(path, &[&cookie]);
            let header = |name| response.headers.get(name);
            assert_eq!(header("x-frame-options"), frames, "{path}");
            assert_eq!(header("referrer-policy"), referrer, "{path}");
            let is_off = frames.is_none();
            assert_eq!(header(HSTS), hsts.filter(|_| !is_off), "{path}");
        }
    }
}

/// RFC 6797 §7.2: over plain HTTP nobody says it, and an untrusted word does not make it HTTPS.
#[test]
fn a_forged_scheme_brings_no_hsts() {
    let upstream = Upstream::answering(OK);
    let lines = ["X-Forwarded-Proto: https"];
    let gateway = Gateway::start(&routes(&upstream));
    assert_eq!(gateway.client().get("/a", &lines).headers.get(HSTS), None);
    let trusting = format!("trusted_proxies: [127.0.0.0/8]\n{}", routes(&upstream));
    let gateway = Gateway::start(&trusting);
    assert!(
        gateway
            .client()
            .get("/a", &lines)
            .headers
            .get(HSTS)
            .is_some()
    );
    assert_eq!(gateway.client().get("/a", &[]).headers.get(HSTS), None);
    let public = format!("public_url: https://app.test\n{}", routes(&upstream));
    let gateway = Gateway::start(&public);
    assert_eq!(gateway.client().get("/a", &[]).headers.get(HSTS), None);
}

#[test]
fn without_a_preset_the_application_speaks_alone() {
    let upstream = Upstream::answering(OK);
    let yaml = routes(&upstream).replace("security_headers: page\n", "");
    let gateway = Gateway::start(&yaml);
    let response = gateway.client_over(Transport::Tls).get("/a", &[]);
    let names = response.headers.0.iter().map(|(name, _)| name.as_str());
    let names: Vec<_> = names.filter(|name| *name != "date").collect();
    assert_eq!(names, ["content-length", "x-request-id"]);
}

/// The words of a client that could come back on a page of ours: none does.
#[test]
fn our_pages_repeat_nothing_run_nothing_and_are_framed_by_nobody() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream));
    let markup = "<script>alert(1)</script>";
    let encoded = "%3Cscript%3Ealert(1)%3C/script%3E";
    let navigation = [
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
        &*format!("User-Agent: {markup}"),
        &*format!("Referer: http://app.test/{markup}"),
        &*format!("Cookie: {markup}={markup}"),
        &*format!("X-Request-Id: {markup}"),
        &*format!("Origin: {markup}"),
    ];
    for path in [
        format!("/.vestibule/{encoded}"),
        format!("/.vestibule/x?q={}", encoded.replace('1', "2")),
        format!("/a//{encoded}"),
    ] {
        let response = gateway.client().get(&path, &navigation);
        assert!([400, 404].contains(&response.status), "{path}");
        let text = response.text();
        assert!(text.starts_with("<!doctype html>"));
        for word in ["<script", "alert", "%3C"] {
            assert!(!text.contains(word), "{text}");
        }
        let header = |name| response.headers.get(name).unwrap_or_default();
        let policy = header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert!(!policy.contains("script-src"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        for (name, value) in &response.headers.0 {
            assert!(!value.contains("script"), "{name}: {value}");
        }
    }
}
