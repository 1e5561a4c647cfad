//! The public address: scheme and host as the browser sees them, and whose browser it is.

use std::net::IpAddr;

use http::HeaderMap;
use url::Url;
use vestibule_session::Scheme;

/// How the public address is known.
///
/// It decides the cookies' names and `Secure`, and every redirect stays on it (TH-71, TH-115).
#[derive(Debug, Clone)]
pub enum Origin {
    /// From `X-Forwarded-Proto` and `X-Forwarded-Host`, the client's address from `X-Forwarded-For`: only behind a
    /// gateway that writes all three itself, as Vestibule does, and reachable by nobody else.
    Forwarded,
    /// This one, whatever a request says. The client's address is not known then, so failures count by account alone.
    Fixed(Url),
}

/// The address of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicOrigin {
    /// Without path, query and user.
    url: Url,
}

impl Origin {
    /// The address that the browser used; none where the gateway's headers are missing or bent.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Option<PublicOrigin> {
        let url = match self {
            Self::Fixed(url) => url.clone(),
            Self::Forwarded => {
                let scheme = single(headers, "x-forwarded-proto")?;
                let host = single(headers, "x-forwarded-host")?;
                Url::parse(&format!("{scheme}://{host}/")).ok()?
            }
        };
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none();
        let mut url = plain.then_some(url)?;
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Some(PublicOrigin { url })
    }

    /// The client as the gateway vouches for it: it lists the client first, then the proxies that it trusts.
    pub(crate) fn client(&self, headers: &HeaderMap) -> Option<IpAddr> {
        match self {
            Self::Fixed(_) => None,
            Self::Forwarded => {
                let mut lines = headers.get_all("x-forwarded-for").iter();
                let line = lines.next()?.to_str().ok()?;
                let first = line.split(',').next().filter(|_| lines.next().is_none())?;
                first.trim().parse().ok()
            }
        }
    }
}

impl PublicOrigin {
    pub(crate) fn scheme(&self) -> Scheme {
        if self.url.scheme() == "https" {
            Scheme::Https
        } else {
            Scheme::Http
        }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Without the final slash: `https://app.example.com`.
    pub(crate) fn text(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The address of one of our paths, or of a page of the application.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }
}

fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    // What is no host, such as a path behind it, must not become a part of every address.
    let bent = |octet: u8| !octet.is_ascii_graphic() || b",/\\?#".contains(&octet);
    (values.next().is_none() && !value.bytes().any(bent)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[track_caller]
    fn check(proto: &str, host: &str, expected: Option<&str>) {
        let headers = headers(&[("x-forwarded-proto", proto), ("x-forwarded-host", host)]);
        let origin = Origin::Forwarded.of(&headers);
        assert_eq!(origin.as_ref().map(PublicOrigin::text), expected);
    }

    #[test]
    fn one_scheme_and_one_host_are_an_address() {
        check("https", "app.test", Some("https://app.test"));
        check("http", "app.test:8080", Some("http://app.test:8080"));
        check("http", "[::1]:8080", Some("http://[::1]:8080"));
    }

    #[test]
    fn anything_else_is_none() {
        check("https,http", "app.test", None);
        check("https", "app.test, evil.test", None);
        check("https", "app.test,evil.test", None);
        check("https", "app.test/path", None);
        check("https", "app.test?query", None);
        check("javascript", "app.test", None);
        check("https", "user@evil.test", None);
        check("https", "", None);
        assert_eq!(Origin::Forwarded.of(&HeaderMap::new()), None);
        let twice = headers(&[
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "app.test"),
            ("x-forwarded-host", "evil.test"),
        ]);
        assert_eq!(Origin::Forwarded.of(&twice), None);
    }

    #[test]
    fn a_fixed_address_ignores_the_headers() {
        let origin = Origin::Fixed(Url::parse("https://app.test/path?query").unwrap());
        let headers = headers(&[
            ("x-forwarded-host", "evil.test"),
            ("x-forwarded-for", "192.0.2.1"),
        ]);
        assert_eq!(origin.of(&headers).unwrap().text(), "https://app.test");
        assert_eq!(origin.client(&headers), None);
    }

    #[test]
    fn the_client_is_the_first_that_the_gateway_lists() {
        let client = |lines: &[&str]| {
            let pairs: Vec<_> = lines
                .iter()
                .map(|line| ("x-forwarded-for", *line))
                .collect();
            let text = Origin::Forwarded.client(&headers(&pairs));
            text.map(|address| address.to_string())
        };
        assert_eq!(client(&["192.0.2.1"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(
            client(&["2001:db8::1, 10.0.0.1"]).as_deref(),
            Some("2001:db8::1")
        );
        assert_eq!(client(&["192.0.2.1", "192.0.2.2"]), None);
        assert_eq!(client(&["unknown, 192.0.2.2"]), None);
        assert_eq!(client(&[]), None);
    }
}
