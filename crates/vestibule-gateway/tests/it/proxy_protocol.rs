//! PROXY headers in front of a connection: whose it is then, and when it is closed (TP6, TH-27).

use std::net::SocketAddr;

use crate::bridge;
use crate::client::Client;
use crate::gateway::{Gateway, TLS, Transport, routes};
use crate::upstream::{OK, Upstream};

const TRANSPORTS: [Transport; 2] = [Transport::Tcp, Transport::Tls];

const VERSION_1: &[u8] = b"PROXY TCP4 203.0.113.7 10.0.0.9 56324 443\r\n";

const GET: &str = "GET /open/a HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";

/// The same in version 2, with an extension.
fn version_2() -> Vec<u8> {
    let addresses = [203, 0, 113, 7, 10, 0, 0, 9, 0xdc, 4, 1, 187];
    let extension = [0x04, 0, 3, 1, 2, 3];
    let start = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x12";
    [start, &addresses[..], &extension].concat()
}

/// Both listeners expect a header, from whom is `trusted`.
fn behind_balancer(upstream: &Upstream, trusted: &str, more: &str) -> Gateway {
    let tls = TLS.replace("tls: {", "tls: { proxy_protocol: true,");
    Gateway::start(&format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\nproxy_protocol: true\n{tls}\
         trusted_proxies: [{trusted}]\n{more}{}",
        routes(upstream, "")
    ))
}

fn address(gateway: &Gateway, transport: Transport) -> SocketAddr {
    match transport {
        Transport::Tcp => gateway.address,
        Transport::Tls => gateway.tls_address.unwrap(),
    }
}

/// A connection that begins with these octets, below TLS where that is spoken.
fn beginning_with(gateway: &Gateway, transport: Transport, header: &[u8]) -> Client {
    let address = address(gateway, transport);
    match transport {
        Transport::Tcp => {
            let mut client = Client::connect(address);
            client.send(header);
            client
        }
        Transport::Tls => Client::over(bridge::connect_saying(address, header.to_vec())),
    }
}

/// What the upstream is told of the client that asks over `client`.
fn told(upstream: &Upstream, client: &mut Client) -> Option<String> {
    client.send(GET);
    assert_eq!(client.response().status, 200);
    let seen = upstream.seen();
    seen.headers.get("x-forwarded-for").map(str::to_owned)
}

fn count(gateway: &Gateway, outcome: &str) -> u64 {
    let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
    let name = format!("vestibule_proxy_headers_total{{outcome=\"{outcome}\"}} ");
    let mut lines = metrics.text().lines();
    let count = lines.find_map(|line| line.strip_prefix(&name));
    count
        .unwrap_or_else(|| panic!("no {name}"))
        .parse()
        .unwrap()
}

#[test]
fn the_client_is_the_one_of_the_header() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "127.0.0.1", "");
    for transport in TRANSPORTS {
        for header in [VERSION_1, &version_2()] {
            let mut client = beginning_with(&gateway, transport, header);
            // What the client says of itself is as good as that of any other.
            for _ in 0..2 {
                let told = told(&upstream, &mut client);
                assert_eq!(told.as_deref(), Some("203.0.113.7"), "{transport:?}");
            }
        }
    }
    assert_eq!(count(&gateway, "ok"), 4);
}

#[test]
fn a_trusted_client_of_the_header_is_a_proxy_in_front() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "127.0.0.1, 203.0.113.7", "");
    let mut client = beginning_with(&gateway, Transport::Tcp, VERSION_1);
    let told = told(&upstream, &mut client);
    assert_eq!(told.as_deref(), Some("192.0.2.1, 203.0.113.7"));
}

#[test]
fn a_header_in_pieces_is_as_good_and_one_in_front_of_its_request_too() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "127.0.0.1", "");
    for header in [VERSION_1, &version_2()] {
        let mut client = Client::connect(gateway.address);
        for octet in header {
            client.send([*octet]);
        }
        assert_eq!(told(&upstream, &mut client).as_deref(), Some("203.0.113.7"));
        let mut client = Client::connect(gateway.address);
        client.send([header, GET.as_bytes(), GET.as_bytes()].concat());
        for _ in 0..2 {
            assert_eq!(client.response().status, 200);
            let seen = upstream.seen();
            assert_eq!(seen.headers.get("x-forwarded-for"), Some("203.0.113.7"));
        }
    }
}

#[test]
fn without_a_good_header_the_connection_is_closed() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "127.0.0.1", "");
    let long = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 100]].concat();
    let datagrams = b"\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c............";
    let endless = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff............";
    let mut malformed = 0;
    for (header, outcome) in [
        (&b""[..], "absent"),
        (
            b"PROXY TCP4 203.0.113.7 10.0.0.9 99999 443\r\n",
            "malformed",
        ),
        (b"PROXY TCP4 203.0.113.7 10.0.0.9 1 443\n", "malformed"),
        (&long, "malformed"),
        (datagrams, "malformed"),
        (endless, "malformed"),
    ] {
        for transport in TRANSPORTS {
            let mut client = beginning_with(&gateway, transport, header);
            // It may be closed already.
            let _ = std::io::Write::write_all(client.socket(), GET.as_bytes());
            assert_eq!(client.rest(), b"", "{header:?}");
            malformed += u64::from(outcome == "malformed");
        }
    }
    assert!(upstream.is_untouched());
    assert_eq!(count(&gateway, "absent"), 2);
    assert_eq!(count(&gateway, "malformed"), malformed);
}

