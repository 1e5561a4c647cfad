//! Limits on the rate of requests: whose are counted together, what is answered, and what is not taken.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vestibule_gateway::Clock;

use crate::client::{Client, Response};
use crate::gateway::{Gateway, NOW, config, cookie};
use crate::upstream::{Accepted, OK, Upstream};

/// Three requests in a minute, for whom `key` says.
fn limited(upstream: &Upstream, key: &str) -> String {
    let limit = format!("{{ key: {key}, requests: 3, per: 1m }}");
    routes(upstream, &limit)
}

fn routes(upstream: &Upstream, limits: &str) -> String {
    format!(
        "danger_explain_to_client: true\n\
         upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/free/**', to: api, auth: none }}\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }}, rate_limits: [ {limits} ] }}\n",
        upstream.address
    )
}

/// A clock that stands still: who waits here waits for nothing.
fn still() -> Clock {
    Clock::new(|| NOW).with_elapsed(|| Duration::from_secs(1000))
}

fn start(yaml: &str) -> Gateway {
    Gateway::start_at(config(yaml), still())
}

fn session(user: &str, tenant: &str) -> String {
    let claims = format!(r#"{{"sub":"{user}","tenantId":"{tenant}","backendToken":"t"}}"#);
    format!("Cookie: {}", cookie(&claims))
}

fn statuses(count: usize, ask: impl FnMut() -> Response) -> Vec<u16> {
    let answers = std::iter::repeat_with(ask).take(count);
    answers.map(|response| response.status).collect()
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    static ELAPSED: AtomicU64 = AtomicU64::new(1000);
    let clock =
        still().with_elapsed(|| Duration::from_millis(500 * ELAPSED.load(Ordering::Relaxed)));
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start_at(config(&limited(&upstream, "address")), clock);
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    for remaining in ["r=2;t=20", "r=1;t=40", "r=0;t=60"] {
        let response = client.get("/api/a", &[&ada]);
        assert_eq!((response.status, response.code()), (200, ""));
        let headers = &response.headers;
        assert_eq!(headers.all("ratelimit-policy"), ["\"address\";q=3;w=60"]);
        assert_eq!(
            headers.all("ratelimit"),
            [format!("\"address\";{remaining}")]
        );
        assert_eq!(headers.get("retry-after"), None);
        upstream.seen();
    }
    let response = client.get("/api/a", &[&ada]);
    assert_eq!((response.status, response.code()), (429, "rate_limited"));
    let headers = &response.headers;
    assert_eq!(headers.all("retry-after"), ["20"]);
    assert_eq!(headers.all("ratelimit-policy"), ["\"address\";q=3;w=60"]);
    assert_eq!(headers.all("ratelimit"), ["\"address\";r=0;t=60"]);
    assert_eq!(headers.get("cache-control"), Some("no-store"));
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["type"], "urn:vestibule:problem:rate_limited");
    assert_eq!(body["cause"], "rate_limit_address");
    assert!(!response.text().contains("127.0.0.1"));
    assert!(upstream.is_untouched());
    // Nineteen seconds and a half later it is a part of a second, which is written as a whole one.
    ELAPSED.fetch_add(39, Ordering::Relaxed);
    assert_eq!(
        client.get("/api/a", &[&ada]).headers.get("retry-after"),
        Some("1")
    );
    ELAPSED.fetch_add(1, Ordering::Relaxed);
    assert_eq!(client.get("/api/a", &[&ada]).status, 200);
    assert_eq!(client.get("/api/a", &[&ada]).status, 429);
    // A route without limits has none, and says nothing of any.
    let free = client.get("/free/a", &[]);
    assert_eq!(free.status, 200);
    assert_eq!(free.headers.get("ratelimit"), None);
}

#[test]
fn a_person_gets_a_page() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "address"));
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    let navigation = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", &ada];
    assert_eq!(statuses(3, || client.get("/api/a", &navigation)), [200; 3]);
    let page = client.get("/api/a", &navigation);
    assert_eq!((page.status, page.code()), (429, "rate_limited"));
    assert_eq!(page.headers.get("retry-after"), Some("20"));
    assert_eq!(
        page.headers.get("content-type"),
        Some("text/html; charset=utf-8")
    );
}

