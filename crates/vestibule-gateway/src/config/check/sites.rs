//! Sites beside one another: which hosts are whose, and that no session is good on two of them (TH-111).

use subtle::ConstantTimeEq as _;
use vestibule_session::{CookieName, Version};

use super::Check;
use crate::config::document::{Kind, Node};
use crate::config::raw::{RawRoute, RawSites};
use crate::config::{SessionConfig, Site};
use crate::request::normal_name;
use crate::routes::HostPattern;
use crate::sites::Sites;

impl Check<'_> {
    pub(super) fn sites(&mut self, raw: RawSites) -> Vec<Site> {
        let raw = match raw {
            RawSites::One(raw) => return vec![self.site(&raw, Vec::new())],
            RawSites::Several(raw) => raw,
        };
        let nodes = match self.tree.get(&["sites"]).map(|node| &node.kind) {
            Some(Kind::List(nodes)) => nodes.as_slice(),
            Some(Kind::Bad | Kind::Empty | Kind::Map(_) | Kind::Text(_)) | None => &[],
        };
        if nodes.is_empty() {
            self.error(
                "sites",
                "there is no site, so that every request would be refused",
                "add one, or write `session`, `upstreams` and `routes` without `sites`",
            );
        }
        let mut sites = Vec::new();
        for (index, (raw, node)) in raw.iter().zip(nodes).enumerate() {
            let mut here = self.within(index, node);
            let hosts = here.hosts(raw.hosts.as_deref());
            let site = here.site(raw, hosts);
            here.own_public_host(&site);
            sites.push(site);
            let Check {
                dangers,
                system_roots,
                ..
            } = here;
            self.dangers.extend(dangers);
            self.system_roots = system_roots;
        }
        self.ties(&sites);
        for (index, (raw, node)) in raw.iter().zip(nodes).enumerate() {
            self.within(index, node)
                .route_hosts(&sites, index, &raw.routes);
        }
        self.shared_secrets(&sites);
        sites
    }

    /// The check of one site, whose tree is its part of the document.
    fn within<'b>(&'b mut self, index: usize, tree: &'b Node) -> Check<'b> {
        Check {
            sources: self.sources,
            tree,
            problems: self.problems,
            here: format!("sites[{index}]"),
            weak_secrets: self.weak_secrets,
            claims: Vec::new(),
            dangers: Vec::new(),
            system_roots: self.system_roots.clone(),
        }
    }

    fn hosts(&mut self, texts: Option<&[String]>) -> Vec<HostPattern> {
        if texts.is_some_and(<[String]>::is_empty) {
            self.error(
                "hosts",
                "no request has none of the hosts, so none would reach this site",
                "name the hosts that users type, such as `[shop.example.com]`",
            );
        }
        let mut hosts = Vec::new();
        for (index, text) in texts.unwrap_or_default().iter().enumerate() {
            let path = format!("hosts[{index}]");
            match HostPattern::parse(text) {
                Ok(host) => hosts.push(host),
                Err(error) => self.explained(&path, &error, HOST),
            }
        }
        hosts
    }

    /// Redirects and cookies of a site belong to a host that leads to it again (TH-24).
    fn own_public_host(&mut self, site: &Site) {
        let Some(public) = &site.public_url else {
            return;
        };
        let host = public.authority.host();
        let name = normal_name(host).unwrap_or_default();
        if !site.hosts.iter().any(|own| own.matches(&name)) && !self.is_reported("hosts") {
            self.error(
                "public_url",
                format!("`{host}` is none of the hosts of this site, so redirects would lead away from it"),
                format!("add `{host}` to `hosts`, or correct `public_url`"),
            );
        }
    }

    /// No order decides between two sites that want the same requests.
    fn ties(&mut self, sites: &[Site]) {
        let hosts = sites.iter().map(|site| site.hosts.as_slice());
        for tie in Sites::new(hosts).err().unwrap_or_default() {
            let ((first, _), (second, place)) = (tie.first, tie.second);
            let host = sites
                .get(second)
                .and_then(|site| site.hosts.get(place))
                .map_or_else(String::new, ToString::to_string);
            let other = if first == second {
                "this site has it already".to_owned()
            } else {
                format!("`sites[{first}]` has it already")
            };
            self.error(
                &format!("sites[{second}].hosts[{place}]"),
                format!("the host `{host}` is listed twice: {other}"),
                "remove one of the two; an exact host may stand beside a wildcard that covers it",
            );
        }
    }

    /// A route with a host that its site never sees would take nothing.
    fn route_hosts(&mut self, sites: &[Site], index: usize, routes: &[RawRoute]) {
        let Some(site) = sites.get(index).filter(|site| !site.hosts.is_empty()) else {
            return;
        };
        let hosts = sites.iter().map(|site| site.hosts.as_slice());
        let table = Sites::new(hosts).ok();
        for (number, route) in routes.iter().enumerate() {
            let Some(Ok(host)) = route.host.as_deref().map(HostPattern::parse) else {
                continue;
            };
            let is_seen = match &table {
                Some(table) if !host.is_wildcard() => table.find(host.name()) == Some(index),
                Some(_) | None => site.hosts.iter().any(|own| own.overlaps(&host)),
            };
            if !is_seen {
                self.error(
                    &format!("routes[{number}].host"),
                    format!("no request of this site has the host `{host}`"),
                    "add it to `hosts` of the site, or move the route to the site that has it",
                );
            }
        }
    }

    /// Two sites with one key could not tell each other's sessions from their own.
    fn shared_secrets(&mut self, sites: &[Site]) {
        for (second, site) in sites.iter().enumerate() {
            let mut before = sites.iter().take(second).enumerate();
            let Some((first, other)) =
                before.find(|(_, other)| share_a_key(&other.session, &site.session))
            else {
                continue;
            };
            let name = |site: &Site| site.name().unwrap_or_default();
            self.error(
                &format!("sites[{second}].session"),
                format!(
                    "`sites[{second}]` ({}) has a secret of `sites[{first}]` ({}): a session of the one would be valid on the other",
                    name(site),
                    name(other)
                ),
                "give each its own, which `vestibule secret` makes, and to its application as well; \
                 if they are one application, make them one site with all `hosts`; if they have to share it, give \
                 both cookies of their own: `session: { cookies: [ { name: shop.session-token, version: v5 } ] }`",
            );
        }
    }
}

/// Whether a token that opens on the one may open on the other.
///
/// The key is made of secret and salt: the name of the cookie in version 5, nothing in version 4, where a cookie
/// could be renamed on its way.
fn share_a_key(left: &SessionConfig, right: &SessionConfig) -> bool {
    let secrets = left.secrets.iter().any(|secret| {
        let mut others = right.secrets.iter();
        others.any(|other| secret.ct_eq(other).into())
    });
    secrets && {
        let (left, right) = (salts(left), salts(right));
        left.iter().any(|salt| right.contains(salt))
    }
}

fn salts(session: &SessionConfig) -> Vec<(Version, String)> {
    let known = CookieName::known();
    let names = if session.cookies.is_empty() {
        known.as_slice()
    } else {
        session.cookies.as_slice()
    };
    let salted = |name: &CookieName| (name.version(), name.salt().to_owned());
    names.iter().map(salted).collect()
}

const HOST: &str = "write a name such as `app.example.com` or `*.example.com`";
