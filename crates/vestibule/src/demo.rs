//! `vestibule demo`: Bookwell behind the real gateway, in one process.

use std::cell::Cell;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bookwell::{ApiKey, Endpoint, ProviderSettings};
use vestibule_gateway::config::{Config, Overrides, Sources};
use vestibule_session::Secret;

use crate::Verdict;
use crate::cli::{Assistant, Demo, LogFormat};
use crate::environment;
use crate::error::Error;
use crate::{log, problem, serve};

mod backend;
mod browser;
mod certificate;
mod place;
mod state;
mod welcome;

use backend::{Backend, MakeApi};
use certificate::Certificate;
use place::Place;
use state::State;
use welcome::Welcome;

/// Starts Bookwell, then the gateway, and serves until it is told to stop.
pub(crate) fn run(
    arguments: &Demo,
    choice: ColorChoice,
    output: &mut dyn Write,
) -> Result<Verdict, Error> {
    if arguments.print_config {
        output.write_all(CONFIGURATION.as_bytes())?;
        return Ok(Verdict::Good);
    }
    let level = arguments.log_level.as_deref().unwrap_or("warn");
    let (_log, _) = log::start(Some(level), Some(LogFormat::Text), choice)?;
    let state = State::open()?;
    let certificate = Certificate::open(&state)?;
    let place = Place::open(arguments.database.as_deref())?;
    let session_secret = session_secret()?;
    let explains = environment::variable("AUTH_SECRET").as_ref() == Some(&session_secret);
    let make = MakeApi {
        database: place.url().to_owned(),
        password: state.password()?,
        provider: provider(arguments.assistant),
        widget_origins: arguments.widget_origin.clone(),
        token_key: if place.is_kept() {
            state.token_key()?
        } else {
            environment::random()?.to_vec()
        },
    };
    let password = make.password.clone();
    let backend = Backend::start(make, secrets(&session_secret)?)?;
    let variables = Variables::new(arguments, &backend, &certificate, session_secret);
    let api = backend.api();
    backend.listen()?;

    let output = Cell::new(Some(output));
    serve::until_stopped(
        move || variables.load(choice),
        |_, server| {
            let kept = place.is_kept();
            let welcome = Welcome::new(server, api, &password, &certificate, kept, explains);
            if let Some(output) = output.take() {
                // Where nobody reads it, the demonstration runs all the same.
                let _ = welcome.print(output);
            }
            if arguments.open {
                browser::open(&welcome.first());
            }
        },
    )
}

/// What the gateway's configuration may ask for, and nothing else of the environment.
struct Variables(Vec<(&'static str, String)>);

impl Variables {
    fn new(
        arguments: &Demo,
        backend: &Backend,
        certificate: &Certificate,
        session_secret: String,
    ) -> Self {
        let local = |port: u16| format!("127.0.0.1:{port}");
        let mut variables = vec![
            ("AUTH_SECRET", session_secret),
            ("BOOKWELL_LISTEN", local(arguments.port)),
            ("BOOKWELL_TLS_LISTEN", local(arguments.https_port)),
            ("BOOKWELL_ADMIN_LISTEN", local(arguments.admin_port)),
            ("BOOKWELL_API", format!("http://{}", backend.api())),
            ("BOOKWELL_PAGES", format!("http://{}", backend.pages())),
            (
                "BOOKWELL_CERT_FILE",
                certificate.chain.display().to_string(),
            ),
            ("BOOKWELL_KEY_FILE", certificate.key.display().to_string()),
        ];
        let further = FURTHER_SECRETS.iter().filter_map(|name| {
            let value = environment::variable(name).filter(|value| !value.is_empty())?;
            Some((*name, value))
        });
        variables.extend(further);
        Self(variables)
    }

    fn value(&self, name: &str) -> Option<String> {
        let mut variables = self.0.iter();
        let (_, value) = variables.find(|(known, _)| *known == name)?;
        Some(value.clone())
    }

    /// The configuration that `--print-config` prints, with these variables.
    fn load(&self, choice: ColorChoice) -> Result<Config, Error> {
        let file = (Path::new(NAME).to_owned(), CONFIGURATION.to_owned());
        let loaded = Config::load(&Sources {
            environment: &|name| self.value(name),
            environment_names: Vec::new(),
            read_file: &environment::read_configured,
            system_roots: &environment::system_roots,
            anybody_can_read: &environment::anybody_can_read,
            now: environment::now(),
            overrides: Overrides::default(),
            file: Some(file.clone()),
            cores: environment::cores(),
        });
        let mut complaint = AutoStream::new(std::io::stderr().lock(), choice);
        problem::print(&loaded.problems, Some(&file), &mut complaint)?;
        let errors = loaded.problems.len();
        loaded.config.ok_or(Error::Configuration { errors })
    }
}

/// The application's, as for `serve`, or a new one, with which sessions end when the demonstration does.
fn session_secret() -> Result<String, Error> {
    let set = environment::variable("AUTH_SECRET").filter(|secret| !secret.is_empty());
    match set {
        Some(secret) => Ok(secret),
        None => Ok(URL_SAFE_NO_PAD.encode(environment::random()?)),
    }
}

/// All secrets that open sessions, newest first. The gateway refuses a weak one too, with advice
/// for a configuration that nobody wrote here.
fn secrets(newest: &str) -> Result<Vec<Secret>, Error> {
    let further = FURTHER_SECRETS
        .iter()
        .filter_map(|name| Some((*name, environment::variable(name)?)));
    std::iter::once(("AUTH_SECRET", newest.to_owned()))
        .chain(further)
        .filter_map(|(variable, text)| Some((variable, Secret::new(&text).ok()?)))
        .map(|(variable, secret)| match secret.weakness() {
            Some(weakness) => Err(Error::WeakSecret { variable, weakness }),
            None => Ok(secret),
        })
        .collect()
}

fn provider(assistant: Assistant) -> ProviderSettings {
    let set = |name: &str| environment::variable(name).filter(|value| !value.is_empty());
    let endpoint = |url: &str, key: &str, base_url: &str, model: &str| {
        let given = set(key).and_then(|key| ApiKey::new(&key));
        // A server of one's own may want none.
        if given.is_none() && set(url).is_none() {
            tracing::warn!(
                "the assistant is not available: set {key} to the key of your account, or {url} to the address of a server that wants none"
            );
            return None;
        }
        Some(Endpoint {
            base_url: set(url).unwrap_or_else(|| base_url.to_owned()),
            model: set("ASSISTANT_MODEL").unwrap_or_else(|| model.to_owned()),
            key: given,
            silence: SILENCE,
        })
    };
    let provider = match assistant {
        Assistant::Anthropic => endpoint(
            "ANTHROPIC_BASE_URL",
            "ANTHROPIC_API_KEY",
            "https://api.anthropic.com/v1",
            "claude-sonnet-4-5",
        )
        .map(ProviderSettings::Anthropic),
        Assistant::Builtin => Some(ProviderSettings::default()),
        Assistant::Openai => endpoint(
            "OPENAI_BASE_URL",
            "OPENAI_API_KEY",
            "https://api.openai.com/v1",
            "gpt-4.1-mini",
        )
        .map(ProviderSettings::OpenAi),
    };
    provider.unwrap_or(ProviderSettings::Off)
}

/// Complete; `--print-config` prints it.
const CONFIGURATION: &str = include_str!("demo/vestibule.yaml");

/// How long a model may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

const NAME: &str = "the demonstration's configuration";

const FURTHER_SECRETS: [&str; 3] = ["AUTH_SECRET_3", "AUTH_SECRET_2", "AUTH_SECRET_1"];
