use http::Uri;
use proptest::prelude::*;

use super::*;
use crate::request::path::inspect;

const NONE: Unusual = Unusual {
    encoded_slash: false,
    empty_segments: false,
    path_parameters: false,
    encoded_reserved: false,
};
const SLASH: Unusual = Unusual {
    encoded_slash: true,
    ..NONE
};
const EMPTY: Unusual = Unusual {
    empty_segments: true,
    ..NONE
};
const PARAMETER: Unusual = Unusual {
    path_parameters: true,
    ..NONE
};
const RESERVED: Unusual = Unusual {
    encoded_reserved: true,
    ..NONE
};

#[track_caller]
fn check(path: &str, expected: Result<Unusual, BadPath>) {
    assert_eq!(inspect(path), expected, "{path}");
}

fn parse(target: &str) -> Result<Target, TargetError> {
    Target::parse(&Uri::try_from(target.as_bytes()).unwrap(), 8192)
}

#[test]
fn ordinary_paths_are_accepted_as_they_are() {
    for path in [
        "/",
        "/api/agent/health",
        "/api/agent/",
        "/_next/static/chunks/app-1.js",
        "/.well-known/openid-configuration",
        "/...",
        "/..a/a../.a",
        "/a.b.c/",
        "/caf%C3%A9/%20/%7E",
        "/%E2%9C%93",
        "/100%25",
        "/100%25/zz",
        "/a%0d%0ab",
        "/@scope/pkg:1,2+3=4&5$!*'()|[x]~-_",
    ] {
        check(path, Ok(NONE));
    }
}

// TH-05, TH-10: each spelling of a segment that climbs, with no opt-in that admits it.
#[test]
fn dot_segments_are_refused_in_every_spelling() {
    for dots in [
        ".",
        "..",
        "%2e",
        "%2E",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e",
        "%252e%252e",
        ".%252E",
        "%252e.",
        "%25%32%65",
        "..;",
        "..;a=b",
        ".;x",
        "%2e%2e;x",
        "..%3b",
        "..%3bx",
        "..%253bx",
        "..%2f",
        "..%2fx",
        "x%2f..",
        "x%2f..%2fy",
        "x%2f%2e%2e%2fy",
        "x%252f..%252fy",
        "x%252f%252e%252e",
        "..%3f",
        "..%23x",
        "%2e%2e%253f",
    ] {
        check(&format!("/{dots}"), Err(BadPath::DotSegment));
        check(&format!("/public/{dots}/admin"), Err(BadPath::DotSegment));
        check(&format!("/api/{dots}"), Err(BadPath::DotSegment));
    }
}

// TH-03: what servers, browsers and proxies are known to read differently.
#[test]
fn octets_that_a_browser_would_rewrite_are_refused() {
    for octet in (0..=b' ').chain(*b"\"#<>?\\^`{}").chain([0x7f]) {
        let octet = char::from(octet);
        check(&format!("/a{octet}b"), Err(BadPath::Octet));
        check(&format!("/a/{octet}"), Err(BadPath::Octet));
    }
    for text in ["é", "\u{ff0f}", "\u{2025}", "\u{2215}", "\u{a0}"] {
        check(&format!("/a{text}b"), Err(BadPath::Octet));
    }
}

#[test]
fn broken_escapes_are_refused() {
    for path in [
        "/%", "/a%", "/%2", "/%zz", "/%2g", "/%g2", "/%%", "/%%41", "/%u0041", "/%+1", "/%-1",
        "/%/", "/a%2/b",
    ] {
        check(path, Err(BadPath::Percent));
    }
}

#[test]
fn escapes_that_are_not_utf8_are_refused() {
    for path in [
        "/%80",          // a continuation octet alone
        "/%c0%af",       // an overlong slash
        "/%c0%ae%c0%ae", // overlong dots
        "/%e0%80%af",    // a longer overlong slash
        "/%f0%80%80%af", // and a still longer one
        "/%ed%a0%80",    // a surrogate
        "/%f4%90%80%80", // beyond the last character
        "/%c3/%a9",      // one character in two segments
        "/%ff",
    ] {
        check(path, Err(BadPath::Percent));
    }
}

