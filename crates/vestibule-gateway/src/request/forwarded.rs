//! Who the client is and what it asked for, when proxies stand between (rules TP1 to TP5).
//!
//! Either `X-Forwarded-*` are read or `Forwarded`, as the configuration says, never both (TP3).

use std::borrow::Cow;
use std::fmt::Write;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use vestibule_session::Scheme;

use super::host::{parse_port, split_port};
use super::origin::default_port;
use super::peer::{Peer, is_trusted};
use super::{Host, Named};
use crate::config::{ForwardedHeader, PublicUrl};
use crate::refusal::{BadRequest, Refusal};

mod element;

/// Where a request came from, as far as it is verified.
#[derive(Debug, Clone)]
pub struct Client {
    address: IpAddr,
    arrived_by: Scheme,
    scheme: Scheme,
    host: HeaderValue,
    port: u16,
    forwarded_for: HeaderValue,
}

impl Client {
    /// Reads what trusted proxies say, and nothing of what others say.
    ///
    /// Takes the host of the request and answers the one that routes are matched with: a trusted
    /// proxy may have put its own name into `Host`.
    pub(super) fn read(
        peer: &Peer,
        headers: &HeaderMap,
        host: Host,
        (trusted, by): (&[IpNet], ForwardedHeader),
        public: Option<&PublicUrl>,
    ) -> Result<(Self, Host), Refusal> {
        if !peer.is_trusted(trusted) {
            let origin = Origin::new(peer.scheme(), &host, None, public)?;
            let client = origin.client(peer.address(), peer.scheme(), peer.text().clone());
            return Ok((client, host));
        }
        let (mut hops, said) = match by {
            ForwardedHeader::Forwarded => element::walk(peer.address(), headers, trusted),
            ForwardedHeader::XForwarded => {
                (walk(peer.address(), headers, trusted), Said::read(headers))
            }
        };
        hops.reverse();
        let said = match (said, public) {
            (Ok(said), _) => said,
            // TP4: either end of a list may be forged; what the operator wrote is not.
            (Err(_), Some(public)) => Said {
                scheme: Some(public.scheme),
                host: HeaderValue::from_str(public.authority.as_str())
                    .ok()
                    .and_then(|value| Host::parse(&value)),
                ..Said::default()
            },
            (Err(ambiguous), None) => return Err(ambiguous.into()),
        };
        let host = said.host.unwrap_or(host);
        let scheme = said.scheme.unwrap_or(peer.scheme());
        let origin = Origin::new(scheme, &host, said.port, public)?;
        let address = hops.first().copied().unwrap_or(peer.address());
        Ok((origin.client(address, scheme, list(&hops)), host))
    }

    /// A client without a proxy, towards a gateway without `public_url`.
    #[cfg(test)]
    pub(crate) fn direct(peer: &Peer, host: &Host) -> Self {
        let (client, _) = Self::read(peer, &HeaderMap::new(), host.clone(), NOBODY, None)
            .expect("nothing is said, so nothing is ambiguous");
        client
    }

    /// The same with one.
    #[cfg(test)]
    pub(crate) fn public(peer: &Peer, host: &Host, public: &PublicUrl) -> Self {
        let (client, _) = Self::read(peer, &HeaderMap::new(), host.clone(), NOBODY, Some(public))
            .expect("nothing is said, so nothing is ambiguous");
        client
    }

    /// The address that requests are counted and logged by.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The scheme of the connection, or what a trusted proxy says of its own, whatever `public_url` is.
    pub fn arrived_by(&self) -> Scheme {
        self.arrived_by
    }

    /// The scheme that the user's browser used; it orders the session cookies (CK2).
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The origin of the pages that the user's browser gets from us: `public_url`, else what is verified.
    pub(crate) fn origin(&self) -> Option<Named<'_>> {
        let (host, _) = split_port(self.host.to_str().ok()?)?;
        let (scheme, port) = (self.scheme, self.port);
        Some(Named { scheme, host, port })
    }

    /// Writes `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`, one value each (TP5).
    ///
    /// Replaces these four; the other forwarding names are removed with all that we own (HD1).
    pub fn forward(&self, headers: &mut HeaderMap) {
        headers.insert(X_FORWARDED_FOR, self.forwarded_for.clone());
        headers.insert(X_FORWARDED_HOST, self.host.clone());
        headers.insert(
            X_FORWARDED_PORT,
            match self.port {
                80 => HeaderValue::from_static("80"),
                443 => HeaderValue::from_static("443"),
                port => HeaderValue::from(port),
            },
        );
        headers.insert(
            X_FORWARDED_PROTO,
            HeaderValue::from_static(self.scheme.as_str()),
        );
    }
}

/// The host that the site is chosen by: that of the request, or the word of a trusted proxy.
///
/// A word that can be read in two ways chooses nothing: only behind the choice there is a `public_url` to
/// put in its place (TP4).
pub(super) fn host<'a>(
    peer: &Peer,
    headers: &HeaderMap,
    host: &'a Host,
    (trusted, by): (&[IpNet], ForwardedHeader),
) -> Result<Cow<'a, Host>, BadRequest> {
    if !peer.is_trusted(trusted) {
        return Ok(Cow::Borrowed(host));
    }
    let said = match by {
        ForwardedHeader::Forwarded => element::walk(peer.address(), headers, trusted).1?.host,
        ForwardedHeader::XForwarded => single(headers, &X_FORWARDED_HOST, Host::parse)?,
    };
    Ok(said.map_or(Cow::Borrowed(host), Cow::Owned))
}

