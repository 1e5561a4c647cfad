//! One site: what each of its keys means, and the address that users know it by.

use http::Uri;
use http::uri::PathAndQuery;
use vestibule_session::Scheme;

use super::{Check, without_userinfo};
use crate::config::raw::RawSite;
use crate::config::{Csrf, PublicUrl, Site};
use crate::routes::HostPattern;

impl Check<'_> {
    pub(super) fn site(&mut self, raw: &RawSite, hosts: Vec<HostPattern>) -> Site {
        let public_url = raw
            .public_url
            .as_deref()
            .and_then(|url| self.public_url(url));
        let session = self.session(raw);
        let mut upstreams = self.upstreams(raw);
        let signin = self.sign_in(raw, &session, &mut upstreams);
        let routes = self.routes(raw);
        self.reachable_sign_in(raw, &routes);
        let csrf = Csrf {
            has_hosts: !hosts.is_empty(),
            ..self.csrf(&raw.csrf)
        };
        self.cross_site_dangers(raw, &routes);
        Site {
            hosts,
            public_url,
            session,
            signin,
            csrf,
            upstreams,
            routes,
            claims: std::mem::take(&mut self.claims),
        }
    }

    fn public_url(&mut self, text: &str) -> Option<PublicUrl> {
        let uri = text.parse::<Uri>().ok();
        let scheme = match uri.as_ref().and_then(Uri::scheme_str) {
            Some("https") => Some(Scheme::Https),
            Some("http") => Some(Scheme::Http),
            _ => None,
        };
        let rest = uri
            .as_ref()
            .and_then(Uri::path_and_query)
            .map(PathAndQuery::as_str);
        let authority = uri.as_ref().and_then(Uri::authority);
        let bare = matches!(rest, None | Some("" | "/")) && !text.contains(['#', '@']);
        let (Some(scheme), Some(authority), true) = (scheme, authority, bare) else {
            self.error(
                "public_url",
                format!("`{}` is not the origin of a site", without_userinfo(text)),
                "write scheme and host only, such as `https://app.example.com`",
            );
            return None;
        };
        let own_port = match scheme {
            Scheme::Http => ":80",
            Scheme::Https => ":443",
        };
        let authority = authority.as_str().to_ascii_lowercase();
        let authority = authority.strip_suffix(own_port).unwrap_or(&authority);
        authority
            .parse()
            .ok()
            .map(|authority| PublicUrl { scheme, authority })
    }
}