#[test]
fn nul_and_backslash_are_refused_even_when_escaped_twice() {
    for path in ["/a%00", "/%00/b", "/a%2500", "/a%25%30%30"] {
        check(path, Err(BadPath::Percent));
    }
    for path in ["/a%5cb", "/a%5Cb", "/%5c..%5cb", "/a%255cb", "/%5c%5chost"] {
        check(path, Err(BadPath::EncodedSlash));
    }
}

#[test]
fn unusual_paths_are_told_apart() {
    check("/a%2fb", Ok(SLASH));
    check("/a%2Fb/c", Ok(SLASH));
    check("//", Ok(EMPTY));
    check("///", Ok(EMPTY));
    check("//host/x", Ok(EMPTY));
    check("/a//b", Ok(EMPTY));
    check("/a//", Ok(EMPTY));
    check("/a;b/c", Ok(PARAMETER));
    check("/a%3bb", Ok(PARAMETER));
    check("/a%3Bb", Ok(PARAMETER));
    check("/tag/C%23", Ok(RESERVED));
    check("/a%3fb", Ok(RESERVED));
    check("/a%2541", Ok(RESERVED));
    check("/a%25%34%31", Ok(RESERVED));
    check("/a%252525", Ok(RESERVED));
    // Decoded twice these are also something else, and need both opt-ins.
    check(
        "/a%252fb",
        Ok(Unusual {
            encoded_slash: true,
            ..RESERVED
        }),
    );
    check(
        "/a%253bb",
        Ok(Unusual {
            path_parameters: true,
            ..RESERVED
        }),
    );
}

// TH-08.
#[test]
fn each_opt_in_admits_its_own_peculiarity_only() {
    let all = [
        (SLASH, BadPath::EncodedSlash),
        (EMPTY, BadPath::EmptySegment),
        (PARAMETER, BadPath::PathParameter),
        (RESERVED, BadPath::EncodedReserved),
    ];
    for (has, fault) in all {
        for (allowed, _) in all {
            let expected = if has == allowed { Ok(()) } else { Err(fault) };
            assert_eq!(has.within(allowed), expected);
        }
        assert_eq!(has.within(NONE), Err(fault));
        assert_eq!(NONE.within(has), Ok(()));
    }
}

#[test]
fn pages_take_everything_but_empty_segments() {
    assert_eq!(EMPTY.within(Unusual::PAGES), Err(BadPath::EmptySegment));
    for has in [SLASH, PARAMETER, RESERVED] {
        assert_eq!(has.within(Unusual::PAGES), Ok(()));
    }
}

#[test]
fn the_target_is_kept_as_received() {
    let target = parse("/Tag/C%2b%2B/?q=%zz&a=b;c/../d").unwrap();
    assert_eq!(target.as_str(), "/Tag/C%2b%2B/?q=%zz&a=b;c/../d");
    assert_eq!(target.path(), "/Tag/C%2b%2B/");
    assert_eq!(target.query(), Some("q=%zz&a=b;c/../d"));
    assert_eq!(target.segments().collect::<Vec<_>>(), ["Tag", "C++", ""]);
}

#[test]
fn plain_segments_are_borrowed() {
    let target = parse("/api/agent?x").unwrap();
    assert!(
        target
            .segments()
            .all(|segment| matches!(segment, Cow::Borrowed(_)))
    );
}

#[test]
fn an_empty_query_is_not_a_missing_one() {
    assert_eq!(parse("/a?").unwrap().query(), Some(""));
    assert_eq!(parse("/a?").unwrap().as_str(), "/a?");
    assert_eq!(parse("/a").unwrap().query(), None);
}

#[test]
fn absolute_form_is_reduced_to_its_path() {
    assert_eq!(parse("http://h/a/b?c").unwrap().as_str(), "/a/b?c");
    assert_eq!(parse("https://h:1").unwrap().as_str(), "/");
    assert_eq!(parse("http://h?c").unwrap().as_str(), "/?c");
    assert_eq!(
        parse("http://h/..").unwrap_err(),
        TargetError::Bad(BadPath::DotSegment)
    );
    assert_eq!(
        parse("ftp://h/a").unwrap_err(),
        TargetError::Bad(BadPath::Form)
    );
    assert_eq!(
        parse("ws://h/a").unwrap_err(),
        TargetError::Bad(BadPath::Form)
    );
}

