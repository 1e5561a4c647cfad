use http::Uri;
use proptest::prelude::*;

use super::*;

fn rewrite(from: &str, to: &str) -> Result<Rewrite, RewriteError> {
    Rewrite::new(&PathPattern::parse(from).unwrap(), to)
}

fn target(text: &str) -> Target {
    Target::parse(&Uri::try_from(text).unwrap(), 8192).unwrap()
}

#[track_caller]
fn check(from: &str, to: &str, received: &str, expected: &str) {
    let sent = rewrite(from, to).unwrap().apply(&target(received), "");
    assert_eq!(
        sent.unwrap().as_str(),
        expected,
        "{from} -> {to}: {received}"
    );
}

#[track_caller]
fn check_under(base: &str, to: &str, received: &str, expected: Result<&str, BadPath>) {
    let sent = rewrite("/api/**", to)
        .unwrap()
        .apply(&target(received), base);
    assert_eq!(
        sent.as_ref().map(PathAndQuery::as_str),
        expected.as_ref().copied(),
        "{received}"
    );
}

#[test]
fn whole_segments_are_replaced() {
    check(
        "/api/agent/**",
        "/v1/agent/**",
        "/api/agent/health",
        "/v1/agent/health",
    );
    check("/api/agent/**", "/v1/agent/**", "/api/agent", "/v1/agent");
    check("/api/agent/**", "/v1/agent/**", "/api/agent/", "/v1/agent/");
    check("/api/**", "/**", "/api/agent/x/", "/agent/x/");
    check("/api/**", "/**", "/api/", "/");
    check("/api/**", "/**", "/api", "/");
    check("/**", "/v1/**", "/", "/v1/");
    check("/**", "/v1/**", "/a", "/v1/a");
    check("/**", "/**", "/a", "/a");
    check(
        "/api/tenant/page",
        "/v1/page",
        "/api/tenant/page",
        "/v1/page",
    );
    check("/api/tenant/page", "/", "/api/tenant/page", "/");
    check("/", "/index", "/", "/index");
}

#[test]
fn the_rest_is_forwarded_as_received() {
    check(
        "/api/**",
        "/v1/**",
        "/api/a%2Db/%C3%a9/C+",
        "/v1/a%2Db/%C3%a9/C+",
    );
    check("/a%2Dpi/**", "/v1/**", "/a-pi/x", "/v1/x");
    check("/a-pi/**", "/v1/**", "/%61%2Dpi/%78", "/v1/%78");
}

#[test]
fn stars_carry_their_match_in_order() {
    check(
        "/t/*/b/*/**",
        "/v1/*/of/*/**",
        "/t/one/b/%74wo/x/y",
        "/v1/one/of/%74wo/x/y",
    );
    check("/*/me", "/users/*", "/ann/me", "/users/ann");
    check("/*/*", "/*/x/*", "/a/b", "/a/x/b");
}

// PT6.
#[test]
fn the_query_is_forwarded_octet_for_octet() {
    check(
        "/api/**",
        "/v1/**",
        "/api/x?a=%zz&b=/../c;d//{}",
        "/v1/x?a=%zz&b=/../c;d//{}",
    );
    check("/api/**", "/v1/**", "/api?", "/v1?");
    check("/api/**", "/**", "/api?x", "/?x");
    check("/a", "/b", "/a?/api/c", "/b?/api/c");
}

#[test]
fn the_base_of_the_upstream_goes_in_front() {
    check_under("/base", "/v1/**", "/api/x", Ok("/base/v1/x"));
    check_under("/base", "/**", "/api", Ok("/base"));
    check_under("/base", "/**", "/api/?q", Ok("/base/?q"));
    check_under("/b/c", "/**", "/api/x", Ok("/b/c/x"));
    let sent = upstream_path(None, &target("/x?y"), "/base").unwrap();
    assert_eq!(sent.as_str(), "/base/x?y");
}

// TH-06 and TH-07: removing a prefix must not uncover an authority.
#[test]
fn an_empty_segment_never_becomes_the_start() {
    check_under(
        "",
        "/**",
        "/api//evil.example/x",
        Err(BadPath::EmptySegment),
    );
    check_under("", "/**", "/api//", Err(BadPath::EmptySegment));
    check_under("", "/v1/**", "/api//x", Ok("/v1//x"));
    check_under("/base", "/**", "/api//x", Ok("/base//x"));
    assert_eq!(
        upstream_path(None, &target("//h/x"), ""),
        Err(BadPath::EmptySegment)
    );
    assert_eq!(
        upstream_path(None, &target("//h/x"), "/base")
            .unwrap()
            .as_str(),
        "/base//h/x"
    );
}

