//! Idle connections to one upstream, owned by one core.

use std::cell::RefCell;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::request_body::RequestBody;
use super::transport::Transport;

/// A connection with its own half that asks and the half that moves octets.
///
/// Nothing is spawned: whoever holds it polls `driver`, so a request, its connection and its answer
/// are one task and wake nobody else.
pub(super) struct Connection {
    pub(super) sender: http1::SendRequest<RequestBody>,
    pub(super) driver: http1::Connection<TokioIo<Transport>, RequestBody>,
}

impl Connection {
    pub(super) async fn open(stream: Transport) -> Result<Box<Self>, hyper::Error> {
        let io = TokioIo::new(stream);
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(MAX_HEAD)
            .handshake(io)
            .await?;
        Ok(Box::new(Self { sender, driver }))
    }

    /// Whether it can carry another request: it is polled once, so that a close by the peer is seen.
    fn is_idle(&mut self, cx: &mut Context<'_>) -> bool {
        Pin::new(&mut self.driver).poll(cx).is_pending() && self.sender.is_ready()
    }
}

/// The idle connections of one upstream on one core.
///
/// The last one used is the first one taken: what is not needed ages and is closed.
pub(crate) struct Pool {
    idle: RefCell<Vec<Idle>>,
    capacity: usize,
}

struct Idle {
    connection: Box<Connection>,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            idle: RefCell::new(Vec::new()),
            capacity,
        }
    }

    /// A connection that was alive a moment ago; `None` asks for a new one.
    pub(super) fn take(&self) -> Option<Box<Connection>> {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            let mut connection = self.idle.borrow_mut().pop()?.connection;
            if connection.is_idle(&mut cx) {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection whose answer was read to its end; others, and those beyond the capacity, close.
    pub(super) fn give(&self, mut connection: Box<Connection>) {
        let mut cx = Context::from_waker(Waker::noop());
        if !connection.is_idle(&mut cx) {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        if idle.len() < self.capacity {
            let since = Instant::now();
            idle.push(Idle { connection, since });
        }
    }

    /// Closes what the upstream closed, and what was idle for too long.
    pub(crate) fn sweep(&self) {
        let mut cx = Context::from_waker(Waker::noop());
        (self.idle.borrow_mut())
            .retain_mut(|idle| idle.since.elapsed() < IDLE_FOR && idle.connection.is_idle(&mut cx));
    }

    /// Number of idle connections.
    pub(crate) fn len(&self) -> usize {
        self.idle.borrow().len()
    }
}

/// How long an unused connection is kept; shorter than the keep-alive of most servers would be ideal,
/// but the checks at take and sweep find those that closed before.
pub(super) const IDLE_FOR: Duration = Duration::from_mins(1);

/// Octets of a response head.
pub(super) const MAX_HEAD: usize = 128 * 1024;
