//! The proxies in front: what is accepted, and what is refused.

use super::*;

#[track_caller]
fn refused(line: &str, path: &str, message: &str, hint: &str) {
    let loaded = Process::with_file(small_with(6, line)).load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{line}: not one problem: {:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, path, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    assert!(loaded.config.is_none(), "{problem}");
}

fn accepted(lines: &str) -> Config {
    Process::with_file(small_with(6, lines)).config()
}

#[test]
fn nobody_is_everybody_in_parts() {
    let path = "trusted_proxies";
    for networks in [
        "[0.0.0.0/1, 128.0.0.0/1]",
        "[128.0.0.0/1, 192.0.2.7, 0.0.0.0/2, 64.0.0.0/2]",
        "['::/1', '8000::/1']",
        "['::ffff:0.0.0.0/97', 128.0.0.0/1]",
    ] {
        refused(
            &format!("{path}: {networks}"),
            path,
            "everybody",
            "name the",
        );
    }
    let config = accepted("trusted_proxies: [10.0.0.0/8, 172.16.0.0/12, 'fd00::/8']");
    assert_eq!(config.trusted_proxies.len(), 3);
}

#[test]
fn one_of_two_headers_is_read() {
    let by = |lines: &str| accepted(lines).forwarded_header;
    assert_eq!(by(""), ForwardedHeader::XForwarded);
    assert_eq!(
        by("forwarded_header: x_forwarded"),
        ForwardedHeader::XForwarded
    );
    assert_eq!(
        by("forwarded_header: forwarded"),
        ForwardedHeader::Forwarded
    );
    let line = "forwarded_header: both";
    refused(line, "forwarded_header", "`both` is not", "`x_forwarded`");
}

#[test]
fn a_proxy_header_needs_somebody_who_is_trusted_to_write_it() {
    assert!(!accepted("").proxy_protocol);
    assert!(accepted("proxy_protocol: true\ntrusted_proxies: [10.0.0.1]").proxy_protocol);
    let path = "proxy_protocol";
    refused(
        "proxy_protocol: true",
        path,
        "no peer is trusted",
        "trusted_proxies",
    );
    refused(
        "proxy_protocol: v2",
        path,
        "cannot be `v2`",
        "`true` or `false`",
    );
}

#[test]
fn an_address_may_have_any_number_of_connections_or_so_many() {
    let limit = |text: &str| {
        let config = accepted(&format!("limits: {{ connections_per_address: {text} }}"));
        config.limits.connections_per_address
    };
    assert_eq!(limit("unlimited"), None);
    assert_eq!(limit("100"), Some(100));
    let path = "limits.connections_per_address";
    let write = |text: &str| format!("limits: {{ connections_per_address: {text} }}");
    refused(&write("0"), path, "is zero", "`unlimited`");
    refused(&write("many"), path, "not a number", "such as `100`");
    refused(&write("-1"), path, "not a number", "such as `100`");
}