#[test]
fn a_tenant_cannot_drain_another() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "{ claim: /tenantId }"));
    let mut client = gateway.client();
    let (ada, bob) = (session("ada", "acme"), session("bob", "acme"));
    let eve = session("eve", "other");
    assert_eq!(statuses(2, || client.get("/api/a", &[&ada])), [200; 2]);
    // Of one tenant all take from one bucket.
    assert_eq!(statuses(2, || client.get("/api/a", &[&bob])), [200, 429]);
    let refused = client.get("/api/a", &[&ada]);
    assert!(refused.text().contains("rate_limit_claim"));
    assert!(!refused.text().contains("acme"));
    assert_eq!(
        statuses(4, || client.get("/api/a", &[&eve])),
        [200, 200, 200, 429]
    );
}

#[test]
fn a_user_cannot_drain_another() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "session"));
    let mut client = gateway.client();
    for user in ["ada", "bob"] {
        let session = session(user, "acme");
        let answers = statuses(4, || client.get("/api/a", &[&session]));
        assert_eq!(answers, [200, 200, 200, 429], "{user}");
    }
}

#[test]
fn sessions_without_the_claim_share_a_bucket_and_do_not_go_free() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "{ claim: /tenantId }"));
    let mut client = gateway.client();
    let without = |user: &str| {
        let claims = format!(r#"{{"sub":"{user}","backendToken":"t"}}"#);
        format!("Cookie: {}", cookie(&claims))
    };
    let answers = ["a", "b", "c", "d"].map(|user| {
        let session = without(user);
        client.get("/api/a", &[&session]).status
    });
    assert_eq!(answers, [200, 200, 200, 429]);
}

// TH-92: 401 before 429, and nothing is taken from a tenant by who is none of its users.
#[test]
fn who_is_not_signed_in_gets_401_and_takes_nothing_from_a_tenant() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "{ claim: /tenantId }"));
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    let broken = format!("{ada}x");
    let strangers: [&[&str]; 2] = [&[], &[&broken]];
    for stranger in strangers {
        let answers = statuses(5, || client.get("/api/a", stranger));
        assert_eq!(answers, [401; 5]);
    }
    assert_eq!(statuses(3, || client.get("/api/a", &[&ada])), [200; 3]);
    assert_eq!(client.get("/api/a", &[&ada]).status, 429);
    for stranger in strangers {
        let response = client.get("/api/a", stranger);
        assert_eq!((response.status, response.code()), (401, "unauthenticated"));
    }
}

#[test]
fn a_flood_without_sessions_counts_for_its_address() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "address"));
    let mut client = gateway.client();
    // They are told what they can act on, beyond the limit as well.
    assert_eq!(statuses(5, || client.get("/api/a", &[])), [401; 5]);
    let ada = session("ada", "acme");
    assert_eq!(client.get("/api/a", &[&ada]).status, 429);
    assert!(upstream.is_untouched());
}

#[test]
fn what_others_write_into_forwarding_headers_makes_no_new_client() {
    let upstream = Upstream::answering(OK);
    let gateway = start(&limited(&upstream, "address"));
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    let answers = ["1", "2", "3", "4"].map(|last| {
        let forged = [
            format!("X-Forwarded-For: 203.0.113.{last}"),
            format!("Forwarded: for=203.0.113.{last}"),
            format!("X-Real-IP: 203.0.113.{last}"),
        ];
        let [first, second, third] = &forged;
        let lines = [first, second, third, ada.as_str()];
        client.get("/api/a", &lines.map(|line| line as &str)).status
    });
    assert_eq!(answers, [200, 200, 200, 429]);
}

#[test]
fn clients_behind_a_trusted_proxy_are_told_apart_and_their_forgeries_are_not() {
    let upstream = Upstream::answering(OK);
    let trusting = format!(
        "trusted_proxies: [127.0.0.1]\n{}",
        limited(&upstream, "address")
    );
    let gateway = start(&trusting);
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    let mut from = |forwarded: &str| {
        let line = format!("X-Forwarded-For: {forwarded}");
        client.get("/api/a", &[&line, &ada]).status
    };
    // What stands left of the proxy's own word is the client's invention.
    let answers = ["1", "2", "3", "4"].map(|last| from(&format!("192.0.2.{last}, 203.0.113.7")));
    assert_eq!(answers, [200, 200, 200, 429]);
    assert_eq!(from("203.0.113.8"), 200);
    // An IPv6 network is one client.
    let answers = ["1", "2", "3", "4"].map(|last| from(&format!("2001:db8:1:2::{last}")));
    assert_eq!(answers, [200, 200, 200, 429]);
    assert_eq!(from("2001:db8:1:3::1"), 200);
}

