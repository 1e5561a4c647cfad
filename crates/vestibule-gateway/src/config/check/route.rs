//! Routes: what a line of `routes` means, alone and beside the others.

use http::{Method, Uri};

use super::{Check, cookies, cross_site};
use crate::config::document::Kind;
use crate::config::raw::{RawAllow, RawAuth, RawCookies, RawRoute, RawSite, RawToken};
use crate::config::signin::{SIGN_IN, SIGN_IN_PATH};
use crate::config::value::nearest;
use crate::config::{Auth, Route, Token};
use crate::request::{Target, Unusual};
use crate::routes::{HostPattern, MethodSet, PathPattern, Rewrite, Routes};

impl Check<'_> {
    pub(super) fn routes(&mut self, raw: &RawSite) -> Vec<Route> {
        let written = self.tree.get(&["routes"]).map(|node| &node.kind);
        if matches!(written, Some(Kind::List(routes)) if routes.is_empty()) {
            self.error(
                "routes",
                "there is no route, so that every request would be refused",
                "add one, such as `{ path: /**, to: web, auth: optional }`",
            );
        }
        let (mut routes, mut numbers) = (Vec::new(), Vec::new());
        for (index, route) in raw.routes.iter().enumerate() {
            if let Some(route) = self.route(raw, index, route) {
                routes.push(route);
                numbers.push(index);
            }
        }
        let table = Routes::new(&routes);
        if let Ok(table) = &table {
            self.sign_in_page(raw, table, &routes, &numbers);
        }
        for conflict in table.err().unwrap_or_default() {
            let number = |index: usize| numbers.get(index).copied().unwrap_or(index);
            let (first, second) = (number(conflict.first), number(conflict.second));
            let other = format!("routes[{first}].path");
            let origin = self.tree.origin_of(&other).clone();
            self.error(
                &format!("routes[{second}].path"),
                format!(
                    "`routes[{second}]` takes the same requests as `routes[{first}]` ({origin})"
                ),
                "change the path, the host or the methods of one of them, or remove it",
            );
        }
        routes
    }

    /// Whether users who have no session yet come to the page where they get one.
    fn sign_in_page(&mut self, raw: &RawSite, table: &Routes, routes: &[Route], numbers: &[usize]) {
        let uri = |text: &Option<String>| text.as_deref()?.parse::<Uri>().ok();
        let page = uri(&raw.session.sign_in);
        let Some(target) = page.and_then(|page| Target::parse(&page, usize::MAX).ok()) else {
            return;
        };
        let public = uri(&raw.public_url);
        let host = public.as_ref().and_then(Uri::host).unwrap_or_default();
        let taken = table.find(&host.to_ascii_lowercase(), &target, &Method::GET);
        let taken = taken
            .ok()
            .and_then(|index| routes.get(index).zip(numbers.get(index)));
        let is_endpoint = |number: usize| {
            let raw = raw.routes.get(number);
            raw.is_some_and(|raw| raw.to.as_deref() == Some(SIGN_IN))
        };
        // Of a route to the sign-in endpoints it is said already, and as an error.
        if let Some((route, number)) = taken
            && route.auth == Auth::Required
            && !is_endpoint(*number)
        {
            self.warning(
                &format!("routes[{number}].auth"),
                "the sign-in page of `session.sign_in` is behind a session itself, so that nobody could sign in",
                "add a route for it, such as `{ path: /api/auth/**, to: web, auth: none }`",
            );
        }
    }

    fn route(&mut self, config: &RawSite, index: usize, raw: &RawRoute) -> Option<Route> {
        let at = |key: &str| format!("routes[{index}].{key}");
        let path = raw.path.as_deref().and_then(|text| {
            let path = PathPattern::parse(text);
            path.map_err(|error| self.explained(&at("path"), &error, PATH))
                .ok()
        });
        if raw.path.as_deref().is_some_and(is_reserved) {
            self.error(
                &at("path"),
                "everything below `/.vestibule/` belongs to the gateway itself",
                "choose another path",
            );
        }
        let host = raw.host.as_deref().and_then(|text| {
            let host = HostPattern::parse(text);
            host.map_err(|error| self.explained(&at("host"), &error, HOST))
                .ok()
        });
        let methods = raw.methods.as_deref().and_then(|names| {
            let methods = MethodSet::parse(names);
            methods
                .map_err(|error| self.explained(&at("methods"), &error, METHODS))
                .ok()
        });
        let target = raw
            .to
            .as_deref()
            .and_then(|to| self.target(config, &at("to"), to));
        let rewrite = match (&path, target) {
            (Some(path), Some((_, Some(to)))) => Rewrite::new(path, to)
                .map_err(|error| self.explained(&at("to"), &error, REWRITE))
                .ok(),
            _ => None,
        };
        let token = match &raw.token {
            Some(RawToken::Claim(text)) => self.pointer(&at("token"), text).map(Token::Claim),
            Some(RawToken::None) | None => Some(Token::None),
        };
        let auth = raw.auth.map(|auth| match auth {
            RawAuth::None => Auth::None,
            RawAuth::Optional => Auth::Optional,
            RawAuth::Required => Auth::Required,
        });
        if auth == Some(Auth::None) {
            if matches!(raw.token, Some(RawToken::Claim(_))) {
                self.error(
                    &at("token"),
                    "the token comes from a session, and `auth: none` does not look at it",
                    "write `auth: required` or `auth: optional`, or remove the token",
                );
            }
            if raw.accept_bearer_session == Some(true) {
                self.error(
                    &at("accept_bearer_session"),
                    "`auth: none` does not look at sessions, wherever they come from",
                    "write `auth: required` or `auth: optional`, or remove the key",
                );
            }
        }
        let require = raw.require.as_ref().and_then(|require| {
            let asked = at("require");
            if auth.is_some_and(|auth| auth != Auth::Required) {
                self.error(
                    &asked,
                    "rules ask something of a session, and the route lets requests without one pass",
                    "write `auth: required`, or remove the rules",
                );
            }
            self.requirement(&asked, require, path.as_ref())
        });
        // As pages are: nothing of ours goes along, and the path stays.
        let is_pages = matches!(raw.token, None | Some(RawToken::None))
            && target.is_none_or(|(_, to)| to.is_none());
        if target.is_some_and(|(upstream, _)| upstream == config.upstreams.len()) {
            self.sign_in_route(&at, raw, path.as_ref());
        }
        let allow = match &raw.allow {
            Some(allow) => unusual(allow),
            None if is_pages => Unusual::PAGES,
            None => Unusual::default(),
        };
        if path
            .as_ref()
            .is_some_and(|path| path.unusual().within(allow).is_err())
        {
            self.error(
                &at("path"),
                "the path spells out something unusual that the route does not take",
                "name it in `allow`: `encoded_slash`, `path_parameters` or `encoded_reserved`",
            );
        }
        let rate_limits = raw.rate_limits.as_deref().unwrap_or_default();
        let rate_limits = self.rate_limits(&at("rate_limits"), rate_limits, config, auth);
        let cors =
            (raw.cors.as_ref()).and_then(|cors| self.cors(&at("cors"), cors, methods.as_ref()));
        let cookies = cookies::of(config, raw);
        let body = raw.body.as_deref();
        let body_bytes = body.map(|text| self.size(&at("body"), Some(text)));
        Some(Route {
            host,
            path: path?,
            methods,
            upstream: target?.0,
            rewrite,
            auth: auth?,
            token: token?,
            require,
            cookies,
            csrf: cross_site::csrf_of(config, raw, cookies),
            cors,
            security_headers: cross_site::security_headers(raw.security_headers),
            accept_bearer_session: raw.accept_bearer_session == Some(true),
            allow,
            body_bytes,
            rate_limits,
        })
    }

    /// A route to the sign-in endpoints is public, carries cookies, and is where the browser's library asks.
    fn sign_in_route(
        &mut self,
        at: &dyn Fn(&str) -> String,
        raw: &RawRoute,
        path: Option<&PathPattern>,
    ) {
        if path.is_some_and(|path| !path.to_string().starts_with(SIGN_IN_PATH)) {
            self.error(
                &at("path"),
                "the sign-in endpoints are below `/api/auth` and nowhere else",
                "write `path: /api/auth/**`",
            );
        }
        if matches!(raw.auth, Some(RawAuth::Optional | RawAuth::Required)) {
            self.error(
                &at("auth"),
                "whoever signs in has no session yet",
                "write `auth: none`; the endpoints look at the session themselves",
            );
        }
        if matches!(raw.cookies, Some(RawCookies::Drop)) {
            self.error(
                &at("cookies"),
                "the sign-in endpoints read and set cookies",
                "remove the key",
            );
        }
    }

    /// `name` or `name:/path`: the number of the upstream and the new path.
    fn target<'a>(
        &mut self,
        config: &RawSite,
        path: &str,
        to: &'a str,
    ) -> Option<(usize, Option<&'a str>)> {
        let (name, rewrite) = match to.split_once(':') {
            Some((name, rewrite)) => (name, Some(rewrite)),
            None => (to, None),
        };
        if name == SIGN_IN && config.signin.is_some() {
            if rewrite.is_some() {
                self.error(
                    path,
                    "the sign-in endpoints are below `/api/auth` and nowhere else",
                    "write `to: signin`",
                );
            }
            return Some((config.upstreams.len(), None));
        }
        let mut names = config.upstreams.keys();
        if let Some(number) = names.position(|known| known == name) {
            return Some((number, rewrite));
        }
        if name == SIGN_IN {
            self.error(
                path,
                "the sign-in endpoints are not configured",
                "add a section `signin:` with `login_url` and `claims`",
            );
            return None;
        }
        let names = || config.upstreams.keys().map(String::as_str);
        let hint = nearest(name, names()).unwrap_or_else(|| {
            let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
            match names.as_slice() {
                [] => {
                    format!("add it: `upstreams: {{ {name}: {{ url: http://127.0.0.1:3000 }} }}`")
                }
                _ => format!("the upstreams are {}", names.join(", ")),
            }
        });
        // Where there are no upstreams at all, that was reported.
        let upstreams = ["upstreams"];
        if self.tree.get(&upstreams).is_some() && !self.tree.is_no_map(&upstreams) {
            self.error(path, format!("there is no upstream `{name}`"), hint);
        }
        None
    }
}

/// Where answers of the gateway itself will stand; no route may take them away.
fn is_reserved(path: &str) -> bool {
    let below = path.strip_prefix("/.vestibule");
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn unusual(allow: &[RawAllow]) -> Unusual {
    let mut unusual = Unusual::default();
    for allowed in allow {
        match allowed {
            RawAllow::EmptySegments => unusual.empty_segments = true,
            RawAllow::EncodedReserved => unusual.encoded_reserved = true,
            RawAllow::EncodedSlash => unusual.encoded_slash = true,
            RawAllow::PathParameters => unusual.path_parameters = true,
        }
    }
    unusual
}

const HOST: &str = "write a name such as `app.example.com` or `*.example.com`";

const METHODS: &str = "write names such as `[GET, POST]`, or remove the key for all";

const PATH: &str = "write whole segments, such as `/api/agent/**` or `/tenant/*/settings`";

const REWRITE: &str = "end both paths in `/**`, or neither: `path: /api/**`, `to: \"api:/v1/**\"`";
