//! `vestibule mint`: a session cookie for tests.

use std::io::Write;

use serde::Serialize;
use vestibule_session::{CookieName, Writer};

use crate::Verdict;
use crate::cli::{CookieFormat, Mint};
use crate::cookie_name::cookie_name;
use crate::environment;
use crate::error::Error;
use crate::secret_source::given;
use crate::site::{self, Chosen};

/// Seals the claims and prints the cookie.
pub(crate) fn run(arguments: &Mint, output: &mut dyn Write) -> Result<Verdict, Error> {
    let chosen = Chosen::load(&arguments.of_site)?;
    let site = chosen.as_ref().and_then(Chosen::site);
    let name = match (&arguments.cookie_name, site.and_then(site::written_name)) {
        (Some(name), _) => cookie_name(name, arguments.version)?,
        (None, Some(name)) => name,
        (None, None) => cookie_name(COOKIE_NAME, arguments.version)?,
    };
    let secrets = match site {
        Some(site) => site.session.secrets.clone(),
        None => given(arguments.secret_file.as_slice(), name.version())?
            .into_iter()
            .map(|given| given.secret)
            .collect(),
    };
    let newest = secrets.first().ok_or(Error::NoSecret)?;
    let claims = environment::read_text(&arguments.claims_file)?;
    let now = arguments.now.unwrap_or_else(environment::now);

    let writer = Writer::new(newest, name.clone());
    let token = writer
        .encode(&claims, now, arguments.max_age, environment::random()?)
        .map_err(|error| Error::Claims {
            path: arguments.claims_file.clone(),
            error,
        })?;
    let expires = now.saturating_add(arguments.max_age);

    match arguments.format {
        CookieFormat::Cookie => {
            let pairs = writer.chunks(&token).into_iter();
            let pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            writeln!(output, "{}", pairs.join("; "))?;
        }
        CookieFormat::Json => {
            let session = Session::new(&writer, &name, &token, expires);
            serde_json::to_writer_pretty(&mut *output, &session).map_err(std::io::Error::from)?;
            writeln!(output)?;
        }
        CookieFormat::SetCookie => {
            for line in writer.set_cookies(&token, expires, []) {
                writeln!(output, "{line}")?;
            }
        }
    }
    Ok(Verdict::Good)
}

/// The session for programs.
#[derive(Serialize)]
struct Session<'a> {
    cookies: Vec<Cookie<'a>>,
    set_cookie: Vec<String>,
    /// Unix seconds.
    expires: u64,
    token: &'a str,
}

/// A cookie with the members of Playwright's `addCookies`; the domain is the test's to say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cookie<'a> {
    name: String,
    value: &'a str,
    path: &'static str,
    expires: u64,
    http_only: bool,
    secure: bool,
    same_site: &'static str,
}

impl<'a> Session<'a> {
    fn new(writer: &Writer, name: &CookieName, token: &'a str, expires: u64) -> Self {
        let cookie = |(chunk, value)| Cookie {
            name: chunk,
            value,
            path: "/",
            expires,
            http_only: true,
            secure: name.is_secure(),
            same_site: "Lax",
        };
        Self {
            cookies: writer.chunks(token).into_iter().map(cookie).collect(),
            set_cookie: writer.set_cookies(token, expires, []),
            expires,
            token,
        }
    }
}

/// What Auth.js writes over plain HTTP, as on `localhost`.
const COOKIE_NAME: &str = "authjs.session-token";
