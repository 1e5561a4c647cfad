//! The key of a provider's account.

use std::fmt;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// A provider's key: never printed, wiped when dropped.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Takes the key as the provider gave it out. White space around it never belongs to a key;
    /// an empty one, or one that no header can carry, is none.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let usable = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic());
        usable.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The header value that carries the key behind `scheme`; it is marked as sensitive.
    pub(super) fn header(&self, scheme: &str) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("{scheme}{}", *self.0));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::ApiKey;

    #[test]
    fn a_key_is_never_printed() {
        let key = ApiKey::new(" sk-very-secret\n").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(..)");
        let header = key.header("Bearer ").unwrap();
        assert_eq!(header, "Bearer sk-very-secret");
        assert!(!format!("{header:?}").contains("secret"));
    }

    #[test]
    fn what_no_header_can_carry_is_no_key() {
        for text in ["", "  ", "sk two", "sk\r\nHost: x", "schl\u{fc}ssel"] {
            assert!(ApiKey::new(text).is_none(), "{text:?}");
        }
    }
}
