//! The proxies in front: who is believed, and how they say it.

use ipnet::IpNet;

use super::Check;
use crate::config::raw::{RawConfig, RawForwardedHeader};
use crate::config::{ForwardedHeader, value};

impl Check<'_> {
    pub(super) fn trusted_proxies(&mut self, texts: Option<&[String]>) -> Vec<IpNet> {
        let mut networks = Vec::new();
        for (index, text) in texts.unwrap_or_default().iter().enumerate() {
            let path = format!("trusted_proxies[{index}]");
            match value::network(text) {
                None => self.error(
                    &path,
                    format!("`{text}` is not an address or a network"),
                    "write an address such as `192.0.2.7` or a network such as `10.0.0.0/8`",
                ),
                Some(network) if network.prefix_len() == 0 => {
                    self.trusts_everybody(&path, &format!("`{text}` trusts"));
                }
                Some(network) => networks.push(network),
            }
        }
        // Two halves are a whole as well.
        let everybody = |network: &IpNet| network.prefix_len() == 0;
        if IpNet::aggregate(&networks).iter().any(everybody) {
            self.trusts_everybody("trusted_proxies", "these networks together trust");
        }
        networks
    }

    fn trusts_everybody(&mut self, path: &str, who: &str) {
        self.error(
            path,
            format!("{who} everybody, so that every client could forge its address and scheme"),
            "name the addresses of the proxies in front of the gateway",
        );
    }

    /// A PROXY header is somebody's word as well.
    pub(super) fn proxy_protocol(&mut self, raw: &RawConfig, trusted: &[IpNet]) {
        let of_tls = raw.tls.as_ref().is_some_and(|tls| tls.proxy_protocol);
        if raw.proxy_protocol && raw.listen.as_deref() == Some("off") {
            self.error(
                "proxy_protocol",
                "there is no plain HTTP that could begin with a PROXY header",
                "write `proxy_protocol: true` within `tls`, or give `listen` an address",
            );
        }
        for (path, on) in [
            ("proxy_protocol", raw.proxy_protocol),
            ("tls.proxy_protocol", of_tls),
        ] {
            if on && trusted.is_empty() && !self.is_reported("trusted_proxies") {
                self.error(
                    path,
                    "no peer is trusted to say whose a connection is, so that each would be closed",
                    "name the addresses of the balancers in `trusted_proxies`",
                );
            }
        }
    }
}

pub(super) fn forwarded_header(raw: &RawConfig) -> ForwardedHeader {
    match raw.forwarded_header {
        Some(RawForwardedHeader::Forwarded) => ForwardedHeader::Forwarded,
        Some(RawForwardedHeader::XForwarded) | None => ForwardedHeader::XForwarded,
    }
}
