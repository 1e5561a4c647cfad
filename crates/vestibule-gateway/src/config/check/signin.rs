//! The section `signin`: a backend's calls, what becomes of its answer, and who may see and change that.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Uri;
use vestibule_session::{CookieName, Version};

use super::session::is_same_origin_path;
use super::{Check, without_userinfo};
use crate::config::raw::{RawSignIn, RawSite};
use crate::config::signin::SIGN_IN;
use crate::config::{Route, SessionConfig, SignIn, SignInClaim, Upstream};

impl Check<'_> {
    /// The endpoints, and among the upstreams, as the last one, the place where they will be.
    pub(super) fn sign_in(
        &mut self,
        raw: &RawSite,
        session: &SessionConfig,
        upstreams: &mut Vec<Upstream>,
    ) -> Option<SignIn> {
        let raw_sign_in = raw.signin.as_ref()?;
        if raw.upstreams.contains_key(SIGN_IN) {
            self.error(
                "upstreams.signin",
                "the name `signin` belongs to the endpoints of the section `signin`",
                "give the upstream another name",
            );
        }
        upstreams.push(Upstream::sign_in());
        let sign_in = self.sign_in_settings(raw_sign_in);
        self.sign_in_session(raw_sign_in, session);
        sign_in
    }

    /// Endpoints that nobody can reach were not meant.
    pub(super) fn reachable_sign_in(&mut self, raw: &RawSite, routes: &[Route]) {
        let place = raw.upstreams.len();
        let reached = routes.iter().any(|route| route.upstream == place);
        if raw.signin.is_some() && !reached && !self.is_reported("routes") {
            self.error(
                "signin",
                "no route leads to the sign-in endpoints",
                "add `- { path: /api/auth/**, to: signin, auth: none }` to `routes`",
            );
        }
    }

    fn sign_in_settings(&mut self, raw: &RawSignIn) -> Option<SignIn> {
        let none = BTreeMap::new();
        let (copied, counted) = (
            raw.claims.as_ref().unwrap_or(&none),
            raw.expires.as_ref().unwrap_or(&none),
        );
        let login_url = self.backend_url("signin.login_url", raw.login_url.as_deref());
        let refresh_url = self.backend_url("signin.refresh_url", raw.refresh_url.as_deref());
        let logout_url = self.backend_url("signin.logout_url", raw.logout_url.as_deref());
        self.needed_claims(raw, copied, counted);
        let mut claims = self.claims("signin.claims", copied, false);
        claims.extend(self.claims("signin.expires", counted, true));
        for name in counted.keys().filter(|name| copied.contains_key(*name)) {
            self.error(
                &format!("signin.expires.{name}"),
                format!("the claim `{name}` is in `signin.claims` as well"),
                "remove one of the two",
            );
        }
        self.shown(raw, copied);
        self.updatable(raw, copied, counted);
        let failures = &raw.failures;
        Some(SignIn {
            timeout: self.duration("signin.timeout", raw.timeout.as_deref()),
            max_age: self.lifetime("signin.max_age", raw.max_age.as_deref()),
            absolute_age: self.lifetime("signin.absolute_age", raw.absolute_age.as_deref()),
            page: self.page(raw.page.as_deref()),
            failures_per_account: self.borne("signin.failures.per_account", failures.per_account),
            failures_per_address: self.borne("signin.failures.per_address", failures.per_address),
            failures_window: self.lifetime("signin.failures.window", failures.window.as_deref()),
            login_url: login_url?,
            refresh_url,
            logout_url,
            claims,
            shown: raw.show.clone().unwrap_or_default(),
            updatable: raw.update.clone().unwrap_or_default(),
        })
    }

    /// What the gateway reads has to be what the endpoints write.
    fn sign_in_session(&mut self, raw: &RawSignIn, session: &SessionConfig) {
        // Where a route looks at sessions as well, that was reported.
        if session.secrets.is_empty() && !self.is_reported("session") && !self.is_reported("routes")
        {
            self.error(
                "signin",
                "there is no secret to write sessions with",
                self.secret_wanted(),
            );
        }
        let written = |name: &CookieName| name.version() == Version::V5;
        let known = CookieName::known();
        let mut written = known.iter().filter(|name| written(name));
        if !session.cookies.is_empty() && !written.all(|name| session.cookies.contains(name)) {
            self.error(
                "session.cookies",
                "sign-in writes `authjs.session-token` and `__Secure-authjs.session-token`, which are not among these",
                "add both with `version: v5`, or remove the key",
            );
        }
        let claims = raw.claims.as_ref();
        let has = |pointer: &vestibule_session::Pointer| {
            let pointer = pointer.to_string();
            claims.is_some_and(|claims| claims.keys().any(|name| pointer == format!("/{name}")))
        };
        if claims.is_some() && !session.identity_claims.iter().any(has) {
            self.error(
                "session.identity_claims",
                "no session of the sign-in endpoints would have one of these claims",
                "name one that is in `signin.claims`, such as `/sub`, or remove the key",
            );
        }
    }

    fn backend_url(&mut self, path: &str, text: Option<&str>) -> Option<String> {
        let text = text?;
        let uri = text.parse::<Uri>().ok();
        let web = |uri: &Uri| {
            let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
            scheme && uri.host().is_some_and(|host| !host.is_empty())
        };
        if text.contains(['@', '#']) || !uri.as_ref().is_some_and(web) {
            self.error(
                path,
                format!("`{}` is not the address of a call", without_userinfo(text)),
                "write `http://host:port/path`, without a user and a fragment",
            );
            return None;
        }
        Some(text.to_owned())
    }

    fn claims(
        &mut self,
        section: &str,
        places: &BTreeMap<String, String>,
        is_duration: bool,
    ) -> Vec<SignInClaim> {
        let mut claims = Vec::new();
        for (name, place) in places {
            let path = format!("{section}.{name}");
            if OURS.contains(&name.as_str()) {
                self.error(
                    &path,
                    format!("the claim `{name}` is set by whoever writes the session"),
                    "give the backend's another name",
                );
            }
            let from = self.pointer(&path, place);
            claims.extend(from.map(|from| SignInClaim {
                name: name.clone(),
                from,
                is_duration,
            }));
        }
        claims
    }

    fn needed_claims(
        &mut self,
        raw: &RawSignIn,
        copied: &BTreeMap<String, String>,
        counted: &BTreeMap<String, String>,
    ) {
        if raw.claims.is_some() && !copied.contains_key("sub") {
            self.error(
                "signin.claims",
                "no claim says who the user is",
                "add `sub` with the place of the user's id, such as `sub: /user/id`",
            );
        }
        let has = |name: &str| copied.contains_key(name) || counted.contains_key(name);
        let renewal = ["backendToken", "backendTokenExpires", "refreshToken"];
        let needs = [
            (
                "signin.refresh_url",
                raw.refresh_url.is_some(),
                &renewal[..],
            ),
            (
                "signin.logout_url",
                raw.logout_url.is_some(),
                &["backendToken"],
            ),
        ];
        for (path, configured, names) in needs {
            for name in names.iter().filter(|name| configured && !has(name)) {
                let section = if *name == "backendTokenExpires" {
                    "expires"
                } else {
                    "claims"
                };
                self.error(
                    path,
                    format!("this call needs the claim `{name}`, which no session will have"),
                    format!("add `{name}` to `signin.{section}`, or remove the key"),
                );
            }
        }
    }

    /// TH-73: the session's JSON is readable by every script of a page.
    fn shown(&mut self, raw: &RawSignIn, copied: &BTreeMap<String, String>) {
        for (index, name) in raw.show.iter().flatten().enumerate() {
            let from = copied.get(name).map(String::as_str).unwrap_or_default();
            if is_token(name) || is_token(from) {
                self.error(
                    &format!("signin.show[{index}]"),
                    format!("the claim `{name}` is a token or the like, and every script of a page would see it"),
                    "remove it; routes hand the token to the backend",
                );
            }
        }
    }

    /// TH-114: who somebody is and what they may do comes from the backend alone.
    fn updatable(
        &mut self,
        raw: &RawSignIn,
        copied: &BTreeMap<String, String>,
        counted: &BTreeMap<String, String>,
    ) {
        for (index, name) in raw.update.iter().flatten().enumerate() {
            let of_backend = copied.contains_key(name) || counted.contains_key(name);
            let fixed = is_token(name)
                || OURS.contains(&name.as_str())
                || IDENTITY.contains(&name.as_str())
                || (of_backend && !PROFILE.contains(&name.as_str()));
            if fixed {
                self.error(
                    &format!("signin.update[{index}]"),
                    format!(
                        "the claim `{name}` comes from the backend, and a page must not choose it"
                    ),
                    "remove it; of what the backend says, only `name` and `picture` can be changed",
                );
            }
        }
    }

    fn page(&mut self, text: Option<&str>) -> Option<String> {
        let text = text?;
        if !is_same_origin_path(text) {
            self.error(
                "signin.page",
                format!("`{text}` is not a path on the same origin"),
                "write the path alone, such as `/login`",
            );
        }
        Some(text.to_owned())
    }

    /// A duration of whole seconds.
    fn lifetime(&mut self, path: &str, text: Option<&str>) -> Duration {
        let duration = self.duration(path, text);
        if !duration.is_zero() && duration.as_secs() == 0 {
            self.error(
                path,
                "less than a second is no lifetime",
                "write how long, such as `24h`",
            );
        }
        duration
    }

    fn borne(&mut self, path: &str, number: Option<u64>) -> u32 {
        u32::try_from(self.count(path, number, u32::MAX.into())).unwrap_or(u32::MAX)
    }
}

/// Whether a name says that it holds a token, or when one ends.
fn is_token(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "secret", "password"]
        .iter()
        .any(|word| name.contains(word))
}

/// What the writer of a session says.
const OURS: [&str; 5] = ["auth_time", "exp", "iat", "jti", "nbf"];

/// What says who one is.
const IDENTITY: [&str; 9] = [
    "sub",
    "id",
    "email",
    "role",
    "roles",
    "tenant",
    "tenantId",
    "tenantSlug",
    "impersonation",
];

/// What users may call themselves.
const PROFILE: [&str; 2] = ["name", "picture"];
