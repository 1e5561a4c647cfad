//! What holds for every path, pattern and rewriting; a URL parser and a matcher of its own are the oracle.

use std::sync::{LazyLock, Mutex};

use http::{Method, Uri};
use url::Url;
use vestibule_gateway::config::Config;
use vestibule_gateway::refusal::Refusal;
use vestibule_gateway::request::{Target, Unusual};
use vestibule_gateway::routes::{PathPattern, Rewrite, Routes};

use super::configured::config;
use super::escapes::decoded;
use super::reading::readings;

/// The first route gets the pattern of the input; the second one takes what is left.
const CONFIGURATION: &str = r#"
session: { secrets: [ "${AUTH_SECRET}" ] }
upstreams: { web: { url: http://web.test:3000 } }
routes:
  - { path: /placeholder, to: web, auth: none }
  - { path: /**, to: web, auth: none, allow: [encoded_slash, empty_segments, path_parameters, encoded_reserved] }
"#;

static CONFIG: LazyLock<Mutex<Config>> = LazyLock::new(|| Mutex::new(config(CONFIGURATION)));

/// Checks up to three lines: a target, a pattern, and the path that replaces it; says whether the target
/// was taken by the pattern.
pub(crate) fn check(input: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(input) else {
        return false;
    };
    let mut lines = text.splitn(3, '\n');
    let Some(target) = lines.next().and_then(|line| line.parse::<Uri>().ok()) else {
        return false;
    };
    let Ok(target) = Target::parse(&target, 4096) else {
        return false;
    };
    check_target(&target);
    let Some(pattern) = lines.next().and_then(|line| PathPattern::parse(line).ok()) else {
        return false;
    };
    let matched = matched(&pattern.to_string(), target.path());
    if pattern.to_string() != "/**" {
        check_route(&pattern, &target, matched.is_some());
    }
    if let (Some(matched), Some(to)) = (&matched, lines.next())
        && let Ok(rewrite) = Rewrite::new(&pattern, to)
    {
        for base in ["", "/base", "/a/b"] {
            check_rewrite(&rewrite, to, matched, &target, base);
        }
    }
    matched.is_some()
}

/// An accepted path is its own normal form, and no reader of it climbs.
fn check_target(target: &Target) {
    let url = Url::parse(&format!("http://upstream.test{}", target.as_str())).expect("a URL");
    assert_eq!(url.path(), target.path(), "a reader would rewrite it");
    let segments: Vec<String> = target.path().split('/').skip(1).map(decoded).collect();
    let seen: Vec<_> = target.segments().collect();
    assert_eq!(seen, segments);
    let usual = target.unusual() == Unusual::default();
    let plain = segments.iter().filter(|name| !name.is_empty()).count();
    let empty = segments.iter().rev().skip(1).any(String::is_empty);
    assert!(!(usual && empty), "{} has an empty segment", target.path());
    for reading in readings(target.path()) {
        let names = reading.iter().filter(|name| !name.is_empty()).count();
        // Dots, slashes and ends that only some see would change how many names there are.
        assert!(
            !usual || names == plain,
            "{} is also {reading:?}",
            target.path()
        );
    }
    let twice = decoded(&decoded(target.path()));
    for part in twice.split(['/', '\\']) {
        let name = part.split(';').next().unwrap_or_default();
        assert!(name != "." && name != "..", "{} climbs", target.path());
    }
}

/// What the stars and the end of a pattern took, as received.
struct Matched<'a> {
    stars: Vec<&'a str>,
    rest: &'a str,
}

/// Compares segment by segment.
fn matched<'a>(pattern: &str, path: &'a str) -> Option<Matched<'a>> {
    let mut stars = Vec::new();
    let mut rest = path;
    for name in pattern.split('/').skip(1) {
        if name == "**" {
            return Some(Matched { stars, rest });
        }
        // Behind the last segment there is nothing, not an empty one.
        let inner = rest.strip_prefix('/')?;
        let end = inner.find('/').unwrap_or(inner.len());
        let (segment, behind) = inner.split_at(end);
        if name == "*" {
            if segment.is_empty() {
                return None;
            }
            stars.push(segment);
        } else if decoded(name) != decoded(segment) {
            return None;
        }
        rest = behind;
    }
    rest.is_empty().then_some(Matched { stars, rest })
}

/// The routes find what the matcher finds, or refuse an unusual path.
fn check_route(pattern: &PathPattern, target: &Target, matches: bool) {
    let mut config = CONFIG.lock().expect("no check goes on after a panic");
    let routes = &mut config.sites[0].routes;
    routes[0].allow = routes[1].allow;
    routes[0].path = pattern.clone();
    let routes = Routes::new(routes).expect("the two have different paths");
    match routes.find("app.test", target, &Method::GET) {
        Ok(index) => assert_eq!(index == 0, matches, "{pattern} and {target:?}"),
        Err(Refusal::NotFound) => {
            assert_eq!(decoded(target.path()).split('/').nth(1), Some(".vestibule"));
        }
        Err(refusal) => {
            assert_ne!(target.unusual(), Unusual::default(), "{refusal:?}");
        }
    }
}

/// The rewritten line is the one that the words of the configuration say, or none.
fn check_rewrite(rewrite: &Rewrite, to: &str, matched: &Matched, target: &Target, base: &str) {
    let mut expected = base.to_owned();
    let mut stars = matched.stars.iter();
    for name in to.split('/').skip(1) {
        match name {
            "**" => expected.push_str(matched.rest),
            "*" => {
                expected.push('/');
                expected.push_str(stars.next().expect("as many as there are"));
            }
            _ => {
                expected.push('/');
                expected.push_str(name);
            }
        }
    }
    if expected.is_empty() {
        expected.push('/');
    }
    let usual = target.unusual() == Unusual::default();
    match rewrite.apply(target, base) {
        Ok(line) => {
            assert_eq!(line.path(), expected);
            assert_eq!(line.query(), target.query());
            assert!(!expected.starts_with("//"), "{expected} names a server");
            let below = expected.strip_prefix(base).expect("the base is in front");
            assert!(below.is_empty() || below.starts_with('/'), "{expected}");
        }
        Err(fault) => assert!(
            !usual || expected.contains("//"),
            "{expected} is refused: {fault:?}"
        ),
    }
}
