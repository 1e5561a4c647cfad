//! Secrets, cookie names and the other values of `session`.

use std::collections::HashSet;

use vestibule_session::{CookieName, Pointer, Secret, Version};

use super::Check;
use crate::config::SessionConfig;
use crate::config::document::Node;
use crate::config::problem::Origin;
use crate::config::raw::{RawAuth, RawCookie, RawSite, RawVersion};

impl Check<'_> {
    pub(super) fn session(&mut self, raw: &RawSite) -> SessionConfig {
        let (secrets, secrets_from) = self.secrets(raw);
        let raw = &raw.session;
        let identity_claims = self.identity_claims(raw.identity_claims.as_deref());
        let cookies = self.cookies(raw.cookies.as_deref());
        let max_age = self.duration_or_unlimited("session.max_age", raw.max_age.as_deref());
        let sign_in_path = raw.sign_in.clone().unwrap_or_default();
        if raw.sign_in.is_some() && !is_same_origin_path(&sign_in_path) {
            self.error(
                "session.sign_in",
                format!("`{sign_in_path}` is not a path on the same origin"),
                "write the path alone, such as `/api/auth/signin`",
            );
        }
        SessionConfig {
            secrets,
            secrets_from,
            cookies,
            identity_claims,
            max_age,
            cache_entries: self.at_most(
                "session.cache_entries",
                raw.cache_entries.unwrap_or_default(),
                10_000_000,
            ),
            sign_in_path,
        }
    }

    /// The secrets, each once, and where each came from.
    fn secrets(&mut self, raw: &RawSite) -> (Vec<Secret>, Vec<String>) {
        let mut found = Vec::new();
        // A list in which one is wrong is not read at all; the document has the others all the same.
        let list = self.tree.get(&["session", "secrets"]);
        let written =
            (raw.session.secrets.as_ref()).map_or_else(|| list.map_or(0, Node::elements), Vec::len);
        for index in 0..written {
            let path = format!("session.secrets[{index}]");
            let Some(text) = self.tree.text_at(&path) else {
                continue;
            };
            let mut from = self.tree.origin_of(&path).to_string();
            for name in &text.variables {
                from = format!("{from} ${{{name}}}");
            }
            let (literal, value) = (text.literal, text.value.clone());
            if literal {
                self.literal(&path);
            }
            found.push((path, from, value));
        }
        for (index, file) in raw.session.secret_files.iter().flatten().enumerate() {
            let path = format!("session.secret_files[{index}]");
            match self.secret_file(file) {
                Ok(text) => found.push((path, format!("file {file}"), text)),
                Err(error) => self.error(
                    &path,
                    format!("`{file}` cannot be read: {error}"),
                    "correct the path, and let the user of the gateway read the file",
                ),
            }
        }
        let mut seen = HashSet::new();
        let (mut secrets, mut secrets_from) = (Vec::new(), Vec::new());
        for (path, from, text) in found {
            if !seen.insert(text.clone()) {
                continue;
            }
            let Ok(secret) = Secret::new(text) else {
                self.error(&path, "the session secret is empty", MAKE_ONE);
                continue;
            };
            if let Some(weakness) = secret.weakness().filter(|_| !self.weak_secrets) {
                let message = format!("the session secret can be guessed: {weakness}");
                self.error(&path, message, MAKE_ONE);
            }
            secrets.push(secret);
            secrets_from.push(from);
        }
        self.missing_secret(raw, &secrets);
        (secrets, secrets_from)
    }

    /// A secret that is written out: bad where it is, and worse where everybody can read it.
    fn literal(&mut self, path: &str) {
        let hint =
            "move it to a variable, `\"${AUTH_SECRET}\"`, or to a file of `session.secret_files`";
        match self.tree.origin_of(path) {
            Origin::File { file, .. } if (self.sources.anybody_can_read)(file) => self.error(
                path,
                "the session secret stands in a file that every user of this machine can read",
                format!("{hint}; and make a new one, since this one may be known"),
            ),
            Origin::Argument(_)
            | Origin::Default
            | Origin::Environment(_)
            | Origin::File { .. }
            | Origin::Shared(_) => self.warning(
                path,
                "the session secret stands in the configuration itself",
                hint,
            ),
        }
    }

    fn missing_secret(&mut self, raw: &RawSite, secrets: &[Secret]) {
        if self.tree.is_no_map(&["session"]) {
            return;
        }
        let needs_session = |auth| matches!(auth, Some(RawAuth::Optional | RawAuth::Required));
        let route = raw
            .routes
            .iter()
            .position(|route| needs_session(route.auth));
        if let (Some(route), true, false) = (
            route,
            secrets.is_empty(),
            self.is_reported("session.secret"),
        ) {
            let place = match self.tree.origin_of("session") {
                Origin::Default => format!("routes[{route}].auth"),
                Origin::Argument(_)
                | Origin::Environment(_)
                | Origin::File { .. }
                | Origin::Shared(_) => "session".to_owned(),
            };
            self.error(
                &place,
                format!(
                    "`routes[{route}]` looks at sessions, and there is no secret to open them with"
                ),
                self.secret_wanted(),
            );
        }
    }

    /// Where a secret may come from: the variable of the one application belongs to none of several sites.
    pub(super) fn secret_wanted(&self) -> &'static str {
        if self.here.is_empty() {
            "set `AUTH_SECRET` to the secret of the application, or name a file with `session.secret_files`"
        } else {
            "add `session: { secrets: [\"${…}\"] }` to the site, with a variable for its application alone: `AUTH_SECRET` fills no site"
        }
    }

    fn identity_claims(&mut self, texts: Option<&[String]>) -> Vec<Pointer> {
        if texts.is_some_and(<[String]>::is_empty) {
            self.error(
                "session.identity_claims",
                "without an identity claim no session would be one",
                "name at least one claim, or remove the key for `/sub`, `/email` and `/id`",
            );
        }
        let mut pointers = Vec::new();
        for (index, text) in texts.unwrap_or_default().iter().enumerate() {
            let path = format!("session.identity_claims[{index}]");
            pointers.extend(self.pointer(&path, text));
        }
        pointers
    }

    pub(super) fn pointer(&mut self, path: &str, text: &str) -> Option<Pointer> {
        let pointer = Pointer::parse(text);
        if pointer.is_err() {
            self.error(
                path,
                format!("`{text}` does not name a claim"),
                format!(
                    "write a JSON pointer, such as `/{}`",
                    text.replace('.', "/")
                ),
            );
        }
        pointer.ok()
    }

    fn cookies(&mut self, raw: Option<&[RawCookie]>) -> Vec<CookieName> {
        let mut cookies: Vec<CookieName> = Vec::new();
        for (index, raw) in raw.unwrap_or_default().iter().enumerate() {
            let path = format!("session.cookies[{index}]");
            let (Some(name), Some(version)) = (&raw.name, raw.version) else {
                continue;
            };
            let version = match version {
                RawVersion::V4 => Version::V4,
                RawVersion::V5 => Version::V5,
            };
            let cookie = match CookieName::new(name, version) {
                Ok(cookie) => cookie,
                Err(error) => {
                    self.error(
                        &format!("{path}.name"),
                        format!("`{name}` cannot be the name of a cookie"),
                        error,
                    );
                    continue;
                }
            };
            if cookies.iter().any(|other| other.as_str() == name) {
                self.error(
                    &format!("{path}.name"),
                    format!("the cookie `{name}` is listed twice"),
                    "remove one of the two",
                );
            }
            cookies.push(match (&raw.salt, version) {
                (None, Version::V4 | Version::V5) => cookie,
                (Some(salt), Version::V5) => cookie.with_salt(salt),
                (Some(_), Version::V4) => {
                    self.error(
                        &format!("{path}.salt"),
                        "next-auth 4 makes its keys without a salt",
                        "remove `salt`, or write `version: v5`",
                    );
                    cookie
                }
            });
        }
        cookies
    }
}

/// A path that a browser cannot take for another host, and to which a query can be added.
pub(super) fn is_same_origin_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && text
            .bytes()
            .all(|octet| octet.is_ascii_graphic() && !b"\\?#".contains(&octet))
}

const MAKE_ONE: &str = "make one with `vestibule secret`, and give it to the application as well; \
     for development, `danger_weak_secrets: true` takes any";
