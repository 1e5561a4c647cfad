//! One client connection: HTTP/1.1 served by hyper, over TLS or not, watched for clients that do not move.

use std::future::Future as _;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use http::{HeaderMap, Method};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;
use vestibule_session::Scheme;

use crate::access::Entry;
use crate::config::Config;
use crate::handle::handle;
use crate::request::Peer;
use crate::respond;
use crate::tls;
use crate::worker::Worker;

mod client_io;
mod pace;

use client_io::ClientIo;
pub(crate) use pace::Busy;
use pace::{Pace, Patience};

/// Agrees with a client on TLS first.
pub(crate) async fn serve_tls(
    worker: Rc<Worker>,
    acceptor: tls::Acceptor,
    stream: TcpStream,
    peer: Rc<Peer>,
    mut draining: watch::Receiver<bool>,
) {
    let handshake = tokio::select! {
        // Nothing was asked yet, so there is nothing to finish.
        _ = draining.wait_for(|draining| *draining) => return,
        handshake = acceptor.handshake(stream) => handshake,
    };
    match handshake {
        Ok(stream) => {
            worker.metrics.handshake(tls::ACCEPTED);
            serve(worker, stream, peer, draining).await;
        }
        Err(error) => {
            worker.metrics.handshake(error.outcome());
            let client_addr = peer.address();
            tracing::debug!(%client_addr, %error, "no TLS connection came about");
        }
    }
}

/// Serves requests until the client or the gateway ends it.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    worker: Rc<Worker>,
    stream: S,
    peer: Rc<Peer>,
    mut draining: watch::Receiver<bool>,
) {
    let generation = worker.generation();
    let config = &generation.plan.config;
    let patience = Patience::new(&config.timeouts);
    let pace = Arc::new(Pace::new());
    let io = ClientIo::new(stream, Arc::clone(&pace));
    let server = builder(config);
    // A connection may live for days: it must not keep an old configuration.
    drop(generation);

    let service = service_fn(|request| {
        let (worker, peer) = (Rc::clone(&worker), Rc::clone(&peer));
        let busy = Busy::new(Arc::clone(&pace));
        async move {
            let response = handle(worker, peer, request).await;
            Ok::<_, std::convert::Infallible>(response.map(|body| body.keep(busy)))
        }
    });
    let mut connection = pin!(server.serve_connection(io, service).with_upgrades());
    let mut watchdog = pin!(tokio::time::sleep(patience.step()));
    let mut drain = pin!(draining.wait_for(|draining| *draining));
    let mut finishing = false;
    std::future::poll_fn(|cx| {
        if !finishing && drain.as_mut().poll(cx).is_ready() {
            finishing = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            // Other errors were logged with their request.
            if let Err(error) = ended
                && error.is_parse()
            {
                note_unreadable(&worker, &peer, &error);
            }
            return Poll::Ready(());
        }
        while watchdog.as_mut().poll(cx).is_ready() {
            match pace.look(&patience, Instant::now()) {
                Some(next) => watchdog.as_mut().reset(next),
                None => return Poll::Ready(()),
            }
        }
        Poll::Pending
    })
    .await;
}

/// Logs and counts what was no request at all; hyper has answered it, without our marks.
fn note_unreadable(worker: &Worker, peer: &Peer, error: &hyper::Error) {
    let ids = worker.ids.ids(&mut HeaderMap::new(), false);
    let method = Method::from_bytes(b"-").unwrap_or_default();
    let metrics = Rc::clone(&worker.metrics);
    let mut entry = Entry::new(metrics, method, ids.request_id, peer.address());
    respond::note_unreadable(&mut entry, error.is_parse_too_large());
}

/// Says that the house is full, as far as the socket takes it at once; over TLS it just closes.
pub(crate) fn turn_away(stream: &TcpStream, scheme: Scheme) {
    if scheme == Scheme::Http {
        let _ = stream.try_write(respond::OVERLOADED);
    }
    tracing::warn!("turned a connection away: `limits.connections` are open");
}

fn builder(config: &Config) -> http1::Builder {
    let limits = &config.limits;
    let mut builder = http1::Builder::new();
    // hyper's own bounds lie beyond ours, so that a head within its bounds gets an answer of ours.
    builder
        .max_buf_size((2 * limits.header_bytes + limits.target_bytes).max(MIN_BUFFER))
        .header_read_timeout(None)
        .half_close(false);
    if limits.header_count > DEFAULT_HEADERS {
        builder.max_headers(2 * limits.header_count);
    }
    builder
}

/// The number of headers that hyper takes without allocating for them.
const DEFAULT_HEADERS: usize = 100;

/// hyper's own minimum.
const MIN_BUFFER: usize = 8192;
