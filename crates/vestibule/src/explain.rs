//! `vestibule explain`: why the session of one request opens or does not.

use std::io::Write;

use vestibule_session::{CookieName, Reader, Rules, Secret, Version};

use crate::Verdict;
use crate::cli::{Explain, ReportFormat};
use crate::cookie_name::cookie_name;
use crate::environment;
use crate::error::Error;
use crate::secret_source::{Given, given};

mod cure;
mod header;
mod holding;
mod json;
mod judge;
mod peek;
mod pretty;
mod report;
mod token_claim;

use header::Header;
use judge::{Question, judge};

/// Reads the header, judges it, prints the report.
pub(crate) fn run(arguments: &Explain, output: &mut dyn Write) -> Result<Verdict, Error> {
    let name = session_name(arguments)?;
    let header = header(arguments)?;
    let version = name.as_ref().map_or(Version::V5, CookieName::version);
    let (origins, secrets) = parted(given(&arguments.secret_file, version)?);
    let mut rules = Rules::default();
    if let Some(name) = name {
        rules.cookies = vec![name];
    }
    if let Some(salt) = &arguments.salt {
        let salted = |name: CookieName| name.with_salt(salt);
        rules.cookies = rules.cookies.into_iter().map(salted).collect();
    }
    if !arguments.identity_claim.is_empty() {
        rules.identity_claims.clone_from(&arguments.identity_claim);
    }
    let report = judge(&Question {
        header: &header,
        authorization: arguments.authorization.as_deref(),
        reader: &Reader::new(&secrets, rules.clone()),
        rules: &rules,
        secrets: &secrets,
        origins,
        scheme: arguments.scheme,
        token_claim: arguments.token_claim.as_ref(),
        now: arguments.now.unwrap_or_else(environment::now),
    });
    match arguments.format {
        ReportFormat::Json => json::print(&report, arguments.show_claims, output)?,
        ReportFormat::Pretty => pretty::print(&report, arguments.show_claims, output)?,
    }
    Ok(if report.cause().is_none() {
        Verdict::Good
    } else {
        Verdict::Bad
    })
}

fn session_name(arguments: &Explain) -> Result<Option<CookieName>, Error> {
    let Some(name) = &arguments.cookie_name else {
        return Ok(None);
    };
    cookie_name(name, arguments.version).map(Some)
}

fn header(arguments: &Explain) -> Result<Header, Error> {
    let text = match (&arguments.cookie_file, &arguments.authorization) {
        (Some(path), _) => environment::read(path)?,
        (None, Some(_)) => Vec::new(),
        (None, None) if environment::input_is_terminal() => return Err(Error::NoHeader),
        (None, None) => environment::read_standard_input()?,
    };
    Ok(Header::parse(&text))
}

fn parted(given: Vec<Given>) -> (Vec<String>, Vec<Secret>) {
    given
        .into_iter()
        .map(|Given { origin, secret }| (origin, secret))
        .unzip()
}
