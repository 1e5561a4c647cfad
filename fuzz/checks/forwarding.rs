//! What holds for what proxies say, or somebody in their name.

use std::net::IpAddr;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use vestibule_gateway::config::Config;
use vestibule_gateway::request::{self, Client, Peer};
use vestibule_gateway::sites::Sites;
use vestibule_session::Scheme;

use super::configured::config;

/// With and without `public_url`, and each kind of headers.
static CONFIGS: LazyLock<[[Config; 2]; 2]> = LazyLock::new(|| {
    ["x_forwarded", "forwarded"].map(|header| {
        ["", "public_url: https://app.example.com:8443"].map(|public| {
            config(&format!(
                "trusted_proxies: [ 10.0.0.0/8, 'fd00::/8' ]\nforwarded_header: {header}\n{public}\n\
                 session: {{ secrets: [ '${{AUTH_SECRET}}' ] }}\n\
                 upstreams: {{ web: {{ url: http://web.test:3000 }} }}\n\
                 routes: [ {{ path: '/**', to: web, auth: none }} ]\n"
            ))
        })
    })
});

/// Names that nobody but a trusted proxy may speak by.
const FORWARDING: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];

/// Checks the header lines of `input`; says whether a trusted proxy told a client by them.
///
/// A mark before the first line says by which configuration: its bits are `public_url` and `Forwarded`.
pub(crate) fn check(input: &[u8]) -> bool {
    let Some((mark, lines)) = input.split_first() else {
        return false;
    };
    let (public, by) = (usize::from(mark & 1), usize::from(mark >> 1 & 1));
    let config = &CONFIGS[by][public];
    let mut headers = HeaderMap::new();
    for line in lines.split(|octet| *octet == b'\n') {
        let end = line.iter().position(|octet| *octet == b':');
        let Some((name, value)) = end.map(|end| (&line[..end], &line[end + 1..])) else {
            continue;
        };
        let value = HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), value) {
            headers.append(name, value);
        }
    }
    headers
        .entry("host")
        .or_insert(HeaderValue::from_static("app.test"));
    let mut told = false;
    for peer in ["10.0.0.9", "::ffff:10.0.0.9", "fd00::9"] {
        let peer = Peer::new(peer.parse().expect("an address"), Scheme::Http);
        let Some((client, host)) = read(&headers, &peer, config) else {
            continue;
        };
        told |= client.address() != peer.address();
        check_address(&client, &peer, &headers);
        if by == 0 {
            check_walk(&client, &peer, &headers);
        }
        check_forwarded(&client, &host, &peer, &headers, public == 1);
    }
    check_stranger(&headers, config);
    told
}

fn read(headers: &HeaderMap, peer: &Peer, config: &Config) -> Option<(Client, String)> {
    let uri = Uri::from_static("/");
    let read = request::read(&Method::GET, &uri, headers, peer, config, &Sites::Every);
    let request = read.ok()?;
    let host = request.host.header().to_str().expect("visible").to_owned();
    Some((request.client, host))
}

/// The client is the peer, or an address that somebody wrote.
fn check_address(client: &Client, peer: &Peer, headers: &HeaderMap) {
    // An escape in a quoted text is of any octet.
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).replace('\\', "");
    let values: Vec<String> = headers.values().map(text).collect();
    let words = values.iter();
    let mut written = words.flat_map(|value| value.split([',', ';', '=', '"', ' ', '\t']));
    let address = client.address();
    let is_it = |text: &str| addresses(text).any(|written| written == address);
    assert!(
        address == peer.address() || written.any(is_it),
        "{address} out of nothing"
    );
}

/// What a word may name: an address alone, in brackets, and with a port.
fn addresses(text: &str) -> impl Iterator<Item = IpAddr> {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.split(']').next());
    let before = text.rsplit_once(':').map(|(before, _)| before);
    let words = [Some(text), bracketed, before].into_iter().flatten();
    words.filter_map(|word| Some(word.parse::<IpAddr>().ok()?.to_canonical()))
}

/// In a list of nothing but addresses, the client is the last one that is not trusted, or the first.
fn check_walk(client: &Client, peer: &Peer, headers: &HeaderMap) {
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Option<Vec<&str>> = lines.map(|line| line.to_str().ok()).collect();
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else {
        return;
    };
    let list = lines.join(",");
    let hops: Result<Vec<IpAddr>, _> = list.split(',').map(|hop| hop.trim().parse()).collect();
    let Ok(hops) = hops else { return };
    if hops.len() > 30 {
        return;
    }
    let hops = hops.iter().map(IpAddr::to_canonical);
    let is_trusted = |hop: &IpAddr| match hop {
        IpAddr::V4(hop) => hop.octets()[0] == 10,
        IpAddr::V6(hop) => hop.octets()[0] == 0xfd,
    };
    let first = hops.clone().next().unwrap_or(peer.address());
    let expected = hops.rev().find(|hop| !is_trusted(hop)).unwrap_or(first);
    assert_eq!(client.address(), expected, "{list}");
}

/// The upstream gets one value of each.
fn check_forwarded(client: &Client, host: &str, peer: &Peer, headers: &HeaderMap, is_public: bool) {
    let mut sent = headers.clone();
    client.forward(&mut sent);
    let single = |name: &str| {
        let mut lines = sent.get_all(name).iter();
        let line = lines.next().expect("written");
        assert!(lines.next().is_none(), "{name} twice");
        line.to_str().expect("visible").to_owned()
    };
    let hops = single("x-forwarded-for");
    let hops: Vec<IpAddr> = (hops.split(", "))
        .map(|hop| hop.parse().expect("an address"))
        .collect();
    assert_eq!(hops.first(), Some(&client.address()));
    assert_eq!(hops.last(), Some(&peer.address()));
    let proto = single("x-forwarded-proto");
    assert!(["http", "https"].contains(&proto.as_str()), "{proto}");
    let port: u16 = single("x-forwarded-port").parse().expect("a port");
    assert_ne!(port, 0);
    let sent_host = single("x-forwarded-host");
    if is_public {
        assert_eq!(
            (proto.as_str(), sent_host.as_str(), port),
            ("https", "app.example.com:8443", 8443)
        );
    } else {
        assert_eq!(sent_host, host);
    }
    let is_name = |octet: u8| {
        octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-_.:[]".contains(&octet)
    };
    assert!(host.bytes().all(is_name), "{host}");
}

/// Nothing that a stranger says about others is read (TP2).
fn check_stranger(headers: &HeaderMap, config: &Config) {
    let peer = Peer::new(IpAddr::from([203, 0, 113, 5]), Scheme::Https);
    let mut silent = headers.clone();
    for name in FORWARDING {
        silent.remove(name);
    }
    let said = |headers: &HeaderMap| {
        let (client, host) = read(headers, &peer, config)?;
        let mut sent = HeaderMap::new();
        client.forward(&mut sent);
        let schemes = (client.scheme(), client.arrived_by());
        Some((client.address(), schemes, host, sent))
    };
    let said_by_stranger = said(headers);
    assert_eq!(said_by_stranger, said(&silent));
    if let Some((address, (_, arrived_by), ..)) = said_by_stranger {
        assert_eq!((address, arrived_by), (peer.address(), Scheme::Https));
    }
}
