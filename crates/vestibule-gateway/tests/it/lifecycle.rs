//! Reload and drain: nobody notices the one, and the other lets everybody finish.

use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use vestibule_gateway::{BindError, Clock, Server};

use super::TRANSPORT;
use crate::client::{Client, PATIENCE};
use crate::gateway::{Gateway, NOW, TLS, config, routes};
use crate::upstream::{OK, Upstream};

/// An upstream that answers each request with `ok` when it is told to.
fn held() -> (Upstream, Sender<()>) {
    let (release, released) = channel();
    let released: Mutex<Receiver<()>> = Mutex::new(released);
    let upstream = Upstream::serving(move |mut accepted| {
        while accepted.request().is_some() {
            let go = released.lock().unwrap().recv_timeout(PATIENCE);
            if go.is_ok() {
                accepted.send(OK);
            }
        }
    });
    (upstream, release)
}

fn ask(client: &mut Client, path: &str) {
    client.send(format!("GET {path} HTTP/1.1\r\nHost: app.test\r\n\r\n"));
}

#[test]
fn a_request_that_runs_finishes_with_the_configuration_it_began_with() {
    let (old, release) = held();
    let new = Upstream::answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
    let gateway = Gateway::start(&routes(&old, ""));
    let mut running = gateway.client_over(TRANSPORT);
    ask(&mut running, "/open/a");
    old.seen();
    gateway.control.reload(config(&routes(&new, ""))).unwrap();
    // The reload is told to the core before the connection comes.
    assert_eq!(
        gateway.client_over(TRANSPORT).get("/open/a", &[]).text(),
        "new"
    );
    release.send(()).unwrap();
    assert_eq!(running.response().text(), "ok");
    // The kept connection meets the new configuration with its next request.
    assert_eq!(running.get("/open/a", &[]).text(), "new");
}

#[test]
fn a_reload_may_take_routes_and_sessions_away() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    let cookie = crate::gateway::signed_in();
    assert_eq!(client.get("/api/a", &[&cookie]).status, 200);
    let other =
        "session: { secrets: ['another secret that is long enough for this, as it is new'] }";
    let only_api = format!(
        "{other}\nupstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/api/**', to: api, auth: required }} ]\n",
        upstream.address
    );
    gateway.control.reload(config(&only_api)).unwrap();
    assert_eq!(client.get("/open/a", &[]).code(), "not_found");
    assert_eq!(client.get("/api/a", &[&cookie]).code(), "unauthenticated");
}

#[test]
fn no_request_is_dropped_by_fifty_reloads() {
    let upstream = Upstream::answering(OK);
    let yaml = format!("workers: 2\n{}", routes(&upstream, ""));
    let gateway = Gateway::start(&yaml);
    let (done, served) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for hammer in 0..4 {
            let (gateway, done, served) = (&gateway, &done, &served);
            scope.spawn(move || {
                let mut client = gateway.client_over(TRANSPORT);
                while !done.load(Ordering::Relaxed) {
                    // Half of them keep their connection, half come anew each time.
                    if hammer % 2 == 0 {
                        client = gateway.client_over(TRANSPORT);
                    }
                    let response = client.get("/open/a", &[]);
                    assert_eq!((response.status, response.text()), (200, "ok"));
                    served.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..50 {
            let before = served.load(Ordering::Relaxed);
            gateway.control.reload(config(&yaml)).unwrap();
            // Each configuration serves somebody before the next one comes.
            while served.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(served.into_inner() >= 50);
}

#[test]
fn a_drain_lets_requests_finish_and_takes_no_more() {
    let (upstream, release) = held();
    let gateway = Gateway::start(&format!(
        "timeouts: {{ drain: 20s }}\n{}",
        routes(&upstream, "")
    ));
    let address = gateway.address;
    let mut running = gateway.client_over(TRANSPORT);
    ask(&mut running, "/open/a");
    let mut idle = gateway.client_over(TRANSPORT);
    ask(&mut idle, "/nowhere");
    assert_eq!(idle.response().status, 404);
    upstream.seen();
    gateway.control.drain();
    // An idle connection is closed at once, which also shows that the drain has begun.
    assert!(idle.is_closed());
    assert!(TcpStream::connect(address).is_err(), "still listening");
    release.send(()).unwrap();
    let response = running.response();
    assert_eq!((response.status, response.text()), (200, "ok"));
    assert_eq!(response.headers.get("connection"), Some("close"));
    assert!(running.is_closed());
    gateway.join();
}

/// Their octets are under way when the drain begins: in the queue of the listener, or in none yet.
#[test]
fn whoever_came_before_the_drain_is_answered() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "timeouts: {{ drain: 20s }}\n{}",
        routes(&upstream, "")
    ));
    let mut accepted = gateway.client_over(TRANSPORT);
    let mut begun = gateway.client_over(TRANSPORT);
    begun.send("GET /open/a HTTP/1.1\r\nHost: app");
    let mut idle = gateway.client_over(TRANSPORT);
    assert_eq!(idle.get("/nowhere", &[]).status, 404);
    let mut queued: Vec<_> = (0..50)
        .map(|_| TcpStream::connect(gateway.address).unwrap())
        .collect();
    gateway.control.drain();
    assert!(idle.is_closed());
    accepted.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    begun.send(".test\r\n\r\n");
    for client in [&mut accepted, &mut begun] {
        assert_eq!(client.response().text(), "ok");
        assert!(client.is_closed());
    }
    for client in &mut queued {
        let request = b"GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n";
        std::io::Write::write_all(client, request).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(client, &mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    gateway.join();
}

#[test]
fn a_request_that_never_ends_is_cut_when_the_drain_is_over() {
    let (upstream, _release) = held();
    let gateway = Gateway::start(&format!(
        "timeouts: {{ drain: 100ms }}\n{}",
        routes(&upstream, "")
    ));
    let mut running = gateway.client_over(TRANSPORT);
    ask(&mut running, "/open/a");
    upstream.seen();
    gateway.control.drain();
    gateway.join();
    assert!(running.is_closed());
}

#[test]
fn tunnels_end_with_the_drain() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        );
        accepted.is_closed();
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send("GET /open/ws HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_eq!(client.head().0, 101);
    gateway.control.drain();
    gateway.join();
    assert!(client.is_closed());
}

#[test]
fn readiness_goes_before_service_does() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{TLS}{}",
        routes(&upstream, "")
    ));
    let mut probe = Client::connect(gateway.admin.unwrap());
    assert_eq!(probe.get("/readyz", &[]).status, 200);
    gateway.control.announce_drain();
    let unready = probe.get("/readyz", &[]);
    assert_eq!((unready.status, unready.text()), (503, "draining\n"));
    assert_eq!(probe.get("/livez", &[]).status, 200);
    assert_eq!(
        gateway.client_over(TRANSPORT).get("/open/a", &[]).status,
        200
    );
}

