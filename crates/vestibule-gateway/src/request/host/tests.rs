use super::*;

#[track_caller]
fn check(value: &str, expected: Option<(&str, Option<u16>)>) {
    let host = Host::parse(&HeaderValue::from_str(value).unwrap());
    let found = host.as_ref().map(|host| (host.name(), host.port()));
    assert_eq!(found, expected, "{value}");
}

fn headers(hosts: &[&str]) -> HeaderMap {
    hosts
        .iter()
        .map(|host| (HOST, HeaderValue::from_str(host).unwrap()))
        .collect()
}

#[track_caller]
fn check_read(hosts: &[&str], target: &str, expected: Result<&str, Refusal>) {
    let host = Host::read(&headers(hosts), &target.parse().unwrap());
    let name = host.map(|host| host.name().to_owned());
    assert_eq!((hosts, name), (hosts, expected.map(str::to_owned)));
}

// TH-09: one spelling reaches the matcher, whatever the client wrote.
#[test]
fn every_spelling_of_a_host_becomes_one() {
    check("a.b.example.com", Some(("a.b.example.com", None)));
    check("A.B.Example.COM", Some(("a.b.example.com", None)));
    check("a.b.example.com.", Some(("a.b.example.com", None)));
    check(
        "A.b.Example.com.:8443",
        Some(("a.b.example.com", Some(8443))),
    );
    check(
        "xn--bcher-kva.example",
        Some(("xn--bcher-kva.example", None)),
    );
    check(
        "XN--Bcher-Kva.example:80",
        Some(("xn--bcher-kva.example", Some(80))),
    );
    check("localhost:3000", Some(("localhost", Some(3000))));
    check("127.0.0.1", Some(("127.0.0.1", None)));
    check("[::1]", Some(("[::1]", None)));
    check("[::1]:8080", Some(("[::1]", Some(8080))));
    check("[0:0:0:0:0:0:0:1]:80", Some(("[::1]", Some(80))));
    check("[2001:DB8::A]", Some(("[2001:db8::a]", None)));
    check("my_service.local", Some(("my_service.local", None)));
}

#[test]
fn what_is_no_host_is_refused() {
    let long = "a".repeat(64);
    let longer = ["abcdefg"; 33].join(".");
    for value in [
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "a b",
        "a,b",
        "a/b",
        "a\\b",
        "a@b",
        "u:p@b",
        "a%2eb",
        "a:b",
        "a:",
        ":80",
        "a:0",
        "a:080",
        "a:+80",
        "a:-1",
        "a:65536",
        "a:80:80",
        "::1",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:",
        "[::1]:x",
        "[]",
        "[1.2.3.4]",
        "[fe80::1%25eth0]",
        "a?b",
        "a#b",
        "http://a",
        "*",
        "*.a",
        "a\tb",
        &long,
        &longer,
    ] {
        check(value, None);
    }
    let raw = HeaderValue::from_bytes("bücher.example".as_bytes()).unwrap();
    assert_eq!(Host::parse(&raw), None);
}

#[test]
fn the_usual_spelling_is_shared_with_the_header() {
    let value = HeaderValue::from_str("app.example.com:8443").unwrap();
    let host = Host::parse(&value).unwrap();
    assert_eq!(host.header().as_bytes().as_ptr(), value.as_bytes().as_ptr());
}

#[test]
fn the_header_carries_the_normal_spelling() {
    let host = Host::parse(&HeaderValue::from_static("App.Example.com.:8443")).unwrap();
    assert_eq!(host.header(), "app.example.com:8443");
    let host = Host::parse(&HeaderValue::from_static("App.example.com")).unwrap();
    assert_eq!(host.header(), "app.example.com");
}

#[test]
fn a_request_has_exactly_one_host() {
    let refused = || Err(Refusal::BadRequest(BadRequest::Host));
    check_read(&["a"], "/", Ok("a"));
    check_read(&[], "/", refused());
    check_read(&["a", "a"], "/", refused());
    check_read(&["a", "b"], "/", refused());
    check_read(&[""], "/", refused());
    check_read(&["a, b"], "/", refused());
    // The authority of the target does not stand in for a missing header.
    check_read(&[], "http://a/", refused());
}

#[test]
fn an_absolute_target_names_the_same_host() {
    let refused = || Err(Refusal::BadPath(BadPath::Form));
    check_read(&["a.example"], "http://a.example/x", Ok("a.example"));
    check_read(&["a.example"], "http://A.Example./x", Ok("a.example"));
    check_read(&["a.example:81"], "http://a.example:81/x", Ok("a.example"));
    check_read(&["a.example"], "http://b.example/x", refused());
    check_read(&["a.example"], "http://a.example:81/x", refused());
    check_read(&["a.example:81"], "http://a.example/x", refused());
    check_read(&["a.example"], "http://user@a.example/x", refused());
    check_read(&["a.example"], "http://a.example@b.example/x", refused());
}