// TH-07.
#[test]
fn what_looks_like_an_authority_stays_a_path() {
    for (target, path) in [
        ("//h/x", "//h/x"),
        ("/http://h/x", "/http://h/x"),
        ("///", "///"),
    ] {
        let target = parse(target).unwrap();
        assert_eq!(target.path(), path);
        assert_eq!(target.unusual(), EMPTY);
    }
}

#[test]
fn tunnels_and_the_server_are_no_targets() {
    assert_eq!(parse("*").unwrap_err(), TargetError::Asterisk);
    assert_eq!(parse("h:443").unwrap_err(), TargetError::Authority);
    assert_eq!(parse("h").unwrap_err(), TargetError::Authority);
    assert_eq!(
        Refusal::from(TargetError::Asterisk),
        Refusal::BadPath(BadPath::Form)
    );
    assert!(matches!(
        Refusal::from(TargetError::Authority),
        Refusal::MethodNotAllowed { allow } if allow.contains("GET")
    ));
}

#[test]
fn the_length_limit_counts_path_and_query() {
    let uri = Uri::from_static("/abc?de");
    assert!(Target::parse(&uri, 7).is_ok());
    assert_eq!(Target::parse(&uri, 6), Err(TargetError::TooLong));
}

#[test]
fn a_query_has_visible_octets_only() {
    for query in ["é", "\u{7f}"] {
        let Ok(uri) = Uri::try_from(format!("/a?{query}")) else {
            continue;
        };
        assert_eq!(
            Target::parse(&uri, 99),
            Err(TargetError::Bad(BadPath::Octet))
        );
    }
    assert!(parse("/a?{x:[1]}|\\^`'").is_ok());
}

/// Texts in which the interesting octets are frequent.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Z0-9._~-]{1,3}",
        2 => Just("/".to_owned()),
        2 => Just("..".to_owned()),
        2 => "%[0-9a-fA-F]{2}",
        2 => "%25[0-9a-fA-F]{2}",
        1 => "%(2[eEfF]|5[cC]|3[bB]|c0%a[ef]|C3%A9|00|09|23|3[fF])",
        1 => "[;:@!$&'()*+,=|\\[\\]\\\\\"<>^`{}% #?]",
        1 => "\\PC",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| format!("/{}", pieces.concat()))
}

proptest! {
    // TH-05: a reader that we did not write finds the same path and the same segments.
    #[test]
    fn an_accepted_target_means_the_same_to_an_independent_parser(text in hostile()) {
        let Ok(uri) = Uri::try_from(text.as_str()) else { return Ok(()) };
        let Ok(target) = Target::parse(&uri, 8192) else { return Ok(()) };
        let url = url::Url::parse(&format!("http://own.example{}", target.path())).unwrap();
        prop_assert_eq!(url.host_str(), Some("own.example"));
        prop_assert_eq!(url.path(), target.path());
        let theirs = url.path_segments().unwrap().map(|segment| {
            percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned()
        });
        let ours: Vec<_> = target.segments().map(Cow::into_owned).collect();
        prop_assert_eq!(theirs.collect::<Vec<_>>(), ours);
    }

    // TH-10: decoding up to twice finds nothing that climbs.
    #[test]
    fn an_accepted_path_does_not_climb_when_decoded_again(text in hostile()) {
        if inspect(&text).is_ok() {
            let mut octets = text.into_bytes();
            for _ in 0..2 {
                octets = percent_encoding::percent_decode(&octets).collect();
                for part in octets.split(|octet| *octet == b'/') {
                    let name = part.split(|octet| matches!(octet, b';' | b'?' | b'#')).next();
                    prop_assert!(!matches!(name, Some(b"." | b"..")));
                }
                prop_assert!(!octets.contains(&0) && !octets.contains(&b'\\'));
            }
        }
    }

    // TH-14.
    #[test]
    fn any_octets_are_read_without_a_panic(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(uri) = Uri::try_from(octets.as_slice()) {
            let _ = Target::parse(&uri, 48);
        }
        let _ = inspect(&String::from_utf8_lossy(&octets));
    }
}
