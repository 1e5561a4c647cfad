//! The way to the sign-in page and back: only ever to a path of our own origin (TH-71).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

/// The `Location` that sends somebody to the sign-in page, and from there back to `target`, a path with its query.
///
/// The gateway makes the same of the same target: whichever of the two sees the request first decides alike (TH-13).
pub(crate) fn sign_in(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let mut short = [target, path]
        .into_iter()
        .filter(|text| text.len() <= LONGEST);
    let back = short.find_map(own_path).unwrap_or("/");
    let back = utf8_percent_encode(back, COMPONENT);
    format!("/login?callbackUrl={back}")
}

/// The text, where every reader takes it for a path of our own origin, also after decoding it again.
///
/// Browsers take `\` for `/` and drop tabs and line ends (WHATWG URL §4.4), so these are refused in any encoding.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, behind) = text.split_at_checked(end)?;
    let own =
        stays(path.as_bytes(), DECODINGS) && behind.bytes().all(|octet| octet.is_ascii_graphic());
    own.then_some(text)
}

fn stays(path: &[u8], decodings: u8) -> bool {
    let rest = path.strip_prefix(b"/");
    let single = rest.is_some_and(|rest| !rest.starts_with(b"/"));
    let refused = |octet: &u8| octet.is_ascii_control() || matches!(octet, b'\\' | b' ');
    if !single || path.iter().any(refused) {
        return false;
    }
    if decodings == 0 || !path.contains(&b'%') {
        return true;
    }
    stays(&percent_decode(path).collect::<Vec<_>>(), decodings - 1)
}

/// Readers decode once, and some twice.
const DECODINGS: u8 = 2;

/// Auth.js keeps the value in a cookie of its own.
const LONGEST: usize = 1024;

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_survives_the_way_to_the_sign_in_page() {
        assert_eq!(
            sign_in("/tenant/bookings?status=pending&from=2026-01-01"),
            "/login?callbackUrl=%2Ftenant%2Fbookings%3Fstatus%3Dpending%26from%3D2026-01-01"
        );
        let long = format!("/tenant/bookings?q={}", "x".repeat(2000));
        assert_eq!(sign_in(&long), "/login?callbackUrl=%2Ftenant%2Fbookings");
        assert_eq!(sign_in("//evil.example/"), "/login?callbackUrl=%2F");
    }

    #[test]
    fn only_a_path_of_our_own_is_a_way_back() {
        for own in [
            "/",
            "/tenant/dashboard",
            "/a?b=//c",
            "/a%20b",
            "/a#b",
            "/t/x?y=https://z",
        ] {
            let expected = (own != "/a%20b").then_some(own);
            assert_eq!(own_path(own), expected, "{own}");
        }
        for foreign in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "/%2F/evil.example",
            "/%2Fevil.example",
            "/%252Fevil.example",
            "/%5Cevil.example",
            "/\tevil.example",
            "/%09/evil.example",
            "javascript:alert(1)",
            " /a",
            "/a b",
            "/a?b c",
            "/a\n",
            "/a?\u{202e}b",
            "///evil.example",
            "/%0a/evil.example",
        ] {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
    }
}
