//! Finds the configuration and has it checked.

use std::path::{Path, PathBuf};

use vestibule_gateway::config::{Config, Loaded, Overrides, Severity, Sources};

use crate::cli::Configuration;
use crate::environment;
use crate::error::Error;

/// What came of it, and the text to show excerpts of.
pub(crate) struct Read {
    pub(crate) loaded: Loaded,
    pub(crate) file: Option<(PathBuf, String)>,
}

/// Reads the file that is in force, if there is one, and everything else that may say a value.
pub(crate) fn read(arguments: &Configuration) -> Result<Read, Error> {
    let file = match path(arguments) {
        Some(path) => {
            let text = environment::read_text(&path)?;
            Some((path, text))
        }
        None => None,
    };
    Ok(load(arguments, file))
}

/// Reads all of it once more; standard input, which can be read but once, is what it was.
pub(crate) fn read_again(
    arguments: &Configuration,
    standard_input: Option<&String>,
) -> Result<Read, Error> {
    match (path(arguments), standard_input) {
        (Some(path), Some(text)) if path == Path::new(STANDARD_INPUT) => {
            Ok(load(arguments, Some((path, text.clone()))))
        }
        (_, _) => read(arguments),
    }
}

fn load(arguments: &Configuration, file: Option<(PathBuf, String)>) -> Read {
    let loaded = Config::load(&Sources {
        environment: &environment::variable,
        environment_names: environment::variable_names(),
        read_file: &environment::read_configured,
        system_roots: &environment::system_roots,
        anybody_can_read: &environment::anybody_can_read,
        now: environment::now(),
        overrides: Overrides {
            web: arguments.web.clone(),
            routes: arguments.route.clone(),
            listen: arguments.listen.clone(),
            secret_files: arguments.secret_file.clone(),
        },
        file: file.clone(),
        cores: environment::cores(),
    });
    Read { loaded, file }
}

impl Read {
    /// The text, where it came from standard input.
    pub(crate) fn standard_input(&self) -> Option<String> {
        let (path, text) = self.file.as_ref()?;
        (path == Path::new(STANDARD_INPUT)).then(|| text.clone())
    }

    /// How many problems keep it from being served.
    pub(crate) fn errors(&self) -> usize {
        let problems = self.loaded.problems.iter();
        problems
            .filter(|problem| problem.severity == Severity::Error)
            .count()
    }
}

/// The file that was named, which must be there, or the first of the usual ones that is.
fn path(arguments: &Configuration) -> Option<PathBuf> {
    let named = || environment::variable("VESTIBULE_CONFIG").filter(|path| !path.is_empty());
    if let Some(path) = arguments
        .config
        .clone()
        .or_else(|| named().map(PathBuf::from))
    {
        return Some(path);
    }
    let home = environment::variable("XDG_CONFIG_HOME").filter(|path| !path.is_empty());
    let own = home.map(|home| Path::new(&home).join("vestibule").join(NAME));
    [
        Some(PathBuf::from(NAME)),
        own,
        Some(Path::new("/etc/vestibule").join(NAME)),
    ]
    .into_iter()
    .flatten()
    .find(|path| environment::is_file(path))
}

const STANDARD_INPUT: &str = "-";

const NAME: &str = "vestibule.yaml";