/// Whoever opens connections to the admin listener must not take the descriptors of the clients.
#[test]
fn the_admin_listener_takes_a_bounded_number_of_connections() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{TLS}{}",
        routes(&upstream, "")
    ));
    let admin = gateway.admin.unwrap();
    let mut probes: Vec<_> = (0..64).map(|_| Client::connect(admin)).collect();
    for probe in &mut probes {
        assert_eq!(probe.get("/livez", &[]).status, 200);
    }
    assert!(Client::connect(admin).is_closed());
    let mut first = probes.remove(0);
    assert_eq!(first.get("/livez", &["Connection: close"]).status, 200);
    assert!(first.is_closed());
    let served = (0..1000).any(|_| {
        let mut probe = Client::connect(admin);
        let request = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
        let _ = std::io::Write::write_all(probe.socket(), request);
        probe.status_line().starts_with("HTTP/1.1 200")
    });
    assert!(served, "the place was not given back");
}

#[test]
fn every_worker_serves() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "workers: 2\nlisten: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{TLS}{}",
        routes(&upstream, "")
    ));
    // Each worker has an upstream connection of its own, and the kernel spreads the clients.
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..200 {
        assert_eq!(
            gateway.client_over(TRANSPORT).get("/open/a", &[]).status,
            200
        );
        numbers.insert(upstream.seen().connection);
    }
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), [0, 1]);
    // What both of them counted is added up.
    let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
    let line = "vestibule_http_requests_total{route=\"/open/**\",method=\"GET\",status=\"200\",reason=\"\"} 200\n";
    assert!(metrics.text().contains(line), "{}", metrics.text());
}

#[test]
fn a_second_gateway_on_the_same_address_does_not_start() {
    let upstream = Upstream::answering(OK);
    let workers = "workers: 2\n";
    let gateway = Gateway::start(&format!(
        "{workers}listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{TLS}{}",
        routes(&upstream, "")
    ));
    let (plain, tls) = (gateway.address, gateway.tls_address.unwrap());
    let admin = gateway.admin.unwrap();
    let certificates = "certificates: [ { cert_file: 0.pem, key_file: 0.key } ]";
    for (listeners, taken) in [
        (format!("listen: {plain}\nadmin: off\n"), plain),
        (
            format!("listen: off\nadmin: off\ntls: {{ listen: {tls}, {certificates} }}\n"),
            tls,
        ),
        (
            format!("listen: 127.0.0.1:0\nadmin: {{ listen: {admin} }}\n"),
            admin,
        ),
    ] {
        let config = config(&format!("{workers}{listeners}{}", routes(&upstream, "")));
        let refused = Server::bind(config, Clock::new(|| NOW));
        assert!(
            matches!(refused, Err(BindError::Listen { address, .. }) if address == taken),
            "{listeners}"
        );
    }
}
