//! Gateway and endpoints say the same of every name, although neither knows the other's list.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use vestibule_gateway::config::{Overrides, Sources};
use vestibule_session::{CookieName, Secret, Version, Writer};

use super::*;

const GOOD: &str = r#"session: { secrets: ["${AUTH_SECRET}"] }
signin:
  login_url: http://127.0.0.1:3001/login
  refresh_url: http://127.0.0.1:3001/refresh
  logout_url: http://127.0.0.1:3001/logout
  claims: { sub: /user/id, name: /user/name, plan: /plan, backendToken: /access_token, refreshToken: /refresh_token }
  expires: { backendTokenExpires: /expires_in }
  show: []
  update: []
  max_age: 24h
  page: /login
upstreams: { web: { url: http://127.0.0.1:3000 } }
routes: [ { path: /api/auth/**, to: signin, auth: none } ]
"#;

fn load(text: &str) -> Option<Config> {
    let secret = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";
    let loaded = Config::load(&Sources {
        environment: &|name| (name == "AUTH_SECRET").then(|| secret.to_owned()),
        environment_names: Vec::new(),
        read_file: &|_| Err(std::io::ErrorKind::NotFound.into()),
        system_roots: &Vec::new,
        anybody_can_read: &|_| false,
        now: 1_790_000_000,
        overrides: Overrides::default(),
        file: Some(("vestibule.yaml".into(), text.to_owned())),
        cores: 1,
    });
    loaded.config
}

fn good() -> Settings {
    settings(&load(GOOD).unwrap().sites[0]).unwrap()
}

#[test]
fn what_the_configuration_says_reaches_the_endpoints() {
    let settings = good();
    assert_eq!(settings.max_age, 24 * 3600);
    assert_eq!(settings.absolute_age, 90 * 24 * 3600);
    assert_eq!(settings.pages.sign_in.as_deref(), Some("/login"));
    assert_eq!(settings.limits, Limits::default());
    assert!(SignIn::new(settings).is_ok());
}

/// Asks the endpoints as the gateway would, and gives the whole answer.
fn asked(port: u16, path: &str) -> String {
    asked_with(port, path, "")
}

fn asked_with(port: u16, path: &str, lines: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: app.test\r\n{lines}Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn routes_lead_to_the_endpoints_and_a_reload_changes_their_settings() {
    let mut endpoints = SignInEndpoints::default();
    let mut serve = |text: &str| {
        let mut config = load(text).unwrap();
        endpoints.serve(&mut config).unwrap();
        let upstream = config.sites[0].upstreams.last().unwrap();
        assert_eq!(
            upstream.authority.as_str(),
            format!("127.0.0.1:{}", upstream.port)
        );
        upstream.port
    };
    let port = serve(GOOD);
    assert!(asked(port, "/api/auth/signin").contains("location: /login?callbackUrl="));
    assert!(asked(port, "/api/auth/csrf").contains("set-cookie: __Host-authjs.csrf-token="));
    assert_eq!(serve(&GOOD.replace("page: /login", "page: /other")), port);
    assert!(asked(port, "/api/auth/signin").contains("location: /other?callbackUrl="));

    // Without the section nothing is served, and nothing is wrong.
    let without = "upstreams: { web: { url: http://127.0.0.1:3000 } }\nroutes: [ { path: /**, to: web, auth: none } ]";
    let mut config = load(without).unwrap();
    SignInEndpoints::default().serve(&mut config).unwrap();
    assert_eq!(config.sites[0].upstreams[0].port, 3000);
}

/// Two sites that sign in, `a.test` with the first of these secrets and `b.test` with the second.
fn two_sites(order: [usize; 2]) -> String {
    let site = |host: &str, secret: &str, page: &str| {
        let text = GOOD
            .replace("${AUTH_SECRET}", secret)
            .replace("page: /login", page);
        let text = text.trim().replace('\n', "\n  ");
        format!("- hosts: [{host}]\n  {text}\n")
    };
    let [a, b] = order.map(|index| SECRETS[index]);
    let sites = [site("a.test", a, "page: /a"), site("b.test", b, "page: /b")];
    format!("sites:\n{}", sites.concat())
}

const SECRETS: [&str; 2] = [
    "vK3xQ9mT2bW7nR5cY8jL1hD6gF4sZ0pA",
    "Zp0s4Fg6Dh1Lj8Yc5Rn7Wb2Tm9Qx3Kva",
];

#[test]
fn each_site_has_endpoints_of_its_own() {
    let mut endpoints = SignInEndpoints::default();
    let mut serve = |text: &str| {
        let mut config = load(text).unwrap();
        endpoints.serve(&mut config).unwrap();
        [0, 1].map(|site| config.sites[site].upstreams.last().unwrap().port)
    };
    let cookie = |secret: &str| {
        let name = CookieName::new("__Secure-authjs.session-token", Version::V5).unwrap();
        let writer = Writer::new(&Secret::new(secret).unwrap(), name);
        let now = environment::now();
        let claims = format!(r#"{{"sub":"u-1","name":"Ada","auth_time":{now}}}"#);
        let token = writer.encode(&claims, now, 3600, [7; 32]).unwrap();
        format!("Cookie: __Secure-authjs.session-token={token}\r\n")
    };
    let ports = serve(&two_sites([0, 1]));
    assert_ne!(ports[0], ports[1]);
    for (port, page) in ports.into_iter().zip(["/a", "/b"]) {
        let location = format!("location: {page}?callbackUrl=");
        assert!(asked(port, "/api/auth/signin").contains(&location));
    }
    // TH-111: a session of one site is none at the endpoints of the other, before and after they change places.
    for order in [[0, 1], [1, 0]] {
        assert_eq!(serve(&two_sites(order)), ports);
        for (port, site) in ports.into_iter().zip(order) {
            for of in [0, 1] {
                let answer = asked_with(port, "/api/auth/session", &cookie(SECRETS[of]));
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                assert_eq!(
                    answer.contains("Ada"),
                    of == site,
                    "{of} at {site}: {answer}"
                );
            }
        }
    }
}

#[test]
fn what_fails_for_one_site_changes_nothing_for_another() {
    let text = two_sites([0, 1]);
    let mut endpoints = SignInEndpoints::default();
    let mut config = load(&text).unwrap();
    endpoints.serve(&mut config).unwrap();
    let port = config.sites[0].upstreams.last().unwrap().port;
    let mut config = load(&text.replace("page: /a", "page: /c")).unwrap();
    let broken = config.sites[1].signin.as_mut().unwrap();
    broken.shown = vec!["backendToken".to_owned()];
    assert!(endpoints.serve(&mut config).is_err());
    assert!(asked(port, "/api/auth/signin").contains("location: /a?callbackUrl="));
}

/// Names that one of the two lists might have and the other not.
const NAMES: [&str; 32] = [
    "sub",
    "id",
    "email",
    "name",
    "picture",
    "role",
    "roles",
    "tenant",
    "tenantId",
    "tenantSlug",
    "impersonation",
    "iat",
    "exp",
    "jti",
    "nbf",
    "auth_time",
    "backendToken",
    "backendTokenExpires",
    "refreshToken",
    "token",
    "TOKEN",
    "clientSecret",
    "password",
    "plan",
    "theme",
    "user",
    "org",
    "locale",
    "tok",
    "scope",
    "groups",
    "admin",
];

#[test]
fn both_refuse_the_same_names_to_be_shown_changed_or_claimed() {
    let (mut refused, mut taken) = (0, 0);
    for name in NAMES {
        let shown = load(&GOOD.replace("show: []", &format!("show: [{name}]"))).is_some();
        let mut settings = good();
        settings.shown = vec![name.to_owned()];
        assert_eq!(SignIn::new(settings).is_ok(), shown, "show {name}");

        let changed = load(&GOOD.replace("update: []", &format!("update: [{name}]"))).is_some();
        let mut settings = good();
        settings.updatable = vec![name.to_owned()];
        assert_eq!(SignIn::new(settings).is_ok(), changed, "update {name}");

        let text = GOOD.replace("plan: /plan", &format!("\"{name}\": /x"));
        // The file's own names would be there twice.
        let claimed = text.matches(&format!("{name}: /")).count() > 0 || load(&text).is_some();
        let mut settings = good();
        settings.backend = Backend::new(
            "http://127.0.0.1:3001/login",
            vec![Claim::copied("sub", "/user/id"), Claim::copied(name, "/x")],
        );
        assert_eq!(SignIn::new(settings).is_ok(), claimed, "claim {name}");
        refused += u32::from(!shown) + u32::from(!changed) + u32::from(!claimed);
        taken += u32::from(shown) + u32::from(changed) + u32::from(claimed);
    }
    // Both kinds are there, so the comparison says something.
    assert!(refused > 20 && taken > 20, "{refused} {taken}");
}
