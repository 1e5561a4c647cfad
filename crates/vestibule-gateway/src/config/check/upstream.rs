//! Upstreams: a host, perhaps below a path, over TLS or not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::Uri;
use http::uri::Authority;
use vestibule_session::Scheme;

use super::{Check, without_userinfo};
use crate::config::raw::{RawProtocol, RawSite, RawUpstream};
use crate::config::{Protocol, Site, Upstream};

impl Check<'_> {
    pub(super) fn upstreams(&mut self, raw: &RawSite) -> Vec<Upstream> {
        let raw = raw.upstreams.iter();
        raw.filter_map(|(name, raw)| self.upstream(name, raw))
            .collect()
    }

    fn upstream(&mut self, name: &str, raw: &RawUpstream) -> Option<Upstream> {
        let here = format!("upstreams.{name}");
        let at = |key: &str| format!("{here}.{key}");
        let is_name = |octet: u8| octet.is_ascii_alphanumeric() || b"-_".contains(&octet);
        if name.is_empty() || !name.bytes().all(is_name) {
            self.error(
                &here,
                format!("`{name}` cannot be the name of an upstream"),
                "use letters, digits, `-` and `_`; the name appears in logs and metrics",
            );
        }
        let url = raw
            .url
            .as_deref()
            .and_then(|url| self.upstream_url(&at("url"), url));
        let connect_timeout = self.duration(&at("connect_timeout"), raw.connect_timeout.as_deref());
        let response_timeout = self.duration(&at("timeout"), raw.timeout.as_deref());
        let idle_timeout = self.duration(&at("idle_timeout"), raw.idle_timeout.as_deref());
        let total_timeout =
            self.duration_or_unlimited(&at("total_timeout"), raw.total_timeout.as_deref());
        let protocol = match raw.protocol {
            Some(RawProtocol::Http2) => Protocol::Http2,
            Some(RawProtocol::Http1) | None => Protocol::Http1,
        };
        let (scheme, authority, base_path) = url?;
        let tls = self.upstream_tls(&here, raw, (scheme, authority.host()), protocol);
        Some(Upstream {
            name: name.to_owned(),
            tls,
            protocol,
            port: authority.port_u16().unwrap_or(match scheme {
                Scheme::Http => 80,
                Scheme::Https => 443,
            }),
            authority,
            base_path,
            preserve_host: raw.preserve_host.unwrap_or(true),
            connect_timeout,
            response_timeout,
            idle_timeout,
            total_timeout,
            idle_connections: super::to_usize(raw.idle_connections.unwrap_or_default()),
        })
    }

    /// An upstream that is the gateway itself would have each request come back without end.
    pub(super) fn no_loops(&mut self, sites: &[Site], listeners: &[SocketAddr]) {
        for (index, site) in sites.iter().enumerate() {
            for upstream in &site.upstreams {
                let host = upstream.authority.host();
                let host = host.trim_start_matches('[').trim_end_matches(']');
                let address = match host {
                    "localhost" => Some(IpAddr::from(Ipv4Addr::LOCALHOST)),
                    host => host.parse().ok(),
                };
                let is_ours = |listener: &SocketAddr| {
                    let everywhere = listener.ip().is_unspecified();
                    let here = |ip: IpAddr| ip == listener.ip() || (everywhere && ip.is_loopback());
                    listener.port() != 0
                        && listener.port() == upstream.port
                        && address.is_some_and(here)
                };
                if listeners.iter().any(is_ours) {
                    let path = format!("upstreams.{}.url", upstream.name);
                    let path = if site.hosts.is_empty() {
                        path
                    } else {
                        format!("sites[{index}].{path}")
                    };
                    self.error(
                        &path,
                        "this is the gateway's own listener, so that a request would come back without end",
                        "name the address of the backend",
                    );
                }
            }
        }
    }

    fn upstream_url(&mut self, path: &str, text: &str) -> Option<(Scheme, Authority, String)> {
        let example = "write `http://host:port`, such as `http://127.0.0.1:3000`";
        if text.contains('@') {
            self.error(
                path,
                "the URL of an upstream names a user",
                "remove everything from `//` to `@`",
            );
            return None;
        }
        let uri = match text.parse::<Uri>() {
            Ok(uri) if uri.scheme().is_some() && uri.authority().is_some() => uri,
            Ok(_) | Err(_) => {
                self.error(path, format!("`{text}` is not a URL"), example);
                return None;
            }
        };
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => {
                self.error(path, format!("`{text}` is not an http URL"), example);
                return None;
            }
        };
        if uri.query().is_some() || text.contains('#') {
            self.error(
                path,
                format!("`{}` has a query or a fragment", without_userinfo(text)),
                "remove it; the query of the request is forwarded as it came",
            );
            return None;
        }
        let authority = uri.authority()?;
        if authority.host().is_empty() || authority.port_u16() == Some(0) {
            self.error(
                path,
                format!("`{text}` names no host to connect to"),
                example,
            );
            return None;
        }
        let base_path = uri.path().trim_end_matches('/');
        let pattern = crate::routes::PathPattern::parse(uri.path().trim_end_matches('/'));
        let stars = base_path.contains('*');
        if !base_path.is_empty() && (stars || pattern.is_err()) {
            self.error(
                path,
                format!("`{base_path}` cannot stand in front of every path"),
                "write whole segments without `*`, `.` or `..`; the path of a route belongs into `to`",
            );
        }
        Some((scheme, authority.clone(), base_path.to_owned()))
    }
}
