//! What can be said on the command line; help, completions and the man page are made from it.

use anstream::ColorChoice;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod demo;
mod explain;
mod mint;
mod serve;
mod site;

pub(crate) use demo::{Assistant, Demo};
pub(crate) use explain::{Explain, ReportFormat};
pub(crate) use mint::{CookieFormat, Mint};
pub(crate) use serve::{Check, CheckFormat, Configuration, LogFormat, Serve};
pub(crate) use site::OfSite;

/// The front door of an Auth.js application: session cookie in, bearer token out
///
/// Vestibule stands in front of a web application that signs in with Auth.js (NextAuth) and of the
/// backends that want a bearer token. It opens the session cookie that the user already carries,
/// takes the token out of it, and sends the request on with `Authorization: Bearer`. Where it
/// cannot, it says exactly why.
#[derive(Debug, Parser)]
#[command(
    name = "vestibule",
    version,
    long_version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("VESTIBULE_BUILD"), ")"),
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_long_help = AFTER
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        hide_short_help = true,
        display_order = 900
    )]
    pub(crate) color: Color,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Completions(Completions),
    Demo(Demo),
    Explain(Explain),
    /// Print the manual page
    #[command(after_long_help = MAN)]
    Man,
    Mint(Mint),
    /// Print the JSON Schema of the configuration file
    ///
    /// Editors that know the schema complete and check `vestibule.yaml` while it is written.
    #[command(after_long_help = SCHEMA)]
    Schema,
    /// Make a strong secret for `AUTH_SECRET`
    ///
    /// Prints 32 octets of the system's randomness as 43 letters, digits, `-` and `_`, which no
    /// shell and no `.env` file changes.
    #[command(after_long_help = SECRET)]
    Secret,
    Serve(Serve),
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_long_help = COMPLETIONS)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    pub(crate) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// The definitions, for whatever is made from them.
pub(crate) fn definitions() -> clap::Command {
    Cli::command()
}

const AFTER: &str = "\
EXAMPLES
  See it at work, with nothing to install:
    vestibule demo --open

  The application at port 3000, one backend behind it, no file:
    vestibule serve --web http://127.0.0.1:3000 \\
      --route '/api/agent/**=http://127.0.0.1:3001/v1/agent/**'

  Why does this cookie not open?
    pbpaste | vestibule explain

  A session for a test:
    vestibule mint --claims-file claims.json

ENVIRONMENT
  AUTH_SECRET, NEXTAUTH_SECRET   the secret of the application, as the application has it
  AUTH_SECRET_1, _2, _3          further secrets that open sessions
  VESTIBULE_CONFIG               the configuration file
  VESTIBULE_...                  single settings; `vestibule schema` lists them
  NO_COLOR                       no colours

EXIT STATUS
  0  good: no problems, the session opens, the gateway was stopped in order
  1  problems, the session does not open, the gateway failed
  2  could not run: usage, configuration, input or output";

const COMPLETIONS: &str = "\
EXAMPLES
  vestibule completions bash > ~/.local/share/bash-completion/completions/vestibule
  vestibule completions zsh > ~/.zfunc/_vestibule
  vestibule completions fish > ~/.config/fish/completions/vestibule.fish";

const MAN: &str = "\
EXAMPLES
  vestibule man > /usr/local/share/man/man1/vestibule.1";

const SCHEMA: &str = "\
EXAMPLES
  vestibule schema > vestibule.schema.json

  The first line of vestibule.yaml then names it:
    # yaml-language-server: $schema=./vestibule.schema.json";

const SECRET: &str = "\
EXAMPLES
  echo \"AUTH_SECRET=$(vestibule secret)\" >> .env.local
  vestibule secret > /etc/vestibule/secret";
