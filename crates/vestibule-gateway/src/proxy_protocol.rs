//! The PROXY protocol, versions 1 and 2: a balancer that passes octets on says in front of them whose they are.
//!
//! Specification: `proxy-protocol.txt` of `HAProxy`, sections 2.1 and 2.2. The header comes before TLS and
//! before HTTP, once for each connection. It is read to its last octet and no further: what follows
//! belongs to the next reader, and so does every octet if this one is wrong about where it ends.
//!
//! Read are the address and nothing else. The extensions of version 2 (TLVs) are skipped: the word of
//! a trusted balancer about its TLS (`PP2_TYPE_SSL`) decides nothing here, and its checksum
//! (`PP2_TYPE_CRC32C`) would repeat what TCP has checked.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

mod version_1;
mod version_2;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The connection is that of this client.
    Client(IpAddr),
    /// The balancer speaks for itself, as for a health check (`LOCAL`).
    Balancer,
    /// There is a client, and the balancer does not say by which address: `UNKNOWN`, `UNSPEC`, or a
    /// Unix socket.
    Nobody,
}

/// How far a header has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// At least so many octets are missing.
    Missing(usize),
    /// All of it is here.
    Complete(Told),
}

/// Why what came is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It begins otherwise.
    #[error("the connection does not begin with a PROXY header")]
    Absent,
    /// It begins like one.
    #[error("the PROXY header is malformed: {0}")]
    Malformed(&'static str),
}

/// Reads the octets of a header, as far as they came, or says how many are missing at least.
///
/// Whoever reads exactly the missing octets and asks again never has one that is not the header's.
pub fn parse(octets: &[u8]) -> Result<Progress, HeaderError> {
    let begins = |signature: &[u8]| {
        let length = octets.len().min(signature.len());
        octets.get(..length) == signature.get(..length)
    };
    match (begins(version_1::SIGNATURE), begins(version_2::SIGNATURE)) {
        (false, false) => Err(HeaderError::Absent),
        // The shortest header of version 1 has fifteen octets, that of version 2 sixteen.
        _ if octets.len() < FIRST => Ok(Progress::Missing(FIRST - octets.len())),
        (true, _) => version_1::parse(octets),
        (false, true) => version_2::parse(octets),
    }
}

/// Reads a header from the beginning of a connection, and nothing behind it.
pub(crate) async fn receive(
    stream: &mut (impl AsyncRead + Unpin),
    within: Duration,
) -> Result<Told, ReceiveError> {
    let header = async {
        let mut octets = Vec::with_capacity(TYPICAL);
        loop {
            match parse(&octets)? {
                Progress::Complete(told) => return Ok(told),
                Progress::Missing(missing) => {
                    let mut rest = (&mut *stream).take(missing as u64);
                    if rest.read_buf(&mut octets).await? == 0 {
                        return Err(ReceiveError::Closed(io::ErrorKind::UnexpectedEof.into()));
                    }
                }
            }
        }
    };
    let header = tokio::time::timeout(within, header).await;
    header.unwrap_or(Err(ReceiveError::TimedOut))
}

/// Why nobody knows whose a connection is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    #[error("the connection ended within the PROXY header: {0}")]
    Closed(#[from] io::Error),
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error("the PROXY header took too long")]
    TimedOut,
    #[error("the peer is not among `trusted_proxies`, and says whose the connection is")]
    Untrusted,
}

impl ReceiveError {
    /// The word in the metric.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Closed(_) => "closed",
            Self::Header(HeaderError::Absent) => "absent",
            Self::Header(HeaderError::Malformed(_)) => "malformed",
            Self::TimedOut => "timeout",
            Self::Untrusted => "untrusted",
        }
    }
}

/// Every outcome of waiting for a header, so that each has a metric before its first event.
pub(crate) const OUTCOMES: [&str; 6] = [
    RECEIVED,
    "absent",
    "closed",
    "malformed",
    "timeout",
    "untrusted",
];

/// The outcome of a header that was read.
pub(crate) const RECEIVED: &str = "ok";

/// What may be read before it is known which version it is.
const FIRST: usize = 12;

/// Version 1 at its longest, and version 2 with a few extensions.
const TYPICAL: usize = 128;

#[cfg(test)]
mod tests;
