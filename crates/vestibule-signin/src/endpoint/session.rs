//! `session`: what the browser may know of its session, which each look prolongs.

use http::StatusCode;
use serde_json::Value;
use vestibule_session::Session;

use super::{Endpoints, Setup};
use crate::claims;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// GET: the session's JSON or `null`, always 200.
    pub(super) fn session(&self, request: &Request<'_>) -> Reply {
        let setup = match self.setup(request) {
            Ok(setup) => setup,
            Err(reply) => return reply,
        };
        match self.opened(request) {
            Some(session) => self.renewed(request, &session, session.claims().as_json(), setup),
            None => Reply::json(StatusCode::OK, &Value::Null)
                .with_cookies(setup.cookies)
                .with_cookies(self.cookies(request).sign_out(&request.cookies())),
        }
    }

    /// POST: `update()` of the browser; changes only what the settings name (TH-114).
    pub(super) fn update(&self, request: &Request<'_>) -> Reply {
        let setup = match self.setup(request) {
            Ok(setup) => setup,
            Err(reply) => return reply,
        };
        if !setup.proven {
            return Reply::json(StatusCode::BAD_REQUEST, &Value::Null).with_cookies(setup.cookies);
        }
        let Some(session) = self.opened(request) else {
            return Reply::json(StatusCode::OK, &Value::Null).with_cookies(setup.cookies);
        };
        let data = request.form.value("data").unwrap_or(&Value::Null);
        match claims::updated(&session, data, &self.settings) {
            Some(claims) => self.renewed(request, &session, &claims, setup),
            None => Reply::json(StatusCode::OK, &Value::Null).with_cookies(setup.cookies),
        }
    }

    /// Seals the claims anew, under the name that the session came with.
    fn renewed(
        &self,
        request: &Request<'_>,
        session: &Session,
        claims: &str,
        setup: Setup,
    ) -> Reply {
        let now = self.settings.clock.now();
        let last = claims::last_second(session.claims(), &self.settings).unwrap_or(u64::MAX);
        let expires = now.saturating_add(self.settings.max_age).min(last);
        let lines = request.cookies();
        let renewed = self
            .cookies(request)
            .renew(session, claims, now, expires, &lines);
        let shown = self.updated_view(session, claims, expires);
        Reply::json(StatusCode::OK, &shown)
            .with_cookies(setup.cookies)
            .with_cookies(renewed.unwrap_or_default())
    }

    /// The allow list over the old claims, and over those that were just changed.
    fn updated_view(&self, session: &Session, claims: &str, expires: u64) -> Value {
        let mut shown = claims::shown(session.claims(), &self.settings, expires);
        let changed: Value = serde_json::from_str(claims).unwrap_or_default();
        for claim in &self.settings.updatable {
            let visible = self.settings.shown.contains(claim) || claim == "name";
            if let (true, Some(value), Some(user)) =
                (visible, changed.get(claim), shown.get_mut("user"))
            {
                user[claim.as_str()] = value.clone();
            }
        }
        shown
    }
}
