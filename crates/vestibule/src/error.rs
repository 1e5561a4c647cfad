//! Why a command could not run; each case knows its cure.

use std::fmt;
use std::io;
use std::path::PathBuf;

use vestibule_gateway::BindError;
use vestibule_session::{InvalidClaims, Weakness};
use vestibule_signin::SettingsError;

/// The command ends with exit status 2.
#[derive(Debug)]
pub(crate) enum Error {
    /// The address cannot be listened on.
    Bind(BindError),
    /// The address of health and metrics cannot be listened on.
    BindAdmin(BindError),
    /// Bookwell, the application of the demonstration, does not start.
    Bookwell(Box<dyn std::error::Error + Send + Sync>),
    /// No certificate can be made.
    Certificate(rcgen::Error),
    /// The claims of `mint` are no JSON object.
    Claims { path: PathBuf, error: InvalidClaims },
    /// The configuration has this many errors, which were printed.
    Configuration { errors: usize },
    /// No cookie is called so.
    CookieName { name: String },
    /// Bookwell keeps its rows in no database of this kind.
    DatabaseScheme,
    /// The secret in this place is empty.
    EmptySecret { origin: String },
    /// `VESTIBULE_LOG_FORMAT` is neither of the two.
    LogFormat { text: String },
    /// The filter of the log cannot be read.
    LogLevel { text: String },
    /// Standard input is a terminal and nothing else was named.
    NoHeader,
    /// Neither a file nor a variable gives a secret.
    NoSecret,
    /// No site of the configuration has this host; the first hosts of those that there are.
    NoSite { host: String, sites: Vec<String> },
    /// Nothing says where the user's state is kept.
    NoStateDirectory,
    /// The file holds octets that are no UTF-8.
    NotText { path: PathBuf },
    /// The result cannot be written.
    Output(io::Error),
    /// The operating system gives no randomness.
    Random(getrandom::Error),
    /// The file cannot be read.
    Read { path: PathBuf, error: io::Error },
    /// The sign-in endpoints do not take their settings.
    SignIn(SettingsError),
    /// The sign-in endpoints find no port on loopback, or no thread.
    SignInListener(io::Error),
    /// What the demonstration keeps cannot be read or written.
    State { path: PathBuf, error: io::Error },
    /// A stranger could guess the secret of this variable.
    WeakSecret {
        variable: &'static str,
        weakness: Weakness,
    },
}

impl Error {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Bind(_) => Some(
                "stop what listens there, or choose another address with --listen (`demo`: --port, --https-port)",
            ),
            Self::BindAdmin(_) => Some(
                "stop what listens there, or choose another address with `admin.listen` or VESTIBULE_ADMIN__LISTEN (`demo`: --admin-port)",
            ),
            Self::Bookwell(_) => Some(
                "see whether the database of --database or DATABASE_URL is there and takes connections; without both, a new SQLite file is used",
            ),
            Self::Configuration { .. } => Some("`vestibule check` says the same without serving"),
            Self::Claims { .. } => {
                Some("write one object, such as {\"sub\":\"u-1\",\"backendToken\":\"t-1\"}")
            }
            Self::CookieName { .. } => Some(
                "give the name only, without value and without chunk number: `authjs.session-token`",
            ),
            Self::DatabaseScheme => Some(
                "write --database (or DATABASE_URL) as `sqlite:FILE?mode=rwc` or as `postgres://USER@HOST/NAME`, or leave both out for a new SQLite file",
            ),
            Self::EmptySecret { .. } => Some("put the application's AUTH_SECRET there"),
            Self::LogFormat { .. } => Some("set VESTIBULE_LOG_FORMAT to `json` or `text`"),
            Self::LogLevel { .. } => Some(
                "write a level (error, warn, info, debug, trace), or levels by target: `info,access=off`",
            ),
            Self::NoHeader => Some(
                "pipe the Cookie header in (`pbpaste | vestibule explain`), or name a file with --cookie-file",
            ),
            Self::NoSecret => Some(
                "set AUTH_SECRET (or NEXTAUTH_SECRET) to what the application has, or name a file with --secret-file",
            ),
            Self::NoSite { .. } => {
                Some("give --site a host that users type, such as `shop.example.com`")
            }
            Self::NoStateDirectory => {
                Some("set XDG_STATE_HOME or HOME to a directory that you can write to")
            }
            Self::State { .. } => {
                Some("make the directory writable, or set XDG_STATE_HOME to another")
            }
            Self::WeakSecret { .. } => Some(
                "unset it, and the demonstration makes a new one at each start, or set it to what `vestibule secret` prints",
            ),
            Self::NotText { .. } => Some("secrets, claims and configuration files are UTF-8"),
            Self::Read { error, .. } if error.kind() == io::ErrorKind::NotFound => {
                Some("correct the path; it counts from the current directory")
            }
            Self::Certificate(_)
            | Self::Output(_)
            | Self::Random(_)
            | Self::Read { .. }
            | Self::SignIn(_)
            | Self::SignInListener(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(error) | Self::BindAdmin(error) => write!(f, "{error}"),
            Self::Bookwell(error) => {
                write!(f, "Bookwell does not start: {error}")?;
                let mut source = error.source();
                while let Some(cause) = source {
                    write!(f, ": {cause}")?;
                    source = cause.source();
                }
                Ok(())
            }
            Self::Certificate(error) => write!(f, "no certificate can be made: {error}"),
            Self::Configuration { errors: 1 } => f.write_str("the configuration has an error"),
            Self::Configuration { errors } => write!(f, "the configuration has {errors} errors"),
            Self::Claims { path, error } => write!(f, "{}: {error}", shown(path)),
            Self::CookieName { name } => {
                write!(f, "no cookie can be called `{}`", name.escape_debug())
            }
            Self::DatabaseScheme => {
                f.write_str("the database's URL begins with neither `sqlite:` nor `postgres:`")
            }
            Self::EmptySecret { origin } => write!(f, "the secret of {origin} is empty"),
            Self::LogFormat { text } => {
                write!(f, "there is no log format `{}`", text.escape_debug())
            }
            Self::LogLevel { text } => write!(f, "`{}` is no log level", text.escape_debug()),
            Self::NoHeader => f.write_str("there is no Cookie header to read"),
            Self::NoSecret => f.write_str("there is no session secret"),
            Self::NoSite { host, sites } => {
                let sites = sites.join("`, `");
                let host = host.escape_debug();
                write!(
                    f,
                    "no site has the host `{host}`; those that there are begin with `{sites}`"
                )
            }
            Self::NoStateDirectory => {
                f.write_str("there is no place to keep the demonstration's certificate")
            }
            Self::NotText { path } => write!(f, "{} is not text", shown(path)),
            Self::Output(error) => write!(f, "the result cannot be written: {error}"),
            Self::Random(error) => write!(f, "the system gives no randomness: {error}"),
            Self::Read { path, error } => write!(f, "{} cannot be read: {error}", shown(path)),
            Self::SignIn(error) => write!(f, "the sign-in endpoints cannot start: {error}"),
            Self::SignInListener(error) => {
                write!(
                    f,
                    "the sign-in endpoints cannot listen on loopback: {error}"
                )
            }
            Self::State { path, error } => write!(f, "{} cannot be kept: {error}", shown(path)),
            Self::WeakSecret { variable, weakness } => {
                write!(f, "the secret of {variable} can be guessed: {weakness}")
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<rcgen::Error> for Error {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error)
    }
}

fn shown(path: &std::path::Path) -> String {
    if path == std::path::Path::new("-") {
        "standard input".to_owned()
    } else {
        format!("`{}`", path.display())
    }
}
