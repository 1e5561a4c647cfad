//! `session`: what the browser may know of its session, which each look prolongs.

use serde_json::{Map, Value};
use vestibule_session::Session;

use super::{Endpoints, Setup};
use crate::backend::Renewal;
use crate::claims;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// GET: the session's JSON or `null`, always 200.
    pub(super) async fn session(&self, request: &Request<'_>, setup: Setup) -> Reply {
        match self.opened(request) {
            Some(session) => self.prolonged(request, &session, Map::new(), setup).await,
            None => self.ended(request, setup),
        }
    }

    /// POST: `update()` of the browser; changes only what the settings name (TH-114).
    pub(super) async fn update(&self, request: &Request<'_>, setup: Setup) -> Reply {
        if !setup.proven {
            return Reply::unproven_update();
        }
        match self.opened(request) {
            Some(session) => {
                let data = request.form.value("data").unwrap_or(&Value::Null);
                let changes = claims::updates(data, &self.settings);
                self.prolonged(request, &session, changes, setup).await
            }
            None => self.ended(request, setup),
        }
    }

    /// Seals the session anew with `changes`, and with new tokens where those of the backend are about to end.
    async fn prolonged(
        &self,
        request: &Request<'_>,
        session: &Session,
        mut changes: Map<String, Value>,
        setup: Setup,
    ) -> Reply {
        let now = self.settings.clock.now();
        let due = claims::due(session.claims(), now).filter(|_| self.settings.backend.refreshes());
        if let Some(refresh_token) = due {
            let clock = &self.settings.clock;
            match (self.refreshes.renew(refresh_token, &self.caller, clock)).await {
                Renewal::Accepted(tokens) => changes.extend(tokens),
                Renewal::Refused => return self.ended(request, setup),
                Renewal::Unavailable => {}
            }
        }
        let changed = claims::changed(session.claims(), &changes);
        // A payload that cannot be written again stays as it is until it ends.
        let claims = changed.as_ref().unwrap_or(session.claims());
        let last = claims::last_second(claims, &self.settings);
        let expires = now.saturating_add(self.settings.max_age).min(last);
        let lines = request.cookies();
        let cookies = self.cookies(request);
        let renewed = cookies.renew(session, claims, now, expires, &lines);
        let renewed = renewed.unwrap_or_else(|reason| {
            tracing::error!(target: "vestibule::signin", %reason, "a session could not be prolonged");
            Vec::new()
        });
        Reply::json(&claims::shown(claims, &self.settings, expires))
            .with_cookies(setup.cookies)
            .with_cookies(renewed)
    }

    /// `null`, and every session cookie that was sent is deleted.
    fn ended(&self, request: &Request<'_>, setup: Setup) -> Reply {
        Reply::json(&Value::Null)
            .with_cookies(setup.cookies)
            .with_cookies(self.cookies(request).sign_out(&request.cookies()))
    }
}
