//! `callbackUrl`: where the browser goes afterwards, and never elsewhere (TH-71).

use crate::origin::PublicOrigin;

/// Longer ones are no address that a browser was at.
const MAX_OCTETS: usize = 2048;

/// The address that `text` means at `origin`, if it is one of ours.
///
/// A path, or an absolute URL of the same origin. Auth.js takes whatever begins with `/`, so `//evil.test`
/// is a path to it; here a text counts only as what a browser makes of it. What is no web address at all is a
/// server error to Auth.js and nothing to us.
pub(crate) fn resolve(text: &str, origin: &PublicOrigin) -> Option<String> {
    // A browser drops tabs and line ends and reads `\` as `/`, so such a text means something else than it shows.
    let bent = |octet: u8| octet <= b' ' || octet == b'\\' || octet == 0x7f;
    if text.is_empty() || text.len() > MAX_OCTETS || text.bytes().any(bent) {
        return None;
    }
    let absolute = text.starts_with("http://") || text.starts_with("https://");
    let path = text.starts_with('/') && !text.starts_with("//");
    if !absolute && !path {
        return None;
    }
    let url = origin.url().join(text).ok()?;
    let ours = url.origin() == origin.url().origin()
        && url.username().is_empty()
        && url.password().is_none()
        // `/.//evil.test` is a path here and a host to whoever takes the path alone.
        && !url.path().starts_with("//");
    // Auth.js keeps the bare origin as it was written, so that the cookie does not change back and forth.
    let bare = text == origin.text();
    ours.then(|| if bare { text.to_owned() } else { url.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Origin;

    fn at(origin: &str, text: &str) -> Option<String> {
        let origin = Origin::Fixed(origin.parse().unwrap()).of(&http::HeaderMap::new());
        resolve(text, &origin.unwrap())
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(at("https://app.test", text).as_deref(), expected, "{text}");
    }

    #[test]
    fn paths_and_our_own_addresses_are_kept() {
        check("/", Some("https://app.test/"));
        check("/a/b?c=d&e#f", Some("https://app.test/a/b?c=d&e#f"));
        check("https://app.test", Some("https://app.test"));
        check("https://app.test/a", Some("https://app.test/a"));
        check("https://app.test:443/a", Some("https://app.test/a"));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "\t//evil.test",
            " https://app.test",
            "/.//evil.test",
            "/a/..//evil.test",
            "https:evil.test",
            "https:/evil.test",
            "https://evil.test",
            "https://app.test.evil.test",
            "https://app.test@evil.test",
            "https://user@app.test/",
            "https://app.test:8443/",
            "http://app.test/",
            "HTTPS://evil.test",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.test",
            "?q",
        ] {
            check(text, None);
        }
        check(&format!("/{}", "a".repeat(MAX_OCTETS)), None);
    }
}
