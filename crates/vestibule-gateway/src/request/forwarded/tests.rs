use super::*;

const PEER: &str = "10.0.0.9";

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let parsed = |&(name, value): &(&str, &str)| -> (HeaderName, HeaderValue) {
        (name.parse().unwrap(), value.parse().unwrap())
    };
    lines.iter().map(parsed).collect()
}

fn public() -> PublicUrl {
    PublicUrl {
        scheme: Scheme::Https,
        authority: "app.example.com".parse().unwrap(),
    }
}

struct Setting<'a> {
    peer: &'a str,
    trusted: &'a [&'a str],
    host: &'a str,
    public: Option<PublicUrl>,
    by: ForwardedHeader,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            peer: PEER,
            trusted: &["10.0.0.0/8"],
            host: "gateway.internal",
            public: None,
            by: ForwardedHeader::XForwarded,
        }
    }
}

impl Setting<'_> {
    fn read(&self, lines: &[(&str, &str)]) -> Result<(Client, Host), Refusal> {
        let peer = Peer::new(self.peer.parse().unwrap(), Scheme::Http);
        let trusted: Vec<IpNet> = self
            .trusted
            .iter()
            .map(|net| net.parse().unwrap())
            .collect();
        let host = Host::parse(&self.host.parse().unwrap()).unwrap();
        let trusted = (trusted.as_slice(), self.by);
        Client::read(&peer, &headers(lines), host, trusted, self.public.as_ref())
    }

    /// Client address, then what the upstream gets: for, proto, host, port; then the host for routes.
    #[track_caller]
    fn check(&self, lines: &[(&str, &str)], expected: [&str; 6]) {
        let (client, host) = self.read(lines).unwrap();
        let mut up = headers(lines);
        client.forward(&mut up);
        let one = |name: &HeaderName| {
            let mut values = up.get_all(name).iter();
            let value = values.next().unwrap().to_str().unwrap().to_owned();
            assert_eq!(values.next(), None, "{name} is there twice");
            value
        };
        let found = [
            client.address().to_string(),
            one(&X_FORWARDED_FOR),
            one(&X_FORWARDED_PROTO),
            one(&X_FORWARDED_HOST),
            one(&X_FORWARDED_PORT),
            host.name().to_owned(),
        ];
        assert_eq!(found, expected, "{lines:?}");
    }

    #[track_caller]
    fn check_ambiguous(&self, lines: &[(&str, &str)]) {
        let refusal = self.read(lines).map(|_| ()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::BadRequest(BadRequest::ForwardedAmbiguous),
            "{lines:?}"
        );
    }
}

// TH-19: each field alone, and all together.
#[test]
fn an_untrusted_peer_changes_nothing() {
    let setting = Setting {
        peer: "203.0.113.7",
        ..Setting::default()
    };
    let expected = [
        "203.0.113.7",
        "203.0.113.7",
        "http",
        "gateway.internal",
        "80",
        "gateway.internal",
    ];
    let forged = [
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Proto", "https, http"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X_Forwarded_For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1;proto=https;host=evil.example"),
        ("X-Real-IP", "127.0.0.1"),
        ("True-Client-IP", "127.0.0.1"),
        ("CF-Connecting-IP", "127.0.0.1"),
    ];
    setting.check(&[], expected);
    for line in forged {
        setting.check(&[line], expected);
    }
    setting.check(&forged, expected);
}

#[test]
fn nobody_is_trusted_by_default() {
    let setting = Setting {
        trusted: &[],
        ..Setting::default()
    };
    setting.check(
        &[
            ("X-Forwarded-For", "198.51.100.1"),
            ("X-Forwarded-Proto", "https"),
        ],
        [
            PEER,
            PEER,
            "http",
            "gateway.internal",
            "80",
            "gateway.internal",
        ],
    );
}

