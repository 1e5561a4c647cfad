//! TLS to upstreams: nothing of a request goes to whom the certificate does not speak for (TH-93).

use std::io::Read as _;
use std::net::SocketAddr;

use rustls::ServerConfig;

use crate::authority::{Authority, Issued};
use crate::client::Response;
use crate::gateway::{Gateway, config_with, signed_in};
use crate::secure_upstream::{asking, before, showing};
use crate::upstream::{OK, Upstream};

/// One upstream over TLS behind a route with a token.
fn routes(address: SocketAddr, settings: &str) -> String {
    format!(
        "danger_explain_to_client: true\n\
         upstreams: {{ api: {{ url: 'https://localhost:{}', {settings} }} }}\n\
         routes:\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n",
        address.port()
    )
}

fn ask(gateway: &Gateway) -> Response {
    gateway.client().get("/api/a", &[&signed_in()])
}

/// Expects that the gateway goes to this upstream, and with the token.
#[track_caller]
fn passes(server: ServerConfig, settings: &str, files: &[&Issued]) {
    let upstream = Upstream::answering(OK);
    let address = before(upstream.address, server);
    let gateway = Gateway::start_with(config_with(&routes(address, settings), files));
    let response = ask(&gateway);
    assert_eq!((response.status, response.text()), (200, "ok"));
    let seen = upstream.seen();
    assert_eq!(seen.headers.get("authorization"), Some("Bearer ada-token"));
    assert_eq!(seen.headers.get("host"), Some("app.test"));
}

/// Expects a refusal with the cause `tls`, and that the upstream never heard of the request.
#[track_caller]
fn stays_away(server: ServerConfig, settings: &str, files: &[&Issued]) {
    let upstream = Upstream::answering(OK);
    let address = before(upstream.address, server);
    let gateway = Gateway::start_with(config_with(&routes(address, settings), files));
    refused(&gateway, "tls");
    assert!(upstream.is_untouched());
}

#[track_caller]
fn refused(gateway: &Gateway, cause: &str) {
    let response = ask(gateway);
    let code = (response.status, response.code());
    assert_eq!(code, (502, "upstream_unreachable"));
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["cause"], cause);
}

#[test]
fn the_systems_authorities_are_trusted() {
    let issued = Authority::system().issue(&["localhost"]);
    passes(showing(&issued, &[]), "", &[Issued::shared()]);
    passes(showing(&issued, &["http/1.1"]), "", &[Issued::shared()]);
}

#[test]
fn an_authority_of_ones_own_is_trusted_instead_of_the_systems() {
    let authority = Authority::new();
    let files = [Issued::shared(), &authority.published()];
    let own = authority.issue(&["localhost"]);
    passes(showing(&own, &[]), "ca_file: 1.pem", &files);
    let other = Authority::system().issue(&["localhost"]);
    stays_away(showing(&other, &[]), "ca_file: 1.pem", &files);
}

#[test]
fn an_unknown_authority_gets_nothing() {
    let issued = Authority::new().issue(&["localhost"]);
    stays_away(showing(&issued, &[]), "", &[Issued::shared()]);
}

#[test]
fn a_self_signed_certificate_gets_nothing() {
    let issued = Issued::new(&["localhost"]);
    stays_away(showing(&issued, &[]), "", &[Issued::shared()]);
}

#[test]
fn an_expired_certificate_gets_nothing() {
    let issued = Authority::system().issue_until(&["localhost"], 2021);
    stays_away(showing(&issued, &[]), "", &[Issued::shared()]);
}

#[test]
fn a_certificate_for_another_name_gets_nothing() {
    let issued = Authority::system().issue(&["other.test"]);
    stays_away(showing(&issued, &[]), "", &[Issued::shared()]);
}

#[test]
fn the_expected_name_can_be_another_than_the_host() {
    let issued = Authority::system().issue(&["other.test"]);
    let files = [Issued::shared()];
    passes(showing(&issued, &[]), "server_name: other.test", &files);
    let issued = Authority::system().issue(&["localhost"]);
    stays_away(showing(&issued, &[]), "server_name: other.test", &files);
}

#[test]
fn any_certificate_is_taken_where_the_operator_says_so() {
    let issued = Issued::new(&["other.test"]);
    let danger = "danger_accept_invalid_certificates: true";
    passes(showing(&issued, &[]), danger, &[Issued::shared()]);
}

