//! TLS towards an upstream: its certificate is verified before the first octet of a request (TH-93).

use std::fmt;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};

use super::unverified::Unverified;
use super::{Certificate, CertificateError, HTTP_1_1, HTTP_2};
use crate::config::Protocol;

/// How TLS is spoken with one upstream.
#[derive(Clone)]
pub struct Outbound {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// Whose word counts for who the upstream is.
#[derive(Debug, Clone)]
pub(crate) enum Trust {
    /// Nobody asks: `danger_accept_invalid_certificates`.
    Anybody,
    /// That of these authorities.
    Authorities(Arc<RootCertStore>),
}

impl Outbound {
    /// Expects a certificate for `name`, and shows `identity` where the upstream asks for one.
    pub(crate) fn new(
        trust: Trust,
        identity: Option<Certificate>,
        name: ServerName<'static>,
        protocol: Protocol,
    ) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites of TLS 1.2 and 1.3");
        let builder = match trust {
            Trust::Authorities(roots) => builder.with_root_certificates(roots),
            Trust::Anybody => {
                let verifier = Arc::new(Unverified(provider));
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(verifier)
            }
        };
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let resolver = SingleCertAndKey::from(identity.into_certified());
                builder.with_client_cert_resolver(Arc::new(resolver))
            }
        };
        config.alpn_protocols = vec![match protocol {
            Protocol::Http1 => HTTP_1_1.to_vec(),
            Protocol::Http2 => HTTP_2.to_vec(),
        }];
        Self {
            config: Arc::new(config),
            name,
        }
    }

    /// The name that the upstream's certificate is for.
    pub fn server_name(&self) -> &ServerName<'static> {
        &self.name
    }

    /// The terms for one core: sessions are resumed without a lock between cores.
    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        let mut config = ClientConfig::clone(&self.config);
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Arc::new(config)
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads the certificates of authorities out of a PEM text: at least one, and all of them good.
pub(crate) fn authorities(pem: &str) -> Result<RootCertStore, CertificateError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        // The parser's own words would repeat what stands in the file.
        let certificate = certificate.map_err(|_| CertificateError::Pem)?;
        roots
            .add(certificate)
            .map_err(|_| CertificateError::Unreadable)?;
    }
    if roots.is_empty() {
        return Err(CertificateError::Missing);
    }
    Ok(roots)
}

/// Sessions that a core keeps to resume, for the one name of the upstream.
const SESSIONS: usize = 8;
