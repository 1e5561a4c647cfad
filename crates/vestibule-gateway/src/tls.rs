//! TLS: towards clients the certificates, the terms of a handshake and the handshake itself;
//! towards upstreams the terms.
//!
//! The crypto provider is named here and nowhere installed for the process, so that nothing depends
//! on which crate was there first.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{NoServerSessionStorage, ProducesTickets};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config;

mod certificate;
mod certificates;
mod outbound;
mod redirect;
#[cfg(test)]
pub(crate) mod specimen;
mod unverified;

pub use certificate::{CertificateError, Chain, KeyError, Mismatch, PrivateKey, Validity};
pub use certificates::{Certificate, Certificates};
pub use outbound::Outbound;
pub(crate) use outbound::{Trust, authorities};
pub(crate) use redirect::to_https;

/// Makes handshakes: what all connections of one configuration share.
#[derive(Clone)]
pub(crate) struct Acceptor {
    acceptor: TlsAcceptor,
    timeout: Duration,
}

impl Acceptor {
    /// Takes the configured certificates, and the tickets that outlive a configuration.
    pub(crate) fn new(config: &config::Tls, tickets: Arc<dyn ProducesTickets>) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has suites of TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&config.certificates) as _);
        server.alpn_protocols = vec![HTTP_1_1.to_vec()];
        if config.http2 {
            // First, because the order is ours to choose by.
            server.alpn_protocols.insert(0, HTTP_2.to_vec());
        }
        // A ticket is good on every core; a table of sessions would be a lock between them.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.ticketer = tickets;
        Self {
            acceptor: TlsAcceptor::from(Arc::new(server)),
            timeout: config.handshake_timeout,
        }
    }

    /// Speaks TLS with a client, for as long as the configuration allows.
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, HandshakeError> {
        match tokio::time::timeout(self.timeout, self.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            // rustls wraps what it has against the client's words; all else is the socket's.
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Err(HandshakeError::Failed(error))
            }
            Ok(Err(error)) => Err(HandshakeError::Closed(error)),
            Err(_) => Err(HandshakeError::TimedOut),
        }
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Whether HTTP/2 was agreed on; who agrees on nothing speaks HTTP/1.1.
pub(crate) fn speaks_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP_2)
}

/// Keys of session tickets, made anew every few hours; those before are still taken for as long again.
pub(crate) fn tickets() -> Result<Arc<dyn ProducesTickets>, rustls::Error> {
    aws_lc_rs::Ticketer::new()
}

/// Why there is no connection after all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("the client went away: {0}")]
    Closed(io::Error),
    #[error("{0}")]
    Failed(io::Error),
    #[error("the client took too long")]
    TimedOut,
}

impl HandshakeError {
    /// The word in the metric.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Closed(_) => "closed",
            Self::Failed(_) => "failed",
            Self::TimedOut => "timeout",
        }
    }
}

/// Every outcome of a handshake, so that each has a metric before its first event.
pub(crate) const OUTCOMES: [&str; 4] = [ACCEPTED, "closed", "failed", "timeout"];

/// The outcome of a handshake that leads to a connection.
pub(crate) const ACCEPTED: &str = "ok";

/// What is spoken over TLS, by the names of RFC 7301.
const HTTP_1_1: &[u8] = b"http/1.1";
pub(crate) const HTTP_2: &[u8] = b"h2";
