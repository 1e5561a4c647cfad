//! The arguments of `vestibule explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vestibule_session::{Pointer, Scheme, Version};

use super::OfSite;

/// Say what a Cookie header holds, and why its session opens or does not
///
/// Reads one Cookie header, as it stands in the developer tools of the browser or in a request log,
/// and says which session cookie it took, what was tried, what the token holds, why it fails, and
/// what to do. Secrets come from files or the environment, never from an argument. Neither a
/// cookie's value nor a secret is printed; the values of claims are printed with `--show-claims`
/// only.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Explain {
    /// File with the Cookie header; `-` is standard input
    ///
    /// A leading `Cookie:` is passed over, and several lines count as several headers. Standard
    /// input is read where neither this nor `--authorization` is given.
    #[arg(long, value_name = "FILE")]
    pub(crate) cookie_file: Option<PathBuf>,

    /// Value of the Authorization header: `Bearer ...`
    ///
    /// It is looked at where there is no session cookie, as `getToken` of Auth.js does.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) authorization: Option<String>,

    /// File with the secret, less one final newline; repeat it for several, newest first
    ///
    /// Without it, the secrets are those of `AUTH_SECRET`, `NEXTAUTH_SECRET` and `AUTH_SECRET_1`
    /// to `_3`, or of the files that `AUTH_SECRET_FILE` and so on name.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) of_site: OfSite,

    /// Name of the session cookie; without it, the four names of Auth.js are tried
    #[arg(long, value_name = "NAME")]
    pub(crate) cookie_name: Option<String>,

    /// Family that wrote the cookie [default: v4 if its name contains `next-auth`, else v5]
    #[arg(long, value_name = "v4|v5", requires = "cookie_name")]
    pub(crate) version: Option<Version>,

    /// Salt of the key, of each name that is tried [default: v5 the name of the cookie, v4 none]
    #[arg(long)]
    pub(crate) salt: Option<String>,

    /// Scheme that the browser used [default: https if the header has a `__Secure-` cookie]
    #[arg(long, value_name = "http|https", value_parser = scheme)]
    pub(crate) scheme: Option<Scheme>,

    /// JSON pointer to the backend's token, such as `/backendToken`: is it there?
    #[arg(long, value_name = "POINTER", value_parser = Pointer::parse)]
    pub(crate) token_claim: Option<Pointer>,

    /// JSON pointer to a claim that names the user; repeat it for alternatives
    /// [default: /sub, /email, /id]
    #[arg(long, value_name = "POINTER", value_parser = Pointer::parse)]
    pub(crate) identity_claim: Vec<Pointer>,

    /// Time to judge by, in Unix seconds [default: now]
    #[arg(long, value_name = "UNIX")]
    pub(crate) now: Option<u64>,

    /// Print the values of the claims
    #[arg(long)]
    pub(crate) show_claims: bool,

    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Pretty,
    /// One JSON object
    Json,
}

fn scheme(text: &str) -> Result<Scheme, &'static str> {
    match text {
        "http" => Ok(Scheme::Http),
        "https" => Ok(Scheme::Https),
        _ => Err("the scheme is neither `http` nor `https`"),
    }
}

const AFTER: &str = "\
EXAMPLES
  The header is in the clipboard, the secret in the environment:
    pbpaste | vestibule explain

  Secret and header in files; is the backend's token in the session?
    vestibule explain --cookie-file cookie.txt --secret-file secret.txt --token-claim /backendToken

  After a rotation, both secrets:
    vestibule explain --secret-file new.txt --secret-file old.txt < cookie.txt

  A cookie that the application named itself, or that was renamed on its way:
    vestibule explain --cookie-name app.session --version v5 < cookie.txt
    vestibule explain --cookie-name app.session --salt authjs.session-token < cookie.txt

  In front of several sites, with the secrets that the gateway has for one of them:
    pbpaste | vestibule explain --site shop.example.com

  For a program:
    vestibule explain --format json < cookie.txt | jq -r '.outcome, .cause'

JSON
  outcome      ok, no_cookie, missing_chunk, malformed, unsupported_alg, decrypt_failed, expired,
               not_yet_valid, claim_invalid
  cause        the precise cause, the same word as in the gateway's log; null where all is well
  cookie, version, chunks
               the cookie that was taken, the family that writes it, its number of chunks
               (0 for a whole cookie)
  from         where the token was: cookie or authorization
  expires      its last second (`exp`), in Unix seconds
  token_found  whether the claim of --token-claim is a token that a header can carry
  tried        each reading of the header, with its cause
  found        the session cookies of the header, with their sizes
  claims       what the token holds, with --show-claims
  message, cure, warnings
               what was found, what to do, and what else deserves a look

ENVIRONMENT
  AUTH_SECRET, NEXTAUTH_SECRET, AUTH_SECRET_1, AUTH_SECRET_2, AUTH_SECRET_3
               secrets, where no --secret-file is given; taken octet for octet
  NO_COLOR     no colours

EXIT STATUS
  0  the session opens, and the token claim is there if it was asked for
  1  it does not
  2  the arguments, a file or the secret are missing or wrong";
