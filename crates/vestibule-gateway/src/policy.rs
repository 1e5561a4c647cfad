//! Hop 4: what happens to a request. Pure, and evaluated anew for each one.

use vestibule_session::{Reason, Session};

use crate::callback;
use crate::config::{Auth, Route};
use crate::refusal::Refusal;
use crate::request::{Kind, Request};
use crate::session::Opened;

use csrf::Foreign;

pub mod csrf;
mod rule;

pub use rule::{Requirement, Rule, Test};

/// Somebody whose session was verified for this request.
///
/// There is no other way to make one than from a [`Session`], and only a reader that verified a
/// token makes that: "forwarded without an identity" cannot be written on a protected route (FC1).
#[derive(Debug, Clone, Copy)]
pub struct Principal<'a> {
    session: &'a Session,
}

impl<'a> Principal<'a> {
    /// The session that proves it.
    pub fn session(self) -> &'a Session {
        self.session
    }
}

impl<'a> From<&'a Session> for Principal<'a> {
    fn from(session: &'a Session) -> Self {
        Self { session }
    }
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub enum Decision<'a> {
    /// Hand it to the upstream: of a protected route, always with a principal.
    Forward(Option<Principal<'a>>),
    /// Answer with a refusal.
    Refuse(Refusal),
    /// Send the user to the sign-in page and back.
    SignIn {
        /// The value of `Location`.
        location: String,
        /// Why there is no session, for the log.
        reason: Reason,
    },
}

/// Decides; `session` is not looked at where the route has `auth: none`, and `foreign` is what speaks for
/// another site behind the request.
///
/// Who has no session is told so first: it is the same answer with and without such a site.
pub fn decide<'a>(
    route: &Route,
    request: &Request,
    session: Result<&'a Opened, Reason>,
    foreign: Option<Foreign>,
    sign_in_path: &str,
) -> Decision<'a> {
    let is_let_in = route.auth != Auth::Required || session.is_ok();
    if let Some(foreign) = foreign.filter(|_| is_let_in) {
        return Decision::Refuse(Refusal::Csrf(foreign));
    }
    match (route.auth, session) {
        (Auth::None, _) => Decision::Forward(None),
        (Auth::Optional, session) => {
            Decision::Forward(session.ok().map(|opened| opened.session().into()))
        }
        (Auth::Required, Ok(opened)) => match unmet(route, request, opened) {
            Some(requirement) => Decision::Refuse(Refusal::Forbidden {
                rule: requirement.to_string(),
            }),
            None => Decision::Forward(Some(opened.session().into())),
        },
        (Auth::Required, Err(reason)) => match request.kind {
            Kind::Navigation if !leads_to(sign_in_path, request) => Decision::SignIn {
                location: callback::sign_in(sign_in_path, &request.target),
                reason,
            },
            Kind::Call | Kind::Navigation | Kind::WebSocket => Decision::Refuse(refusal(reason)),
        },
    }
}

/// What the route asks of its session and does not get.
fn unmet<'a>(route: &'a Route, request: &Request, opened: &Opened) -> Option<&'a Requirement> {
    let require = route.require.as_ref()?;
    require.unmet(opened.facts(), &request.target)
}

/// A sign-in page behind `auth: required` would send its visitors to itself for ever.
fn leads_to(sign_in_path: &str, request: &Request) -> bool {
    sign_in_path.split('?').next() == Some(request.target.path())
}

fn refusal(reason: Reason) -> Refusal {
    if reason == Reason::Expired {
        Refusal::SessionExpired
    } else {
        Refusal::Unauthenticated(reason)
    }
}

#[cfg(test)]
mod tests;
