//! The section `tls`: what it means, and what is wrong with it.

use std::time::Duration;

use super::*;
use crate::tls::specimen::{issue, issue_for_years};

const TLS: &str = "tls: { certificates: [ { cert_file: app.pem, key_file: app.key } ] }";

/// A process whose files are `app.pem` and `app.key`, for `app.example.com`.
fn process(line: &str) -> Process {
    let (chain, key) = issue(&["app.example.com", "*.example.com"]);
    Process::with_file(small_with(6, line))
        .file("app.pem", &chain)
        .file("app.key", &key)
}

/// Expects exactly one problem, at this path, with these words, in the line of the section.
#[track_caller]
fn check(process: &Process, path: &str, message: &str, hint: &str) {
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("not one problem: {:#?}", loaded.problems);
    };
    assert_eq!(problem.place.path, path, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    let Origin::File { line: 6, .. } = &problem.place.origin else {
        panic!("not in the line of the section: {problem}");
    };
    assert_eq!(loaded.config.is_none(), problem.severity == Severity::Error);
}

#[test]
fn it_is_absent_unless_written() {
    let process = Process::with_file(small_with(6, ""));
    assert!(process.config().tls.is_none());
    let rows = process.load().rows;
    assert!(!rows.iter().any(|row| row.path.starts_with("tls")));
}

#[test]
fn it_has_documented_defaults_and_shows_its_names() {
    let process = process(TLS);
    let config = process.config();
    let tls = config.tls.unwrap();
    assert_eq!(tls.listen.to_string(), "0.0.0.0:8443");
    assert_eq!(config.listen.unwrap().to_string(), "0.0.0.0:8080");
    assert!(tls.http2 && !tls.redirect_http);
    assert_eq!(tls.handshake_timeout, Duration::from_secs(10));
    let rows = process.load().rows;
    let value = |path: &str| rows.iter().find(|row| row.path == path).unwrap();
    assert_eq!(
        value("tls.certificates[0].names").value,
        "app.example.com, *.example.com"
    );
    assert_eq!(value("tls.certificates[0].key_file").value, "app.key");
    assert_eq!(value("tls.listen").origin, Origin::Default);
}

#[test]
fn plain_http_may_be_off() {
    let process = process(&format!("{TLS}\nlisten: off"));
    assert_eq!(process.config().listen, None);
    check(
        &Process::with_file(small_with(6, "listen: off")),
        "listen",
        "nothing is served",
        "the section `tls`",
    );
}

#[test]
fn http_2_is_spoken_as_it_is_written() {
    let off = TLS.replace("tls: {", "tls: { http2: false,");
    assert!(!process(&off).config().tls.unwrap().http2);
    let config = Process::with_file(small_with(6, "h2c: true")).config();
    assert!(config.h2c);
    check(
        &process(&format!("h2c: true\nlisten: off\n{TLS}")),
        "h2c",
        "no listener of plain HTTP",
        "`tls.http2`",
    );
}

#[test]
fn variables_reach_its_values() {
    let process = process(TLS).variable("VESTIBULE_TLS__LISTEN", "127.0.0.1:9443");
    assert_eq!(process.config().tls.unwrap().listen.port(), 9443);
}

#[test]
fn files_that_do_not_serve_are_errors() {
    let (chain, key) = issue(&["app.example.com"]);
    let cert = "tls.certificates[0].cert_file";
    let at_key = "tls.certificates[0].key_file";
    let with = |file: &str, text: &str| process(TLS).file(file, text);
    check(&with("app.pem", ""), cert, "holds no certificate", "PEM");
    check(&with("app.pem", &key), cert, "holds no certificate", "PEM");
    check(
        &with("app.key", &chain),
        at_key,
        "holds no private key",
        "passphrase",
    );
    check(
        &with("app.key", &key),
        at_key,
        "not the key of the certificate in `app.pem`",
        "made for",
    );
    let mut missing = process(TLS);
    missing.files.remove("app.pem");
    check(&missing, cert, "cannot be read", "correct the path");
    let mut missing = process(TLS);
    missing.files.remove("app.key");
    check(&missing, at_key, "cannot be read", "correct the path");
}

