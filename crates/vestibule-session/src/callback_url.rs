//! The cookie that remembers where a sign-in leads to (protocol §1).

use std::fmt::Write as _;

use crate::cookie::{Scheme, Version};
use crate::scan::{decoded, pairs};
use crate::set_cookie::{Attributes, Lifetime};

/// Reads and writes the `callback-url` cookie of one scheme.
///
/// Its value comes from the browser: whoever redirects to it has to ask first whether it leads to the own origin.
///
/// ```
/// use vestibule_session::{CallbackUrl, Scheme, Version};
///
/// let cookie = CallbackUrl::new(Version::V5, Scheme::Http);
/// let line = cookie.set_cookie("http://app.test/a?b=c");
/// assert!(line.starts_with("authjs.callback-url=http%3A%2F%2Fapp.test%2Fa%3Fb%3Dc; Path=/; "));
/// let header = line.split(';').next().unwrap();
/// assert_eq!(cookie.read([header.as_bytes()]).unwrap(), "http://app.test/a?b=c");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CallbackUrl {
    name: &'static str,
    secure: bool,
}

impl CallbackUrl {
    /// The cookie of this family under this scheme.
    pub fn new(version: Version, scheme: Scheme) -> Self {
        let secure = scheme == Scheme::Https;
        Self {
            name: match (version, secure) {
                (Version::V5, true) => "__Secure-authjs.callback-url",
                (Version::V5, false) => "authjs.callback-url",
                (Version::V4, true) => "__Secure-next-auth.callback-url",
                (Version::V4, false) => "next-auth.callback-url",
            },
            secure,
        }
    }

    /// The cookie's name.
    pub fn cookie_name(&self) -> &'static str {
        self.name
    }

    /// What the request's cookie says, if it is text.
    pub fn read<'h>(&self, lines: impl IntoIterator<Item = &'h [u8]>) -> Option<String> {
        let mut pairs = lines.into_iter().flat_map(pairs);
        let (_, value) = pairs.find(|(name, _)| *name == self.name.as_bytes())?;
        String::from_utf8(decoded(value).into_owned()).ok()
    }

    /// The `Set-Cookie` value that remembers `url` until the browser closes.
    pub fn set_cookie(&self, url: &str) -> String {
        Attributes::new(self.secure).line(self.name, &component(url), Lifetime::Browser)
    }
}

/// As JavaScript's `encodeURIComponent` writes it.
fn component(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, octet| {
        if octet.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            let _ = write!(encoded, "%{octet:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_as_the_packages_do() {
        assert_eq!(
            component("https://a.test/ä?b=c;d e"),
            "https%3A%2F%2Fa.test%2F%C3%A4%3Fb%3Dc%3Bd%20e"
        );
        assert_eq!(component("-_.!~*'()"), "-_.!~*'()");
    }

    #[test]
    fn names_and_attributes_are_those_of_the_scheme() {
        let line = |version, scheme| CallbackUrl::new(version, scheme).set_cookie("x");
        assert_eq!(
            line(Version::V5, Scheme::Https),
            "__Secure-authjs.callback-url=x; Path=/; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            line(Version::V4, Scheme::Http),
            "next-auth.callback-url=x; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn what_is_no_text_is_nothing() {
        let cookie = CallbackUrl::new(Version::V5, Scheme::Http);
        assert_eq!(cookie.read([&b"authjs.callback-url=\xff"[..]]), None);
        assert_eq!(cookie.read([&b"authjs.callback=x"[..]]), None);
    }
}
