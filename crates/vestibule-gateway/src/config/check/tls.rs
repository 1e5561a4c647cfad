//! TLS: certificates and keys are read with the configuration, so that their faults are its problems.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use vestibule_session::Scheme;
use zeroize::Zeroizing;

use super::Check;
use crate::config::raw::{RawCertificate, RawTls};
use crate::config::{PublicUrl, Tls};
use crate::tls::{Certificate, Certificates, Chain, PrivateKey, Validity};

impl Check<'_> {
    pub(super) fn tls(&mut self, raw: &RawTls) -> Option<Tls> {
        let listen = self.listen("tls.listen", raw.listen.as_deref());
        let handshake_timeout =
            self.duration("tls.handshake_timeout", raw.handshake_timeout.as_deref());
        let certificates = self.certificates(raw.certificates.as_deref()?);
        Some(Tls {
            listen: listen?,
            certificates: Arc::new(certificates?),
            http2: raw.http2.unwrap_or_default(),
            redirect_http: raw.redirect_http,
            handshake_timeout,
        })
    }

    /// What must fit together between TLS and the rest.
    pub(super) fn https(
        &mut self,
        listen: Option<SocketAddr>,
        public_url: Option<&PublicUrl>,
        tls: Option<&Tls>,
    ) {
        let Some(tls) = tls else {
            return;
        };
        if tls.redirect_http && listen.is_none() && !self.is_reported("listen") {
            self.error(
                "tls.redirect_http",
                "there is no plain HTTP to lead to HTTPS",
                "give `listen` an address, or remove `redirect_http`",
            );
        }
        let Some(public_url) = public_url else {
            return;
        };
        if tls.redirect_http && public_url.scheme == Scheme::Http {
            self.error(
                "tls.redirect_http",
                "plain HTTP would lead to HTTPS, and `public_url` says that users are on plain HTTP",
                "begin `public_url` with `https://`, or remove `redirect_http`",
            );
        }
        let host = public_url.authority.host();
        let chain = tls.certificates.choose(Some(host)).chain();
        if public_url.scheme == Scheme::Https && !chain.is_for(host) {
            self.warning(
                "tls.certificates",
                &format!("no certificate is for `{host}`, the host of `public_url`"),
                "add one that is, or correct `public_url`; browsers refuse another",
            );
        }
    }

    fn certificates(&mut self, raw: &[RawCertificate]) -> Option<Certificates> {
        if raw.is_empty() {
            self.error(
                "tls.certificates",
                "without a certificate there is no TLS",
                "add one: `- { cert_file: app.pem, key_file: app.key }`",
            );
        }
        let mut names = HashSet::new();
        let mut certificates = Vec::new();
        for (index, raw) in raw.iter().enumerate() {
            let here = format!("tls.certificates[{index}]");
            let Some(certificate) = self.certificate(&here, raw) else {
                continue;
            };
            let before = names.len();
            names.extend(certificate.chain().names().iter().cloned());
            if index > 0 && names.len() == before {
                self.warning(
                    &format!("{here}.cert_file"),
                    "no client gets this certificate: it has no host name that those before it have not",
                    "remove it, or put it first",
                );
            }
            certificates.push(certificate);
        }
        let mut certificates = certificates.into_iter();
        let default = certificates.next()?;
        Some(Certificates::new(default, certificates.collect()))
    }

    pub(super) fn certificate(&mut self, here: &str, raw: &RawCertificate) -> Option<Certificate> {
        let cert_file = raw.cert_file.as_deref();
        let chain = cert_file.and_then(|file| self.chain(&format!("{here}.cert_file"), file));
        let key_file = raw.key_file.as_deref();
        let key = key_file.and_then(|file| self.key(&format!("{here}.key_file"), file));
        let certificate = Certificate::new(chain?, &key?);
        if certificate.is_err() {
            self.error(
                &format!("{here}.key_file"),
                format!(
                    "`{}` is not the key of the certificate in `{}`",
                    key_file.unwrap_or_default(),
                    cert_file.unwrap_or_default()
                ),
                "name the key that the certificate was made for; in `cert_file`, the server's own certificate comes first",
            );
        }
        certificate.ok()
    }

    fn chain(&mut self, path: &str, file: &str) -> Option<Chain> {
        let text = self.pem(path, file)?;
        let chain = match Chain::parse(&text) {
            Ok(chain) => chain,
            Err(error) => {
                self.error(
                    path,
                    format!("`{file}` {error}"),
                    "name a PEM file: `-----BEGIN CERTIFICATE-----`, the server's own certificate first",
                );
                return None;
            }
        };
        let fault = match chain.validity(self.sources.now) {
            Validity::Valid => return Some(chain),
            Validity::Expired => "has expired",
            Validity::NotYet => "is not valid yet",
        };
        self.warning(
            path,
            &format!("the certificate in `{file}` {fault}"),
            "put a new one there and reload with SIGHUP; browsers refuse this one",
        );
        Some(chain)
    }

    fn key(&mut self, path: &str, file: &str) -> Option<PrivateKey> {
        let text = self.pem(path, file)?;
        if (self.sources.anybody_can_read)(Path::new(file)) {
            self.warning(
                path,
                &format!("every user of this machine can read the private key in `{file}`"),
                "let only the user of the gateway read it: `chmod 600`",
            );
        }
        let key = PrivateKey::parse(&text);
        if let Err(error) = key {
            self.error(
                path,
                format!("`{file}` {error}"),
                "name a PEM file with an RSA, ECDSA or Ed25519 key and no passphrase: `-----BEGIN PRIVATE KEY-----`",
            );
        }
        key.ok()
    }

    /// The text of a file, wiped when it was read.
    pub(super) fn pem(&mut self, path: &str, file: &str) -> Option<Zeroizing<String>> {
        match (self.sources.read_file)(Path::new(file)) {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(error) => {
                self.error(
                    path,
                    format!("`{file}` cannot be read: {error}"),
                    "correct the path, and let the user of the gateway read the file",
                );
                None
            }
        }
    }
}