#[test]
fn all_faults_are_told_at_once() {
    let mut process = process(
        "tls: { listen: x, certificates: [ { cert_file: app.pem, key_file: app.key }, { cert_file: other.pem } ], handshake_timeout: 0s }",
    );
    process.files.clear();
    let paths: Vec<_> = process
        .load()
        .problems
        .into_iter()
        .map(|it| it.place.path)
        .collect();
    for path in [
        "tls.listen",
        "tls.handshake_timeout",
        "tls.certificates[0].cert_file",
        "tls.certificates[0].key_file",
        "tls.certificates[1].cert_file",
        "tls.certificates[1].key_file",
    ] {
        assert!(paths.iter().any(|it| it == path), "{path}: {paths:?}");
    }
}

#[test]
fn no_message_repeats_what_stands_in_a_key_file() {
    let key = issue(&["app.example.com"]).1.replace("MI", "M!");
    for problem in process(TLS).file("app.key", &key).load().problems {
        let text = problem.to_string();
        assert!(
            !key.lines()
                .any(|line| line.len() > 40 && text.contains(line)),
            "{text}"
        );
    }
}

#[test]
fn certificates_that_clients_refuse_are_warnings() {
    let at = "tls.certificates[0].cert_file";
    let aged = |from, to| {
        let (chain, key) = issue_for_years(&["app.example.com"], from, to);
        process(TLS).file("app.pem", &chain).file("app.key", &key)
    };
    check(&aged(2000, 2010), at, "has expired", "SIGHUP");
    check(&aged(2080, 2090), at, "not valid yet", "SIGHUP");
    let (chain, key) = issue(&["other.test"]);
    let other = process(TLS).file("app.pem", &chain).file("app.key", &key);
    check(
        &other,
        "tls.certificates",
        "no certificate is for `app.example.com`",
        "public_url",
    );
}

#[test]
fn a_key_that_everybody_can_read_is_a_warning() {
    let exposed = Some("app.key");
    let process = Process {
        exposed,
        ..process(TLS)
    };
    check(
        &process,
        "tls.certificates[0].key_file",
        "every user",
        "chmod 600",
    );
}

#[test]
fn a_certificate_without_a_name_of_its_own_is_a_warning() {
    let twice = "tls: { certificates: [ { cert_file: app.pem, key_file: app.key }, { cert_file: app.pem, key_file: app.key } ] }";
    check(
        &process(twice),
        "tls.certificates[1].cert_file",
        "no client gets",
        "put it first",
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let certificates = "certificates: [ { cert_file: app.pem, key_file: app.key } ]";
    let with = |rest: &str| process(&format!("tls: {{ {certificates}, {rest} }}"));
    check(
        &process("tls: { certificates: [] }"),
        "tls.certificates",
        "no TLS",
        "cert_file",
    );
    check(
        &process("tls: { listen: 127.0.0.1:1 }"),
        "tls.certificates",
        "has no `certificates`",
        "add",
    );
    check(
        &with("listen: 0.0.0.0:8080"),
        "tls.listen",
        "the same address",
        "8443",
    );
    check(
        &with("certs: 1"),
        "tls.certs",
        "unknown key",
        "the keys here",
    );
    let off = process(&format!(
        "tls: {{ {certificates}, redirect_http: true }}\nlisten: off"
    ));
    check(&off, "tls.redirect_http", "no plain HTTP", "remove");
    let mut plain = with("redirect_http: true");
    let text = plain
        .file
        .take()
        .unwrap()
        .replace("https://app", "http://app");
    plain.file = Some(text);
    check(
        &plain,
        "tls.redirect_http",
        "users are on plain HTTP",
        "https://",
    );
    let admin = process(&format!("{TLS}\nadmin: {{ listen: 0.0.0.0:8443 }}"));
    let loaded = admin.load();
    assert_eq!(loaded.problems[0].place.path, "admin.listen");
    assert!(loaded.config.is_none());
}