#[test]
fn a_header_of_somebody_who_is_not_trusted_closes_the_connection() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "192.0.2.9", "");
    for transport in TRANSPORTS {
        let mut client = beginning_with(&gateway, transport, VERSION_1);
        let _ = std::io::Write::write_all(client.socket(), GET.as_bytes());
        assert_eq!(client.rest(), b"");
    }
    assert!(upstream.is_untouched());
    assert_eq!(count(&gateway, "untrusted"), 2);
}

#[test]
fn a_header_that_does_not_come_is_not_waited_for_without_end() {
    let upstream = Upstream::answering(OK);
    let timeouts = "timeouts: { request_headers: 200ms, drain: 250ms }\n";
    let gateway = behind_balancer(&upstream, "127.0.0.1", timeouts);
    for part in [&b""[..], b"PROXY TCP4 203.0.113.7", &version_2()[..20]] {
        let mut client = Client::connect(gateway.address);
        client.send(part);
        assert!(client.is_closed(), "{part:?}");
    }
    assert_eq!(count(&gateway, "timeout"), 3);
}

// The balancer itself is believed, and somebody whom it does not name is not.
#[test]
fn a_balancer_speaks_for_itself_and_not_for_nobody() {
    let upstream = Upstream::answering(OK);
    let gateway = behind_balancer(&upstream, "127.0.0.1", "");
    let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    let mut client = beginning_with(&gateway, Transport::Tcp, local);
    let said = told(&upstream, &mut client);
    assert_eq!(said.as_deref(), Some("192.0.2.1, 127.0.0.1"));
    let unix = [
        b"\r\n\r\n\0\r\nQUIT\n\x21\x31\0\xd8".as_slice(),
        &[b'/'; 216],
    ]
    .concat();
    let unspecified = b"\r\n\r\n\0\r\nQUIT\n\x21\0\0\0";
    for header in [b"PROXY UNKNOWN\r\n".as_slice(), &unix, unspecified] {
        let mut client = beginning_with(&gateway, Transport::Tcp, header);
        let said = told(&upstream, &mut client);
        assert_eq!(said.as_deref(), Some("127.0.0.1"), "{header:?}");
    }
}

#[test]
fn listeners_expect_headers_each_for_itself() {
    let upstream = Upstream::answering(OK);
    let tls = TLS.replace("tls: {", "tls: { proxy_protocol: true,");
    let gateway = Gateway::start(&format!(
        "listen: 127.0.0.1:0\nadmin: off\n{tls}trusted_proxies: [127.0.0.1]\n{}",
        routes(&upstream, "")
    ));
    let mut plain = gateway.client();
    let said = told(&upstream, &mut plain);
    assert_eq!(said.as_deref(), Some("192.0.2.1, 127.0.0.1"));
    // Where none is expected, it is no HTTP.
    let mut plain = beginning_with(&gateway, Transport::Tcp, VERSION_1);
    assert_eq!(plain.response().status, 400);
    let mut over_tls = beginning_with(&gateway, Transport::Tls, VERSION_1);
    let said = told(&upstream, &mut over_tls);
    assert_eq!(said.as_deref(), Some("203.0.113.7"));
}

#[test]
fn an_address_has_so_many_connections_and_no_more() {
    let upstream = Upstream::answering(OK);
    let limits = "limits: { connections_per_address: 2 }\n";
    let gateway = Gateway::start(&format!("{limits}{}", routes(&upstream, "")));
    let (mut first, mut second) = (gateway.client(), gateway.client());
    assert_eq!(first.get("/open/a", &[]).status, 200);
    assert_eq!(second.get("/open/a", &[]).status, 200);
    let mut third = gateway.client();
    let response = third.response();
    assert_eq!((response.status, response.code()), (503, "unavailable"));
    assert_eq!(response.headers.get("retry-after"), Some("1"));
    assert!(third.is_closed());
}

#[test]
fn proxies_have_as_many_connections_as_they_like_and_their_clients_do_not() {
    let upstream = Upstream::answering(OK);
    let limits = "limits: { connections_per_address: 1 }\n";
    let trusting = format!("{limits}trusted_proxies: [127.0.0.1]\n");
    let gateway = Gateway::start(&format!("{trusting}{}", routes(&upstream, "")));
    let mut many: Vec<_> = (0..3).map(|_| gateway.client()).collect();
    for client in &mut many {
        assert_eq!(client.get("/open/a", &[]).status, 200);
    }
    let gateway = behind_balancer(&upstream, "127.0.0.1", limits);
    let mut first = beginning_with(&gateway, Transport::Tcp, VERSION_1);
    assert_eq!(first.get("/open/a", &[]).status, 200);
    let mut second = beginning_with(&gateway, Transport::Tcp, VERSION_1);
    assert_eq!(second.response().status, 503);
    let other = b"PROXY TCP4 203.0.113.8 10.0.0.9 56324 443\r\n";
    let mut other = beginning_with(&gateway, Transport::Tcp, other);
    assert_eq!(other.get("/open/a", &[]).status, 200);
    // The balancer's own connections are the proxy's.
    for _ in 0..2 {
        let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
        let mut client = beginning_with(&gateway, Transport::Tcp, local);
        assert_eq!(client.get("/open/a", &[]).status, 200);
    }
}
