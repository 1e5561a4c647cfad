//! Scheme, host and port: what browsers call an origin (RFC 6454 §4), and what `Origin` names.

use std::fmt;

use vestibule_session::Scheme;

use super::host::{normal_name, split_port};

/// An origin that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

impl Origin {
    /// Takes scheme, host and, where it is not the scheme's own, port; nothing behind them.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        match text {
            "null" => return Err(OriginError::Null),
            _ if text.contains('*') => return Err(OriginError::Wildcard),
            _ => {}
        }
        let named = Named::parse(text.as_bytes()).ok_or(OriginError::Form)?;
        let host = normal_name(named.host).ok_or(OriginError::Form)?;
        Ok(Self {
            scheme: named.scheme,
            host: host.into_owned(),
            port: named.port,
        })
    }

    /// Whether this is the one that a request names.
    pub(crate) fn is(&self, named: &Named<'_>) -> bool {
        let Self { scheme, host, port } = self;
        let (scheme, port) = (*scheme, *port);
        *named == Named { scheme, host, port }
    }
}

/// An origin as a request names it, read where it stands; the host may be anything at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
}

impl<'a> Named<'a> {
    /// Reads the value of `Origin`; `null`, a list and other schemes name none.
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let (scheme, rest) = text.split_once("://")?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::Https
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::Http
        } else {
            return None;
        };
        let (host, port) = split_port(rest)?;
        let port = port.unwrap_or(default_port(scheme));
        Some(Self { scheme, host, port })
    }
}

/// Hosts have no case (RFC 3986 §3.2.2).
impl PartialEq for Named<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.port == other.port
            && self.host.eq_ignore_ascii_case(other.host)
    }
}

/// The port that nobody writes.
pub(super) fn default_port(scheme: Scheme) -> u16 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    }
}

/// Why a text names no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginError {
    /// There is more than scheme, host and port, or less.
    Form,
    /// Every sandboxed page and every local file is `null`.
    Null,
    /// Whoever gets hold of one name below a wildcard would be let in.
    Wildcard,
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "this is not an origin; write scheme and host, and the port where it is not the scheme's own, such as `https://app.example.com`"
            }
            Self::Null => {
                "`null` is the origin of every sandboxed page and every local file; remove it"
            }
            Self::Wildcard => {
                "an origin has no wildcard: any site below it could act for your users; name each one"
            }
        })
    }
}

impl std::error::Error for OriginError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(configured: &str, sent: &str, same: bool) {
        let origin = Origin::parse(configured).unwrap();
        let named = Named::parse(sent.as_bytes());
        assert_eq!(named.is_some_and(|named| origin.is(&named)), same, "{sent}");
    }

    #[test]
    fn scheme_host_and_port_are_compared() {
        let shop = "https://shop.example.com";
        check(shop, "https://shop.example.com", true);
        check(shop, "https://shop.example.com:443", true);
        check(shop, "HTTPS://Shop.Example.COM", true);
        check(
            "https://Shop.Example.com:443",
            "https://shop.example.com",
            true,
        );
        check(shop, "http://shop.example.com", false);
        check(shop, "http://shop.example.com:443", false);
        check(shop, "https://shop.example.com:8443", false);
        check(shop, "https://shop.example.com.evil.test", false);
        check(shop, "https://evil.test/https://shop.example.com", false);
        check(shop, "https://shop.example.com/", false);
        check(shop, "https://shop.example.com:", false);
        check(shop, "https://shop.example.com:0443", false);
        check(shop, "https://user@shop.example.com", false);
        check(shop, "https://shop.example.com https://evil.test", false);
        check(shop, "https://shop.example.com, https://evil.test", false);
        check(shop, "shop.example.com", false);
        check(shop, "null", false);
        check(shop, "", false);
        check("http://[::1]:3000", "http://[::1]:3000", true);
        check("http://[::1]:3000", "http://[::2]:3000", false);
        check("http://192.0.2.7", "http://192.0.2.7:80", true);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for (text, error) in [
            ("null", OriginError::Null),
            ("*", OriginError::Wildcard),
            ("https://*.example.com", OriginError::Wildcard),
            ("https://app.example.com/", OriginError::Form),
            ("https://app.example.com/x", OriginError::Form),
            ("https://app.example.com?x", OriginError::Form),
            ("https://u@app.example.com", OriginError::Form),
            ("https://app.example.com:0", OriginError::Form),
            ("https://", OriginError::Form),
            ("ftp://app.example.com", OriginError::Form),
            ("app.example.com", OriginError::Form),
            ("https://bücher.example", OriginError::Form),
            ("", OriginError::Form),
        ] {
            assert_eq!(Origin::parse(text), Err(error), "{text}");
        }
    }
}
