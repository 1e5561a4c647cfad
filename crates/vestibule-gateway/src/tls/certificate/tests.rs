use super::*;
use crate::tls::specimen::{issue, issue_for_years};
use crate::tls::{Certificate, Certificates};

const NOW: u64 = 1_790_000_000;

#[test]
fn a_chain_has_the_names_of_its_first_certificate() {
    let (leaf, key) = issue(&["App.example.com", "*.example.com", "127.0.0.1"]);
    let (authority, _) = issue(&["authority.test"]);
    let chain = Chain::parse(&format!("{key}{leaf}{authority}")).unwrap();
    assert_eq!(chain.names(), ["app.example.com", "*.example.com"]);
    assert_eq!(chain.certificates.len(), 2);
    for host in ["app.example.com", "x.example.com", "127.0.0.1"] {
        assert!(chain.is_for(host), "{host}");
    }
    for host in ["example.com", "a.b.example.com", "127.0.0.2", "[::1]", ""] {
        assert!(!chain.is_for(host), "{host}");
    }
}

#[test]
fn a_certificate_has_its_time() {
    let check = |from, to, expected| {
        let (chain, _) = issue_for_years(&["app.test"], from, to);
        assert_eq!(Chain::parse(&chain).unwrap().validity(NOW), expected);
    };
    check(2020, 2090, Validity::Valid);
    check(2010, 2020, Validity::Expired);
    check(2080, 2090, Validity::NotYet);
}

#[test]
fn what_is_no_certificate_is_refused() {
    let (chain, key) = issue(&["app.test"]);
    let check = |pem: &str, expected| assert_eq!(Chain::parse(pem).unwrap_err(), expected);
    check("", CertificateError::Missing);
    check(&key, CertificateError::Missing);
    check(&chain.replace("MII", "M!I"), CertificateError::Pem);
    let nothing = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    check(nothing, CertificateError::Unreadable);
}

#[test]
fn what_is_no_key_is_refused() {
    let (chain, key) = issue(&["app.test"]);
    let check = |pem: &str, expected| assert_eq!(PrivateKey::parse(pem).unwrap_err(), expected);
    check("", KeyError::Missing);
    check(&chain, KeyError::Missing);
    check(&key.replace("MI", "M!"), KeyError::Missing);
    check(
        &key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        KeyError::Encrypted,
    );
    let nothing = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    check(nothing, KeyError::Unsupported);
    assert!(PrivateKey::parse(&format!("{chain}{key}")).is_ok());
}

#[test]
fn a_key_belongs_to_its_certificate_alone() {
    let (chain, key) = issue(&["app.test"]);
    let (_, other) = issue(&["app.test"]);
    let chain = Chain::parse(&chain).unwrap();
    let key = PrivateKey::parse(&key).unwrap();
    assert!(Certificate::new(chain.clone(), &key).is_ok());
    let other = PrivateKey::parse(&other).unwrap();
    assert_eq!(Certificate::new(chain, &other).unwrap_err(), Mismatch);
}

#[test]
fn a_debug_print_shows_no_key() {
    let (_, pem) = issue(&["app.test"]);
    let key = PrivateKey::parse(&pem).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(…)");
    let certificate = certificate(&["app.test"]);
    assert_eq!(format!("{certificate:?}"), r#"Certificate(["app.test"])"#);
}

fn certificate(names: &[&str]) -> Certificate {
    let (chain, key) = issue(names);
    let key = PrivateKey::parse(&key).unwrap();
    Certificate::new(Chain::parse(&chain).unwrap(), &key).unwrap()
}

#[test]
fn the_nearest_name_chooses_the_certificate() {
    let others = [
        &["shop.test", "*.shop.test"][..],
        &["a.shop.test"],
        &["shop.test", "more.test"],
    ];
    let others = others.into_iter().map(certificate).collect();
    let certificates = Certificates::new(certificate(&["app.test"]), others);
    let check = |host, expected: &str| {
        let chosen = certificates.choose(host).chain().names();
        assert_eq!(chosen.first().unwrap(), expected, "{host:?}");
    };
    check(Some("app.test"), "app.test");
    check(Some("shop.test"), "shop.test");
    check(Some("a.shop.test"), "a.shop.test");
    check(Some("b.shop.test"), "shop.test");
    // A star is one label.
    check(Some("c.b.shop.test"), "app.test");
    check(Some("more.test"), "shop.test");
    check(Some("unknown.test"), "app.test");
    check(None, "app.test");
    assert_eq!(certificates.iter().count(), 4);
}
