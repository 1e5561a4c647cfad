//! The arguments of `vestibule demo`.

use clap::{Args, ValueEnum};
use url::Url;

/// Run Bookwell, a complete booking business, behind the gateway
///
/// Starts gateway, sign-in endpoints, API and pages in this one process, over HTTP and HTTPS, with
/// two businesses and a year of bookings. Nothing is to be installed; the data are gone when it
/// stops, unless `--database` names a place for them. It listens on this machine alone.
#[derive(Debug, Args)]
#[command(after_long_help = DEMO)]
pub(crate) struct Demo {
    /// Port of HTTP; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,

    /// Port of HTTPS; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    pub(crate) https_port: u16,

    /// Port of health and metrics; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8081)]
    pub(crate) admin_port: u16,

    /// Where the data are kept: `sqlite:FILE?mode=rwc` or `postgres://USER@HOST/NAME`
    ///
    /// Without it: `DATABASE_URL`, else an SQLite file that is removed at the end.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,

    /// Who answers in the assistant's place
    #[arg(long, value_enum, value_name = "WHO", default_value_t)]
    pub(crate) assistant: Assistant,

    /// Open the pages in the browser
    #[arg(long)]
    pub(crate) open: bool,

    /// Print the gateway's configuration and do nothing else
    #[arg(long)]
    pub(crate) print_config: bool,

    /// Origin whose pages may embed the chat of Willow & Pine, such as `http://localhost:9000`;
    /// repeat it for several
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(crate) widget_origin: Vec<String>,

    /// What to log, as `vestibule serve` takes it [default: warn]
    #[arg(long, value_name = "FILTER")]
    pub(crate) log_level: Option<String>,
}

/// Which model the assistant asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Assistant {
    /// Anthropic's API, with the key of `ANTHROPIC_API_KEY`
    Anthropic,
    /// None: a fixed set of intents over the same tools, without a key and without a network
    #[default]
    Builtin,
    /// Any OpenAI-compatible API, with the key of `OPENAI_API_KEY`, at `OPENAI_BASE_URL`
    Openai,
}

/// An origin as browsers send it (RFC 6454 §6.2): any other spelling would allow nobody.
fn origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()));
    match url.map(|url| url.origin().ascii_serialization()) {
        Some(origin) if origin == text => Ok(origin),
        Some(origin) => Err(format!("it is more than an origin, or not as browsers send it: write `{origin}`")),
        None => Err("an origin is `http` or `https`, a host and perhaps a port, such as `http://localhost:9000`".to_owned()),
    }
}

const DEMO: &str = "\
EXAMPLES
  vestibule demo --open

  Keep the data:
    vestibule demo --database 'sqlite:bookwell.db?mode=rwc'

  What the gateway was told:
    vestibule demo --print-config

  Stop the API behind the running gateway and see what users see; the same again starts it:
    kill -USR1 $(pidof vestibule)

ENVIRONMENT
  AUTH_SECRET                          the secret of the sessions [default: a new one at each start]
  AUTH_SECRET_1, _2, _3                further secrets that open sessions
  DATABASE_URL                         where the data are kept, without --database
  OPENAI_API_KEY, OPENAI_BASE_URL      the assistant's API, with --assistant openai
  ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL  the same with --assistant anthropic
  ASSISTANT_MODEL                      the name of its model
  XDG_STATE_HOME                       where certificate and password are kept

EXIT STATUS
  0  stopped in order
  1  failed while running
  2  could not start: a port is taken, the database does not open";
