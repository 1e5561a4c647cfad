//! API and pages on listeners of this machine, each on threads of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use axum::Router;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// A server that can be stopped as a process is: with all that it was doing.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Serves what `build` makes, on a port of this machine; 0 takes any free one.
    ///
    /// `build` runs on the server's own runtime, so that what it opens ends with it.
    pub fn start<E, B, F>(name: &str, port: u16, build: B) -> Result<Self, StartError<E>>
    where
        E: Send + 'static,
        B: FnOnce() -> F + Send + 'static,
        F: Future<Output = Result<Router, E>>,
    {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(StartError::Listen)?;
        listener.set_nonblocking(true).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(StartError::Listen)?;
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::sync_channel(1);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(async {
                match build().await {
                    Ok(router) => {
                        // Where nobody waits for it any more, it stops at once.
                        let _ = ready.send(Ok(()));
                        serve(listener, router, stopped).await;
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
            });
            Runtime::shutdown_background(runtime);
        });
        let thread = thread.map_err(StartError::Listen)?;
        match is_ready.recv() {
            Ok(Ok(())) => Ok(Self {
                address,
                stop,
                thread,
            }),
            Ok(Err(error)) => Err(StartError::Build(error)),
            Err(_) => Err(StartError::Listen(io::Error::other("its thread ended"))),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it: the listener, every connection, every task.
    pub fn stop(self) {
        // A server that is gone needs no word.
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

async fn serve(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the listener cannot be used");
            return;
        }
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        _ = axum::serve(listener, service) => {}
        _ = stopped => {}
    }
}

/// One is enough for a demonstration; two keep a slow request from holding up the others.
const THREADS: usize = 2;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError<E> {
    /// What it serves could not be made.
    #[error("failed to make ready what is to be served")]
    Build(E),
    /// The port is taken, or the system has no more of something.
    #[error("failed to listen")]
    Listen(#[source] io::Error),
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_stopped_server_keeps_no_connection_and_can_be_started_again() {
        let build = || async { Ok::<_, Infallible>(Router::new()) };
        let server = Server::start("test", 0, build).unwrap();
        let address = server.address();
        let mut kept = TcpStream::connect(address).unwrap();
        kept.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .unwrap();
        let mut start = [0; 12];
        kept.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 404");
        server.stop();
        let mut rest = Vec::new();
        kept.read_to_end(&mut rest).unwrap();
        assert!(TcpStream::connect(address).is_err());
        let again = Server::start("test", address.port(), build).unwrap();
        assert_eq!(again.address(), address);
        again.stop();
    }
}
