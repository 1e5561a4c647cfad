//! `vestibule explain`: why the session of one request opens or does not.

use std::io::Write;

use vestibule_gateway::config::Site;
use vestibule_session::{CookieName, Reader, Rules, Scheme, Secret, Version};

use crate::Verdict;
use crate::cli::{Explain, ReportFormat};
use crate::cookie_name::cookie_name;
use crate::environment;
use crate::error::Error;
use crate::secret_source::{Given, given};
use crate::site::{self, Chosen};

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
use report::Report;

/// Reads the header, judges it, prints the report.
pub(crate) fn run(arguments: &Explain, output: &mut dyn Write) -> Result<Verdict, Error> {
    let header = header(arguments)?;
    let chosen = Chosen::load(&arguments.of_site)?;
    let site = chosen.as_ref().and_then(Chosen::site);
    let means = match site {
        Some(site) => Means::of_site(site),
        None => Means::given(arguments)?,
    };
    let mut report = means.judge(arguments, &header)?;
    let others = chosen.iter().flat_map(Chosen::others);
    if report.reason.is_some() {
        for other in others {
            if Means::of_site(other)
                .judge(arguments, &header)?
                .reason
                .is_none()
            {
                let name = other.name().unwrap_or_default();
                report.warnings.push(format!(
                    "it opens on the site `{name}`, and a session of one site is nothing on another"
                ));
            }
        }
    }
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

/// What sessions are opened with.
struct Means {
    origins: Vec<String>,
    secrets: Vec<Secret>,
    rules: Rules,
    scheme: Option<Scheme>,
}

impl Means {
    /// What the gateway has for a site.
    fn of_site(site: &Site) -> Self {
        Self {
            origins: site.session.secrets_from.clone(),
            secrets: site.session.secrets.clone(),
            rules: site::rules(site),
            scheme: site.public_url.as_ref().map(|url| url.scheme),
        }
    }

    /// What the application has, by files and variables.
    fn given(arguments: &Explain) -> Result<Self, Error> {
        let name = session_name(arguments)?;
        let version = name.map_or(Version::V5, |name| name.version());
        let (origins, secrets) = parted(given(&arguments.secret_file, version)?);
        Ok(Self {
            origins,
            secrets,
            rules: Rules::default(),
            scheme: None,
        })
    }

    /// What the arguments say goes before what the site says.
    fn judge(&self, arguments: &Explain, header: &Header) -> Result<Report, Error> {
        let mut rules = self.rules.clone();
        if let Some(name) = session_name(arguments)? {
            rules.cookies = vec![name];
        }
        if let Some(salt) = &arguments.salt {
            let salted = |name: CookieName| name.with_salt(salt);
            rules.cookies = rules.cookies.into_iter().map(salted).collect();
        }
        if !arguments.identity_claim.is_empty() {
            rules.identity_claims.clone_from(&arguments.identity_claim);
        }
        Ok(judge(&Question {
            header,
            authorization: arguments.authorization.as_deref(),
            reader: &Reader::new(&self.secrets, rules.clone()),
            rules: &rules,
            secrets: &self.secrets,
            origins: self.origins.clone(),
            scheme: arguments.scheme.or(self.scheme),
            token_claim: arguments.token_claim.as_ref(),
            now: arguments.now.unwrap_or_else(environment::now),
        }))
    }
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
