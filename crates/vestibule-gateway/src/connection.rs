//! One client connection, over TLS or not: HTTP/1.1 served by hyper, watched for clients that do not move.
//! HTTP/2 is in `http2.rs`.

use std::future::Future as _;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
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
use crate::refusal::Refusal;
use crate::request::Peer;
use crate::respond::{self, Audience};
use crate::tls;
use crate::worker::Worker;

mod client_io;
mod framing;
mod http2;
mod last_words;
mod pace;
mod preface;
mod watched;

use client_io::ClientIo;
use last_words::LastWords;
pub(crate) use pace::Busy;
use pace::{Pace, Patience};
use preface::Begun;

/// Agrees with a client on TLS first.
pub(crate) async fn serve_tls(
    worker: Rc<Worker>,
    acceptor: tls::Acceptor,
    stream: TcpStream,
    peer: Rc<Peer>,
    draining: watch::Receiver<bool>,
) {
    let patience = Patience::new(&worker.generation().plan.config.timeouts);
    let handshake = tokio::select! {
        () = farewell(draining.clone(), &patience) => return,
        handshake = acceptor.handshake(stream) => handshake,
    };
    match handshake {
        Ok(stream) => {
            worker.metrics.handshake(tls::ACCEPTED);
            if tls::speaks_http2(&stream) {
                // On the heap, so that who speaks HTTP/1.1 carries no room for it.
                return Box::pin(http2::serve(worker, stream, peer, draining)).await;
            }
            serve(worker, stream, peer, draining).await;
        }
        Err(error) => {
            worker.metrics.handshake(error.outcome());
            let client_addr = peer.address();
            tracing::debug!(%client_addr, %error, "no TLS connection came about");
        }
    }
}

/// Serves the HTTP that the client begins with: HTTP/2 with prior knowledge (RFC 9113 §3.3), or HTTP/1.1.
pub(crate) async fn serve_either(
    worker: Rc<Worker>,
    stream: TcpStream,
    peer: Rc<Peer>,
    draining: watch::Receiver<bool>,
) {
    let patience = Patience::new(&worker.generation().plan.config.timeouts);
    let begun = tokio::select! {
        () = farewell(draining.clone(), &patience) => return,
        begun = tokio::time::timeout(patience.head, Begun::read(stream)) => begun,
    };
    match begun {
        Ok(Ok(stream)) if stream.is_http2() => {
            Box::pin(http2::serve(worker, stream, peer, draining)).await;
        }
        Ok(Ok(stream)) => serve(worker, stream, peer, draining).await,
        Ok(Err(_)) | Err(_) => {} // it left, or took too long to say anything
    }
}

/// Ends when a draining gateway has waited long enough for a client that said nothing yet.
async fn farewell(mut draining: watch::Receiver<bool>, patience: &Patience) {
    // Nothing was asked yet, but may be in a moment.
    let _ = draining.wait_for(|draining| *draining).await;
    tokio::time::sleep(patience.farewell()).await;
}

/// Serves HTTP/1.1 until the client or the gateway ends it.
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
    let words = Arc::new(LastWords::default());
    let io = ClientIo::new(stream, Arc::clone(&pace), Arc::clone(&words));
    let server = builder(config);
    // A connection may live for days: it must not keep an old configuration.
    drop(generation);

    let service = service_fn(|request| {
        let (worker, peer) = (Rc::clone(&worker), Rc::clone(&peer));
        let pace = Arc::clone(&pace);
        let busy = Busy::new(Arc::clone(&pace));
        async move {
            let response = handle(worker, peer, request).await;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                pace.switched();
            }
            Ok::<_, std::convert::Infallible>(response.map(|body| body.keep(busy)))
        }
    });
    let mut connection = pin!(server.serve_connection(io, service).with_upgrades());
    let mut watchdog = pin!(tokio::time::sleep(patience.step()));
    let mut draining = pin!(draining.wait_for(|draining| *draining));
    let mut drain = Drain::Not;
    std::future::poll_fn(|cx| {
        if drain == Drain::Not && draining.as_mut().poll(cx).is_ready() {
            drain = Drain::Waits;
            watchdog
                .as_mut()
                .reset(Instant::now() + patience.farewell());
        }
        loop {
            let ended = connection.as_mut().poll(cx);
            // Errors of a request were logged with it, and those before one are found in `words`.
            if ended.is_ready() {
                return Poll::Ready(());
            }
            if let Some(refusal) = words.wanted() {
                words.say(&refuse(&worker, &peer, &refusal));
                continue;
            }
            // Whoever came just before the end still asks, and is told in the answer that it is the end.
            if drain == Drain::Waits && !pace.may_ask() {
                drain = Drain::Finishes;
                connection.as_mut().graceful_shutdown();
                continue;
            }
            break;
        }
        if drain == Drain::Waits && watchdog.as_mut().poll(cx).is_ready() {
            // Nothing was asked after all.
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

/// How far a connection is with its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drain {
    Not,
    /// A request may be on its way.
    Waits,
    /// What runs is the last request.
    Finishes,
}

/// Answers what never became a request, with a line in the log and a count.
fn refuse(worker: &Worker, peer: &Peer, refusal: &Refusal) -> Response<Bytes> {
    let ids = worker.ids.ids(&mut HeaderMap::new(), false);
    let method = Method::from_bytes(b"-").unwrap_or_default();
    let metrics = Rc::clone(&worker.metrics);
    let mut entry = Entry::new(metrics, method, ids.request_id, peer.address());
    let explain = worker.generation().plan.config.explain_to_client;
    let response = respond::refuse(refusal, &entry.request_id, Audience::Program, explain);
    (entry.reason, entry.cause) = (Some(refusal.code()), refusal.cause());
    entry.status = Some(response.status());
    entry.octets_out = response.body().len() as u64;
    response
}

/// Says that the house is full, as far as the socket takes it at once; over TLS it just closes.
pub(crate) fn turn_away(worker: &Worker, stream: &TcpStream, peer: &Peer, scheme: Scheme) {
    let response = refuse(worker, peer, &Refusal::Unavailable);
    if scheme == Scheme::Http {
        let _ = stream.try_write(&last_words::octets(&response));
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
