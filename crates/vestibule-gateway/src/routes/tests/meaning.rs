//! One meaning of a path: what routes decide about is what was received, and what an upstream gets.

use percent_encoding::percent_decode;
use proptest::test_runner::Config;

use super::*;

/// Octets after the first slash, in which those that somebody reads in two ways are frequent.
fn received() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9_~-]{1,3}".prop_map(String::into_bytes),
        4 => Just(b"/".to_vec()),
        3 => "api|admin|%61dmin|adm%69n|%2561dmin".prop_map(String::into_bytes),
        2 => "(\\.|%2[eE]|%252[eE]){1,3}".prop_map(String::into_bytes),
        2 => "%(2[fF]|5[cC]|3[bB]|23|3[fF]|00|09|0[aAdD]|20|25|7[fF]|c0%a[eEfF]|[cC]3%[aA]9|e0%80%af)".prop_map(String::into_bytes),
        1 => "%25(2[fF]|5[cC]|3[bB]|23|3[fF]|00|25)".prop_map(String::into_bytes),
        1 => "[;:@!$&'()*+,=|\\[\\]\\\\\"<>^`{}% #?\t]".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 1..3),
    ];
    proptest::collection::vec(piece, 0..10)
        .prop_map(|pieces| [b"/".to_vec(), pieces.concat()].concat())
}

/// The same, and paths that some route of Bookwell may have.
fn near_the_routes() -> impl Strategy<Value = Vec<u8>> {
    let path = "(/(api|agent|tenant|tenant-admin|auth|landing-page|%61)){1,4}";
    prop_oneof![received(), path.prop_map(String::into_bytes)]
}

fn target(octets: &[u8]) -> Option<Target> {
    Target::parse(&Uri::try_from(octets).ok()?, 8192).ok()
}

/// The segments as a parser that we did not write divides and decodes them.
fn segments(path: &str) -> Vec<Vec<u8>> {
    let url = url::Url::parse(&format!("http://own.example{path}")).unwrap();
    assert_eq!((url.host_str(), url.path()), (Some("own.example"), path));
    let segments = url.path_segments().unwrap();
    segments
        .map(|segment| percent_decode(segment.as_bytes()).collect())
        .collect()
}

/// The paths that a server may take this for: decoded up to twice, ended where a query or a fragment comes
/// to light or not, backslashes as slashes, parameters cut, empty segments dropped, dots resolved.
fn readings(path: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut octets = path.to_vec();
    let mut found = Vec::new();
    for _ in 0..3 {
        let ended = octets
            .split(|octet| matches!(octet, b'?' | b'#' | 0))
            .next();
        found.push(resolved(&octets));
        found.push(resolved(ended.unwrap_or_default()));
        octets = percent_decode(&octets).collect();
    }
    found
}

fn resolved(path: &[u8]) -> Vec<Vec<u8>> {
    let mut resolved: Vec<Vec<u8>> = Vec::new();
    for part in path.split(|octet| matches!(octet, b'/' | b'\\')) {
        match part
            .split(|octet| *octet == b';')
            .next()
            .unwrap_or_default()
        {
            b"" | b"." => {}
            b".." => drop(resolved.pop()),
            name => resolved.push(name.to_vec()),
        }
    }
    resolved
}

proptest! {
    #![proptest_config(Config::with_cases(4096))]

    // TH-03, TH-05: an accepted target is the octets that came, and means to a parser that we did not
    // write what it means to the routes.
    #[test]
    fn what_is_accepted_is_what_was_received(octets in received()) {
        let Some(target) = target(&octets) else { return Ok(()) };
        // A fragment is cut off before anybody sees it.
        let sent = octets.split(|octet| *octet == b'#').next().unwrap_or_default();
        prop_assert_eq!(target.as_str().as_bytes(), sent);
        let ours: Vec<_> = target.segments().map(|it| it.into_owned().into_bytes()).collect();
        prop_assert_eq!(segments(target.path()), ours);
    }

    // TH-01, TH-05: without a rewriting the upstream gets the same octets.
    #[test]
    fn what_is_forwarded_is_what_was_received(octets in received(), base in "(/[a-z]{1,3}){0,2}") {
        let Some(target) = target(&octets) else { return Ok(()) };
        let Ok(sent) = upstream_path(None, &target, &base) else { return Ok(()) };
        prop_assert_eq!(sent.as_str(), format!("{base}{}", target.as_str()));
    }

    // TH-06, TH-10: however often somebody decodes it, a rewritten path is below its prefix.
    #[test]
    fn a_rewritten_path_is_below_its_prefix_in_every_reading(octets in received(), base in "(/[a-z]{1,3}){0,2}") {
        let line = [b"/api", octets.as_slice()].concat();
        let Some(target) = target(&line) else { return Ok(()) };
        let rewrite = Rewrite::new(&PathPattern::parse("/api/**").unwrap(), "/v1/agent/**").unwrap();
        if target.segments().next().as_deref() != Some("api") {
            return Ok(());
        }
        let Ok(sent) = upstream_path(Some(&rewrite), &target, &base) else { return Ok(()) };
        let prefix: Vec<_> = readings(format!("{base}/v1/agent").as_bytes()).remove(0);
        for reading in readings(sent.path().as_bytes()) {
            prop_assert!(reading.starts_with(&prefix), "{} is {:?}", sent, reading);
        }
        prop_assert_eq!(sent.query(), target.query());
    }

    // TH-05, TH-08, TH-10: nothing that some server takes for the guarded area is in the open one.
    #[test]
    fn no_reading_of_an_open_path_is_a_guarded_one(octets in received(), pages in any::<bool>()) {
        let allow = if pages { Unusual::PAGES } else { Unusual::default() };
        let lines = ["/**", "/admin/**"].map(|line| Route { allow, ..route(line) });
        let routes = Routes::new(&lines).unwrap();
        let Some(target) = target(&octets) else { return Ok(()) };
        if routes.find("h", &target, &Method::GET) == Ok(0) {
            for reading in readings(target.path().as_bytes()) {
                prop_assert_ne!(reading.first().map(Vec::as_slice), Some(b"admin".as_slice()), "{}", target.path());
            }
        }
    }

    // TH-04: whatever the query holds, the decision about the path stays.
    #[test]
    fn no_query_changes_the_route(octets in near_the_routes(), query in "[!-~&&[^#]]{0,20}|[?]{1,3}/api/agent|=/\\.\\./admin") {
        let routes = routes(BOOKWELL);
        let Some(alone) = target(octets.split(|octet| *octet == b'?').next().unwrap_or_default()) else { return Ok(()) };
        let line = format!("{}?{query}", alone.as_str());
        // The parser in front of us takes fewer octets in a query than it may.
        let Some(with) = target(line.as_bytes()) else { return Ok(()) };
        let find = |target| routes.find("h", target, &Method::GET);
        prop_assert_eq!(find(&with), find(&alone));
    }
}
