//! What is wrong with a configuration: where it stands, and what to do.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong with the configuration, or deserves a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the gateway starts all the same.
    pub severity: Severity,
    /// What was found; never a secret.
    pub message: String,
    /// Where it was found.
    pub place: Place,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            message,
            place,
            hint,
        } = self;
        write!(f, "{severity}: {message}\n  --> {place}\n  = hint: {hint}")
    }
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is served with this.
    Error,
    /// Served, but somebody ought to look at it.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Where a value stands: its origin, and its name in dots, such as `routes[2].to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, variable or argument.
    pub origin: Origin,
    /// The name of the value; empty where the whole configuration is meant.
    pub path: String,
}

impl Place {
    /// Whether the line at this place may hold a secret, so that no excerpt of it may be shown.
    pub fn is_secret(&self) -> bool {
        is_secret(&self.path)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "{}", self.origin)
        } else {
            write!(f, "{} ({})", self.origin, self.path)
        }
    }
}

/// Who said a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// An argument of the command line, such as `--web`.
    Argument(&'static str),
    /// Nobody: it is what the gateway does by itself.
    Default,
    /// A variable of ours, such as `VESTIBULE_LISTEN`.
    Environment(String),
    /// The configuration file.
    File {
        /// The file, as it was named.
        file: PathBuf,
        /// Counted from 1.
        line: u64,
        /// In characters, counted from 1.
        column: u64,
    },
    /// A variable that the application reads too, such as `AUTH_SECRET`.
    Shared(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => write!(f, "command line {name}"),
            Self::Default => f.write_str("default"),
            Self::Environment(name) | Self::Shared(name) => write!(f, "environment {name}"),
            Self::File { file, line, column } => {
                write!(f, "{}:{line}:{column}", file.display())
            }
        }
    }
}

/// One value of the configuration in force, for `vestibule check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name in dots.
    pub path: String,
    /// As it was written, variables replaced; `<redacted>` for a secret.
    pub value: String,
    /// Who said it.
    pub origin: Origin,
    /// The variables whose values were put into it.
    pub variables: Vec<String>,
}

/// Whether the value of this name is a secret; a misspelt key, as `session.secret`, holds one as well,
/// and so may whatever stands in the place of the section or of the whole file.
pub(super) fn is_secret(path: &str) -> bool {
    let own = within_site(path);
    let holds_all = own.is_empty() || own == "session" || own == "sites";
    holds_all || (path.contains("secret") && path != "danger_weak_secrets")
}

/// The name of a value within its site: `sites[0].session.secrets` is `session.secrets` there.
fn within_site(path: &str) -> &str {
    let below = path.strip_prefix("sites[");
    let below = below.and_then(|rest| rest.split_once(']'));
    below.map_or(path, |(_, own)| own.strip_prefix('.').unwrap_or(own))
}

/// A message without the user and the password of the URLs in it.
pub(super) fn without_userinfo(message: &str) -> String {
    let mut result = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once("//") {
        result.push_str(before);
        result.push_str("//");
        let ends = |letter: char| letter.is_whitespace() || "/`".contains(letter);
        let authority = after.split(ends).next().unwrap_or(after);
        rest = match authority.rsplit_once('@') {
            Some((userinfo, _)) => {
                result.push_str("<redacted>");
                after.strip_prefix(userinfo).unwrap_or(after)
            }
            None => after,
        };
    }
    result + rest
}

/// Shows the value of this name, unless it is a secret or a URL with a password.
pub(super) fn shown(path: &str, value: &str) -> String {
    if is_secret(path) || (value.contains("//") && value.contains('@')) {
        "<redacted>".to_owned()
    } else {
        value.to_owned()
    }
}
