//! What the public listener shows of the inside, and what the inside keeps of the outside: nothing.

use crate::client::Client;
use crate::gateway::{Gateway, routes};
use crate::upstream::{OK, Upstream};

const ADMIN: &str = "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

/// What the admin listener has, what it may have one day, and what others have there.
const INSIDE: [&str; 14] = [
    "/livez",
    "/readyz",
    "/readyz?verbose",
    "/healthz",
    "/metrics",
    "/metrics/",
    "/console",
    "/config",
    "/debug",
    "/debug/pprof",
    "/status",
    "/.vestibule/",
    "/.vestibule/metrics",
    "/.vestibule/jwks.json",
];

#[test]
fn nothing_of_the_admin_listener_is_on_the_public_one() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!("{ADMIN}{}", routes(&upstream, "")));
    for path in INSIDE {
        for method in ["GET", "POST", "OPTIONS"] {
            let line = format!("{method} {path}");
            let response = gateway.client().request(&line, &["Content-Length: 0"]);
            assert_eq!(
                (response.status, response.code()),
                (404, "not_found"),
                "{line}"
            );
        }
    }
    assert!(upstream.is_untouched());
    assert_eq!(
        Client::connect(gateway.admin.unwrap())
            .get("/livez", &[])
            .status,
        200
    );
}

/// An application's own `/metrics` is the application's; what we reserve is nobody's.
#[test]
fn a_route_for_everything_reaches_the_application_and_never_the_inside() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "{ADMIN}upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/**', to: web, auth: none }} ]\n",
        upstream.address
    ));
    for path in INSIDE {
        let response = gateway.client().get(path, &[]);
        if path.starts_with("/.vestibule/") {
            assert_eq!(
                (response.status, response.code()),
                (404, "not_found"),
                "{path}"
            );
        } else {
            assert_eq!((response.status, response.text()), (200, "ok"), "{path}");
            let seen = upstream.seen().line;
            assert_eq!(seen, format!("GET {path} HTTP/1.1"));
        }
    }
    assert!(upstream.is_untouched());
}

/// TH-105: whoever tries paths must not fill the memory of whoever counts them.
#[test]
fn ten_thousand_paths_add_no_series() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!("{ADMIN}{}", routes(&upstream, "")));
    let names = || {
        let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
        let lines = metrics.text().lines().filter(|line| !line.starts_with('#'));
        let names = lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned());
        names.collect::<Vec<_>>()
    };
    let ask = |number: u32| {
        // Without a pattern, the same in every run.
        let text = number.wrapping_mul(0x9e37_79b1);
        let path = ["open", "api", "nowhere", "open/%2e%2e"][number as usize % 4];
        let method = ["GET", "POST", "BREW"][number as usize % 3];
        format!(
            "{method} /{path}/{text:08x} HTTP/1.1\r\nHost: h{text}.test\r\nX-Forwarded-For: {text}\r\n\
             User-Agent: {text}\r\nCookie: c{text}={text}\r\nContent-Length: 0\r\n\r\n"
        )
    };
    let mut client = gateway.client();
    let mut asked = 0;
    let mut run = |until: u32| {
        while asked < until {
            let batch = asked..until.min(asked + 50);
            asked = batch.end;
            let text: Vec<String> = batch.clone().map(ask).collect();
            client.send(text.concat());
            for _ in batch {
                client.response();
            }
        }
    };
    run(100);
    let before = names();
    run(10_000);
    assert_eq!(names(), before);
}
