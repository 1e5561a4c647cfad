//! Version 2: a signature, what it is about, a length, and as many octets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{HeaderError, Progress, Told};

pub(super) fn parse(octets: &[u8]) -> Result<Progress, HeaderError> {
    let fixed = octets.get(SIGNATURE.len()..).unwrap_or_default();
    let [command, family, high, low, rest @ ..] = fixed else {
        return Ok(Progress::Missing(4 - fixed.len()));
    };
    // What cannot become good is refused before the rest of it is waited for.
    let kind = Kind::new(*command, *family)?;
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > LONGEST {
        return Err(HeaderError::Malformed("longer than 4 KiB"));
    }
    if length < kind.addresses() {
        return Err(HeaderError::Malformed("no room for its addresses"));
    }
    if rest.len() < length {
        return Ok(Progress::Missing(length - rest.len()));
    }
    let told = kind.told(rest).ok_or(HeaderError::Malformed("length"))?;
    Ok(Progress::Complete(told))
}

/// What the addresses are of.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// None are looked at.
    Local,
    Tcp4,
    Tcp6,
    Unix,
    Unspecified,
}

impl Kind {
    fn new(command: u8, family: u8) -> Result<Self, HeaderError> {
        match (command, family) {
            // The balancer's own connection: the family is to be ignored (§2.2).
            (0x20, _) => Ok(Self::Local),
            (0x21, 0x00) => Ok(Self::Unspecified),
            (0x21, 0x11) => Ok(Self::Tcp4),
            (0x21, 0x21) => Ok(Self::Tcp6),
            (0x21, 0x31) => Ok(Self::Unix),
            // Datagrams among them: this is a stream.
            (0x21, _) => Err(HeaderError::Malformed("family or transport")),
            (_, _) => Err(HeaderError::Malformed("version or command")),
        }
    }

    /// Octets of source and destination.
    fn addresses(self) -> usize {
        match self {
            Self::Local | Self::Unspecified => 0,
            Self::Tcp4 => 12,
            Self::Tcp6 => 36,
            Self::Unix => 216,
        }
    }

    fn told(self, addresses: &[u8]) -> Option<Told> {
        Some(match self {
            Self::Local => Told::Balancer,
            Self::Tcp4 => {
                Told::Client(IpAddr::from(Ipv4Addr::from(*addresses.first_chunk::<4>()?)))
            }
            Self::Tcp6 => Told::Client(IpAddr::from(Ipv6Addr::from(
                *addresses.first_chunk::<16>()?,
            ))),
            Self::Unix | Self::Unspecified => Told::Nobody,
        })
    }
}

pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Much more than the addresses and all extensions that anybody sends.
const LONGEST: usize = 4096;
