//! Request smuggling, over raw sockets: one meaning upstream, or none (TH-78, TH-79).

use std::io::{Read as _, Write as _};

use crate::client::{Client, Headers, Response};
use crate::gateway::Gateway;
use crate::upstream::{Accepted, OK, Seen, Upstream};

mod corpus;

use corpus::{Case, cases, unescaped};

/// What clients send.
const REQUESTS: &str = include_str!("smuggling/requests.txt");

/// What upstreams answer.
const ANSWERS: &str = include_str!("smuggling/answers.txt");

/// How a case is cut into writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Whole,
    Octets,
}

/// Answers everything, and takes what comes of a request that is to break as octets.
fn upstream() -> Upstream {
    Upstream::serving(|mut accepted| {
        while let Some(start) = accepted.peek() {
            if start.starts_with("POST /open/cut ") {
                is_one_request(&mut accepted);
                return;
            }
            accepted.request();
            accepted.send(OK);
        }
    })
}

/// A second request where the first one broke would be no answer's; the test hears of it as one.
fn is_one_request(accepted: &mut Accepted) {
    let mut octets = Vec::new();
    let _ = accepted.stream.read_to_end(&mut octets);
    let text = String::from_utf8_lossy(&octets);
    if text.matches(" HTTP/1.1\r\n").count() != 1 {
        accepted.record(&text);
    }
}

fn start(upstream: &Upstream) -> Gateway {
    Gateway::start(&format!(
        "danger_explain_to_client: true\n{}",
        crate::gateway::routes(upstream, "")
    ))
}

#[test]
fn every_request_has_one_meaning_or_none() {
    let cases = cases(REQUESTS);
    assert!(cases.len() >= 250, "{}", cases.len());
    let upstream = upstream();
    let gateway = start(&upstream);
    for case in &cases {
        for cut in [Cut::Whole, Cut::Octets] {
            check(&gateway, &upstream, case, cut);
        }
    }
}

fn check(gateway: &Gateway, upstream: &Upstream, case: &Case, cut: Cut) {
    let what = format!("{} ({cut:?})", case.what);
    let mut client = gateway.client();
    send(&mut client, &case.octets, cut);
    let mut ended = false;
    for step in &case.steps {
        assert!(!ended, "{what}: a step behind the end");
        let (first, rest) = step.split_once(' ').unwrap_or((step, ""));
        ended = matches!(first, "end" | "gone" | "cut");
        match first {
            "end" => {}
            "gone" => drop(client.rest()),
            "maybe" => match client.answer_to("GET") {
                Some(response) => {
                    assert_eq!(response.status, 200, "{what}: {}", response.text());
                    forwarded(upstream, rest, &what);
                }
                None => ended = true,
            },
            "cut" => refused(&mut client, 400, "bad_request framing", &what),
            status if status.parse::<u16>().is_ok() => {
                refused(&mut client, status.parse().unwrap(), rest, &what);
            }
            method => {
                let mut response = answer(&mut client, method, &what);
                while response.status == 100 {
                    response = answer(&mut client, method, &what);
                }
                assert_eq!(response.status, 200, "{what}: {}", response.text());
                forwarded(upstream, step, &what);
            }
        }
    }
    if ended {
        assert!(client.is_closed(), "{what}: it goes on");
        client = gateway.client();
    }
    // Whatever else had been made of the octets would be before this one.
    let response = client.get("/open/last", &[]);
    assert_eq!((response.status, response.text()), (200, "ok"), "{what}");
    forwarded(upstream, "GET /open/last", &what);
}

#[track_caller]
fn answer(client: &mut Client, method: &str, what: &str) -> Response {
    let answer = client.answer_to(method);
    answer.unwrap_or_else(|| panic!("{what}: no answer"))
}

/// Who is refused early may find the socket closed before the last octet is out.
fn send(client: &mut Client, octets: &[u8], cut: Cut) {
    match cut {
        Cut::Whole => client.send(octets),
        Cut::Octets => {
            let _ = octets
                .iter()
                .try_for_each(|octet| client.socket().write_all(&[*octet]));
        }
    }
}

#[track_caller]
fn refused(client: &mut Client, status: u16, words: &str, what: &str) {
    let response = answer(client, "GET", what);
    let mut words = words.split(' ');
    let code = words.next().unwrap();
    assert_eq!(response.status, status, "{what}: {}", response.text());
    if code == "-" {
        return;
    }
    assert_eq!(response.code(), code, "{what}");
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    if let Some(cause) = words.next() {
        assert_eq!(body["cause"], cause, "{what}");
    }
}

/// The next request at the upstream is this one, and says so in one way.
#[track_caller]
fn forwarded(upstream: &Upstream, expected: &str, what: &str) {
    let seen = upstream.seen();
    let mut parts = expected.splitn(3, ' ');
    let (method, target) = (parts.next().unwrap(), parts.next().unwrap());
    assert_eq!(seen.line, format!("{method} {target} HTTP/1.1"), "{what}");
    let body = unescaped(parts.next().unwrap_or_default());
    assert_eq!(seen.body, body, "{what}");
    is_plain(&seen, what);
}