// PT5: whatever was checked before, what leaves is checked.
#[test]
fn the_joined_path_is_checked_again() {
    check_under("/base/", "/**", "/api/x", Err(BadPath::EmptySegment));
    check_under("/base/..", "/**", "/api/x", Err(BadPath::DotSegment));
    check_under("/b;c", "/**", "/api/x", Err(BadPath::PathParameter));
    check_under("base", "/**", "/api/x", Err(BadPath::Form));
    let stray = rewrite("/t/*/x", "/v1/*/x")
        .unwrap()
        .apply(&target("/t"), "");
    assert_eq!(stray, Err(BadPath::EmptySegment));
}

#[test]
fn without_a_rewrite_the_octets_are_shared() {
    let target = target("/a/b?c");
    let sent = upstream_path(None, &target, "").unwrap();
    assert_eq!(sent.as_str().as_ptr(), target.as_str().as_ptr());
}

#[test]
fn what_could_not_be_sent_is_no_rewriting() {
    let error = |from: &str, to: &str| rewrite(from, to).unwrap_err();
    assert_eq!(error("/a/**", "v1/**"), RewriteError::Relative);
    assert_eq!(error("/a/**", ""), RewriteError::Relative);
    assert_eq!(error("/a/**", "/v1/**?x"), RewriteError::Query);
    assert_eq!(error("/a/**", "/v1"), RewriteError::RestLost);
    assert_eq!(error("/a", "/v1/**"), RewriteError::NothingToKeep);
    assert_eq!(error("/a/*", "/v1"), RewriteError::Stars);
    assert_eq!(error("/a", "/v1/*"), RewriteError::Stars);
    assert_eq!(
        error("/a/*", "/v1/x*"),
        RewriteError::PartialStar("x*".into())
    );
    assert_eq!(
        error("/a/**", "/**/**"),
        RewriteError::PartialStar("**".into())
    );
    assert_eq!(
        error("/a/**", "/v1/../**"),
        RewriteError::Path(BadPath::DotSegment)
    );
    assert_eq!(
        error("/a/**", "/%2e%2e/**"),
        RewriteError::Path(BadPath::DotSegment)
    );
    assert_eq!(
        error("/a/**", "//v1/**"),
        RewriteError::Path(BadPath::EmptySegment)
    );
    assert_eq!(
        error("/a/**", "/v1//**"),
        RewriteError::Path(BadPath::EmptySegment)
    );
    assert_eq!(
        error("/a/**", "/v1;x/**"),
        RewriteError::Path(BadPath::PathParameter)
    );
    assert_eq!(
        error("/a/**", "/v 1/**"),
        RewriteError::Path(BadPath::Octet)
    );
    assert_eq!(
        error("/a/**", "/{1}/**"),
        RewriteError::Path(BadPath::Octet)
    );
}

fn received() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9.]{1,3}",
        3 => Just("/".to_owned()),
        2 => "%[0-9a-fA-F]{2}",
        1 => "%25[0-9a-fA-F]{2}",
        1 => "%(2[eEfF]|3[bB]|23|3[fF])",
        1 => "[;.@:=]",
    ];
    let rest = proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat());
    (rest, "(\\?[!-~&&[^#<>\"]]{0,9})?").prop_map(|(rest, query)| format!("/api/{rest}{query}"))
}

proptest! {
    // TH-06, TH-10: an independent parser finds the rewritten path under its prefix and base.
    #[test]
    fn a_rewritten_path_stays_under_its_prefix(text in received(), base in "(/[a-z]{1,3}){0,2}") {
        let Ok(uri) = Uri::try_from(text.as_str()) else { return Ok(()) };
        let Ok(target) = Target::parse(&uri, 8192) else { return Ok(()) };
        for to in ["/v1/agent/**", "/**"] {
            let Ok(sent) = rewrite("/api/**", to).unwrap().apply(&target, &base) else { continue };
            let url = url::Url::parse(&format!("http://own.example{sent}")).unwrap();
            let prefix = format!("{base}{}", to.trim_end_matches("**"));
            prop_assert_eq!(url.host_str(), Some("own.example"));
            prop_assert_eq!(url.path(), sent.path());
            prop_assert!(url.path().starts_with(&prefix), "{} under {}", sent, prefix);
            prop_assert_eq!(sent.path().strip_prefix(&*prefix), target.path().strip_prefix("/api/"));
            prop_assert_eq!(sent.query(), target.query());
            // Read as a reference instead, it is still no other host.
            let joined = url::Url::parse("http://own.example/").unwrap().join(sent.path()).unwrap();
            prop_assert_eq!(joined.host_str(), Some("own.example"));
        }
    }
}
