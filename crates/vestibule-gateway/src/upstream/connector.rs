//! From an upstream's address to a stream that speaks for the right upstream.

use std::io;

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::transport::Transport;
use crate::config::{self, Protocol};
use crate::refusal::{Refusal, Unreachable};
use crate::tls::HTTP_2;

/// Opens connections to one upstream.
pub(super) struct Connector {
    name: Box<str>,
    host: Box<str>,
    port: u16,
    protocol: Protocol,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Connector {
    pub(super) fn new(config: &config::Upstream) -> Self {
        // `connect` wants an IPv6 address without its brackets.
        let host = config.authority.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let tls = config.tls.as_ref().map(|outbound| {
            let connector = TlsConnector::from(outbound.config());
            (connector, outbound.server_name().clone())
        });
        Self {
            name: config.name.as_str().into(),
            host: host.into(),
            port: config.port,
            protocol: config.protocol,
            tls,
        }
    }

    /// Opens a TCP connection, trying each address that the name has, and agrees on TLS where the URL
    /// says `https`. There is no way from a failed handshake to plain HTTP (TH-93).
    pub(super) async fn connect(&self) -> Result<Transport, Refusal> {
        let stream = self.connect_tcp().await;
        let stream = stream.map_err(|_| Unreachable::Connection)?;
        let Some((connector, server_name)) = &self.tls else {
            return Ok(Transport::Plain(stream));
        };
        // In a box: the request of an upstream without TLS carries no room for a handshake.
        let stream = Box::pin(connector.connect(server_name.clone(), stream)).await;
        let stream = stream.map_err(|error| self.no_tls(&error))?;
        let (_, session) = stream.get_ref();
        // A server that knows nothing of ALPN would be sent HTTP/2 without having agreed to it.
        if self.protocol == Protocol::Http2 && session.alpn_protocol() != Some(HTTP_2) {
            return Err(self.no_tls(&"it does not agree on HTTP/2 (ALPN)").into());
        }
        Ok(Transport::Tls(Box::new(stream)))
    }

    async fn connect_tcp(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn no_tls(&self, error: &dyn std::fmt::Display) -> Unreachable {
        let upstream = &*self.name;
        tracing::warn!(upstream, %error, "no TLS with the upstream came about");
        Unreachable::Tls
    }
}

impl From<Unreachable> for Refusal {
    fn from(why: Unreachable) -> Self {
        Self::UpstreamUnreachable(why)
    }
}
