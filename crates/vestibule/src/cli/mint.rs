//! The arguments of `vestibule mint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vestibule_session::Version;

use super::OfSite;

/// Make a session cookie for tests
///
/// Seals claims as Auth.js would and prints the cookie, cut into chunks as a browser would send it:
/// for Playwright, Cypress, curl, or whatever needs a signed-in user without signing in.
/// `iat`, `exp` and `jti` are set anew, whatever the claims say.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Mint {
    /// File with the claims, one JSON object; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) claims_file: PathBuf,

    /// File with the secret, less one final newline
    ///
    /// Without it, the secret is the one that the application would take: `AUTH_SECRET` before
    /// `NEXTAUTH_SECRET` in v5, the other way round in v4.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) of_site: OfSite,

    /// Name of the cookie; over HTTPS applications use `__Secure-authjs.session-token`
    /// [default: that of the site, else authjs.session-token]
    #[arg(long, value_name = "NAME")]
    pub(crate) cookie_name: Option<String>,

    /// Family to write for [default: v4 if the name contains `next-auth`, else v5]
    #[arg(long, value_name = "v4|v5")]
    pub(crate) version: Option<Version>,

    /// Seconds until the session expires
    #[arg(long, value_name = "SECONDS", default_value_t = 2_592_000)]
    pub(crate) max_age: u64,

    /// Time of issue, in Unix seconds [default: now]
    #[arg(long, value_name = "UNIX")]
    pub(crate) now: Option<u64>,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CookieFormat,
}

/// What a minted session is printed as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CookieFormat {
    /// The value of one Cookie header
    #[default]
    Cookie,
    /// One Set-Cookie value a line
    SetCookie,
    /// One JSON object, whose `cookies` fit Playwright's addCookies
    Json,
}

const AFTER: &str = "\
EXAMPLES
  A request as a signed-in user:
    echo '{\"sub\":\"u-1\",\"backendToken\":\"t-1\"}' > claims.json
    curl -H \"Cookie: $(vestibule mint --claims-file claims.json)\" \\
      http://localhost:8080/api/agent/health

  A session that expired an hour ago:
    vestibule mint --claims-file claims.json --now $(($(date +%s) - 7200)) --max-age 3600

  For next-auth 4, over HTTPS:
    vestibule mint --cookie-name __Secure-next-auth.session-token --claims-file claims.json

  For one of several sites, with its secret and its cookie name:
    vestibule mint --site admin.example.com --claims-file claims.json

  For Playwright, which wants a domain with each cookie:
    vestibule mint --format json --claims-file claims.json > session.json
    // const { cookies } = JSON.parse(fs.readFileSync('session.json', 'utf8'))
    // await context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: 'localhost' })))

ENVIRONMENT
  AUTH_SECRET, NEXTAUTH_SECRET   the secret, where no --secret-file is given

EXIT STATUS
  0  the cookie was printed
  2  the arguments, the claims or the secret are missing or wrong";
