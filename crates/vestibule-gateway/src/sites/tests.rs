use super::*;
use crate::request::Host;

fn hosts(texts: &[&str]) -> Vec<HostPattern> {
    let parsed = texts.iter().map(|text| HostPattern::parse(text).unwrap());
    parsed.collect()
}

fn sites(lists: &[&[&str]]) -> Result<Sites, Vec<Tie>> {
    let lists: Vec<_> = lists.iter().map(|list| hosts(list)).collect();
    Sites::new(lists.iter().map(Vec::as_slice))
}

#[test]
fn every_spelling_of_a_host_leads_to_its_site() {
    let sites = sites(&[
        &["shop.example.com", "[2001:db8::1]", "xn--bcher-kva.example"],
        &["*.example.com", "10.0.0.7"],
        &["a.b.example.com"],
    ])
    .unwrap();
    let check = |given: &str, expected: Option<usize>| {
        let host = Host::parse(&given.parse().unwrap()).unwrap();
        assert_eq!(sites.find(host.name()), expected, "{given}");
    };
    check("shop.example.com", Some(0));
    check("SHOP.Example.COM", Some(0));
    check("shop.example.com.", Some(0));
    check("Shop.Example.Com.:8443", Some(0));
    check("[2001:DB8:0::1]:8080", Some(0));
    check("XN--bcher-kva.example", Some(0));
    check("admin.example.com", Some(1));
    check("a.b.example.com", Some(2));
    check("10.0.0.7:80", Some(1));
    // One label, neither none nor two.
    check("example.com", None);
    check("x.b.example.com", None);
    check("shop.example.com.evil.test", None);
    check("evilshop.example.co", None);
    check("[2001:db8::2]", None);
    check("0.0.7", None);
}

#[test]
fn a_single_site_without_hosts_has_them_all() {
    let sites = sites(&[&[]]).unwrap();
    assert_eq!(
        (sites.find("whatever.test"), sites.only()),
        (Some(0), Some(0))
    );
}

#[test]
fn a_single_site_with_hosts_has_only_those() {
    let sites = sites(&[&["a.test"]]).unwrap();
    assert_eq!(
        (sites.find("a.test"), sites.find("b.test")),
        (Some(0), None)
    );
    assert_eq!(sites.only(), None);
}

#[test]
fn a_host_that_is_listed_twice_ties() {
    let ties = sites(&[
        &["a.test", "*.b.test"],
        &["x.b.test", "A.test."],
        &["*.b.test"],
    ]);
    let tie = |first, second| Tie { first, second };
    assert_eq!(
        ties.err().unwrap(),
        [tie((0, 0), (1, 1)), tie((0, 1), (2, 0))]
    );
}
