//! Which certificate a client gets: that of the name that it asks for (SNI), else the first one.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use rustls::Error;
use rustls::InconsistentKeys;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{Chain, Mismatch, PrivateKey};

/// A certificate with the key that belongs to it.
#[derive(Clone)]
pub struct Certificate {
    chain: Chain,
    certified: Arc<CertifiedKey>,
}

impl Certificate {
    /// Puts the two together, if they belong together.
    pub fn new(chain: Chain, key: &PrivateKey) -> Result<Self, Mismatch> {
        let certificates = chain.clone().into_certificates();
        let certified = CertifiedKey::new(certificates, Arc::clone(&key.0));
        match certified.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Self {
                chain,
                certified: Arc::new(certified),
            }),
            Err(_) => Err(Mismatch),
        }
    }

    pub(super) fn into_certified(self) -> Arc<CertifiedKey> {
        self.certified
    }

    /// What clients see of it.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate")
            .field(&self.chain.names())
            .finish()
    }
}

/// All certificates, found by name.
///
/// Where several are for the same name, the first one is taken.
#[derive(Debug)]
pub struct Certificates {
    default: Certificate,
    others: Vec<Certificate>,
    /// As the certificates spell the names: `app.example.com`, `*.example.com`.
    by_name: HashMap<String, Certificate>,
}

impl Certificates {
    /// Takes them in the order of the configuration; `default` is the first.
    pub fn new(default: Certificate, others: Vec<Certificate>) -> Self {
        let mut by_name = HashMap::new();
        for certificate in [&default].into_iter().chain(&others) {
            for name in certificate.chain.names() {
                by_name
                    .entry(name.clone())
                    .or_insert_with(|| certificate.clone());
            }
        }
        Self {
            default,
            others,
            by_name,
        }
    }

    /// All of them, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        [&self.default].into_iter().chain(&self.others)
    }

    /// The certificate for a client that names this host, in lower case, or none.
    pub fn choose(&self, host: Option<&str>) -> &Certificate {
        let named = host.and_then(|host| {
            let exact = self.by_name.get(host);
            exact.or_else(|| {
                let (_, domain) = host.split_once('.')?;
                self.by_name.get(&format!("*.{domain}"))
            })
        });
        named.unwrap_or(&self.default)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.choose(hello.server_name()).certified))
    }
}
