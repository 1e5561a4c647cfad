//! A certificate and its private key, as PEM files hold them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::SigningKey;
use webpki::{EndEntityCert, KeyUsage};
use zeroize::Zeroize as _;

/// A server's certificate and those that lead to its authority.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Never empty, and the first one was parsed.
    certificates: Vec<CertificateDer<'static>>,
    names: Vec<String>,
}

impl Chain {
    /// Reads every certificate of a PEM text; other sections, such as a key, are passed over.
    pub fn parse(pem: &str) -> Result<Self, CertificateError> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            // The parser's own words would repeat what stands in the file.
            .map_err(|_| CertificateError::Pem)?;
        let leaf = certificates.first().ok_or(CertificateError::Missing)?;
        let leaf = EndEntityCert::try_from(leaf).map_err(|_| CertificateError::Unreadable)?;
        let names = leaf.valid_dns_names().map(str::to_ascii_lowercase);
        let names = names.collect();
        Ok(Self {
            certificates,
            names,
        })
    }

    /// The host names that it is for, in lower case; `*.` stands for one label.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether a client that asked for this host, by name or by address, is content with it.
    pub fn is_for(&self, host: &str) -> bool {
        let name = ServerName::try_from(host.trim_matches(['[', ']']));
        match (name, self.leaf()) {
            (Ok(name), Some(leaf)) => leaf.verify_is_valid_for_subject_name(&name).is_ok(),
            (Ok(_) | Err(_), _) => false,
        }
    }

    /// Whether clients take it at this second.
    pub fn validity(&self, now: u64) -> Validity {
        let Some(leaf) = self.leaf() else {
            return Validity::Valid;
        };
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
        // The times are looked at before the signatures, for which there is no authority here.
        match leaf.verify_for_usage(&[], &[], &[], now, KeyUsage::server_auth(), None, None) {
            Err(webpki::Error::CertExpired { .. }) => Validity::Expired,
            Err(webpki::Error::CertNotValidYet { .. }) => Validity::NotYet,
            Ok(_) | Err(_) => Validity::Valid,
        }
    }

    pub(super) fn into_certificates(self) -> Vec<CertificateDer<'static>> {
        self.certificates
    }

    fn leaf(&self) -> Option<EndEntityCert<'_>> {
        EndEntityCert::try_from(self.certificates.first()?).ok()
    }
}

/// Where a moment lies in the life of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Behind its end.
    Expired,
    /// Before its beginning.
    NotYet,
    /// Within.
    Valid,
}

/// A private key that can sign. Its octets are with the crypto library alone.
#[derive(Clone)]
pub struct PrivateKey(pub(super) Arc<dyn SigningKey>);

impl PrivateKey {
    /// Reads the first private key of a PEM text.
    pub fn parse(pem: &str) -> Result<Self, KeyError> {
        if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err(KeyError::Encrypted);
        }
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        let mut key = key.map_err(|_| KeyError::Missing)?;
        let signing = any_supported_type(&key);
        key.zeroize();
        signing.map(Self).map_err(|_| KeyError::Unsupported)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// Why a file holds no certificate to serve with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// There is no section of that kind.
    #[error("holds no certificate")]
    Missing,
    /// A section is damaged.
    #[error("is not good PEM")]
    Pem,
    /// The first certificate is no X.509 certificate of version 3.
    #[error("begins with a certificate that cannot be read")]
    Unreadable,
}

/// Why a file holds no key to serve with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Only with a passphrase, and nobody could type one.
    #[error("holds a private key that is encrypted with a passphrase")]
    Encrypted,
    /// There is no section of that kind, or it is damaged.
    #[error("holds no private key")]
    Missing,
    /// Neither RSA, ECDSA nor Ed25519.
    #[error("holds a private key of an unknown kind")]
    Unsupported,
}

/// A key that is not the one of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch;

#[cfg(test)]
mod tests;
