use super::*;

#[track_caller]
fn check(text: &str, segments: &[&str], open: bool) {
    let pattern = PathPattern::parse(text).unwrap();
    let shown = pattern.segments().iter().map(|segment| match segment {
        Segment::Literal(name) => &**name,
        Segment::One => "*",
    });
    assert_eq!(shown.collect::<Vec<_>>(), segments, "{text}");
    assert_eq!(pattern.is_open(), open, "{text}");
    assert_eq!(pattern.to_string(), text);
}

#[track_caller]
fn check_error(text: &str, expected: PatternError) {
    assert_eq!(PathPattern::parse(text), Err(expected), "{text}");
}

#[test]
fn patterns_are_whole_segments() {
    check("/", &[""], false);
    check("/**", &[], true);
    check("/a", &["a"], false);
    check("/a/", &["a", ""], false);
    check("/a/b/**", &["a", "b"], true);
    check("/*", &["*"], false);
    check("/a/*/c/**", &["a", "*", "c"], true);
    check(
        "/api/tenant/landing-page",
        &["api", "tenant", "landing-page"],
        false,
    );
}

#[test]
fn literals_are_decoded_once() {
    check("/caf%C3%A9/%7Ea", &["café", "~a"], false);
    check("/C%23", &["C#"], false);
    check("/a%252eb", &["a%2eb"], false);
    assert!(
        PathPattern::parse("/C%23")
            .unwrap()
            .unusual()
            .encoded_reserved
    );
    assert_eq!(
        PathPattern::parse("/a/*/**").unwrap().unusual(),
        Unusual::default()
    );
}

#[test]
fn what_no_request_can_match_is_refused() {
    check_error("", PatternError::Relative);
    check_error("api/**", PatternError::Relative);
    check_error("**", PatternError::Relative);
    check_error("http://h/x", PatternError::Relative);
    check_error("/a//b", PatternError::EmptySegment);
    check_error("//**", PatternError::EmptySegment);
    check_error("/a?b", PatternError::Query);
    check_error("/**/a", PatternError::DoubleStarInside);
    check_error("/**/", PatternError::DoubleStarInside);
    check_error("/**/**", PatternError::DoubleStarInside);
    check_error("/a*", PatternError::PartialStar("a*".into()));
    check_error("/a**", PatternError::PartialStar("a**".into()));
    check_error("/***", PatternError::PartialStar("***".into()));
    check_error("/*.html", PatternError::PartialStar("*.html".into()));
    check_error("/a/../b", PatternError::Path(BadPath::DotSegment));
    check_error("/%2e%2e/b", PatternError::Path(BadPath::DotSegment));
    check_error("/{id}", PatternError::Path(BadPath::Octet));
    check_error("/^a$", PatternError::Path(BadPath::Octet));
    check_error("/café", PatternError::Path(BadPath::Octet));
    check_error("/a b", PatternError::Path(BadPath::Octet));
    check_error("/a%", PatternError::Path(BadPath::Percent));
    check_error("/a%5c", PatternError::Path(BadPath::EncodedSlash));
}

#[test]
fn errors_say_what_to_write() {
    let error = PathPattern::parse("/tenant/{id}").unwrap_err().to_string();
    assert!(error.contains("use `*` for a parameter"), "{error}");
}
