//! The arguments of `vestibule serve` and `vestibule check`, which read the same configuration.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where the configuration comes from.
#[derive(Debug, Clone, Args)]
pub(crate) struct Configuration {
    /// Configuration file; `-` is standard input
    ///
    /// Without it: the file that `VESTIBULE_CONFIG` names, then `./vestibule.yaml`,
    /// `$XDG_CONFIG_HOME/vestibule/vestibule.yaml` and `/etc/vestibule/vestibule.yaml`.
    /// The first one found is the only one; with `--web`, none is needed.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// URL of the web application, which gets what no route names
    #[arg(long, value_name = "URL")]
    pub(crate) web: Option<String>,

    /// Route to a backend that needs a session and gets its `/backendToken`; repeat it for several
    #[arg(long, value_name = "PATTERN=URL")]
    pub(crate) route: Vec<String>,

    /// Address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,

    /// File with the secret, less one final newline; repeat it for several, newest first
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Vec<PathBuf>,
}

/// Run the gateway
///
/// Requests come in with the session cookie and leave with `Authorization: Bearer`. SIGHUP loads
/// the configuration anew and keeps the old one where the new one has errors; SIGTERM and SIGINT
/// let running requests end, and a second one stops at once.
#[derive(Debug, Args)]
#[command(after_long_help = SERVE)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) configuration: Configuration,

    /// What to log: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,access=off`
    /// [default: info]
    #[arg(long, value_name = "FILTER")]
    pub(crate) log_level: Option<String>,

    /// How to log [default: text on a terminal, JSON otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line
    Json,
    /// For people
    Text,
}

/// Check the configuration without serving it
///
/// Prints every problem with its place and its cure and, where there is no error, each setting in
/// force with where it comes from. Secrets are never printed.
#[derive(Debug, Args)]
#[command(after_long_help = CHECK)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) configuration: Configuration,

    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
}

/// How the result of a check is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

const SERVE: &str = "\
EXAMPLES
  The application at port 3000, one backend behind it, no file:
    AUTH_SECRET=... vestibule serve --web http://127.0.0.1:3000 \\
      --route '/api/agent/**=http://127.0.0.1:3001/v1/agent/**'

  With a file:
    vestibule serve -c vestibule.yaml

  Load the file anew:
    kill -HUP $(pidof vestibule)

ENVIRONMENT
  AUTH_SECRET, NEXTAUTH_SECRET   secrets, where neither file nor --secret-file names one
  AUTH_URL, NEXTAUTH_URL         public URL, where the file has none
  HOST, PORT                     address to listen on, where nothing else says it
  VESTIBULE_CONFIG               the configuration file
  VESTIBULE_LOG_LEVEL, RUST_LOG  what to log; RUST_LOG wins
  VESTIBULE_LOG_FORMAT           how to log: json or text
  VESTIBULE_...                  single settings, such as VESTIBULE_ADMIN__LISTEN

EXIT STATUS
  0  stopped in order
  1  failed while running
  2  the arguments or the configuration are wrong, or the address is taken";

const CHECK: &str = "\
EXAMPLES
  vestibule check -c vestibule.yaml
  vestibule check --web http://127.0.0.1:3000 --route '/api/**=http://127.0.0.1:3001/**'

  In a pipeline, warnings too:
    vestibule check --format json | jq -e '.problems == []'

EXIT STATUS
  0  it can be served; there may be warnings
  1  there are errors
  2  the arguments are wrong, or the file cannot be read";
