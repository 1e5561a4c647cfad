//! What holds for every configuration file.

use std::io;
use std::path::Path;

use vestibule_gateway::config::{Config, Loaded, Origin, Overrides, Severity, Sources};
use vestibule_gateway::routes::Routes;
use vestibule_gateway::sites::Sites;

/// What no output may have.
const SECRETS: [&str; 2] = [
    "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A",
    "qW9vLz3xNf7pHs2dTg6yRb1mKc8jUe5A",
];

/// Longer files teach nothing.
const LONGEST: usize = 8192;

/// Checks one text; says whether it is a configuration that can be served.
pub(crate) fn check(input: &[u8]) -> bool {
    let Some(text) = str::from_utf8(input)
        .ok()
        .filter(|text| text.len() <= LONGEST)
    else {
        return false;
    };
    // Who writes it into the open part of the file has shown it already.
    if SECRETS.iter().any(|secret| text.contains(secret)) {
        return false;
    }
    let loaded = load(text);
    let is_error = |severity| severity == Severity::Error;
    let refused = (loaded.problems.iter()).any(|problem| is_error(problem.severity));
    assert_eq!(loaded.config.is_none(), refused, "{:?}", loaded.problems);
    check_places(text, &loaded);
    check_secrets(text, &loaded);
    if let Some(config) = &loaded.config {
        check_served(config);
    }
    loaded.config.is_some()
}

fn load(text: &str) -> Loaded {
    Config::load(&Sources {
        environment: &|name| match name {
            "AUTH_SECRET" => Some(SECRETS[0].to_owned()),
            "VESTIBULE_LIMITS__BODY" => Some("1MiB".to_owned()),
            "HOST" => Some("127.0.0.1".to_owned()),
            _ => None,
        },
        environment_names: vec!["VESTIBULE_LIMITS__BODY".to_owned()],
        read_file: &|path: &Path| match path.to_str() {
            Some("secret.txt") => Ok(format!("{}\n", SECRETS[1])),
            _ => Err(io::ErrorKind::NotFound.into()),
        },
        system_roots: &Vec::new,
        anybody_can_read: &|path: &Path| path.ends_with("secret.txt"),
        now: 1_790_000_000,
        overrides: Overrides::default(),
        file: Some(("vestibule.yaml".into(), text.to_owned())),
        cores: 2,
    })
}

/// A place in the file is one that the file has.
fn check_places(text: &str, loaded: &Loaded) {
    // A carriage return alone ends a line as well (YAML 1.2 §5.4).
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let origins = loaded.problems.iter().map(|problem| &problem.place.origin);
    for origin in origins.chain(loaded.rows.iter().map(|row| &row.origin)) {
        let Origin::File { line, column, .. } = origin else {
            continue;
        };
        let number = |value: u64| usize::try_from(value).expect("the text is short");
        let (line, column) = (number(*line), number(*column));
        assert!(line >= 1 && column >= 1);
        let known = text.split('\n').nth(line - 1);
        // The end of the file may be the place, as of a bracket that is missing.
        let length = known.map_or(0, |line| line.chars().count());
        let lines = text.split('\n').count();
        assert!(line <= lines + 1, "line {line} of {lines}");
        assert!(column <= length + 2, "column {column} of {length}");
    }
    for problem in &loaded.problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
    }
}

fn check_secrets(text: &str, loaded: &Loaded) {
    let mut shown: Vec<String> = (loaded.problems.iter())
        .map(|problem| format!("{problem} {problem:?}"))
        .collect();
    shown.extend(loaded.rows.iter().map(|row| format!("{row:?}")));
    let sites = loaded.config.iter().flat_map(|config| &config.sites);
    shown.extend(sites.map(|site| format!("{:?}", site.session)));
    for secret in SECRETS {
        let told = shown.iter().find(|shown| shown.contains(secret));
        assert!(told.is_none(), "{told:?} of {text}");
    }
}

/// Nothing behind it finds fault with it.
fn check_served(config: &Config) {
    let hosts = Sites::new(config.sites.iter().map(|site| site.hosts.as_slice()));
    assert!(hosts.is_ok());
    assert!(config.workers > 0 && !config.sites.is_empty());
    assert!(config.listen.is_some() || config.tls.is_some());
    for site in &config.sites {
        assert!(Routes::new(&site.routes).is_ok());
        for route in &site.routes {
            assert!(route.upstream < site.upstreams.len());
        }
    }
}
