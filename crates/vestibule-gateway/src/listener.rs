//! The sockets on which one core accepts clients.

use std::future::pending;
use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use vestibule_session::Scheme;

use crate::server::BindError;

/// The public listeners of one core: `L` is bound, and then belongs to the core's runtime.
///
/// Each core has its own on the same addresses (`SO_REUSEPORT`), and the kernel spreads the clients.
#[derive(Debug)]
pub(crate) struct Listeners<L> {
    plain: Option<L>,
    tls: Option<L>,
}

impl Listeners<std::net::TcpListener> {
    /// Binds both addresses once for each core.
    pub(crate) fn bind(
        plain: Option<SocketAddr>,
        tls: Option<SocketAddr>,
        cores: usize,
    ) -> Result<Vec<Self>, BindError> {
        let first = Self::new(plain, tls)?;
        // Port 0 asks for any: the others join the one that was given.
        let (plain, tls) = (first.plain_address(), first.tls_address());
        let mut all = vec![first];
        for _ in 1..cores {
            all.push(Self::new(plain, tls)?);
        }
        Ok(all)
    }

    fn new(plain: Option<SocketAddr>, tls: Option<SocketAddr>) -> Result<Self, BindError> {
        Ok(Self {
            plain: plain.map(bind).transpose()?,
            tls: tls.map(bind).transpose()?,
        })
    }

    /// Where plain HTTP is spoken.
    pub(crate) fn plain_address(&self) -> Option<SocketAddr> {
        self.plain.as_ref()?.local_addr().ok()
    }

    /// Where TLS is spoken.
    pub(crate) fn tls_address(&self) -> Option<SocketAddr> {
        self.tls.as_ref()?.local_addr().ok()
    }

    /// Hands them to the runtime of this thread.
    pub(crate) fn enter(self) -> io::Result<Listeners<TcpListener>> {
        let enter = |listener: Option<_>| listener.map(TcpListener::from_std).transpose();
        Ok(Listeners {
            plain: enter(self.plain)?,
            tls: enter(self.tls)?,
        })
    }
}

impl Listeners<TcpListener> {
    /// The next client, with the scheme of the listener that it came to.
    pub(crate) async fn accept(&self) -> (Scheme, io::Result<(TcpStream, SocketAddr)>) {
        tokio::select! {
            accepted = accept(self.plain.as_ref()) => (Scheme::Http, accepted),
            accepted = accept(self.tls.as_ref()) => (Scheme::Https, accepted),
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => pending().await,
    }
}

/// Listens on an address, together with others of this process.
pub(crate) fn bind(address: SocketAddr) -> Result<std::net::TcpListener, BindError> {
    let listener = || {
        let domain = Domain::for_address(address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    listener().map_err(|error| BindError::Listen { address, error })
}

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
