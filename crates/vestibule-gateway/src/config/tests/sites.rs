//! Files with `sites`: what is accepted, what is refused, and what the other layers may say.

use super::*;
use crate::tls::specimen::issue;

const TWO: &str = r#"listen: 127.0.0.1:8080
sites:
  - hosts: [shop.example.com]
    public_url: https://shop.example.com
    session: { secrets: ["${SHOP_SECRET}"] }
    upstreams: { web: { url: "http://127.0.0.1:3000" } }
    routes:
      - { path: /**, to: web, auth: optional }
  - hosts: [admin.example.com, "*.tenants.example.com"]
    session: { secrets: ["${ADMIN_SECRET}"], cache_entries: 5 }
    upstreams: { web: { url: "http://127.0.0.1:4000", timeout: 7s } }
    routes:
      - { path: /users/**, to: web, auth: required, require: { claim: /role, equals: ADMIN } }
      - { path: /**, host: a.tenants.example.com, to: web, auth: none }
"#;

fn process(text: &str) -> Process {
    let process = Process::with_file(text);
    process
        .variable("SHOP_SECRET", OTHER_SECRET)
        .variable("ADMIN_SECRET", "W3p9Kq7Zt1Xv5Rb8Nm2Lc6Hd4Gf0Sj-a")
}

fn replaced(from: &str, to: &str) -> String {
    assert!(TWO.contains(from), "{from}");
    TWO.replacen(from, to, 1)
}

/// The one error: its place, and words of its message and its hint.
#[track_caller]
fn check(process: &Process, expected: [&str; 3]) {
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{:#?}", loaded.problems);
    };
    let [place, message, hint] = expected;
    assert_eq!(problem.place.path, place, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    assert!(loaded.config.is_none());
}

#[track_caller]
fn check_file(text: &str, expected: [&str; 3]) {
    check(&process(text), expected);
}

#[test]
fn each_site_has_its_own_and_the_documented_defaults() {
    let config = process(TWO).config();
    let [shop, admin] = config.sites.as_slice() else {
        panic!("{:?}", config.sites);
    };
    let hosts: Vec<_> = admin.hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["admin.example.com", "*.tenants.example.com"]);
    assert_eq!(shop.name().as_deref(), Some("shop.example.com"));
    assert_eq!(
        shop.public_url.clone().unwrap().authority,
        "shop.example.com"
    );
    assert!(admin.public_url.is_none() && admin.signin.is_none());
    assert_eq!(
        shop.session.secrets_from,
        ["vestibule.yaml:5:26 ${SHOP_SECRET}"]
    );
    assert_eq!(
        (shop.session.cache_entries, admin.session.cache_entries),
        (10_000, 5)
    );
    assert_eq!(admin.session.sign_in_path, "/api/auth/signin");
    assert_eq!(shop.upstreams[0].response_timeout.as_secs(), 60);
    assert_eq!(admin.upstreams[0].response_timeout.as_secs(), 7);
    assert_eq!((shop.claims.len(), admin.claims.len()), (0, 1));
    assert_eq!(shop.routes[0].cookies, Cookies::Pass);
}

#[test]
fn check_shows_each_value_under_its_site() {
    let loaded = process(TWO).load();
    let row = |path: &str| {
        let row = loaded.rows.iter().find(|row| row.path == path);
        row.map(|row| (row.value.as_str(), row.origin.to_string()))
    };
    let origin = |text: &str| text.to_owned();
    assert_eq!(
        row("sites[0].session.secrets[0]"),
        Some(("<redacted>", origin("vestibule.yaml:5:26")))
    );
    assert_eq!(
        row("sites[1].upstreams.web.timeout"),
        Some(("7s", origin("vestibule.yaml:11:64")))
    );
    assert_eq!(
        row("sites[0].session.cache_entries"),
        Some(("10000", origin("default")))
    );
    assert_eq!(
        row("sites[1].routes[0].cookies"),
        Some(("pass", origin("default")))
    );
    assert_eq!(row("session.cache_entries"), None);
    assert_eq!(row("sites[0].signin.timeout"), None);
}

#[test]
fn a_site_may_sign_in_by_itself() {
    let signin =
        "signin: { login_url: \"http://127.0.0.1:1/login\", claims: { sub: /id } }\n    upstreams";
    let text = replaced("upstreams", signin).replacen(
        "      - { path: /**, to: web, auth: optional }",
        "      - { path: /api/auth/**, to: signin, auth: none }",
        1,
    );
    let config = process(&text).config();
    let settings = config.sites[0].signin.as_ref().unwrap();
    assert_eq!(settings.timeout.as_secs(), 10);
    assert!(config.sites[1].signin.is_none());
    // It is an upstream of that site alone.
    let elsewhere = text.replacen("to: web, auth: required", "to: signin, auth: required", 1);
    let elsewhere = elsewhere.replacen(", require: { claim: /role, equals: ADMIN }", "", 1);
    check_file(
        &elsewhere,
        ["sites[1].routes[0].to", "not configured", "login_url"],
    );
}

#[test]
fn hosts_are_whole_and_nobody_has_them_twice() {
    let first = "hosts: [shop.example.com]";
    for (hosts, expected) in [
        (
            "hosts: []",
            ["sites[0].hosts", "none would reach", "name the hosts"],
        ),
        (
            "hosts: [\"shop.example.com:80\", shop.example.com]",
            ["sites[0].hosts[0]", "port", "remove the port"],
        ),
        (
            "hosts: [\"s*.example.com\", shop.example.com]",
            ["sites[0].hosts[0]", "star", "*.example.com"],
        ),
        (
            "hosts: [www.example.com]",
            [
                "sites[0].public_url",
                "none of the hosts",
                "add `shop.example.com`",
            ],
        ),
        (
            "hosts: [shop.example.com, Shop.Example.com.]",
            ["sites[0].hosts[1]", "this site has it", "remove one"],
        ),
    ] {
        check_file(&replaced(first, hosts), expected);
    }
    let again = "hosts: [admin.example.com, \"*.tenants.example.com\", SHOP.example.com]";
    check_file(
        &replaced(
            "hosts: [admin.example.com, \"*.tenants.example.com\"]",
            again,
        ),
        [
            "sites[1].hosts[2]",
            "`sites[0]` has it already",
            "remove one",
        ],
    );
    // An exact host beside a wildcard that covers it is no tie, and takes it away from the other.
    check_file(
        &replaced(first, "hosts: [shop.example.com, a.tenants.example.com]"),
        [
            "sites[1].routes[1].host",
            "no request of this site",
            "add it to `hosts`",
        ],
    );
    let wide = replaced(first, "hosts: [shop.example.com, b.tenants.example.com]");
    assert_eq!(process(&wide).load().problems, []);
    check_file(
        &replaced("    public_url: https://shop.example.com\n", "").replacen(
            "  - hosts: [shop.example.com]\n    session",
            "  - session",
            1,
        ),
        ["sites[0].hosts", "has no `hosts`", "add `hosts:`"],
    );
    // One spelling of an address is as good as another.
    let address = replaced(first, "hosts: [\"[2001:DB8::0:1]\"]");
    let address = address.replacen(
        "https://shop.example.com",
        "https://[2001:db8:0::1]:8443",
        1,
    );
    assert_eq!(process(&address).load().problems, []);
    check_file(
        "listen: 127.0.0.1:80\nsites: []",
        ["sites", "no site", "add one"],
    );
    check_file("sites: shop", ["sites", "cannot be", "a list"]);
}

#[test]
fn no_two_sites_share_a_key() {
    let shared = [
        "sites[1].session",
        "valid on the other",
        "`vestibule secret`",
    ];
    check_file(&replaced("${ADMIN_SECRET}", "${SHOP_SECRET}"), shared);
    // Also as an old secret among others, and from elsewhere.
    let old = replaced(
        "[\"${SHOP_SECRET}\"]",
        "[\"${AUTH_SECRET}\", \"${ADMIN_SECRET}\"]",
    );
    check_file(&old, shared);
    let file = replaced("secrets: [\"${ADMIN_SECRET}\"]", "secret_files: [/run/s]");
    check(&process(&file).file("/run/s", OTHER_SECRET), shared);
    // The name is the salt of version 5 and nothing in version 4.
    let named = |[shop, admin]: [&str; 2]| {
        let text = replaced(
            "[\"${SHOP_SECRET}\"]",
            &format!("[\"${{ADMIN_SECRET}}\"], cookies: [{shop}]"),
        );
        text.replacen(
            "[\"${ADMIN_SECRET}\"], cache",
            &format!("[\"${{ADMIN_SECRET}}\"], cookies: [{admin}], cache"),
            1,
        )
    };
    let (a, b) = ("{ name: a.s, version: v5 }", "{ name: b.s, version: v5 }");
    assert_eq!(process(&named([a, b])).load().problems, []);
    check_file(&named([a, a]), shared);
    check_file(&named([a, "{ name: b.s, version: v5, salt: a.s }"]), shared);
    check_file(
        &named(["{ name: a.s, version: v4 }", "{ name: b.s, version: v4 }"]),
        shared,
    );
}

#[test]
fn keys_of_a_site_do_not_stand_beside_sites() {
    for (line, key) in [
        ("public_url: https://a.example.com", "public_url"),
        ("session: { max_age: 1h }", "session"),
        ("signin: { login_url: \"http://a/\" }", "signin"),
        (
            "upstreams: { web: { url: \"http://127.0.0.1:1\" } }",
            "upstreams",
        ),
        ("routes: [ { path: /**, to: web, auth: none } ]", "routes"),
    ] {
        check_file(&format!("{TWO}{line}\n"), [key, "beside `sites`", "move"]);
    }
}

#[test]
fn what_cannot_say_for_which_site_is_refused() {
    let check_argument = |overrides: Overrides| {
        let mut process = process(TWO);
        process.overrides = overrides;
        check(&process, ["", "cannot say for which", "in the site"]);
    };
    check_argument(Overrides {
        web: Some("http://127.0.0.1:1".into()),
        ..Overrides::default()
    });
    check_argument(Overrides {
        routes: vec!["/a=http://127.0.0.1:1".into()],
        ..Overrides::default()
    });
    check_argument(Overrides {
        secret_files: vec!["/run/s".into()],
        ..Overrides::default()
    });
    let with = |name: &str, value: &str| process(TWO).variable(name, value);
    check(
        &with("VESTIBULE_SESSION__MAX_AGE", "1h"),
        [
            "session",
            "beside `sites`",
            "remove `VESTIBULE_SESSION__MAX_AGE`",
        ],
    );
    check(
        &with("VESTIBULE_SITES", "x"),
        ["sites", "a section or a list", "in the configuration file"],
    );
    let mut listens = with("VESTIBULE_WORKERS", "3");
    listens.overrides.listen = Some("127.0.0.1:9".into());
    let config = listens.config();
    assert_eq!((config.workers, config.listen.unwrap().port()), (3, 9));
}

#[test]
fn the_variables_of_one_application_fill_no_site() {
    let process = process(TWO).variable("AUTH_URL", "https://other.example.com/auth");
    let config = process.config();
    assert!(config.sites[1].public_url.is_none());
    assert_eq!(config.sites[1].session.sign_in_path, "/api/auth/signin");
    // `AUTH_SECRET` is set in these tests.
    check_file(
        &replaced("    session: { secrets: [\"${SHOP_SECRET}\"] }\n", ""),
        [
            "sites[0].routes[0].auth",
            "no secret",
            "`session: { secrets: [\"${…}\"] }`",
        ],
    );
}

#[test]
fn a_mistake_in_a_site_has_its_place_there() {
    for (from, to, expected) in [
        (
            "to: web, auth: optional",
            "to: api, auth: optional",
            ["sites[0].routes[0].to", "no upstream `api`", "web"],
        ),
        (
            "timeout: 7s",
            "timeout: 7",
            ["sites[1].upstreams.web.timeout", "not a duration", "30s"],
        ),
        (
            "auth: none }",
            "auth: none, body: 1 }",
            ["sites[1].routes[1].body", "not a size", "64KiB"],
        ),
        (
            "claim: /role",
            "claim: role",
            ["sites[1].routes[0].require.claim", "does not name", "/role"],
        ),
        (
            "cache_entries: 5",
            "cache_entires: 5",
            [
                "sites[1].session.cache_entires",
                "unknown key",
                "did you mean",
            ],
        ),
    ] {
        check_file(&replaced(from, to), expected);
    }
    let host = replaced("host: a.tenants", "host: a.elsewhere");
    check_file(
        &host,
        [
            "sites[1].routes[1].host",
            "no request of this site",
            "move the route",
        ],
    );
}

#[test]
fn nothing_of_the_secrets_is_shown() {
    for path in [
        "sites",
        "sites[0]",
        "sites[0].session",
        "sites[3].session.secret_files[0]",
        "sites[0].scerets.secret",
    ] {
        let place = Place {
            origin: Origin::Default,
            path: path.to_owned(),
        };
        assert!(place.is_secret(), "{path}");
    }
    let place = Place {
        origin: Origin::Default,
        path: "sites[0].routes[0].to".to_owned(),
    };
    assert!(!place.is_secret());
}

#[test]
fn the_file_of_the_guide_is_good() {
    let guide = include_str!("../../../../../docs/guides/sites.md");
    let (_, rest) = guide.split_once("```yaml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let process = Process::with_file(text)
        .variable("SHOP_AUTH_SECRET", OTHER_SECRET)
        .variable("ADMIN_AUTH_SECRET", SECRET);
    assert_eq!(process.config().sites.len(), 2);
    // What it quotes of `check` is what `check` says.
    let shared = Process::with_file(text.replace("ADMIN_AUTH", "SHOP_AUTH"))
        .variable("SHOP_AUTH_SECRET", OTHER_SECRET)
        .load();
    assert!(guide.contains(&format!("error: {}\n", shared.problems[0].message)));
}

#[test]
fn each_public_url_wants_a_certificate_and_https_where_plain_http_leads_there() {
    let tls =
        "tls: { redirect_http: true, certificates: [ { cert_file: a.pem, key_file: a.key } ] }\n";
    let admin = "hosts: [admin.example.com, \"*.tenants.example.com\"]";
    let with = |names: &[&str], url: &str| {
        let (chain, key) = issue(names);
        let text = replaced(admin, &format!("{admin}\n    public_url: {url}"));
        process(&format!("{text}{tls}"))
            .file("a.pem", &chain)
            .file("a.key", &key)
    };
    let good = with(
        &["shop.example.com", "*.tenants.example.com"],
        "https://a.tenants.example.com",
    );
    assert_eq!(good.load().problems, []);
    let loaded = with(&["shop.example.com"], "https://admin.example.com").load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{:#?}", loaded.problems);
    };
    let words = "no certificate is for `admin.example.com`";
    assert!(problem.message.contains(words), "{problem}");
    assert!(loaded.config.is_some());
    check(
        &with(&["shop.example.com"], "http://admin.example.com"),
        ["tls.redirect_http", "users are on plain HTTP", "https://"],
    );
}
