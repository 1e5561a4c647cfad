//! Where a request over plain HTTP is sent, if plain HTTP is only the way to HTTPS.

use vestibule_session::Scheme;

use crate::config::{Config, PublicUrl};
use crate::request::Request;

/// The `https` address of a request that came over plain HTTP, where the configuration wants it there.
///
/// `port` is that of the TLS listener. The host is that of the site's `public_url`; without it the
/// client's own word, which only leads back to whom the client asked. Path and query go along as they came.
pub(crate) fn to_https(
    config: &Config,
    public_url: Option<&PublicUrl>,
    request: &Request,
    port: Option<u16>,
) -> Option<String> {
    let (tls, port) = (config.tls.as_ref()?, port?);
    if !tls.redirect_http || request.client.arrived_by() == Scheme::Https {
        return None;
    }
    let target = request.target.as_str();
    let authority = match (public_url, port) {
        (Some(public), _) => public.authority.to_string(),
        (None, 443) => request.host.name().to_owned(),
        (None, port) => format!("{}:{port}", request.host.name()),
    };
    Some(format!("https://{authority}{target}"))
}
