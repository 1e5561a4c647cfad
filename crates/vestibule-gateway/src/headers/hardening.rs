//! Headers that harden an answer, each only where the upstream does not say it itself.

use http::header::{CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, X_FRAME_OPTIONS};

use crate::config::SecurityHeaders;

/// Adds what the preset has and the answer lacks; `secure` says that the browser came over HTTPS.
pub(crate) fn harden(headers: &mut HeaderMap, preset: SecurityHeaders, secure: bool) {
    let is_silent = !headers.contains_key(CONTENT_SECURITY_POLICY);
    let (frames, policy, others) = match preset {
        SecurityHeaders::Off => return,
        SecurityHeaders::Api if is_silent => ("DENY", NO_DOCUMENT, API),
        SecurityHeaders::Api => ("DENY", NO_FRAMES, API),
        SecurityHeaders::Page => ("SAMEORIGIN", OWN_FRAMES, PAGE),
    };
    // RFC 6797 §7.2: never over plain HTTP.
    if secure {
        fill(headers, "strict-transport-security", "max-age=31536000");
    }
    fill(headers, "x-content-type-options", "nosniff");
    // Who says anything about frames has said it in the words that they mean.
    if !headers.contains_key(X_FRAME_OPTIONS) && !says_who_frames(headers) {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static(frames));
        // Of two policies both hold, so that the upstream's own is not loosened.
        headers.append(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    for (name, value) in others {
        fill(headers, name, value);
    }
}

fn fill(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    let name = HeaderName::from_static(name);
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn says_who_frames(headers: &HeaderMap) -> bool {
    let mut policies = headers.get_all(CONTENT_SECURITY_POLICY).iter();
    policies.any(|policy| {
        let text = policy.to_str().unwrap_or_default().split([';', ',']);
        let mut names = text.filter_map(|directive| directive.split_ascii_whitespace().next());
        names.any(|name| name.eq_ignore_ascii_case("frame-ancestors"))
    })
}

const NO_DOCUMENT: &str = "default-src 'none'; frame-ancestors 'none'";

const NO_FRAMES: &str = "frame-ancestors 'none'";

const OWN_FRAMES: &str = "frame-ancestors 'self'";

/// Data: nothing in it is a document, and no other site loads it.
const API: &[(&str, &str)] = &[
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Pages: sign-in in a window of its own still works.
const PAGE: &[(&str, &str)] = &[
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin-allow-popups"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(preset: SecurityHeaders, secure: bool, said: &[(&str, &str)], expected: &[&str]) {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, value.parse().unwrap());
        }
        harden(&mut headers, preset, secure);
        let mut lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        assert_eq!(lines, expected);
    }

    #[test]
    fn each_preset_fills_what_is_missing() {
        check(SecurityHeaders::Off, true, &[], &[]);
        check(
            SecurityHeaders::Page,
            true,
            &[],
            &[
                "content-security-policy: frame-ancestors 'self'",
                "cross-origin-opener-policy: same-origin-allow-popups",
                "referrer-policy: strict-origin-when-cross-origin",
                "strict-transport-security: max-age=31536000",
                "x-content-type-options: nosniff",
                "x-frame-options: SAMEORIGIN",
            ],
        );
        check(
            SecurityHeaders::Api,
            false,
            &[],
            &[
                "content-security-policy: default-src 'none'; frame-ancestors 'none'",
                "cross-origin-resource-policy: same-origin",
                "referrer-policy: no-referrer",
                "x-content-type-options: nosniff",
                "x-frame-options: DENY",
            ],
        );
    }

    #[test]
    fn what_the_upstream_says_stays() {
        check(
            SecurityHeaders::Page,
            true,
            &[
                ("content-security-policy", "default-src 'self'"),
                (
                    "content-security-policy",
                    "img-src *;  Frame-Ancestors https://a.test",
                ),
                ("cross-origin-opener-policy", "unsafe-none"),
                ("referrer-policy", "origin"),
                ("strict-transport-security", "max-age=0"),
            ],
            &[
                "content-security-policy: default-src 'self'",
                "content-security-policy: img-src *;  Frame-Ancestors https://a.test",
                "cross-origin-opener-policy: unsafe-none",
                "referrer-policy: origin",
                "strict-transport-security: max-age=0",
                "x-content-type-options: nosniff",
            ],
        );
        check(
            SecurityHeaders::Page,
            false,
            &[
                ("content-security-policy", "default-src 'self'"),
                ("referrer-policy", "origin"),
            ],
            &[
                "content-security-policy: default-src 'self'",
                "content-security-policy: frame-ancestors 'self'",
                "cross-origin-opener-policy: same-origin-allow-popups",
                "referrer-policy: origin",
                "x-content-type-options: nosniff",
                "x-frame-options: SAMEORIGIN",
            ],
        );
    }
}
