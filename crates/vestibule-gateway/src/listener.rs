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
    /// Binds both addresses once for each core; an address that anybody else listens on is an error.
    pub(crate) fn bind(
        plain: Option<SocketAddr>,
        tls: Option<SocketAddr>,
        cores: usize,
    ) -> Result<Vec<Self>, BindError> {
        let first = Self::new(plain, tls, bind_first)?;
        // Port 0 asks for any: the others join the one that was given.
        let (plain, tls) = (first.plain_address(), first.tls_address());
        let mut all = vec![first];
        for _ in 1..cores {
            all.push(Self::new(plain, tls, bind_next)?);
        }
        Ok(all)
    }

    fn new(
        plain: Option<SocketAddr>,
        tls: Option<SocketAddr>,
        bind: impl Fn(SocketAddr) -> Result<std::net::TcpListener, BindError>,
    ) -> Result<Self, BindError> {
        Ok(Self {
            plain: plain.map(&bind).transpose()?,
            tls: tls.map(&bind).transpose()?,
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

    /// Stops listening; those who came before that are the last.
    pub(crate) fn close(self) -> Vec<(Scheme, TcpStream, SocketAddr)> {
        let mut last = Vec::new();
        for (scheme, listener) in [(Scheme::Http, self.plain), (Scheme::Https, self.tls)] {
            // The system's own view: the runtime may not have heard of the latest yet.
            let Some(Ok(listener)) = listener.map(TcpListener::into_std) else {
                continue;
            };
            while let Ok((stream, peer)) = listener.accept() {
                if stream.set_nonblocking(true).is_ok()
                    && let Ok(stream) = TcpStream::from_std(stream)
                {
                    last.push((scheme, stream, peer));
                }
            }
        }
        last
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => pending().await,
    }
}

/// Listens on an address alone.
pub(crate) fn bind(address: SocketAddr) -> Result<std::net::TcpListener, BindError> {
    let socket = listen(address, false);
    let socket = socket.map_err(|error| BindError::Listen { address, error })?;
    Ok(socket.into())
}

/// Listens on an address alone, and then lets the other cores join.
///
/// Had it asked to share from the start, a second gateway on the same address would start without an
/// error and take half of the clients.
fn bind_first(address: SocketAddr) -> Result<std::net::TcpListener, BindError> {
    let listener = || {
        let socket = listen(address, false)?;
        socket.set_reuse_port(true)?;
        Ok(socket.into())
    };
    listener().map_err(|error| BindError::Listen { address, error })
}

/// Joins the first core on its address.
fn bind_next(address: SocketAddr) -> Result<std::net::TcpListener, BindError> {
    let socket = listen(address, true);
    let socket = socket.map_err(|error| BindError::Listen { address, error })?;
    Ok(socket.into())
}

fn listen(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    // What is left of an earlier gateway's connections is in nobody's way.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