#[test]
fn several_limits_are_asked_from_the_narrow_to_the_broad() {
    let upstream = Upstream::answering(OK);
    let limits = "{ key: { claim: /tenantId }, requests: 5, per: 1h }, { key: session, requests: 2, per: 1m }";
    let gateway = start(&routes(&upstream, limits));
    let mut client = gateway.client();
    let (ada, bob) = (session("ada", "acme"), session("bob", "acme"));
    let response = client.get("/api/a", &[&ada]);
    let headers = &response.headers;
    assert_eq!(
        headers.get("ratelimit-policy"),
        Some("\"session\";q=2;w=60, \"claim\";q=5;w=3600")
    );
    assert_eq!(
        headers.get("ratelimit"),
        Some("\"session\";r=1;t=30, \"claim\";r=4;t=720")
    );
    assert_eq!(client.get("/api/a", &[&ada]).status, 200);
    // Who is beyond the own limit takes nothing from the tenant, however often.
    for _ in 0..10 {
        let response = client.get("/api/a", &[&ada]);
        assert_eq!(response.status, 429);
        assert!(response.text().contains("rate_limit_session"));
        assert_eq!(
            response.headers.get("ratelimit"),
            Some("\"session\";r=0;t=60")
        );
    }
    let response = client.get("/api/a", &[&bob]);
    assert_eq!(
        response.headers.get("ratelimit"),
        Some("\"session\";r=1;t=30, \"claim\";r=2;t=2160")
    );
}

#[test]
fn a_request_counts_once_whatever_becomes_of_its_connection() {
    // Each connection carries one request and is closed without a word, so that the pool holds it stale.
    let upstream = Upstream::serving(|mut accepted: Accepted| {
        if accepted.request().is_some() {
            accepted.send(OK);
        }
    });
    let gateway = start(&limited(&upstream, "address"));
    let mut client = gateway.client();
    let ada = session("ada", "acme");
    for remaining in [2, 1, 0] {
        let response = client.get("/api/a", &[&ada]);
        assert_eq!(response.status, 200);
        let rate = response.headers.get("ratelimit").unwrap();
        assert!(
            rate.starts_with(&format!("\"address\";r={remaining};")),
            "{rate}"
        );
    }
}

#[test]
fn all_cores_count_together() {
    let upstream = Upstream::answering(OK);
    let yaml = format!("workers: 3\n{}", limited(&upstream, "address"));
    let gateway = start(&yaml);
    let ada = session("ada", "acme");
    // The kernel spreads the connections over the cores.
    let answers = statuses(24, || gateway.client().get("/api/a", &[&ada]));
    let allowed = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(allowed, 3, "{answers:?}");
}

#[test]
fn the_fields_of_an_upstream_pass_where_we_have_none() {
    let upstream = Upstream::answering(
        "HTTP/1.1 429 Too Many Requests\r\nRateLimit: \"theirs\";r=0;t=9\r\n\
         RateLimit-Policy: \"theirs\";q=1;w=9\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
    );
    let gateway = start(&limited(&upstream, "address"));
    let mut client = gateway.client();
    let free = client.get("/free/a", &[]);
    assert_eq!((free.status, free.code()), (429, ""));
    assert_eq!(free.headers.all("ratelimit"), ["\"theirs\";r=0;t=9"]);
    assert_eq!(free.headers.all("ratelimit-policy"), ["\"theirs\";q=1;w=9"]);
    let ours = client.get("/api/a", &[&session("ada", "acme")]);
    assert_eq!((ours.status, ours.code()), (429, ""));
    assert_eq!(ours.headers.all("retry-after"), ["9"]);
    assert_eq!(ours.headers.all("ratelimit"), ["\"address\";r=2;t=20"]);
    assert_eq!(
        ours.headers.all("ratelimit-policy"),
        ["\"address\";q=3;w=60"]
    );
}

#[test]
fn a_reload_leaves_the_counts_of_a_limit_that_it_leaves() {
    let upstream = Upstream::answering(OK);
    let yaml = limited(&upstream, "session");
    let gateway = start(&yaml);
    let ada = session("ada", "acme");
    // A connection that comes after a reload meets it.
    let ask = |gateway: &Gateway| Client::connect(gateway.address).get("/api/a", &[&ada]);
    assert_eq!(statuses(3, || ask(&gateway)), [200; 3]);
    let other = yaml.replace("/free/**", "/other/**");
    gateway.control.reload(config(&other)).unwrap();
    assert_eq!(ask(&gateway).status, 429);
    let wider = yaml.replace("requests: 3", "requests: 4");
    gateway.control.reload(config(&wider)).unwrap();
    assert_eq!(statuses(5, || ask(&gateway)), [200, 200, 200, 200, 429]);
}