// TH-23: forged first entries of one client end in one address.
#[test]
fn the_client_is_the_rightmost_address_that_is_not_trusted() {
    let setting = Setting::default();
    for (lines, address, upstream) in [
        (
            vec!["198.51.100.1"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["1.1.1.1, 198.51.100.1"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["1.1.1.1", "198.51.100.1"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["10.6.6.6, 198.51.100.1"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["9.9.9.9,198.51.100.1 ,\t10.0.0.2"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.2, 10.0.0.9",
        ),
        (
            vec!["198.51.100.1", "10.0.0.3, 10.0.0.2"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.3, 10.0.0.2, 10.0.0.9",
        ),
        (
            vec!["10.0.0.3, 10.0.0.2"],
            "10.0.0.3",
            "10.0.0.3, 10.0.0.2, 10.0.0.9",
        ),
        (vec![], PEER, PEER),
        (vec!["2001:db8::1"], "2001:db8::1", "2001:db8::1, 10.0.0.9"),
        (
            vec!["[2001:db8::1]"],
            "2001:db8::1",
            "2001:db8::1, 10.0.0.9",
        ),
        (
            vec!["[2001:db8::1]:4711"],
            "2001:db8::1",
            "2001:db8::1, 10.0.0.9",
        ),
        (
            vec!["198.51.100.1:4711"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["::ffff:198.51.100.1"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
        ),
        (
            vec!["198.51.100.1, ::ffff:10.0.0.2"],
            "198.51.100.1",
            "198.51.100.1, 10.0.0.2, 10.0.0.9",
        ),
    ] {
        let lines: Vec<_> = lines
            .into_iter()
            .map(|line| ("X-Forwarded-For", line))
            .collect();
        let expected = [
            address,
            upstream,
            "http",
            "gateway.internal",
            "80",
            "gateway.internal",
        ];
        setting.check(&lines, expected);
    }
}

#[test]
fn a_malformed_element_ends_the_walk() {
    for element in [
        "unknown",
        "_hidden",
        "",
        " ",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4:",
        "1.2.3.4:x",
        "01.2.3.4",
        "[::1",
        "[::1]x",
        "::1]",
        "fe80::1%eth0",
        "\"1.2.3.4\"",
        "for=1.2.3.4",
        "1.2.3.4;",
        "1.2.3.4 5",
    ] {
        let line = format!("198.51.100.1, {element}, 10.0.0.2");
        Setting::default().check(
            &[("X-Forwarded-For", &line)],
            [
                "10.0.0.2",
                "10.0.0.2, 10.0.0.9",
                "http",
                "gateway.internal",
                "80",
                "gateway.internal",
            ],
        );
    }
}

#[test]
fn a_chain_without_end_is_cut() {
    let line = vec!["10.0.0.1"; 1000].join(",");
    let (client, _) = Setting::default()
        .read(&[("X-Forwarded-For", &line)])
        .unwrap();
    assert_eq!(
        client.forwarded_for.to_str().unwrap().split(',').count(),
        MOST_HOPS
    );
}

#[test]
fn a_mapped_peer_is_its_ipv4_address() {
    let setting = Setting {
        peer: "::ffff:10.0.0.9",
        ..Setting::default()
    };
    setting.check(
        &[("X-Forwarded-For", "198.51.100.1")],
        [
            "198.51.100.1",
            "198.51.100.1, 10.0.0.9",
            "http",
            "gateway.internal",
            "80",
            "gateway.internal",
        ],
    );
}

#[test]
fn scheme_host_and_port_come_from_the_trusted_peer() {
    let setting = Setting::default();
    let mut expected = [
        PEER,
        PEER,
        "https",
        "gateway.internal",
        "443",
        "gateway.internal",
    ];
    setting.check(&[("X-Forwarded-Proto", "https")], expected);
    setting.check(&[("X-Forwarded-Proto", "HTTPS")], expected);
    setting.check(&[("X-Forwarded-Proto", "wss")], expected);
    expected[3] = "app.example.com";
    expected[5] = "app.example.com";
    setting.check(
        &[
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "App.Example.com."),
        ],
        expected,
    );
    expected[4] = "8443";
    setting.check(
        &[
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "app.example.com"),
            ("X-Forwarded-Port", "8443"),
        ],
        expected,
    );
    expected[3] = "app.example.com:8443";
    setting.check(
        &[
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "app.example.com:8443"),
        ],
        expected,
    );
}

#[test]
fn the_port_of_the_host_counts_without_a_proxy() {
    let setting = Setting {
        trusted: &[],
        host: "localhost:8080",
        ..Setting::default()
    };
    setting.check(
        &[],
        [PEER, PEER, "http", "localhost:8080", "8080", "localhost"],
    );
}

// TP4.
#[test]
fn two_answers_to_one_question_are_ambiguous() {
    let lists: &[&[(&str, &str)]] = &[
        &[("X-Forwarded-Proto", "https,http")],
        &[("X-Forwarded-Proto", "https, https")],
        &[
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Proto", "https"),
        ],
        &[("X-Forwarded-Proto", "ftp")],
        &[("X-Forwarded-Proto", "")],
        &[("X-Forwarded-Host", "a.example, b.example")],
        &[
            ("X-Forwarded-Host", "a.example"),
            ("X-Forwarded-Host", "a.example"),
        ],
        &[("X-Forwarded-Host", "a.example/x")],
        &[("X-Forwarded-Host", "user@a.example")],
        &[("X-Forwarded-Host", "")],
        &[("X-Forwarded-Port", "443,80")],
        &[("X-Forwarded-Port", "443"), ("X-Forwarded-Port", "443")],
        &[("X-Forwarded-Port", "0")],
        &[("X-Forwarded-Port", "x")],
    ];
    for lines in lists {
        Setting::default().check_ambiguous(lines);
        // What the operator configured ends the doubt; such a head is not believed in part.
        let setting = Setting {
            public: Some(public()),
            ..Setting::default()
        };
        setting.check(
            lines,
            [
                PEER,
                PEER,
                "https",
                "app.example.com",
                "443",
                "app.example.com",
            ],
        );
    }
}

#[test]
fn the_configured_origin_goes_before_what_proxies_say() {
    let setting = Setting {
        public: Some(public()),
        ..Setting::default()
    };
    setting.check(
        &[
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", "b.example"),
            ("X-Forwarded-Port", "81"),
        ],
        [PEER, PEER, "https", "app.example.com", "443", "b.example"],
    );
    let untrusted = Setting {
        trusted: &[],
        host: "app.example.com",
        ..setting
    };
    untrusted.check(
        &[],
        [
            PEER,
            PEER,
            "https",
            "app.example.com",
            "443",
            "app.example.com",
        ],
    );
    let authority = "app.example.com:8443".parse().unwrap();
    let setting = Setting {
        public: Some(PublicUrl {
            scheme: Scheme::Http,
            authority,
        }),
        ..untrusted
    };
    setting.check(
        &[],
        [
            PEER,
            PEER,
            "http",
            "app.example.com:8443",
            "8443",
            "app.example.com",
        ],
    );
}

#[test]
fn the_usual_request_shares_its_octets() {
    let peer = Peer::new("203.0.113.7".parse().unwrap(), Scheme::Http);
    let value = HeaderValue::from_static("app.example.com");
    let host = Host::parse(&value).unwrap();
    let (client, _) =
        Client::read(&peer, &HeaderMap::new(), host, NOBODY, Some(&public())).unwrap();
    assert_eq!(client.host.as_bytes().as_ptr(), value.as_bytes().as_ptr());
    assert_eq!(
        client.forwarded_for.as_bytes().as_ptr(),
        peer.text().as_bytes().as_ptr()
    );
}
