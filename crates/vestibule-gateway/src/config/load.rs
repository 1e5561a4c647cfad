//! From the sources to a [`Config`], with everything that is to be said about it.

use std::path::Path;

use serde_json::Value;

use super::check::Check;
use super::document::{Node, join};
use super::known_secrets::KnownSecrets;
use super::layers;
use super::problem::{Origin, Problem, Row, without_userinfo};
use super::raw::{DEFAULTS, RawConfig};
use super::sources::{Problems, Sources};
use super::{Config, Cookies, Site, schema, shape, yaml};

/// What came of loading a configuration.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, unless there was an error.
    pub config: Option<Config>,
    /// Errors and warnings, in the order of their places.
    pub problems: Vec<Problem>,
    /// Each value in force with its origin, as far as it could be read.
    pub rows: Vec<Row>,
}

impl Config {
    /// Reads the sources and reports every problem at once.
    pub fn load(sources: &Sources<'_>) -> Loaded {
        let mut problems = Problems::default();
        let file = match &sources.file {
            None => None,
            Some((path, text)) => match yaml::parse(path, text, &mut problems.0) {
                Ok(tree) => Some(tree),
                Err(problem) => {
                    let problems = vec![problem];
                    return Loaded {
                        config: None,
                        problems,
                        rows: Vec::new(),
                    };
                }
            },
        };
        let defaults = defaults();
        let schema = schema::generate(&defaults);
        let tree = layers::combine(sources, file, &defaults, &schema, &mut problems);
        let nothing = sources.file.is_none() && sources.overrides.web.is_none();
        let config = (!nothing)
            .then(|| convert(sources, &tree, &schema, &mut problems))
            .flatten()
            .filter(|_| !problems.have_error());
        let mut rows = Vec::new();
        tree.rows("", &mut rows);
        if let Some(config) = &config {
            add_derived(config, &tree, &mut rows);
        }
        let Problems(mut problems) = problems;
        let secrets = KnownSecrets::new(sources, &tree);
        for problem in &mut problems {
            problem.message = secrets.masked(&without_userinfo(&problem.message));
            problem.hint = secrets.masked(&problem.hint);
        }
        for row in &mut rows {
            row.value = secrets.masked(&row.value);
        }
        problems.sort_by(|left, right| {
            let key = |problem: &Problem| (problem.place.origin.clone(), problem.severity);
            key(left).cmp(&key(right))
        });
        problems.dedup();
        Loaded {
            config,
            problems,
            rows,
        }
    }

    /// The JSON Schema of the configuration file.
    pub fn schema() -> Value {
        schema::generate(&defaults())
    }
}

fn convert(
    sources: &Sources<'_>,
    tree: &Node,
    schema: &Value,
    problems: &mut Problems,
) -> Option<Config> {
    let fitting = shape::conform(tree, schema, &mut problems.0)?;
    match serde_json::from_value::<RawConfig>(fitting) {
        Ok(raw) => Some(Check::new(sources, tree, problems).config(raw)),
        // The schema is made from the same types, so this would be a bug of ours.
        Err(error) => {
            let hint = "please report it; write the value in another way meanwhile";
            problems.error(
                tree,
                "",
                format!("the configuration cannot be read: {error}"),
                hint,
            );
            None
        }
    }
}

/// What a route does by itself depends on the rest of it, so it is in no table of defaults;
/// and whom a certificate is for stands in its file.
fn add_derived(config: &Config, tree: &Node, rows: &mut Vec<Row>) {
    let certificates = config.tls.iter().flat_map(|tls| tls.certificates.iter());
    for (index, certificate) in certificates.enumerate() {
        let here = format!("tls.certificates[{index}]");
        rows.push(Row {
            path: format!("{here}.names"),
            value: certificate.chain().names().join(", "),
            origin: tree.origin_of(&format!("{here}.cert_file")).clone(),
            variables: Vec::new(),
        });
    }
    for (number, site) in config.sites.iter().enumerate() {
        let here = match site.hosts.as_slice() {
            [] => String::new(),
            [..] => format!("sites[{number}]"),
        };
        add_cookies(site, &here, tree, rows);
    }
}

fn add_cookies(site: &Site, here: &str, tree: &Node, rows: &mut Vec<Row>) {
    for (index, route) in site.routes.iter().enumerate() {
        let path = join(here, &format!("routes[{index}].cookies"));
        if tree.text_at(&path).is_none() {
            rows.push(Row {
                path,
                value: match route.cookies {
                    Cookies::Drop => "drop".to_owned(),
                    Cookies::Pass | Cookies::PassOthers => "pass".to_owned(),
                },
                origin: Origin::Default,
                variables: Vec::new(),
            });
        }
    }
}

fn defaults() -> Node {
    let tree = yaml::parse(Path::new("defaults"), DEFAULTS, &mut Vec::new());
    tree.expect("the table of defaults is good YAML")
        .said_by(&Origin::Default)
}
