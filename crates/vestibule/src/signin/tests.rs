//! Gateway and endpoints say the same of every name, although neither knows the other's list.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use vestibule_gateway::config::{Overrides, Sources};

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
    settings(&load(GOOD).unwrap()).unwrap()
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
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: app.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: app.test\r\nConnection: close\r\n\r\n"
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
        let upstream = config.upstreams.last().unwrap();
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
    assert_eq!(config.upstreams[0].port, 3000);
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
