//! `callback/credentials`: e-mail and password become a session.

use serde_json::Value;

use super::{Endpoints, Setup, error};
use crate::attempts::TooMany;
use crate::backend::Login;
use crate::reply::Reply;
use crate::request::Request;

impl Endpoints {
    /// Takes an e-mail and a password, and nothing else from the client (TH-114).
    pub(super) async fn credentials(&self, request: &Request<'_>, setup: Setup) -> Reply {
        if !setup.proven {
            return self.failure(request, "MissingCSRF", None, None);
        }
        let refused = |code, wait| {
            let client = request.client.map(tracing::field::display);
            tracing::info!(target: "vestibule::signin", code, client, "a sign-in was refused");
            self.failure(request, "CredentialsSignin", Some(code), wait)
        };
        let text = |name: &str, limit: usize| {
            let text = request.form.text(name).filter(|text| text.len() <= limit);
            text.filter(|text| !text.is_empty())
        };
        let (Some(email), Some(password)) =
            (text("email", MAX_EMAIL), text("password", MAX_PASSWORD))
        else {
            return refused("credentials", None);
        };
        let email = email.trim();

        let (now, client) = (self.settings.clock.now(), request.client);
        let limits = self.settings.limits;
        let attempt = match self.attempts.begin(email, client, limits, now).await {
            Ok(attempt) => attempt,
            Err(TooMany(wait)) => return refused("rate_limited", Some(wait)),
        };
        let claims = match self.caller.login(email, password, client, now).await {
            Login::Accepted(claims) => claims,
            Login::Later(wait) => return refused("rate_limited", wait),
            Login::Refused => return refused("credentials", None),
            Login::Unavailable => {
                attempt.succeed();
                return refused("unavailable", None);
            }
        };
        attempt.succeed();

        let claims = Value::Object(claims).to_string();
        let age = self.settings.max_age.min(self.settings.absolute_age);
        let expires = now.saturating_add(age);
        let lines = request.cookies();
        match self.cookies(request).sign_in(&claims, now, expires, &lines) {
            Ok(cookies) => Reply::redirect(request, &setup.callback_url)
                .with_cookies(setup.cookies)
                .with_cookies(cookies),
            Err(reason) => {
                tracing::error!(target: "vestibule::signin", %reason, "a session could not be written");
                error::configuration(request)
            }
        }
    }
}

/// RFC 5321 §4.5.3.1: 64 octets, `@`, 255 octets.
const MAX_EMAIL: usize = 320;

/// Hashing a longer one would be work for nothing.
const MAX_PASSWORD: usize = 1024;
