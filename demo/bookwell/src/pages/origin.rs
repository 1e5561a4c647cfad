//! Where a request comes from: the scheme and origin that the gateway vouches for, and whether it is from our own page.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName};
use vestibule_session::Scheme;

/// The scheme that the browser used; the gateway says it, and nobody else reaches the pages.
pub(crate) fn scheme(headers: &HeaderMap) -> Scheme {
    if text(headers, &FORWARDED_PROTO) == Some("https") {
        Scheme::Https
    } else {
        Scheme::Http
    }
}

/// Whether a request that changes something comes from a page of this origin (rules CS1 to CS4 of the gateway).
///
/// Browsers send `Sec-Fetch-Site` on HTTPS and to localhost; elsewhere `Origin` alone must be enough. Who sends
/// neither is no browser, and has no session of somebody to abuse, nor a reason to be here.
pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    match text(headers, &FETCH_SITE) {
        Some(site) => site == "same-origin",
        None if headers.contains_key(FETCH_SITE) => false,
        None => text(headers, &ORIGIN).is_some_and(|sent| public(headers).as_deref() == Some(sent)),
    }
}

/// The origin under which the browser knows us, written as browsers write it.
pub(crate) fn public(headers: &HeaderMap) -> Option<String> {
    let scheme = scheme(headers);
    let host = text(headers, &FORWARDED_HOST).or_else(|| text(headers, &HOST))?;
    let host = host.to_ascii_lowercase();
    let has_port = host.rsplit(':').next().is_some_and(|last| {
        last.len() < host.len() && last.bytes().all(|octet| octet.is_ascii_digit())
    });
    let port = text(headers, &FORWARDED_PORT).filter(|_| !has_port);
    let usual = match scheme {
        Scheme::Http => "80",
        Scheme::Https => "443",
    };
    Some(match port {
        Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
        Some(_) | None => format!("{scheme}://{host}"),
    })
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[track_caller]
    fn check(pairs: &[(&'static str, &'static str)], own: bool) {
        let mut all = vec![
            ("x-forwarded-host", "app.test"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-port", "8080"),
        ];
        all.extend(pairs);
        assert_eq!(is_own(&headers(&all)), own, "{pairs:?}");
    }

    #[test]
    fn a_request_of_another_origin_is_not_our_own() {
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "http://app.test:8080")], true);
        for site in ["cross-site", "same-site", "none", ""] {
            check(
                &[("sec-fetch-site", site), ("origin", "http://app.test:8080")],
                false,
            );
        }
        for origin in [
            "null",
            "https://app.test:8080",
            "http://app.test",
            "http://evil.test:8080",
            "http://app.test:80801",
        ] {
            check(&[("origin", origin)], false);
        }
        check(&[], false);
    }

    #[test]
    fn a_usual_port_is_not_written() {
        let over = |proto, port| {
            let all = [
                ("x-forwarded-host", "App.test"),
                ("x-forwarded-proto", proto),
                ("x-forwarded-port", port),
            ];
            public(&headers(&all)).unwrap()
        };
        assert_eq!(over("https", "443"), "https://app.test");
        assert_eq!(over("https", "8443"), "https://app.test:8443");
        assert_eq!(over("http", "80"), "http://app.test");
        assert_eq!(
            public(&headers(&[("host", "[::1]:8080")])).unwrap(),
            "http://[::1]:8080"
        );
    }
}
