use http::Uri;
use proptest::prelude::*;
use url::Url;

use super::*;

fn target(text: &str) -> Target {
    Target::parse(&Uri::try_from(text).unwrap(), 8192).unwrap()
}

/// What the sign-in page reads from its query.
fn way_back_of(location: &str) -> String {
    let url = Url::parse("https://own.example")
        .unwrap()
        .join(location)
        .unwrap();
    assert_eq!(url.host_str(), Some("own.example"));
    let values: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name == "callbackUrl")
        .collect();
    let [(_, value)] = values.as_slice() else {
        panic!("{location} has not one callbackUrl")
    };
    value.clone().into_owned()
}

#[track_caller]
fn check(received: &str, expected: &str) {
    assert_eq!(
        way_back_of(&sign_in("/signin", &target(received))),
        expected
    );
}

#[test]
fn users_return_to_path_and_query() {
    check("/tenant/x", "/tenant/x");
    check("/tenant/x?a=b&c=%26d#", "/tenant/x?a=b&c=%26d");
    check("/x?a+b=c%20d&e=é".trim_end_matches('é'), "/x?a+b=c%20d&e=");
    check(
        "/caf%C3%A9?q=https://other.example//x\\y",
        "/caf%C3%A9?q=https://other.example//x\\y",
    );
    check("/tag/C%23;v=1", "/tag/C%23;v=1");
    check("/a//b", "/a//b");
    check(
        "/x?callbackUrl=//evil.example",
        "/x?callbackUrl=//evil.example",
    );
}

#[test]
fn what_could_leave_our_origin_returns_to_the_start() {
    check("//evil.example/x", "/");
    check("/%2fevil.example", "/");
    check("/%252fevil.example", "/");
    check("/%09/evil.example", "/");
    check("/%0d%0a/evil.example", "/");
}

#[test]
fn a_long_way_back_loses_its_query_and_then_its_path() {
    let long = "x".repeat(LONGEST);
    check(&format!("/a?{long}"), "/a");
    check(&format!("/{long}?a"), "/");
}

#[test]
fn the_sign_in_path_may_have_a_query() {
    let location = sign_in("/signin?theme=dark", &target("/x"));
    assert_eq!(location, "/signin?theme=dark&callbackUrl=%2Fx");
}

// TH-71: known ways out of an origin; none is a path of ours, however it is read.
#[test]
fn redirect_payloads_are_no_own_paths() {
    let hosts = [
        "evil.example",
        "evil.example/x",
        "evil.example:443",
        "own.example@evil.example",
        "%65vil.example",
    ];
    let starts = [
        "",
        "//",
        "///",
        "////",
        "/\\",
        "\\/",
        "\\\\",
        "\\",
        "/\\/",
        "//\\",
        "http:",
        "http:/",
        "http://",
        "https://",
        "https:///",
        "HTTPS://",
        "http:\\\\",
        "https:\\/",
        "javascript:",
        "javascript://",
        "data:text/html,",
        "vbscript:",
        "ftp://",
        "file:///",
        "ws://",
        "blob:https://",
        "@",
        "//@",
        "https://own.example@",
        "//own.example@",
        "//own.example%40",
        "https://own.example.",
        " //",
        "\t//",
        "\n//",
        "\r\n//",
        "/\t/",
        "/\n/",
        "/\r/",
        "/\r\n/",
        "/ /\t/../",
        "\u{0}//",
        "/%09/",
        "/%0a/",
        "/%0d/",
        "/%0d%0a/",
        "/%2509/",
        "/%250a/",
        "/%2f",
        "/%2F",
        "/%2f%2f",
        "/%5c",
        "/%5C",
        "/%5c%5c",
        "/%5c/",
        "/%2f%5c",
        "/%252f",
        "/%255c",
        "/%25252f".trim_end_matches("25252f"),
        "/../",
        "/..//",
        "/./",
        "/.//",
        "/x/..//",
        "/x/../..//",
        "/%2e%2e//",
        "/%2e//",
        "/%252e//",
        "/..;//",
        "/.;//",
        "/x/..%2f..%2f/",
        "/..%2f/",
        "/..\\",
        "/.\\",
        "/x\\..\\..\\/",
        "%2f%2f",
        "%2f/",
        "/%00/",
        "/%00//",
        "%00//",
        "%09//",
        "%20//",
        "?//",
        "#//",
        ";//",
        ".",
        "..",
        "./",
        "../",
        ".//",
        "..//",
        "~//",
        "\u{3002}//",
        "/\u{2028}/",
        "//\u{ff0e}",
        "/\u{ff0f}",
        "\u{ff0f}\u{ff0f}",
        "/%E3%80%82\\",
        "/x y//",
        "/?\t",
        "/? ",
        "/#\u{a0}",
        "/%",
        "/%zz//",
        "/<>//",
        "/\"//",
        "/`//",
        "/^//",
        "/{}//",
        "/|//\\",
    ];
    let mut refused = 0;
    for start in starts {
        for host in hosts {
            let payload = format!("{start}{host}");
            assert_eq!(own_path(&payload), None, "{payload:?}");
            refused += 1;
        }
    }
    assert!(refused >= 500, "{refused}");
}

#[test]
fn own_paths_are_kept() {
    for text in [
        "/",
        "/x",
        "/x/",
        "/x//y",
        "/x?y",
        "/?//evil.example",
        "/#//evil.example",
        "/x#y",
        "/@evil.example",
        "/evil.example",
        "/x:y",
        "/http://x",
        "/x;y",
        "/x%20y",
        "/caf%C3%A9",
        "/x%2fy",
        "/.well-known/x",
    ] {
        assert_eq!(own_path(text), Some(text));
    }
}

proptest! {
    #[test]
    fn an_own_path_stays_on_our_origin_however_it_is_read(
        text in "(/|\\\\|%2f|%5c|%25|%09|\\.|%2e|@|:|a|\\?|#|;|\t| ){0,9}",
    ) {
        let base = Url::parse("https://own.example/auth/callback").unwrap();
        let mut read = text.clone();
        if own_path(&text).is_some() {
            for _ in 0..=DECODINGS {
                let url = base.join(&read).unwrap();
                prop_assert_eq!(url.origin(), base.origin());
                // Applications that redirect to the pathname alone arrive here as well.
                prop_assert_eq!(base.join(url.path()).unwrap().origin(), base.origin(), "{}", read);
                read = percent_encoding::percent_decode_str(&read).decode_utf8_lossy().into_owned();
            }
        }
    }
}