/// What trusted proxies say about the request; nothing where they say nothing.
#[derive(Default)]
struct Said {
    scheme: Option<Scheme>,
    host: Option<Host>,
    port: Option<u16>,
}

impl Said {
    fn read(headers: &HeaderMap) -> Result<Self, BadRequest> {
        Ok(Self {
            scheme: single(headers, &X_FORWARDED_PROTO, |value| {
                parse_scheme(value.to_str().ok()?)
            })?,
            host: single(headers, &X_FORWARDED_HOST, Host::parse)?,
            port: single(headers, &X_FORWARDED_PORT, |value| {
                parse_port(value.to_str().ok()?)
            })?,
        })
    }
}

/// Scheme, host and port as the user sees them: `public_url` where it is configured.
struct Origin {
    scheme: Scheme,
    host: HeaderValue,
    port: u16,
}

impl Origin {
    fn new(
        scheme: Scheme,
        host: &Host,
        port: Option<u16>,
        public: Option<&PublicUrl>,
    ) -> Result<Self, Refusal> {
        let Some(public) = public else {
            let port = port.or(host.port()).unwrap_or(default_port(scheme));
            return Ok(Self {
                scheme,
                host: host.header().clone(),
                port,
            });
        };
        let authority = &public.authority;
        let host = if *host.header() == *authority.as_str() {
            host.header().clone()
        } else {
            HeaderValue::from_str(authority.as_str()).map_err(|_| Refusal::Internal)?
        };
        let port = authority.port_u16().unwrap_or(default_port(public.scheme));
        Ok(Self {
            scheme: public.scheme,
            host,
            port,
        })
    }

    fn client(self, address: IpAddr, arrived_by: Scheme, forwarded_for: HeaderValue) -> Client {
        let Self { scheme, host, port } = self;
        Client {
            address,
            arrived_by,
            scheme,
            host,
            port,
            forwarded_for,
        }
    }
}

/// The verified hops, nearest first: from the peer to the left, up to the first that is not trusted.
///
/// What stands left of that one was written by somebody we do not know. A malformed element ends
/// the walk, because nobody can tell where the next one begins (TP3).
fn walk(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Vec<IpAddr> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut elements = lines.flat_map(|line| line.as_bytes().rsplit(|&octet| octet == b','));
    let mut hops = vec![peer];
    while hops.len() < MOST_HOPS && hops.last().is_some_and(|hop| is_trusted(*hop, trusted)) {
        let Some(hop) = elements.next().and_then(parse_address) else {
            break;
        };
        hops.push(hop);
    }
    hops
}

/// An address as proxies write it: `1.2.3.4`, `1.2.3.4:5678` (Azure), `::1`, `[::1]`, `[::1]:5678`.
fn parse_address(element: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(element).ok()?.trim_matches([' ', '\t']);
    let address: IpAddr = if let Some(literal) = text.strip_prefix('[') {
        let (literal, port) = literal.split_once(']')?;
        if !port.is_empty() {
            parse_port(port.strip_prefix(':')?)?;
        }
        IpAddr::V6(literal.parse().ok()?)
    } else if let Some((address, port)) = text.split_once(':').filter(|_| text.contains('.')) {
        match address.parse() {
            Ok(address) => {
                parse_port(port)?;
                IpAddr::V4(address)
            }
            // `::ffff:1.2.3.4` has dots and colons as well.
            Err(_) => text.parse().ok()?,
        }
    } else {
        text.parse().ok()?
    };
    Some(address.to_canonical())
}

/// The one value of a header, absent without the header; two lines or a list are ambiguous (TP4).
fn single<T>(
    headers: &HeaderMap,
    name: &HeaderName,
    parse: impl Fn(&HeaderValue) -> Option<T>,
) -> Result<Option<T>, BadRequest> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(line), None) => parse(line).map(Some).ok_or(BadRequest::ForwardedAmbiguous),
        (Some(_), Some(_)) => Err(BadRequest::ForwardedAmbiguous),
    }
}

/// Traefik says `ws` and `wss` for handshakes.
fn parse_scheme(text: &str) -> Option<Scheme> {
    let is = |name: &str| text.eq_ignore_ascii_case(name);
    if is("https") || is("wss") {
        Some(Scheme::Https)
    } else if is("http") || is("ws") {
        Some(Scheme::Http)
    } else {
        None
    }
}

pub(super) fn list(hops: &[IpAddr]) -> HeaderValue {
    let mut text = String::with_capacity(16 * hops.len());
    for (index, hop) in hops.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{hop}");
    }
    HeaderValue::try_from(text).expect("addresses and commas are visible ASCII")
}

/// More proxies in a row than anybody has; bounds what we write, not what we read.
const MOST_HOPS: usize = 32;

/// As it is where nobody is trusted.
#[cfg(test)]
const NOBODY: (&[IpNet], ForwardedHeader) = (&[], ForwardedHeader::XForwarded);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests;
