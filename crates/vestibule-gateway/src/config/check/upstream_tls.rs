//! TLS to an upstream: whom it must be, and who we are. Read with the configuration, as its files are.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::ServerName;
use vestibule_session::Scheme;

use super::Check;
use crate::config::Protocol;
use crate::config::document::join;
use crate::config::raw::{RawCertificate, RawUpstream};
use crate::tls::{Certificate, Outbound, Trust, authorities};

impl Check<'_> {
    /// How TLS is spoken with an upstream; `None` over plain HTTP.
    pub(super) fn upstream_tls(
        &mut self,
        here: &str,
        raw: &RawUpstream,
        (scheme, host): (Scheme, &str),
        protocol: Protocol,
    ) -> Option<Outbound> {
        if scheme == Scheme::Http {
            self.no_upstream_tls(here, raw);
            return None;
        }
        let name = self.server_name(here, raw.server_name.as_deref(), host);
        let trust = self.trust(here, raw);
        let identity = self.identity(here, raw);
        Some(Outbound::new(trust?, identity?, name?, protocol))
    }

    /// Who wrote one of these thought that there was TLS.
    fn no_upstream_tls(&mut self, here: &str, raw: &RawUpstream) {
        let invalid = raw.danger_accept_invalid_certificates == Some(true);
        for (key, written) in [
            ("ca_file", raw.ca_file.is_some()),
            ("server_name", raw.server_name.is_some()),
            ("cert_file", raw.cert_file.is_some()),
            ("key_file", raw.key_file.is_some()),
            ("danger_accept_invalid_certificates", invalid),
        ] {
            if written {
                self.error(
                    &format!("{here}.{key}"),
                    format!("`{key}` is about TLS, and the URL of the upstream is plain `http`"),
                    "begin `url` with `https://`, or remove the key",
                );
            }
        }
    }

    fn server_name(
        &mut self,
        here: &str,
        written: Option<&str>,
        host: &str,
    ) -> Option<ServerName<'static>> {
        let (key, text) = match written {
            Some(text) => ("server_name", text),
            None => ("url", host.trim_matches(['[', ']'])),
        };
        let name = ServerName::try_from(text.to_owned());
        if name.is_err() {
            self.error(
                &format!("{here}.{key}"),
                format!("no certificate can be for `{text}`"),
                "write a host name or an address, without a port: `server_name: api.internal`",
            );
        }
        name.ok()
    }

    fn trust(&mut self, here: &str, raw: &RawUpstream) -> Option<Trust> {
        let danger = "danger_accept_invalid_certificates";
        if raw.danger_accept_invalid_certificates == Some(true) {
            if raw.ca_file.is_some() {
                self.error(
                    &format!("{here}.ca_file"),
                    format!("nobody asks the authorities in `ca_file` while `{danger}` is on"),
                    format!("remove `{danger}`: with `ca_file` it is not needed"),
                );
            }
            let danger = join(&self.here, &format!("{here}.{danger}"));
            self.dangers.push(danger);
            return Some(Trust::Anybody);
        }
        let roots = match raw.ca_file.as_deref() {
            Some(file) => self.authorities(&format!("{here}.ca_file"), file),
            None => self.system_roots(here),
        };
        roots.map(Trust::Authorities)
    }

    fn authorities(&mut self, path: &str, file: &str) -> Option<Arc<RootCertStore>> {
        let text = self.pem(path, file)?;
        match authorities(&text) {
            Ok(roots) => Some(Arc::new(roots)),
            Err(error) => {
                self.error(
                    path,
                    format!("`{file}` {error}"),
                    "name a PEM file with the certificates of authorities: `-----BEGIN CERTIFICATE-----`",
                );
                None
            }
        }
    }

    fn system_roots(&mut self, here: &str) -> Option<Arc<RootCertStore>> {
        if self.system_roots.is_none() {
            let mut roots = RootCertStore::empty();
            // What the library cannot read stands in many systems, and vouches for nobody here.
            roots.add_parsable_certificates((self.sources.system_roots)());
            self.system_roots = Some(Arc::new(roots));
        }
        let roots = self.system_roots.clone()?;
        if roots.is_empty() {
            self.error(
                &format!("{here}.url"),
                "this machine has no certificates of authorities to verify the upstream with",
                "install the package `ca-certificates`, set `SSL_CERT_FILE`, or name a file in `ca_file`",
            );
            return None;
        }
        Some(roots)
    }

    /// The gateway's own certificate, where the upstream gets one; the outer `None` is a problem.
    #[expect(clippy::option_option, reason = "no certificate is not a wrong one")]
    fn identity(&mut self, here: &str, raw: &RawUpstream) -> Option<Option<Certificate>> {
        match (&raw.cert_file, &raw.key_file) {
            (None, None) => Some(None),
            (Some(cert_file), Some(key_file)) => {
                let raw = RawCertificate {
                    cert_file: Some(cert_file.clone()),
                    key_file: Some(key_file.clone()),
                };
                self.certificate(here, &raw).map(Some)
            }
            (cert_file, _) => {
                let (written, missing) = match cert_file {
                    Some(_) => ("cert_file", "key_file"),
                    None => ("key_file", "cert_file"),
                };
                self.error(
                    &format!("{here}.{written}"),
                    format!("`{written}` stands without `{missing}`"),
                    format!("name both files, or remove `{written}`"),
                );
                None
            }
        }
    }
}
