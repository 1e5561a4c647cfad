//! Puts the question to the session library and keeps everything that it answers.

use vestibule_session::{
    Attempt, Candidate, Failure, Pointer, Reader, Reason, Rules, Scheme, Secret, Session,
};

use super::header::Header;
use super::peek::Peek;
use super::report::{Report, Source, Tried};
use super::token_claim::TokenClaim;

/// One request and what it is judged by.
pub(super) struct Question<'a> {
    pub(super) header: &'a Header,
    pub(super) authorization: Option<&'a str>,
    pub(super) reader: &'a Reader,
    pub(super) rules: &'a Rules,
    pub(super) secrets: &'a [Secret],
    /// Where the secrets came from, in their order.
    pub(super) origins: Vec<String>,
    /// `None` where the header has to tell.
    pub(super) scheme: Option<Scheme>,
    pub(super) token_claim: Option<&'a Pointer>,
    /// Unix seconds.
    pub(super) now: u64,
}

/// Opens the request as the gateway would, and looks closer where it fails.
pub(super) fn judge(question: &Question<'_>) -> Report {
    let Question {
        header, rules, now, ..
    } = *question;
    let scheme = question.scheme.unwrap_or_else(|| {
        if header.has_secure_cookie() {
            Scheme::Https
        } else {
            Scheme::Http
        }
    });
    let (found, others) = header.inventory(&rules.cookies);
    let mut report = Report {
        scheme,
        now,
        names: rules.cookies.clone(),
        origins: question.origins.clone(),
        shape: header.shape(),
        found,
        others,
        source: Source::Cookie,
        tried: Vec::new(),
        reason: None,
        session: None,
        token: None,
        warnings: weaknesses(question),
    };
    let mut result = open_cookies(question, scheme, &mut report.tried);
    if let (Err(failure), Some(value)) = (&result, question.authorization)
        && let Some(opened) = open_bearer(question, scheme, failure.reason(), value)
    {
        report.source = Source::Authorization;
        report.tried.clear();
        result = opened;
    }
    match result {
        Ok(session) => {
            report.tried.push(Tried {
                cookie: session.cookie().clone(),
                chunks: session.chunks(),
                reason: None,
                opens_as: None,
            });
            report.token = question
                .token_claim
                .map(|at| TokenClaim::read(&session, at));
            report.session = Some(session);
        }
        Err(failure) => {
            report.reason = Some(failure.reason());
            report.tried = failure.attempts().iter().map(Tried::from).collect();
            report.session = Peek::new(question, scheme).session(report.source, failure.reason());
        }
    }
    report
}

fn open_cookies(
    question: &Question<'_>,
    scheme: Scheme,
    tried: &mut Vec<Tried>,
) -> Result<Session, Failure> {
    let Question {
        header,
        reader,
        now,
        ..
    } = *question;
    let cookies = reader.scan(header.lines())?;
    let open = |candidate: &Candidate<'_>| {
        let result = reader.open_candidate(candidate, now);
        result.inspect_err(|reason| {
            tried.push(Tried {
                cookie: candidate.name().clone(),
                chunks: candidate.chunks(),
                reason: Some(*reason),
                opens_as: None,
            });
        })
    };
    let result = reader.open_with(&cookies, scheme, open);
    result.map_err(|failure| reader.explained(failure, &cookies, header.lines()))
}

/// `getToken` looks at the header only where the cookie gives nothing (`@auth/core` 0.41.3 `jwt.js`).
fn open_bearer(
    question: &Question<'_>,
    scheme: Scheme,
    reason: Reason,
    value: &str,
) -> Option<Result<Session, Failure>> {
    if !matches!(
        reason,
        Reason::Empty | Reason::NoCookie | Reason::OnlyOtherPrefix
    ) {
        return None;
    }
    let opened = question
        .reader
        .open_bearer(unlabelled(value).as_bytes(), scheme, question.now);
    let is_other = matches!(&opened, Err(failure) if failure.reason() == Reason::NoCookie);
    (!is_other).then_some(opened)
}

/// The value, where the whole header line was given.
pub(super) fn unlabelled(value: &str) -> &str {
    match value.split_at_checked(LABEL.len()) {
        Some((label, rest)) if label.eq_ignore_ascii_case(LABEL) => rest.trim_start(),
        Some(_) | None => value,
    }
}

fn weaknesses(question: &Question<'_>) -> Vec<String> {
    let secrets = question.origins.iter().zip(question.secrets);
    secrets
        .filter_map(|(origin, secret)| {
            let weakness = secret.weakness()?;
            Some(format!(
                "the secret of {origin} can be guessed: {weakness}; `vestibule secret` makes a strong one"
            ))
        })
        .collect()
}

impl From<&Attempt> for Tried {
    fn from(attempt: &Attempt) -> Self {
        Self {
            cookie: attempt.cookie().clone(),
            chunks: attempt.chunks(),
            reason: Some(attempt.reason()),
            opens_as: attempt.opens_as().cloned(),
        }
    }
}

const LABEL: &str = "authorization:";
