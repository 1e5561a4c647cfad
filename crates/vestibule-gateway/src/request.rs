//! Hop 1: what we look at of a request, each part with one meaning.
//!
//! Everything is refused that two readers could take differently: nothing is repaired, because the
//! upstream gets the octets that the decision was made about.

use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, HeaderName, Method, Uri};

use crate::config::Config;
use crate::refusal::{BadRequest, Refusal};
use crate::routes::MethodSet;
use crate::sites::Sites;

mod forwarded;
mod host;
mod kind;
mod origin;
pub(crate) mod path;
mod peer;
mod target;
mod unusual;

pub use forwarded::Client;
pub use host::Host;
pub use kind::Kind;
pub use origin::{Origin, OriginError};
pub use peer::Peer;
pub use target::{Target, TargetError};
pub use unusual::Unusual;

pub(crate) use host::{normal_name, parse_port};
pub(crate) use origin::Named;

/// What routing and policy see of a request. Cloning shares the octets.
#[derive(Debug, Clone)]
pub struct Request {
    /// Path and query.
    pub target: Target,
    /// The host that routes are matched with: `Host`, or a trusted proxy's word.
    pub host: Host,
    /// The index of the site of this host; `None` where nobody has it.
    pub site: Option<usize>,
    /// Where it came from.
    pub client: Client,
    /// What the client does with the answer.
    pub kind: Kind,
}

/// Reads a request head; the headers stay with the caller.
///
/// `OPTIONS *` concerns the server itself ([`is_about_server`]) and is answered before this.
pub fn read(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    peer: &Peer,
    config: &Config,
    sites: &Sites,
) -> Result<Request, Refusal> {
    if *method == Method::CONNECT {
        return Err(Refusal::MethodNotAllowed {
            allow: MethodSet::all().to_string(),
        });
    }
    let target = Target::parse(uri, config.limits.target_bytes)?;
    let host = Host::read(headers, uri)?;
    refuse_repeated(headers)?;
    let trusted = (config.trusted_proxies.as_slice(), config.forwarded_header);
    let site = match sites.only() {
        Some(only) => Some(only),
        None => sites.find(forwarded::host(peer, headers, &host, trusted)?.name()),
    };
    let settings = site.and_then(|site| config.sites.get(site));
    let public_url = settings.and_then(|site| site.public_url.as_ref());
    let (client, host) = Client::read(peer, headers, host, trusted, public_url)?;
    Ok(Request {
        target,
        host,
        site,
        client,
        kind: Kind::of(method, headers),
    })
}

/// Whether the request is `OPTIONS *` (RFC 9110 §9.3.7), which no upstream gets (PT1).
pub fn is_about_server(method: &Method, uri: &Uri) -> bool {
    *method == Method::OPTIONS && uri.path() == "*"
}

/// HD3: where a header counts once, two of it mean that one reader takes the first and another the last.
fn refuse_repeated(headers: &HeaderMap) -> Result<(), BadRequest> {
    // The usual head repeats nothing at all.
    if headers.keys_len() == headers.len() {
        return Ok(());
    }
    let repeated = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_some();
    if ONCE.iter().any(repeated) {
        return Err(BadRequest::Repeated);
    }
    Ok(())
}

/// `Host` belongs here too and is counted where it is read.
const ONCE: [HeaderName; 3] = [
    AUTHORIZATION,
    ORIGIN,
    HeaderName::from_static("sec-fetch-site"),
];

#[cfg(test)]
mod tests;
