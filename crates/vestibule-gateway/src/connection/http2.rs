//! One client connection that speaks HTTP/2 (RFC 9113): framed by hyper, watched by us.
//!
//! Each request is a task of its own on the same core, and goes the way that every request goes. What is
//! different is here: the form of a request, the end of a connection, and what a client may do to keep us
//! busy with nothing.

use std::future::Future as _;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use http::Method;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;

use super::pace::Patience;
use crate::config::Limits;
use crate::handle::handle;
use crate::refusal::BadRequest;
use crate::request::Peer;
use crate::worker::Worker;

mod activity;
mod frames;
mod request;
mod socket;
mod stream;

use activity::Activity;
use socket::Socket;
use stream::{Streams, answer};

/// Serves requests until the client or the gateway ends it.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    worker: Rc<Worker>,
    stream: S,
    peer: Rc<Peer>,
    mut draining: watch::Receiver<bool>,
) {
    let generation = worker.generation();
    let config = &generation.plan.config;
    let patience = Patience::new(&config.timeouts);
    let activity = Rc::new(Activity::new());
    let streams = Streams::new(Rc::clone(&worker), Rc::clone(&activity), patience);
    let server = builder(&config.limits, streams.clone());
    // A connection may live for days: it must not keep an old configuration.
    drop(generation);

    let socket = TokioIo::new(Socket::new(stream, Rc::clone(&activity)));
    let service = service_fn(|request| {
        let (worker, peer) = (Rc::clone(&worker), Rc::clone(&peer));
        let turn = streams.begin();
        async move {
            let asks_for_head = request.method() == Method::HEAD;
            let response = handle(worker, peer, request::plain(request)).await;
            Ok::<_, std::convert::Infallible>(answer(response, turn, asks_for_head))
        }
    });
    let mut connection = pin!(server.serve_connection(socket, service));
    let mut watchdog = pin!(tokio::time::sleep(patience.step()));
    let mut draining = pin!(draining.wait_for(|draining| *draining));
    let mut farewell = None;
    let ended = std::future::poll_fn(|cx| {
        if farewell.is_none() && draining.as_mut().poll(cx).is_ready() {
            // Two GOAWAY, one round trip apart: what is on its way is served, and told that it is the last
            // (RFC 9113 §6.8).
            connection.as_mut().graceful_shutdown();
            let end = Instant::now() + patience.farewell();
            farewell = Some(end);
            watchdog.as_mut().reset(end);
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            return Poll::Ready(ended);
        }
        while watchdog.as_mut().poll(cx).is_ready() {
            match activity.look(&patience, farewell, Instant::now()) {
                Some(next) => watchdog.as_mut().reset(next),
                None => return Poll::Ready(Ok(())),
            }
        }
        Poll::Pending
    })
    .await;
    // Errors of a request were logged with it; what is left is a client that broke the protocol.
    if ended.is_err() && !activity.is_gone() {
        super::refuse(&worker, &peer, &BadRequest::Http2.into());
    }
}

fn builder(limits: &Limits, streams: Streams) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(streams);
    // Beyond our own bounds, so that a head within them gets an answer of ours; RFC 9113 §6.5.2 counts
    // 32 octets more for each line.
    let head = 2 * limits.header_bytes + limits.target_bytes + 64 * limits.header_count;
    builder
        .max_concurrent_streams(u32::try_from(limits.streams).unwrap_or(u32::MAX))
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .max_send_buf_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(ERRORS);
    builder
}

/// Octets of one request body that a client may send before an upstream takes them.
const STREAM_WINDOW: u32 = 256 << 10;

/// The same for all requests of a connection: what one client can make us hold on its way up.
const CONNECTION_WINDOW: u32 = 512 << 10;

/// The smallest maximum there is, so that no frame keeps the others waiting for long.
const FRAME: u32 = 16 << 10;

/// Octets of an answer that wait for the client; an upstream is read again when fewer do.
const SEND_BUFFER: usize = 64 << 10;

/// Streams that were reset before anybody looked at them, until a client is told to calm down
/// (CVE-2023-44487).
const PENDING_RESETS: usize = 20;

/// Streams that we reset because the client broke the protocol on them, until the same (CVE-2025-8671).
const ERRORS: usize = 100;