/// What another parser behind us could stumble over.
#[track_caller]
fn is_plain(seen: &Seen, what: &str) {
    let headers = &seen.headers;
    assert_eq!(headers.all("host"), ["app.test"], "{what}");
    let lengths = headers.all("content-length").len();
    let codings = headers.all("transfer-encoding").len();
    assert!(lengths + codings <= 1, "{what}: {headers:?}");
    assert_eq!(folded(headers, "x-forwarded-for"), ["127.0.0.1"], "{what}");
    assert_eq!(folded(headers, "via"), ["1.1 vestibule"], "{what}");
    for absent in [
        "authorization",
        "connection",
        "cookie",
        "expect",
        "http2-settings",
        "keep-alive",
        "proxy-connection",
        "remote-user",
        "upgrade",
        "x-real-ip",
    ] {
        let upgrades = seen.line.contains("/ws ") && matches!(absent, "connection" | "upgrade");
        assert!(
            upgrades || folded(headers, absent).is_empty(),
            "{what}: {headers:?}"
        );
    }
    for (name, value) in headers.0.iter().chain(&seen.trailers.0) {
        let plain = !name.is_empty() && name.bytes().all(is_token);
        assert!(plain, "{what}: {name:?}");
        assert!(!value.chars().any(char::is_control), "{what}: {value:?}");
    }
    for (name, _) in &seen.trailers.0 {
        assert_eq!(name, "x-sum", "{what}");
    }
}

/// The values of a header as a server sees them that takes `_` for `-`.
fn folded<'a>(headers: &'a Headers, name: &str) -> Vec<&'a str> {
    let found = (headers.0.iter()).filter(|(given, _)| given.replace('_', "-") == name);
    found.map(|(_, value)| value.as_str()).collect()
}

fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// Answers `/case/N/CUT` with the octets of that case, and everything else plainly.
fn answering() -> Upstream {
    let cases = cases(ANSWERS);
    Upstream::serving(move |mut accepted| {
        while let Some(seen) = accepted.request() {
            let Some((_, case)) = seen.line.split_once("/case/") else {
                accepted.answer("next");
                continue;
            };
            let (number, cut) = case.split_once('/').unwrap();
            let octets = &cases[number.parse::<usize>().unwrap()].octets;
            // An escape sequence begins with what no answer has in it.
            let octets_only = octets.strip_suffix(b"\x1b");
            say(&mut accepted, octets_only.unwrap_or(octets), cut);
            if octets_only.is_some() {
                return;
            }
        }
    })
}

fn say(accepted: &mut Accepted, octets: &[u8], cut: &str) {
    if cut.starts_with("whole") {
        accepted.send(octets);
    } else {
        for octet in octets {
            accepted.send([*octet]);
        }
    }
}

#[test]
fn every_answer_has_one_meaning_or_is_none() {
    let cases = cases(ANSWERS);
    assert!(cases.len() >= 60, "{}", cases.len());
    let upstream = answering();
    let gateway = start(&upstream);
    for (number, case) in cases.iter().enumerate() {
        for cut in ["whole", "octets"] {
            check_answer(&gateway, number, case, cut);
        }
    }
}

fn check_answer(gateway: &Gateway, number: usize, case: &Case, cut: &str) {
    let what = format!("{} ({cut})", case.what);
    let mut words = case.steps[0].split(' ');
    let mut word = || words.next().unwrap_or_default();
    let first = word();
    let method = if first == "HEAD" { "HEAD" } else { "GET" };
    let status = match first {
        "HEAD" | "cut" => word(),
        status => status,
    };
    let rest = word();
    let mut client = gateway.client();
    client.send(format!(
        "{method} /open/case/{number}/{cut} HTTP/1.1\r\nHost: app.test\r\n\r\n"
    ));
    if first == "cut" {
        is_cut(&mut client, status, rest, &what);
        client = gateway.client();
    } else {
        let response = answer(&mut client, method, &what);
        assert_eq!(response.status.to_string(), status, "{what}");
        is_well_formed(&response, &what);
        if status == "502" {
            assert_eq!(response.code(), rest, "{what}");
        } else {
            assert_eq!(response.text(), rest, "{what}");
            assert_eq!(response.headers.get("vestibule-refusal"), None, "{what}");
        }
    }
    for _ in 0..2 {
        assert_eq!(client.get("/open/next", &[]).text(), "next", "{what}");
    }
}

#[track_caller]
fn is_cut(client: &mut Client, status: &str, part: &str, what: &str) {
    let (head, _) = client.head();
    assert_eq!(head.to_string(), status, "{what}");
    let rest = client.rest();
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.contains(part), "{what}: {rest:?}");
    assert!(!rest.contains("0\r\n\r\n"), "{what}: {rest:?}");
}

#[track_caller]
fn is_well_formed(response: &Response, what: &str) {
    let headers = &response.headers;
    let lengths = headers.all("content-length").len();
    let codings = headers.all("transfer-encoding").len();
    assert!(lengths + codings <= 1, "{what}: {headers:?}");
    for (name, value) in &headers.0 {
        let plain = !name.is_empty() && name.bytes().all(is_token);
        assert!(plain, "{what}: {name:?}");
        assert!(!value.chars().any(char::is_control), "{what}: {value:?}");
    }
}

/// However many interim answers come, the last one is passed on, and others are served meanwhile.
#[test]
fn a_flood_of_interim_answers_ends_with_the_deadline() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(100);
            if seen.line.contains("/many") {
                (0..100).for_each(|_| accepted.send(&interim));
                accepted.send(OK);
            } else if seen.line.contains("/endless") {
                while accepted
                    .stream
                    .get_mut()
                    .write_all(interim.as_bytes())
                    .is_ok()
                {}
                return;
            } else {
                accepted.send(OK);
            }
        }
    });
    let gateway = Gateway::start(&crate::gateway::routes(&upstream, "timeout: 2s"));
    let mut client = gateway.client();
    assert_eq!(client.get("/open/many", &[]).text(), "ok");
    client.send("GET /open/endless HTTP/1.1\r\nHost: app.test\r\n\r\n");
    for _ in 0..20 {
        assert_eq!(gateway.client().get("/open/other", &[]).text(), "ok");
    }
    let response = client.response();
    let end = (response.status, response.code());
    assert_eq!(end, (504, "upstream_timeout"));
}
