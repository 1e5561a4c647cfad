use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rustls::pki_types::CertificateDer;

use super::*;

mod accepted;
mod cross_site;
mod known_secrets;
mod layered;
mod misspelt;
mod proxies;
mod published;
mod rate_limits;
mod refused;
mod rules;
mod signin;
mod sites;
mod tls;
mod upstreams;

/// The example of the README and of `docs/reference/config.md`.
const EXAMPLE: &str = r#"listen: 0.0.0.0:8080
admin: { listen: 127.0.0.1:8081 }        # health, metrics, console
public_url: https://app.example.com
trusted_proxies: []                      # X-Forwarded-* are believed only from these
session:
  secrets: [ "${AUTH_SECRET}" ]
upstreams:
  web: { url: http://127.0.0.1:3000 }
  api: { url: http://127.0.0.1:3001, timeout: 30s }
routes:
  - { path: /api/auth/**,          to: web, auth: none }
  - { path: /api/tenant-admin/**,  to: "api:/v1/tenant-admin/**",  auth: required, token: { claim: /backendToken } }
  - { path: /api/agent/**,         to: "api:/v1/agent/**",         auth: required, token: { claim: /backendToken } }
  - { path: /api/tenant/landing-page, to: "api:/v1/tenant-admin/landing-page", methods: [GET, PUT], auth: required, token: { claim: /backendToken } }
  - { path: /tenant/**,            to: web, auth: required }
  - { path: /**,                   to: web, auth: optional }
"#;

const SECRET: &str = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

const OTHER_SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015";

/// A process to load a configuration in.
#[derive(Default)]
struct Process {
    file: Option<String>,
    environment: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    /// The file that everybody can read.
    exposed: Option<&'static str>,
    overrides: Overrides,
    /// The authorities that the system trusts.
    roots: Vec<CertificateDer<'static>>,
}

impl Process {
    fn with_file(text: impl Into<String>) -> Self {
        let file = Some(text.into());
        Self {
            file,
            ..Self::default()
        }
        .variable("AUTH_SECRET", SECRET)
    }

    fn with_arguments(web: Option<&str>, routes: &[&str]) -> Self {
        let overrides = Overrides {
            web: web.map(str::to_owned),
            routes: routes.iter().map(ToString::to_string).collect(),
            ..Overrides::default()
        };
        Self {
            overrides,
            ..Self::default()
        }
        .variable("AUTH_SECRET", SECRET)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    fn load(&self) -> Loaded {
        Config::load(&Sources {
            environment: &|name| self.environment.get(name).cloned(),
            environment_names: self.environment.keys().cloned().collect(),
            read_file: &|path: &Path| {
                let text = self.files.get(&path.display().to_string());
                text.cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
            },
            system_roots: &|| self.roots.clone(),
            anybody_can_read: &|path: &Path| {
                self.exposed.is_some_and(|file| path == Path::new(file))
            },
            now: 1_790_000_000,
            overrides: self.overrides.clone(),
            file: self
                .file
                .clone()
                .map(|text| ("vestibule.yaml".into(), text)),
            cores: 4,
        })
    }

    /// Loads what must be good, without a warning.
    #[track_caller]
    fn config(&self) -> Config {
        let loaded = self.load();
        assert_eq!(loaded.problems, []);
        loaded.config.unwrap()
    }
}

/// A small good file in which a test replaces one line.
fn small() -> Vec<&'static str> {
    vec![
        "public_url: https://app.example.com",              // 1
        "session: { secrets: [\"${AUTH_SECRET}\"] }",       // 2
        "upstreams: { web: { url: http://127.0.0.1:80 } }", // 3
        "routes:",                                          // 4
        "  - { path: /**, to: web, auth: optional }",       // 5
    ]
}

/// The small file with `line` in place of line `number`, or behind the last.
fn small_with(number: usize, line: &str) -> String {
    let mut lines = small();
    match lines.get_mut(number - 1) {
        Some(old) => *old = line,
        None => lines.push(line),
    }
    lines.join("\n")
}
