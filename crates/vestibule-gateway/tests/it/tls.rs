//! TLS itself: who gets which certificate, what is agreed on, what a reload changes, and what goes wrong.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use rustls::version::{TLS12, TLS13};
use rustls::{
    ALL_VERSIONS, AlertDescription, ClientConfig, ClientConnection, Error, HandshakeKind,
    ProtocolVersion, StreamOwned,
};

use crate::authority::{Issued, trusting};
use crate::client::{Client, PATIENCE, Response, body, head};
use crate::gateway::{Gateway, TLS, Transport, config, config_with, cookie_named, routes};
use crate::upstream::{OK, Upstream};

/// A connection that shows what TLS agreed on.
type Secure = StreamOwned<ClientConnection, TcpStream>;

/// Shakes hands as a client that asks for `host`.
fn shake(address: SocketAddr, host: &str, client: &Arc<ClientConfig>) -> Result<Secure, Error> {
    let host = host.to_owned().try_into().unwrap();
    let mut connection = ClientConnection::new(Arc::clone(client), host).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while connection.is_handshaking() {
        connection
            .complete_io(&mut stream)
            .map_err(|error| match error.downcast::<Error>() {
                Ok(error) => error,
                Err(error) => Error::General(error.kind().to_string()),
            })?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn shared(address: SocketAddr) -> Secure {
    let client = Arc::new(trusting(&[Issued::shared()], ALL_VERSIONS));
    shake(address, "app.test", &client).unwrap()
}

fn get(stream: &mut Secure, path: &str) -> Response {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: app.test\r\n\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    let (line, headers) = head(&mut stream).unwrap();
    let (body, trailers) = body(&mut stream, &headers);
    Response {
        status: line.split(' ').nth(1).unwrap().parse().unwrap(),
        headers,
        body,
        trailers,
    }
}

/// A TLS listener with the certificates `0.pem`, `1.pem` and so on, and this beside them.
fn listening(certificates: usize, more: &str) -> String {
    let files = (0..certificates)
        .map(|number| format!("{{ cert_file: {number}.pem, key_file: {number}.key }}"));
    let files: Vec<_> = files.collect();
    format!(
        "listen: 127.0.0.1:0\nadmin: off\ntls: {{ listen: 127.0.0.1:0, certificates: [ {} ], {more} }}\n",
        files.join(", ")
    )
}

#[test]
fn the_connection_decides_on_the_scheme() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let plain = cookie_named(
        "authjs.session-token",
        r#"{"sub":"u-1","backendToken":"plain"}"#,
    );
    let secure = cookie_named(
        "__Secure-authjs.session-token",
        r#"{"sub":"u-2","backendToken":"secure"}"#,
    );
    let cookies = format!("Cookie: {plain}; {secure}");
    let forged = "X-Forwarded-Proto: http";
    let mut client = gateway.client_over(Transport::Tls);
    assert_eq!(client.get("/api/a", &[&cookies, forged]).status, 200);
    let seen = upstream.seen().headers;
    assert_eq!(seen.all("x-forwarded-proto"), ["https"]);
    assert_eq!(seen.get("x-forwarded-port"), Some("443"));
    assert_eq!(seen.get("authorization"), Some("Bearer secure"));
    assert_eq!(gateway.client().get("/api/a", &[&cookies]).status, 200);
    let seen = upstream.seen().headers;
    assert_eq!(seen.all("x-forwarded-proto"), ["http"]);
    assert_eq!(seen.get("authorization"), Some("Bearer plain"));
}

#[test]
fn the_name_that_a_client_asks_for_chooses_the_certificate() {
    let upstream = Upstream::answering(OK);
    let issued = [
        Issued::new(&["app.test", "127.0.0.1"]),
        Issued::new(&["shop.test", "*.shop.test"]),
        Issued::new(&["a.shop.test"]),
    ];
    let issued: Vec<_> = issued.iter().collect();
    let yaml = format!("{}{}", listening(3, ""), routes(&upstream, ""));
    let gateway = Gateway::start_with(config_with(&yaml, &issued));
    let address = gateway.tls_address.unwrap();
    for (host, number) in [
        ("app.test", 0),
        ("shop.test", 1),
        ("b.shop.test", 1),
        ("B.SHOP.test", 1),
        ("a.shop.test", 2),
        // An address is never sent as a name, so this client asks for none.
        ("127.0.0.1", 0),
    ] {
        // Whoever trusts one certificate alone sees that it is this one.
        let client = Arc::new(trusting(&[issued[number]], ALL_VERSIONS));
        let mut stream = shake(address, host, &client).unwrap();
        assert_eq!(get(&mut stream, "/open/a").status, 200, "{host}");
    }
    let client = Arc::new(trusting(&issued, ALL_VERSIONS));
    let unknown = shake(address, "unknown.test", &client).unwrap_err();
    assert!(
        matches!(unknown, Error::InvalidCertificate(_)),
        "{unknown:?}"
    );
}

#[test]
fn both_versions_are_spoken() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    for (offered, agreed) in [
        (&TLS12, ProtocolVersion::TLSv1_2),
        (&TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let client = Arc::new(trusting(&[Issued::shared()], &[offered]));
        let mut stream = shake(gateway.tls_address.unwrap(), "app.test", &client).unwrap();
        assert_eq!(get(&mut stream, "/open/a").text(), "ok");
        assert_eq!(stream.conn.protocol_version(), Some(agreed));
    }
}

#[test]
fn http_1_1_is_the_one_protocol_where_http_2_is_off() {
    let upstream = Upstream::answering(OK);
    let tls = TLS.replace("tls: {", "tls: { http2: false,");
    let listen = "listen: 127.0.0.1:0\nadmin: off\n";
    let gateway = Gateway::start(&format!("{listen}{tls}{}", routes(&upstream, "")));
    let offering = |protocols: &[&str]| {
        let mut client = trusting(&[Issued::shared()], ALL_VERSIONS);
        client.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        shake(gateway.tls_address.unwrap(), "app.test", &Arc::new(client))
    };
    let mut stream = offering(&["h2", "http/1.1"]).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(get(&mut stream, "/open/a").status, 200);
    assert_eq!(offering(&[]).unwrap().conn.alpn_protocol(), None);
    assert_eq!(
        offering(&["h2"]).unwrap_err(),
        Error::AlertReceived(AlertDescription::NoApplicationProtocol)
    );
}

#[test]
fn a_client_resumes_on_any_core_and_after_a_reload() {
    let upstream = Upstream::answering(OK);
    let yaml = format!("workers: 2\n{}", routes(&upstream, ""));
    let gateway = Gateway::start(&yaml);
    for version in [&TLS12, &TLS13] {
        let client = Arc::new(trusting(&[Issued::shared()], &[version]));
        let mut kinds = Vec::new();
        // The kernel spreads the connections over both cores.
        for round in 0..16 {
            if round == 8 {
                gateway.control.reload(config(&yaml)).unwrap();
            }
            let mut stream = shake(gateway.tls_address.unwrap(), "app.test", &client).unwrap();
            // The tickets of TLS 1.3 come behind the handshake.
            assert_eq!(get(&mut stream, "/open/a").status, 200);
            kinds.push(stream.conn.handshake_kind().unwrap());
        }
        assert_eq!(kinds.remove(0), HandshakeKind::Full);
        assert_eq!(kinds, [HandshakeKind::Resumed; 15], "{version:?}");
    }
}

#[test]
fn a_reload_changes_the_certificate_of_new_connections_alone() {
    let upstream = Upstream::answering(OK);
    let (old, new) = (Issued::new(&["app.test"]), Issued::new(&["app.test"]));
    let yaml = format!("{}{}", listening(1, ""), routes(&upstream, ""));
    let gateway = Gateway::start_with(config_with(&yaml, &[&old]));
    let address = gateway.tls_address.unwrap();
    let trusts_old = Arc::new(trusting(&[&old], ALL_VERSIONS));
    let mut kept = shake(address, "app.test", &trusts_old).unwrap();
    assert_eq!(get(&mut kept, "/open/a").status, 200);
    gateway.control.reload(config_with(&yaml, &[&new])).unwrap();
    let trusts_new = Arc::new(trusting(&[&new], ALL_VERSIONS));
    let mut fresh = shake(address, "app.test", &trusts_new).unwrap();
    assert_eq!(get(&mut fresh, "/open/a").status, 200);
    assert_eq!(get(&mut kept, "/open/a").status, 200);
    // Without the section the listener stays, and so does what it last had.
    let without = format!("listen: 127.0.0.1:0\n{}", routes(&upstream, ""));
    gateway.control.reload(config(&without)).unwrap();
    let mut later = shake(address, "app.test", &trusts_new).unwrap();
    assert_eq!(get(&mut later, "/open/a").status, 200);
    assert_eq!(get(&mut kept, "/open/a").status, 200);
}

#[test]
fn tls_may_be_all_there_is() {
    let upstream = Upstream::answering(OK);
    let yaml = listening(1, "").replace("listen: 127.0.0.1:0\nadmin", "listen: off\nadmin");
    let config = config(&format!("{yaml}{}", routes(&upstream, "")));
    let server = vestibule_gateway::Server::bind(config, vestibule_gateway::Clock::new(|| 0));
    let server = server.unwrap();
    assert_eq!(server.address(), None);
    let (address, control) = (server.tls_address().unwrap(), server.control());
    let running = std::thread::spawn(move || server.run());
    assert_eq!(get(&mut shared(address), "/open/a").status, 200);
    control.drain();
    running.join().unwrap().unwrap();
}

#[test]
fn a_handshake_has_its_time() {
    let upstream = Upstream::answering(OK);
    let yaml = format!(
        "{}{}",
        listening(1, "handshake_timeout: 100ms"),
        routes(&upstream, "")
    );
    let gateway = Gateway::start(&yaml);
    for part in [&b""[..], b"\x16\x03\x01"] {
        let mut silent = Client::connect(gateway.tls_address.unwrap());
        silent.send(part);
        assert!(silent.is_closed());
    }
    assert_eq!(
        get(&mut shared(gateway.tls_address.unwrap()), "/open/a").status,
        200
    );
}

#[test]
fn handshakes_are_counted_by_what_came_of_them() {
    let upstream = Upstream::answering(OK);
    let yaml = listening(1, "handshake_timeout: 100ms")
        .replace("admin: off", "admin: { listen: 127.0.0.1:0 }");
    let gateway = Gateway::start(&format!("{yaml}{}", routes(&upstream, "")));
    let address = gateway.tls_address.unwrap();
    let counted = || {
        let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
        let count = |outcome: &str| {
            let start = format!("vestibule_tls_handshakes_total{{outcome=\"{outcome}\"}} ");
            let mut lines = metrics.text().lines();
            let count = lines.find_map(|line| line.strip_prefix(&start));
            count.unwrap().parse::<u32>().unwrap()
        };
        ["ok", "closed", "failed", "timeout"].map(count)
    };
    assert_eq!(counted(), [0; 4]);
    get(&mut shared(address), "/open/a");
    // Somebody who speaks plain HTTP here is not answered in plain HTTP.
    let mut plain = Client::connect(address);
    plain.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert!(!plain.rest().starts_with(b"HTTP/"));
    assert!(Client::connect(address).is_closed());
    let mut leaving = Client::connect(address);
    leaving.finish_sending();
    assert!(leaving.is_closed());
    assert_eq!(counted(), [1; 4]);
    assert_eq!(upstream.seen().line, "GET /open/a HTTP/1.1");
    assert!(upstream.is_untouched());
}

#[test]
fn whoever_has_not_shaken_hands_takes_a_place_too() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "limits: {{ connections: 1 }}\n{}",
        routes(&upstream, "")
    ));
    // Begins a handshake and leaves the rest to its peer, whose answer shows that it was accepted.
    let client = Arc::new(trusting(&[Issued::shared()], ALL_VERSIONS));
    let name = "app.test".try_into().unwrap();
    let mut beginning = ClientConnection::new(client, name).unwrap();
    let mut silent = Client::connect(gateway.tls_address.unwrap());
    beginning.write_tls(silent.socket()).unwrap();
    silent.take(1);
    let mut refused = gateway.client();
    assert_eq!(refused.response().status, 503);
    drop(silent);
    // The place is free when the gateway has seen that.
    let served = (0..1000).any(|_| {
        let mut client = gateway.client();
        let _ = client
            .socket()
            .write_all(b"GET /open/a HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n");
        client.status_line().starts_with("HTTP/1.1 200")
    });
    assert!(served, "the place was not given back");
}

