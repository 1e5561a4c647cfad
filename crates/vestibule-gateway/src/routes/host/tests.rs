use super::*;

#[track_caller]
fn check(pattern: &str, host: &str, expected: bool) {
    assert_eq!(
        HostPattern::parse(pattern).unwrap().matches(host),
        expected,
        "{pattern} {host}"
    );
}

// TH-09.
#[test]
fn a_host_matches_in_its_one_spelling() {
    check("app.example.com", "app.example.com", true);
    check("App.Example.COM.", "app.example.com", true);
    check("app.example.com", "app.example.com.evil", false);
    check("app.example.com", "xapp.example.com", false);
    check("[::1]", "[::1]", true);
    check("[0:0::1]", "[::1]", true);
    check("127.0.0.1", "127.0.0.1", true);
}

#[test]
fn a_star_is_exactly_one_label() {
    check("*.example.com", "a.example.com", true);
    check("*.Example.com", "a.example.com", true);
    check("*.example.com", "example.com", false);
    check("*.example.com", "a.b.example.com", false);
    check("*.example.com", "aexample.com", false);
}

#[test]
fn display_is_the_one_spelling() {
    assert_eq!(
        HostPattern::parse("*.Example.com.").unwrap().to_string(),
        "*.example.com"
    );
    assert_eq!(
        HostPattern::parse("localhost").unwrap().to_string(),
        "localhost"
    );
}

#[test]
fn what_no_request_can_have_is_refused() {
    for (text, expected) in [
        ("", HostError::NotAHost),
        ("a..b", HostError::NotAHost),
        ("https://a.example", HostError::NotAHost),
        ("a.example/x", HostError::NotAHost),
        ("bücher.example", HostError::NotAscii),
        ("a.example:443", HostError::Port),
        ("[::1]:443", HostError::Port),
        ("*", HostError::Star),
        ("*.*.example", HostError::Star),
        ("a*.example", HostError::Star),
        ("a.*.example", HostError::Star),
        ("*.[::1]", HostError::Star),
        ("*.", HostError::NotAHost),
    ] {
        assert_eq!(HostPattern::parse(text), Err(expected), "{text}");
    }
}
