//! The public address: scheme and host as the browser sees them.

use http::HeaderMap;
use url::Url;
use vestibule_session::Scheme;

/// How the public address is known.
///
/// It decides the cookies' names and `Secure`, and every redirect stays on it (TH-71, TH-115).
#[derive(Debug, Clone)]
pub enum Origin {
    /// From `X-Forwarded-Proto` and `X-Forwarded-Host`: only behind a gateway that writes both itself, as Vestibule
    /// does, and reachable by nobody else.
    Forwarded,
    /// This one, whatever a request says.
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
}

fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    (values.next().is_none() && !value.contains(',')).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(proto: &str, host: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", proto.parse().unwrap());
        headers.insert("x-forwarded-host", host.parse().unwrap());
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
        check("javascript", "app.test", None);
        check("https", "user@evil.test", None);
        check("https", "", None);
        assert_eq!(Origin::Forwarded.of(&HeaderMap::new()), None);
    }

    #[test]
    fn a_fixed_address_ignores_the_headers() {
        let origin = Origin::Fixed(Url::parse("https://app.test/path?query").unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-host", "evil.test".parse().unwrap());
        assert_eq!(origin.of(&headers).unwrap().text(), "https://app.test");
    }
}
