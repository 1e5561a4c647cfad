use super::*;

const PEER: &str = "10.0.0.9";

fn walked(lines: &[&str]) -> (Vec<String>, Result<[String; 2], BadRequest>) {
    let lines = lines
        .iter()
        .map(|line| (FORWARDED, HeaderValue::from_str(line).unwrap()));
    let trusted = ["10.0.0.0/8".parse().unwrap()];
    let (hops, said) = walk(PEER.parse().unwrap(), &lines.collect(), &trusted);
    let said = said.map(|said| {
        let scheme = said.scheme.map(|scheme| scheme.as_str().to_owned());
        let host = said.host.map(|host| host.name().to_owned());
        [scheme.unwrap_or_default(), host.unwrap_or_default()]
    });
    let hops = hops.iter().skip(1).map(ToString::to_string);
    (hops.collect(), said)
}

/// The hops behind the peer, the nearest first; scheme and host.
#[track_caller]
fn check(lines: &[&str], hops: &[&str], said: [&str; 2]) {
    let expected = hops.iter().map(|&hop| hop.to_owned()).collect();
    assert_eq!(
        walked(lines),
        (expected, Ok(said.map(str::to_owned))),
        "{lines:?}"
    );
}

#[track_caller]
fn check_ambiguous(lines: &[&str]) {
    assert_eq!(
        walked(lines).1,
        Err(BadRequest::ForwardedAmbiguous),
        "{lines:?}"
    );
}

#[test]
fn an_element_names_client_scheme_and_host() {
    let said = ["https", "app.test"];
    check(
        &["for=203.0.113.7;proto=https;host=app.test"],
        &["203.0.113.7"],
        said,
    );
    check(
        &["For=203.0.113.7;PROTO=HTTPS;Host=app.test;by=10.0.0.9"],
        &["203.0.113.7"],
        said,
    );
    check(
        &["host=\"app.test:8443\";proto=https; for=\"203.0.113.7:4711\""],
        &["203.0.113.7"],
        said,
    );
    check(
        &["for=203.0.113.7;;secret=\"a,b;c=\\\"\";proto=https;host=app.test"],
        &["203.0.113.7"],
        said,
    );
    check(&[" for=\"[2001:db8::7]\" "], &["2001:db8::7"], ["", ""]);
    check(&["for=\"[2001:db8::7]:80\""], &["2001:db8::7"], ["", ""]);
    check(&["for=\"[2001:db8::7]:_http\""], &["2001:db8::7"], ["", ""]);
    check(&["for=\"203.0.113.7:_x-1.y\""], &["203.0.113.7"], ["", ""]);
    check(
        &["for=\"[::ffff:203.0.113.7]\""],
        &["203.0.113.7"],
        ["", ""],
    );
    check(&["proto=https"], &[], ["https", ""]);
    check(&[], &[], ["", ""]);
}

#[test]
fn the_outermost_proxy_that_is_trusted_has_the_word() {
    let outer = "for=203.0.113.7;proto=https;host=app.test";
    let inner = "for=10.0.0.1;proto=http;host=inner.test";
    let hops = ["10.0.0.1", "203.0.113.7"];
    let said = ["https", "app.test"];
    check(&[&format!("{outer}, {inner}")], &hops, said);
    check(&[&format!("{outer} ,{inner}")], &hops, said);
    check(&[outer, inner], &hops, said);
    // What the client wrote is left of that, whatever it is.
    let forged = "for=198.51.100.1;proto=http;host=evil.test";
    check(&[forged, outer, inner], &hops, said);
    for forged in [
        forged,
        "for=\"",
        "\"",
        "for=\\",
        "for=\"\\",
        ",",
        ",,",
        ";",
        "=",
        "x",
        "for=10.0.0.2;proto=\"",
        "\\\"",
        "for=\"a\\\"",
        "é",
    ] {
        check(&[&format!("{forged}, {outer}")], &["203.0.113.7"], said);
        check(&[forged, outer], &["203.0.113.7"], said);
    }
}

// Who hides its client has said what else it knows.
#[test]
fn a_node_without_an_address_ends_the_walk() {
    for node in [
        "unknown",
        "_hidden",
        "_",
        "\"203.0.113.7:99999\"",
        "\"203.0.113.7:\"",
        "\"[203.0.113.7]\"",
        "203.0.113.007",
        "203.0.113",
        "\"2001:db8::7\"",
        "\"[2001:db8::7\"",
        "\"[2001:db8::7]x\"",
        "\"_x:_y\"",
        "\"\"",
        "app.test",
    ] {
        let element = format!("for={node};proto=https;host=app.test");
        check(&["for=198.51.100.1", &element], &[], ["https", "app.test"]);
    }
    check(&["for=198.51.100.1", "proto=https"], &[], ["https", ""]);
}

#[test]
fn an_element_of_a_trusted_proxy_that_cannot_be_read_is_ambiguous() {
    for element in [
        "for=203.0.113.7;for=203.0.113.8",
        "for=203.0.113.7;proto=https;Proto=http",
        "for=203.0.113.7;host=app.test;host=app.test",
        "for=203.0.113.7;by=a;by=b",
        "for=203.0.113.7;proto=gopher",
        "for=203.0.113.7;proto=\"https,http\"",
        "for=203.0.113.7;host=\"app test\"",
        "for=203.0.113.7;host=\"a@app.test\"",
        "for=203.0.113.7;host=\"\"",
        "for=203.0.113.7:80",
        "for=[2001:db8::7]",
        "for = 203.0.113.7",
        "for=203.0.113.7 proto=https",
        "for=203.0.113.7;proto",
        "for=",
        "for=203.0.113.7;=x",
        "for=\"203.0.113.7\"x",
        "for=\"203.0.113.7",
        "for=203.0.113.7\"",
        "203.0.113.7",
        "for=203.0.113.7;ho\"st=a",
        "",
        ",",
        "for=203.0.113.7,",
    ] {
        check_ambiguous(&[element]);
        check_ambiguous(&["for=198.51.100.1;proto=https;host=app.test", element]);
    }
}

#[test]
fn what_is_left_is_not_looked_for_without_end() {
    let many = vec!["for=10.0.0.1"; 10_000].join(", ");
    assert_eq!(walked(&[&many]).0.len() + 1, MOST_HOPS);
    let quotes = "\\\"".repeat(30_000);
    check_ambiguous(&[&quotes]);
}
