//! Which addresses count as one client.

use std::net::IpAddr;

/// An IPv4 address, or an IPv6 /64: whoever has one address of it has them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Block {
    V4([u8; 4]),
    V6([u16; 4]),
}

impl From<IpAddr> for Block {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [first, second, third, fourth, ..] = address.segments();
                Self::V6([first, second, third, fourth])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(address: &str) -> Block {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn an_ipv4_address_stands_for_itself_in_every_spelling() {
        assert_eq!(block("203.0.113.7"), block("::ffff:203.0.113.7"));
        assert_ne!(block("203.0.113.7"), block("203.0.113.8"));
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        assert_eq!(block("2001:db8:1:2::1"), block("2001:db8:1:2:ffff::9"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
    }
}
