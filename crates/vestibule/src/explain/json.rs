//! The report for programs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;
use vestibule_session::{CookieName, Reason, Version};

use super::cure::cures;
use super::holding;
use super::report::{Report, Tried};
use super::token_claim::TokenState;

pub(super) fn print(report: &Report, show_claims: bool, output: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, &Document::new(report, show_claims))?;
    writeln!(output)
}

/// The members that `vestibule explain --help` documents.
#[derive(Serialize)]
struct Document<'a> {
    outcome: &'static str,
    cause: Option<&'static str>,
    message: String,
    cookie: Option<&'a str>,
    version: Option<&'static str>,
    chunks: Option<usize>,
    from: &'static str,
    scheme: &'static str,
    expires: Option<i64>,
    token_found: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<&'a RawValue>,
    tried: Vec<Reading<'a>>,
    found: Vec<Cookie<'a>>,
    cure: Vec<String>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Reading<'a> {
    cookie: &'a str,
    version: &'static str,
    chunks: usize,
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_as: Option<&'a str>,
}

#[derive(Serialize)]
struct Cookie<'a> {
    name: &'a str,
    octets: usize,
}

impl<'a> Document<'a> {
    fn new(report: &'a Report, show_claims: bool) -> Self {
        let taken = report.taken();
        let session = report.session.as_ref();
        let held = session.map(|session| holding::claims(session.claims()));
        let exp = held.as_ref().and_then(|held| held.get("exp"));
        let json = session
            .filter(|_| show_claims)
            .map(|session| session.claims().as_json());
        Self {
            outcome: report.outcome(),
            cause: report.cause(),
            message: report.message(),
            cookie: taken.map(|tried| tried.cookie.as_str()),
            version: taken
                .map(|tried| tried.cookie.version())
                .map(Version::as_str),
            chunks: taken.map(|tried| tried.chunks),
            from: report.source.as_str(),
            scheme: report.scheme.as_str(),
            expires: exp.and_then(|raw| holding::seconds(raw.get())),
            token_found: report
                .token
                .as_ref()
                .map(|token| token.state == TokenState::Fits),
            claims: json.and_then(|json| serde_json::from_str(json).ok()),
            tried: report.tried.iter().map(Reading::from).collect(),
            found: (report.found.iter())
                .map(|found| Cookie {
                    name: &found.name,
                    octets: found.octets,
                })
                .collect(),
            cure: cures(report),
            warnings: &report.warnings,
        }
    }
}

impl<'a> From<&'a Tried> for Reading<'a> {
    fn from(tried: &'a Tried) -> Self {
        Self {
            cookie: tried.cookie.as_str(),
            version: tried.cookie.version().as_str(),
            chunks: tried.chunks,
            cause: tried.reason.map(Reason::code),
            opens_as: tried.opens_as.as_ref().map(CookieName::as_str),
        }
    }
}
