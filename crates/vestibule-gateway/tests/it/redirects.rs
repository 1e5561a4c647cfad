//! Every redirect of the gateway, against texts that lead elsewhere in some reader (TH-71).

use std::io::Write as _;

use url::Url;

use crate::client::{Client, Response};
use crate::gateway::{Gateway, TLS};
use crate::upstream::{OK, Upstream};

/// How a path may begin that is none, or that becomes an authority when it is read again.
const STARTS: [&str; 44] = [
    "/",
    "//",
    "///",
    "/\\",
    "\\\\",
    "\\/",
    "/%09/",
    "/%0a/",
    "/%0d/",
    "/%00/",
    "/%20/",
    "/%2f",
    "/%2f%2f",
    "/%5c",
    "/%5c%5c",
    "/%252f",
    "/%25252f",
    "/%255c",
    "/%c0%af",
    "/%e2%81%84",
    "/%ef%bc%8f%ef%bc%8f",
    "/.//",
    "/..//",
    "/a/..//",
    "/%2e//",
    "/%2e%2e//",
    "/;//",
    "/@",
    "/:@",
    "/user:pass@",
    "/?//",
    "/#//",
    "/a?next=//",
    "/a?next=https://",
    "/a?x=\\\\",
    "/a&//",
    "http:",
    "http:/",
    "http://",
    "https://app.test@",
    "https://app.test.",
    "javascript:",
    "data:text/html,",
    "/\u{2215}\u{2215}",
];

/// Where it would lead.
const ENDS: [&str; 10] = [
    "evil.test",
    "evil.test/",
    "evil.test/%2f..",
    "evil.test%2f@app.test",
    "evil.test:80/a?b#c",
    "app.test.evil.test",
    "app.test@evil.test",
    "evil%E3%80%82test",
    "[::1]/",
    "0x7f000001",
];

/// Prefixes of a route, so that the text is not at the beginning of the path only.
const ROUTES: [&str; 2] = ["", "/page"];

fn payloads() -> Vec<String> {
    let combined = STARTS
        .iter()
        .flat_map(|start| ENDS.iter().map(move |end| format!("{start}{end}")));
    combined
        .flat_map(|text| ROUTES.map(|route| format!("{route}{text}")))
        .collect()
}

/// Where a browser at `origin` would go, and where the page there would send it back to.
#[track_caller]
fn stays(response: &Response, origin: &str, text: &str) -> bool {
    let Some(location) = response.headers.get("location") else {
        assert_ne!(response.status / 100, 3, "{text}");
        return false;
    };
    let base: Url = origin.parse().unwrap();
    let url = base.join(location).unwrap();
    assert_eq!(url.origin(), base.origin(), "{text} leads to {location}");
    for (name, value) in url.query_pairs() {
        if name != "callbackUrl" {
            continue;
        }
        // Applications decode what they got decoded already.
        let mut value = value.into_owned();
        for _ in 0..3 {
            let back = base.join(&value).unwrap();
            assert_eq!(back.origin(), base.origin(), "{text} returns to {value}");
            assert!(!back.path().starts_with("//"), "{text} returns to {value}");
            value = percent_encoding::percent_decode_str(&value)
                .decode_utf8_lossy()
                .into_owned();
        }
    }
    true
}

/// Around the helper that keeps queries for secrets: here one's query is another's path.
fn ask(client: &mut Client, target: &str, lines: &str) {
    let request = format!("GET {target} HTTP/1.1\r\n{lines}\r\n");
    client.socket().write_all(request.as_bytes()).unwrap();
}

const NAVIGATION: &str = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";

#[test]
fn the_way_to_the_sign_in_page_and_back_stays_here() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/**', to: web, auth: required }} ]\n",
        upstream.address
    ));
    let payloads = payloads();
    assert!(payloads.len() >= 500, "{}", payloads.len());
    let mut redirects = 0;
    for text in &payloads {
        let mut client = gateway.client();
        ask(
            &mut client,
            text,
            &format!("Host: app.test\r\n{NAVIGATION}"),
        );
        redirects += usize::from(stays(&client.response(), "http://app.test", text));
    }
    assert!(redirects >= 100, "{redirects}");
    assert!(upstream.is_untouched());
}

/// What a forged host may say where the configuration knows better.
const HOSTS: [&str; 12] = [
    "evil.test",
    "evil.test:443",
    "app.test.evil.test",
    "evil.test#.app.test",
    "evil.test?.app.test",
    "evil.test/.app.test",
    "evil.test\\.app.test",
    "app.test@evil.test",
    "app.test:80@evil.test",
    "app.test, evil.test",
    "[::ffff:6.6.6.6]",
    "evil.test\tapp.test",
];

#[test]
fn the_way_to_https_leads_to_the_configured_origin() {
    let upstream = Upstream::answering(OK);
    let tls = TLS.replace("certificates:", "redirect_http: true, certificates:");
    let gateway = Gateway::start(&format!(
        "public_url: https://app.test\nlisten: 127.0.0.1:0\nadmin: off\n{tls}\
         upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/**', to: web, auth: none }} ]\n",
        upstream.address
    ));
    let mut redirects = 0;
    let mut check = |host: &str, more: &str, text: &str| {
        let mut client = gateway.client();
        ask(&mut client, text, &format!("Host: {host}\r\n{more}"));
        let response = client.response();
        redirects += usize::from(stays(&response, "https://app.test", text));
    };
    for text in &payloads() {
        check("app.test", "", text);
    }
    for host in HOSTS {
        check(host, "", "/page/a");
        check(host, "X-Forwarded-Host: app.test\r\n", "/page/a");
        let forwarded = format!("X-Forwarded-Host: {host}\r\nForwarded: host=\"{host}\"\r\n");
        check("app.test", &forwarded, "/page/a");
        check("app.test", &forwarded, "//evil.test");
    }
    assert!(redirects >= 100, "{redirects}");
    assert!(upstream.is_untouched());
}
