//! A tunnel after 101: octets both ways until either side ends or both are silent for too long.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::transport::Transport;

/// The upstream's stream, and what it sent behind its 101.
pub(crate) struct TunnelIo {
    stream: Transport,
    early: Bytes,
}

impl TunnelIo {
    pub(super) fn new(stream: Transport, early: Bytes) -> Self {
        // An empty rest would still keep the buffer that it was cut from, as long as the tunnel lives.
        let early = if early.is_empty() {
            Bytes::new()
        } else {
            early
        };
        Self { stream, early }
    }
}

/// Moves octets between a client and an upstream.
///
/// An idle tunnel holds no buffer: all tunnels of a core read into one, and only what a slow peer
/// did not take at once is kept, at most one reading of it.
pub(crate) struct Tunnel {
    client: TokioIo<hyper::upgrade::Upgraded>,
    upstream: Transport,
    up: Direction,
    down: Direction,
    idle_timeout: Duration,
    timer: Pin<Box<Sleep>>,
}

/// One way through the tunnel.
#[derive(Default)]
struct Direction {
    /// Octets read and not yet written.
    waiting: Bytes,
    /// The reader's end was seen.
    ended: bool,
    /// The end was passed on.
    closed: bool,
    octets: u64,
}

/// Octets that went through a tunnel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried {
    /// From the client to the upstream.
    pub(crate) up: u64,
    /// From the upstream to the client.
    pub(crate) down: u64,
}

impl Tunnel {
    pub(crate) fn new(
        client: hyper::upgrade::Upgraded,
        upstream: TunnelIo,
        idle_timeout: Duration,
    ) -> Self {
        Self {
            client: TokioIo::new(client),
            upstream: upstream.stream,
            up: Direction::default(),
            down: Direction {
                waiting: upstream.early,
                ..Direction::default()
            },
            idle_timeout,
            timer: Box::pin(tokio::time::sleep(idle_timeout)),
        }
    }

    /// Octets carried so far.
    pub(crate) fn carried(&self) -> Carried {
        Carried {
            up: self.up.octets,
            down: self.down.octets,
        }
    }
}

/// Ends when both ways are closed, one breaks, or nothing moved for the idle timeout.
impl Future for Tunnel {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = this.up.octets + this.down.octets;
        let up = this.up.poll(&mut this.client, &mut this.upstream, cx);
        let down = this.down.poll(&mut this.upstream, &mut this.client, cx);
        match (up, down) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => {
                return Poll::Ready(Err(error));
            }
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => return Poll::Ready(Ok(())),
            (Poll::Pending | Poll::Ready(Ok(())), Poll::Pending)
            | (Poll::Pending, Poll::Ready(Ok(()))) => {}
        }
        if this.up.octets + this.down.octets != before {
            this.timer
                .as_mut()
                .reset(Instant::now() + this.idle_timeout);
        }
        ready!(this.timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Direction {
    fn poll(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            while !self.waiting.is_empty() {
                let written = ready!(Pin::new(&mut *to).poll_write(cx, &self.waiting))?;
                if written == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.octets += written as u64;
                let _ = self.waiting.split_to(written);
            }
            self.waiting = Bytes::new();
            if self.closed {
                return Poll::Ready(Ok(()));
            }
            if self.ended {
                ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                self.closed = true;
                return Poll::Ready(Ok(()));
            }
            if let Poll::Ready(passed) = self.pass(from, to, cx) {
                passed?;
                continue;
            }
            // Nothing more to read: what was written must not stay in a buffer.
            ready!(Pin::new(&mut *to).poll_flush(cx))?;
            return Poll::Pending;
        }
    }

    /// One reading into the core's buffer, written at once as far as the peer takes it.
    fn pass(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.resize(READING, 0);
            let mut buffer = ReadBuf::new(scratch);
            ready!(Pin::new(from).poll_read(cx, &mut buffer))?;
            let octets = buffer.filled();
            self.ended = octets.is_empty();
            if octets.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let written = match Pin::new(to).poll_write(cx, octets) {
                Poll::Ready(written) => written?,
                Poll::Pending => 0,
            };
            self.octets += written as u64;
            let rest = octets.get(written..).unwrap_or_default();
            self.waiting = Bytes::copy_from_slice(rest);
            Poll::Ready(Ok(()))
        })
    }
}

/// Octets of one reading.
const READING: usize = 16 * 1024;

thread_local! {
    /// The buffer of all tunnels of this core; it is borrowed within one poll only.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}
