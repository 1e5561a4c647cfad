//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

/// The network of the client: its IPv4 address, or the /64 of its IPv6 address, which one household or one server has to itself.
///
/// Our peer is the gateway, the sign-in or the pages, never a client. The gateway writes `X-Forwarded-For` anew from hops that it
/// has verified, in one line: the client first, then the proxies that it trusts; the others pass that on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    pub(crate) fn of(parts: &Parts) -> Self {
        let mut lines = parts.headers.get_all("x-forwarded-for").iter();
        let forwarded = lines
            .next()
            .and_then(|value| value.to_str().ok())
            .and_then(|entries| entries.split(',').next())
            .filter(|_| lines.next().is_none())
            .and_then(|entry| entry.trim().parse().ok());
        let peer = || {
            let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
            info.map(|ConnectInfo(peer)| peer.ip())
        };
        // Who comes from nowhere shares one place with all others who do.
        let address = forwarded.or_else(peer);
        Self(network(address.unwrap_or(UNKNOWN)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    }
}

const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[track_caller]
    fn check(forwarded: &[&str], expected: &str) {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let peer: SocketAddr = "192.0.2.99:1".parse().unwrap();
        let (parts, ()) = request
            .extension(ConnectInfo(peer))
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(
            ClientAddress::of(&parts).0,
            expected.parse::<IpAddr>().unwrap()
        );
    }

    #[test]
    fn the_first_entry_is_the_client_and_the_others_are_proxies() {
        check(&["203.0.113.7"], "203.0.113.7");
        check(&["203.0.113.7, 198.51.100.1"], "203.0.113.7");
    }

    #[test]
    fn without_a_readable_entry_the_peer_counts() {
        check(&[], "192.0.2.99");
        check(&["unknown, 203.0.113.7"], "192.0.2.99");
        check(&["203.0.113.7", "203.0.113.8"], "192.0.2.99");
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        check(&["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::");
        check(&["::ffff:203.0.113.7"], "203.0.113.7");
    }
}