#[test]
fn the_gateways_own_certificate_is_shown() {
    let (issued, clients) = (Authority::system().issue(&["localhost"]), Authority::new());
    let own = clients.issue(&["gateway.test"]);
    let files = [Issued::shared(), &own];
    let named = "cert_file: 1.pem, key_file: 1.key";
    passes(asking(&issued, &clients), named, &files);
    // In TLS 1.3 the upstream refuses only after the handshake: the connection breaks without an answer.
    let upstream = Upstream::answering(OK);
    let address = before(upstream.address, asking(&issued, &clients));
    let gateway = Gateway::start_with(config_with(&routes(address, ""), &files));
    let response = ask(&gateway);
    let code = (response.status, response.code());
    assert_eq!(code, (502, "upstream_unreachable"));
    assert!(upstream.is_untouched());
}

#[test]
fn there_is_no_way_back_to_plain_http() {
    // It speaks HTTP on the port that the URL says is TLS, and would answer gladly.
    let upstream = Upstream::serving(|mut accepted| {
        let mut first = [0; 3];
        accepted.stream.read_exact(&mut first).unwrap();
        // A handshake record, not `GET`.
        assert_eq!(first[0], 0x16);
        accepted.send(OK);
    });
    let gateway = Gateway::start_with(config_with(
        &routes(upstream.address, ""),
        &[Issued::shared()],
    ));
    refused(&gateway, "tls");
}

#[test]
fn a_peer_that_closes_in_the_handshake_gets_nothing() {
    let upstream = Upstream::serving(|mut accepted| {
        let mut record = [0; 5];
        accepted.stream.read_exact(&mut record).unwrap();
    });
    let gateway = Gateway::start_with(config_with(
        &routes(upstream.address, ""),
        &[Issued::shared()],
    ));
    refused(&gateway, "tls");
}

#[test]
fn a_peer_that_says_nothing_in_the_handshake_is_a_connect_timeout() {
    let upstream = Upstream::serving(|mut accepted| {
        let _ = accepted.stream.read_to_end(&mut Vec::new());
    });
    let gateway = Gateway::start_with(config_with(
        &routes(upstream.address, "connect_timeout: 50ms"),
        &[Issued::shared()],
    ));
    let response = ask(&gateway);
    assert_eq!(
        (response.status, response.code()),
        (504, "upstream_timeout")
    );
}

#[test]
fn a_reload_takes_authorities_anew() {
    let (first, second) = (Authority::new(), Authority::new());
    let upstream = Upstream::answering(OK);
    let address = before(
        upstream.address,
        showing(&second.issue(&["localhost"]), &[]),
    );
    let yaml = routes(address, "ca_file: 1.pem");
    let load =
        |authority: &Authority| config_with(&yaml, &[Issued::shared(), &authority.published()]);
    let gateway = Gateway::start_with(load(&first));
    refused(&gateway, "tls");
    gateway.control.reload(load(&second)).unwrap();
    let mut client = gateway.client();
    assert_eq!(client.get("/api/a", &[&signed_in()]).status, 200);
    assert_eq!(client.get("/api/a", &[&signed_in()]).status, 200);
    // And the connection is kept.
    assert_eq!(
        (upstream.seen().connection, upstream.seen().connection),
        (0, 0)
    );
    // The old authority is no longer good for a new configuration.
    gateway.control.reload(load(&first)).unwrap();
    refused(&gateway, "tls");
}

#[test]
fn a_web_socket_goes_through_tls() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        accepted.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello");
        let said = accepted.take(4);
        accepted.send(said);
    });
    let issued = Authority::system().issue(&["localhost"]);
    let address = before(upstream.address, showing(&issued, &[]));
    let gateway = Gateway::start_with(config_with(&routes(address, ""), &[Issued::shared()]));
    let mut client = gateway.client();
    client.send(format!(
        "GET /api/ws HTTP/1.1\r\nHost: app.test\r\nSec-Fetch-Site: same-origin\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n\r\n",
        signed_in()
    ));
    assert_eq!(client.head().0, 101);
    assert_eq!(client.take(5), b"hello");
    client.send("ping");
    assert_eq!(client.take(4), b"ping");
}

#[test]
fn long_bodies_go_through_tls_as_they_are() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(seen.body);
        }
    });
    let issued = Authority::system().issue(&["localhost"]);
    let address = before(upstream.address, showing(&issued, &[]));
    let gateway = Gateway::start_with(config_with(&routes(address, ""), &[Issued::shared()]));
    let body: Vec<u8> = (0..3_000_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let mut client = gateway.client();
    client.send(format!(
        "POST /api/a HTTP/1.1\r\nHost: app.test\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n{}\r\n\r\n",
        body.len(),
        signed_in()
    ));
    client.send(&body);
    assert!(client.response().body == body, "octets changed");
}
