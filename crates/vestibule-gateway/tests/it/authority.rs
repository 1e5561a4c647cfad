//! Certificates made for the tests, and clients that trust them alone.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// A certificate with its key.
pub(crate) struct Issued {
    pub(crate) chain: String,
    pub(crate) key: String,
    der: CertificateDer<'static>,
}

impl Issued {
    pub(crate) fn new(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            chain: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
        }
    }

    /// The one that every gateway has which is started without other ones.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Issued> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(&["app.test"]))
    }
}

/// An authority that issues certificates for upstreams.
pub(crate) struct Authority {
    /// Its certificate as PEM.
    pub(crate) chain: String,
    pub(crate) der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            chain: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// The one that "the system" trusts, for every gateway of the tests.
    pub(crate) fn system() -> &'static Self {
        static SYSTEM: OnceLock<Authority> = OnceLock::new();
        SYSTEM.get_or_init(Self::new)
    }

    pub(crate) fn issue(&self, names: &[&str]) -> Issued {
        self.issue_until(names, 2090)
    }

    /// A certificate that ends with the first day of a year.
    pub(crate) fn issue_until(&self, names: &[&str], year: i32) -> Issued {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued {
            chain: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
        }
    }

    /// The authority as a file that others may name; it has no key for them.
    pub(crate) fn published(&self) -> Issued {
        Issued {
            chain: self.chain.clone(),
            key: String::new(),
            der: self.der.clone(),
        }
    }
}

/// How a client speaks TLS that trusts these certificates and nothing else.
pub(crate) fn trusting(
    issued: &[&Issued],
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for issued in issued {
        roots.add(issued.der.clone()).unwrap();
    }
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}
