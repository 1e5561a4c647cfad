//! The other end of a connection.

use std::net::IpAddr;

use http::HeaderValue;
use ipnet::IpNet;
use vestibule_session::Scheme;

use super::forwarded::list;

/// The other end of a connection; made once for each and shared by its requests.
#[derive(Debug, Clone)]
pub struct Peer {
    address: IpAddr,
    scheme: Scheme,
    /// Whether somebody unknown speaks through it.
    is_relay: bool,
    text: HeaderValue,
}

impl Peer {
    /// Takes the address of the socket, or the one that a trusted balancer told, and the scheme of the
    /// listener.
    pub fn new(address: IpAddr, scheme: Scheme) -> Self {
        // TP1: a dual-stack listener shows IPv4 peers as `::ffff:a.b.c.d`.
        let address = address.to_canonical();
        Self {
            address,
            scheme,
            is_relay: false,
            text: list(&[address]),
        }
    }

    /// The same address, for a client behind it that a balancer does not name: nothing it says is
    /// believed, for it is not the balancer who says it.
    #[must_use]
    pub fn as_relay(&self) -> Self {
        Self {
            is_relay: true,
            ..self.clone()
        }
    }

    /// The address, IPv4 where it is IPv4.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The scheme of the connection itself.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether forwarding headers on this connection are believed.
    pub fn is_trusted(&self, trusted: &[IpNet]) -> bool {
        !self.is_relay && is_trusted(self.address, trusted)
    }

    /// The address as `X-Forwarded-For` has it.
    pub(super) fn text(&self) -> &HeaderValue {
        &self.text
    }
}

/// Whether an address is that of a trusted proxy.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}
