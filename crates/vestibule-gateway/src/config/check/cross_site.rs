//! `csrf`, `cors` and `security_headers`: what pages of other sites may do.

use http::header::{HeaderName, HeaderValue};

use super::Check;
use crate::config::document::join;
use crate::config::raw::{
    RawAuth, RawCors, RawCsrf, RawCsrfMode, RawRoute, RawRouteCsrf, RawSecurityHeaders, RawSite,
    RawToken,
};
use crate::config::{Cookies, Cors, Csrf, CsrfMode, Origins, Route, SecurityHeaders};
use crate::request::Origin;
use crate::routes::MethodSet;

impl Check<'_> {
    pub(super) fn csrf(&mut self, raw: &RawCsrf) -> Csrf {
        let allowed = raw.allowed_origins.as_deref().unwrap_or_default();
        Csrf {
            allowed_origins: self.origins("csrf.allowed_origins", allowed),
            header: raw.header.as_deref().and_then(|line| self.program(line)),
            has_hosts: false,
        }
    }

    pub(super) fn cors(
        &mut self,
        at: &str,
        raw: &RawCors,
        methods: Option<&MethodSet>,
    ) -> Option<Cors> {
        let path = |key: &str| format!("{at}.{key}");
        let credentials = raw.credentials == Some(true);
        let written = raw.origins.as_deref()?;
        let origins = match written {
            [] => {
                self.error(
                    &path("origins"),
                    "the list of origins is empty, so that no page is let in",
                    "name one, such as `https://shop.example.com`, or remove `cors`",
                );
                return None;
            }
            [every] if every == "*" => Origins::Any,
            _ => Origins::Listed(self.origins(&path("origins"), written)),
        };
        if origins == Origins::Any && credentials {
            self.error(
                &path("credentials"),
                "every page of the web would read what is the user's",
                "name the origins, or remove `credentials`",
            );
        }
        let methods = match raw.methods.as_deref().map(MethodSet::parse) {
            None => Some(methods.cloned().unwrap_or_else(MethodSet::all)),
            Some(Ok(methods)) => Some(methods),
            Some(Err(error)) => {
                let otherwise = "write names such as `[GET, POST]`, or remove the key";
                self.explained(&path("methods"), &error, otherwise);
                None
            }
        };
        let content_type = ["Content-Type".to_owned()];
        let allowed = raw.headers.as_deref().unwrap_or(&content_type);
        let headers = self.names(&path("headers"), allowed);
        let expose = self.names(&path("expose"), raw.expose.as_deref().unwrap_or_default());
        let max_age = raw.max_age.as_deref().unwrap_or(MAX_AGE);
        let max_age = self.duration_or_zero(&path("max_age"), Some(max_age));
        Some(Cors {
            origins,
            credentials,
            methods: HeaderValue::try_from(methods?.to_string()).ok()?,
            headers,
            expose,
            max_age: HeaderValue::from(max_age.as_secs()),
        })
    }

    /// Notes the switches that weaken the check, by what is written (rule FC5).
    pub(super) fn cross_site_dangers(&mut self, raw: &RawSite, routes: &[Route]) {
        let lets_pass = routes.iter().any(|route| route.csrf == CsrfMode::LogOnly);
        let mut written = raw.routes.iter();
        let off = written.any(|route| route.csrf == Some(RawRouteCsrf::Off));
        let switches = [("csrf: log_only", lets_pass), ("csrf: off", off)];
        let on = switches.into_iter().filter(|(_, on)| *on);
        let names = on.map(|(name, _)| join(&self.here, name));
        self.dangers.extend(names);
    }

    fn origins(&mut self, at: &str, texts: &[String]) -> Vec<Origin> {
        let mut origins = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            match Origin::parse(text) {
                Ok(origin) => origins.push(origin),
                Err(error) => self.explained(&format!("{at}[{index}]"), &error, ""),
            }
        }
        origins
    }

    /// Header names as one value, in the spelling of the configuration.
    fn names(&mut self, at: &str, names: &[String]) -> Option<HeaderValue> {
        for (index, name) in names.iter().enumerate() {
            // `*` is a token, and in this place it would mean every header.
            if name == "*" || HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.error(
                    &format!("{at}[{index}]"),
                    format!("`{name}` is not the name of a header"),
                    "write a name such as `X-Tenant-Key`; there is no wildcard",
                );
            }
        }
        (!names.is_empty())
            .then(|| HeaderValue::try_from(names.join(", ")).ok())
            .flatten()
    }

    /// The line by which programs are known.
    fn program(&mut self, line: &str) -> Option<(HeaderName, HeaderValue)> {
        let parts = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let value = HeaderValue::from_str(value.trim()).ok()?;
            (!value.is_empty()).then_some((name, value))
        });
        let Some((name, value)) = parts else {
            self.error(
                "csrf.header",
                format!("`{line}` is not a header line"),
                "write a name and a value, such as `X-CSRF: 1`",
            );
            return None;
        };
        // What a form or an image can bring about proves nothing, and neither does what we remove.
        let Some(rest) = name.as_str().strip_prefix("x-") else {
            self.error(
                "csrf.header",
                format!("`{name}` may be a header that browsers send by themselves"),
                "take one that begins with `X-`, such as `X-CSRF: 1`",
            );
            return None;
        };
        if rest.starts_with("forwarded-") || rest.starts_with("vestibule-") {
            self.error(
                "csrf.header",
                format!("`{name}` is a header that proxies set for every request"),
                "take a name of your own, such as `X-CSRF: 1`",
            );
            return None;
        }
        Some((name, value))
    }
}

/// What a route does about foreign requests: what it says, else what holds for all where there is
/// something that a browser adds by itself.
pub(super) fn csrf_of(config: &RawSite, raw: &RawRoute, cookies: Cookies) -> CsrfMode {
    match raw.csrf {
        Some(RawRouteCsrf::Enforce) => CsrfMode::Enforce,
        Some(RawRouteCsrf::LogOnly) => CsrfMode::LogOnly,
        Some(RawRouteCsrf::Off) => CsrfMode::Off,
        None if !acts_on_cookies(raw, cookies) => CsrfMode::Off,
        None => match config.csrf.mode {
            Some(RawCsrfMode::LogOnly) => CsrfMode::LogOnly,
            Some(RawCsrfMode::Enforce) | None => CsrfMode::Enforce,
        },
    }
}

/// Whether the upstream gets cookies, a token or a session's word, so that a foreign page could act for the user.
fn acts_on_cookies(raw: &RawRoute, cookies: Cookies) -> bool {
    let has_token = matches!(raw.token, Some(RawToken::Claim(_)));
    match (raw.auth, cookies) {
        (_, Cookies::Pass | Cookies::PassOthers) | (Some(RawAuth::Required), _) => true,
        (Some(RawAuth::Optional), Cookies::Drop) => has_token,
        (Some(RawAuth::None) | None, Cookies::Drop) => false,
    }
}

pub(super) fn security_headers(raw: Option<RawSecurityHeaders>) -> Option<SecurityHeaders> {
    raw.map(|raw| match raw {
        RawSecurityHeaders::Api => SecurityHeaders::Api,
        RawSecurityHeaders::Off => SecurityHeaders::Off,
        RawSecurityHeaders::Page => SecurityHeaders::Page,
    })
}

/// Between Chromium's limit of two hours and a mistake that takes effect for long.
const MAX_AGE: &str = "10m";