#[test]
fn a_drain_waits_for_no_handshake() {
    let upstream = Upstream::answering(OK);
    // Both times are longer than the test's patience.
    let gateway = Gateway::start(&format!(
        "{}timeouts: {{ drain: 10m }}\n{}",
        listening(1, "handshake_timeout: 10m"),
        routes(&upstream, "")
    ));
    let mut silent = Client::connect(gateway.tls_address.unwrap());
    // An answer on the same core shows that the earlier connection was accepted as well.
    assert_eq!(
        get(&mut shared(gateway.tls_address.unwrap()), "/open/a").status,
        200
    );
    gateway.control.drain();
    assert!(silent.is_closed());
    gateway.join();
}

#[test]
fn an_end_that_is_none_shows() {
    let (cut, go) = channel();
    let go = Mutex::new(go);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        let _ = go.lock().unwrap().recv_timeout(PATIENCE);
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut stream = shared(gateway.tls_address.unwrap());
    write!(stream, "GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    assert_eq!(head(&mut stream).unwrap().0, "HTTP/1.1 200 OK");
    let mut got = [0; 4];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"half");
    cut.send(()).unwrap();
    let end = stream.read_to_end(&mut Vec::new());
    // No `close_notify`: the client can tell a cut from an end.
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn plain_http_leads_to_https_where_asked() {
    let upstream = Upstream::answering(OK);
    let start = |more: &str| {
        Gateway::start(&format!(
            "{}trusted_proxies: [127.0.0.0/8]\n{more}{}",
            listening(1, "redirect_http: true"),
            routes(&upstream, "")
        ))
    };
    let gateway = start("");
    let port = gateway.tls_address.unwrap().port();
    for line in ["GET /open/a?x=%2F%41&y", "POST /nowhere?x=%2F%41&y"] {
        let response = gateway.client().request(line, &["Content-Length: 0"]);
        assert_eq!((response.status, response.code()), (308, "https_required"));
        let (_, target) = line.split_once(' ').unwrap();
        let location = format!("https://app.test:{port}{target}");
        assert_eq!(response.headers.all("location"), [location]);
        assert_eq!(response.headers.get("cache-control"), Some("no-store"));
    }
    // What has no single meaning leads nowhere.
    let response = gateway.client().get("/open/..%2f", &[]);
    assert_eq!((response.status, response.code()), (400, "bad_path"));
    assert!(upstream.is_untouched());

    // A proxy in front has ended TLS already.
    let forwarded = gateway
        .client()
        .get("/open/a", &["X-Forwarded-Proto: https"]);
    assert_eq!(forwarded.status, 200);
    upstream.seen();
    let mut stream = shared(gateway.tls_address.unwrap());
    assert_eq!(get(&mut stream, "/open/a").status, 200);
    upstream.seen();

    let gateway = start("public_url: https://shop.test\n");
    let response = gateway.client().get("/open/a", &[]);
    assert_eq!(response.status, 308);
    assert_eq!(
        response.headers.all("location"),
        ["https://shop.test/open/a"]
    );
    assert!(upstream.is_untouched());
    // An ambiguous word of a proxy is no reason to send anybody in circles.
    let ambiguous = ["X-Forwarded-Proto: https,http"];
    assert_eq!(gateway.client().get("/open/a", &ambiguous).status, 200);
}

#[test]
fn plain_http_is_served_beside_tls_unless_asked_otherwise() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    assert_eq!(gateway.client().get("/open/a", &[]).status, 200);
}
