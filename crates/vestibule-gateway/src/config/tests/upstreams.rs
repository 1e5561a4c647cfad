//! How upstreams are spoken to: TLS, versions of HTTP, and what is wrong with either.

use super::*;
use crate::config::Protocol;
use crate::tls::specimen::issue;

/// A process with an upstream of these settings, and the files `ca.pem`, `own.pem` and `own.key`.
fn process(settings: &str) -> Process {
    let (authority, _) = issue(&["ca.test"]);
    let (chain, key) = issue(&["gateway.test"]);
    let line = format!("upstreams: {{ web: {{ {settings} }} }}");
    let mut process = Process::with_file(small_with(3, &line))
        .file("ca.pem", &authority)
        .file("own.pem", &chain)
        .file("own.key", &key)
        .file("empty.pem", "nothing")
        .file(
            "bad.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        );
    process.roots = rustls::pki_types::pem::PemObject::pem_slice_iter(authority.as_bytes())
        .map(Result::unwrap)
        .collect();
    process
}

#[track_caller]
fn refused(settings: &str, path: &str, message: &str, hint: &str) {
    let loaded = process(settings).load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("not one problem: {:#?}", loaded.problems);
    };
    let expected = format!("upstreams.web.{path}");
    assert_eq!(problem.place.path, expected, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    assert!(loaded.config.is_none());
}

#[test]
fn plain_http_1_is_the_default() {
    let config = process("url: http://web").config();
    let upstream = &config.sites[0].upstreams[0];
    assert_eq!((upstream.port, upstream.protocol), (80, Protocol::Http1));
    assert!(upstream.tls.is_none());
}

#[test]
fn https_has_its_port_and_the_name_of_its_host() {
    for (settings, port, name) in [
        ("url: https://api.test/v1", 443, "api.test"),
        ("url: https://api.test:8443", 8443, "api.test"),
        ("url: 'https://[::1]'", 443, "::1"),
        ("url: https://10.0.0.5", 443, "10.0.0.5"),
        (
            "url: https://10.0.0.5, server_name: api.test",
            443,
            "api.test",
        ),
        ("url: https://api.test, ca_file: ca.pem", 443, "api.test"),
        (
            "url: https://api.test, cert_file: own.pem, key_file: own.key",
            443,
            "api.test",
        ),
    ] {
        let config = process(settings).config();
        let upstream = &config.sites[0].upstreams[0];
        assert_eq!(upstream.port, port, "{settings}");
        let tls = upstream.tls.as_ref().unwrap();
        assert_eq!(tls.server_name().to_str(), name, "{settings}");
        assert!(config.dangers.is_empty());
    }
}

#[test]
fn http_2_is_an_option_over_tls_and_without() {
    for url in ["http://web", "https://web"] {
        let config = process(&format!("url: {url}, protocol: http2")).config();
        assert_eq!(config.sites[0].upstreams[0].protocol, Protocol::Http2);
    }
}

/// FC5: it is named where all weakening switches are.
#[test]
fn a_switch_that_takes_any_certificate_is_named_with_its_upstream() {
    let danger = "url: https://web, danger_accept_invalid_certificates: true";
    let config = process(danger).config();
    let named = "upstreams.web.danger_accept_invalid_certificates";
    assert_eq!(config.dangers, [named]);
}

#[test]
fn files_and_names_that_cannot_be_are_errors() {
    for (settings, path, message, hint) in [
        ("ca_file: none.pem", "ca_file", "cannot be read", "correct"),
        (
            "ca_file: empty.pem",
            "ca_file",
            "holds no certificate",
            "PEM",
        ),
        ("ca_file: bad.pem", "ca_file", "cannot be read", "PEM"),
        (
            "cert_file: own.pem",
            "cert_file",
            "without `key_file`",
            "both",
        ),
        (
            "key_file: own.key",
            "key_file",
            "without `cert_file`",
            "both",
        ),
        (
            "cert_file: ca.pem, key_file: own.key",
            "key_file",
            "not the key of",
            "made for",
        ),
        (
            "server_name: 'api.test:443'",
            "server_name",
            "no certificate can be for",
            "without a port",
        ),
        (
            "ca_file: ca.pem, danger_accept_invalid_certificates: true",
            "ca_file",
            "nobody asks",
            "remove `danger",
        ),
        ("protocol: h2", "protocol", "`h2` is not a value", "http2"),
    ] {
        refused(
            &format!("url: https://web, {settings}"),
            path,
            message,
            hint,
        );
    }
}

#[test]
fn keys_of_tls_without_tls_are_errors() {
    for (key, value) in [
        ("ca_file", "ca.pem"),
        ("server_name", "api.test"),
        ("cert_file", "own.pem"),
        ("key_file", "own.key"),
        ("danger_accept_invalid_certificates", "true"),
    ] {
        let settings = format!("url: http://web, {key}: {value}");
        refused(&settings, key, "is about TLS", "https://");
    }
}

#[test]
fn without_authorities_there_is_nothing_to_verify_with() {
    let mut process = process("url: https://web");
    process.roots.clear();
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("not one problem: {:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, "upstreams.web.url");
    assert!(problem.hint.contains("ca-certificates"), "{problem}");
}

#[test]
fn no_upstream_is_the_gateway_itself() {
    for (listen, url) in [
        ("127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("0.0.0.0:4000", "http://localhost:4000"),
        ("'[::]:4000'", "'http://[::1]:4000'"),
    ] {
        let yaml = format!(
            "listen: {listen}\n{}",
            small_with(3, &format!("upstreams: {{ web: {{ url: {url} }} }}"))
        );
        let problems = Process::with_file(yaml).load().problems;
        let found = problems
            .iter()
            .find(|problem| problem.place.path == "upstreams.web.url");
        assert!(
            found.is_some_and(|problem| problem.message.contains("own listener")),
            "{problems:#?}"
        );
    }
    let yaml = format!(
        "listen: 127.0.0.1:4000\n{}",
        small_with(3, "upstreams: { web: { url: 'http://127.0.0.1:4001' } }")
    );
    assert!(Process::with_file(yaml).load().config.is_some());
}
