//! One connection with its driver, the only task that is spawned for an upstream.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Builder, Connection, SendRequest};
use h2::{Ping, PingPong};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};

use crate::upstream::pool::MAX_HEAD;

/// What is known of a connection outside its driver.
pub(super) struct Link {
    streams: Cell<usize>,
    /// When the last stream ended.
    idle_since: Cell<Instant>,
    /// When something last came from the upstream.
    heard: Cell<Instant>,
    open: Cell<bool>,
    /// Somebody wants to know whether the upstream is still there.
    probing: Cell<bool>,
    driver: RefCell<Option<Waker>>,
}

/// A stream of a connection, counted while it lasts.
pub(super) struct Busy(Rc<Link>);

/// Speaks first, and waits for the upstream's settings: so nothing of a request goes to a peer that does
/// not speak HTTP/2, and it is known how many streams it takes. `Err(None)` is a closed connection.
pub(super) async fn open<S>(
    stream: S,
    patience: Duration,
) -> Result<(SendRequest<Bytes>, Rc<Link>), Option<h2::Error>>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let handshake = builder().handshake(stream).await;
    let (sender, mut connection): (SendRequest<Bytes>, Connection<S>) = handshake.map_err(said)?;
    std::future::poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
        Poll::Ready(Ok(())) => Poll::Ready(Err(None)),
        Poll::Ready(Err(error)) => Poll::Ready(Err(said(error))),
        Poll::Pending if sender.current_max_send_streams() > 0 => Poll::Ready(Ok(())),
        Poll::Pending => Poll::Pending,
    })
    .await?;
    let link = Rc::new(Link::new());
    let driver = Driver {
        ping: connection.ping_pong(),
        connection,
        link: Rc::clone(&link),
        patience,
        deadline: None,
    };
    tokio::task::spawn_local(driver);
    Ok((sender, link))
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        // Replaced by what the upstream's settings say.
        .initial_max_send_streams(0)
        .initial_window_size(WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .max_send_buffer_size(SEND_BUFFER)
        // Clients that leave reset their streams; what the upstream sent before it heard of that would
        // be counted against it, and end the connection for everybody else.
        .max_concurrent_reset_streams(10 * STREAMS)
        .max_local_error_reset_streams(None);
    builder
}

/// What the peer said wrong; that it said nothing more is no word of it.
fn said(error: h2::Error) -> Option<h2::Error> {
    (!error.is_io()).then_some(error)
}

impl Link {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            streams: Cell::new(0),
            idle_since: Cell::new(now),
            heard: Cell::new(now),
            open: Cell::new(true),
            probing: Cell::new(false),
            driver: RefCell::new(None),
        }
    }

    pub(super) fn streams(&self) -> usize {
        self.streams.get()
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.get()
    }

    /// How long there was no stream; `None` while there is one.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        (self.streams.get() == 0).then(|| self.idle_since.get().elapsed())
    }

    /// Something came from the upstream.
    pub(super) fn hear(&self) {
        self.heard.set(Instant::now());
    }

    /// Takes no more streams.
    pub(super) fn retire(&self) {
        self.open.set(false);
    }

    /// Asks an upstream that was silent for long whether it is still there, beside the request that
    /// is about to go to it.
    ///
    /// Only then: servers of gRPC close connections whose client asks without cause.
    pub(super) fn probe(&self) {
        if self.heard.get().elapsed() >= SILENCE {
            self.probing.set(true);
            self.wake();
        }
    }

    pub(super) fn wake(&self) {
        if let Some(driver) = self.driver.borrow_mut().take() {
            driver.wake();
        }
    }
}

impl Busy {
    pub(super) fn new(link: &Rc<Link>) -> Self {
        link.streams.set(link.streams.get() + 1);
        Self(Rc::clone(link))
    }

    pub(super) fn link(&self) -> &Link {
        &self.0
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.streams.set(self.0.streams.get().saturating_sub(1));
        self.0.idle_since.set(Instant::now());
        self.0.wake();
    }
}

/// Moves the octets of all streams, until the connection ends or does not answer a PING in time.
struct Driver<S: AsyncRead + AsyncWrite + Unpin> {
    connection: Connection<S>,
    ping: Option<PingPong>,
    link: Rc<Link>,
    patience: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    /// Ready when the upstream is found dead.
    fn poll_probe(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(ping) = &mut self.ping else {
            return Poll::Pending;
        };
        if self.link.probing.replace(false) && self.deadline.is_none() {
            let asked = ping.send_ping(Ping::opaque());
            self.deadline = (asked.is_ok()).then(|| Box::pin(tokio::time::sleep(self.patience)));
        }
        let Some(deadline) = &mut self.deadline else {
            return Poll::Pending;
        };
        match ping.poll_pong(cx) {
            Poll::Ready(Ok(_)) => {
                self.link.hear();
                self.deadline = None;
                Poll::Pending
            }
            // The connection is at its end, and says so itself.
            Poll::Ready(Err(_)) => Poll::Pending,
            Poll::Pending => deadline.as_mut().poll(cx),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Driver<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.link.driver.replace(Some(cx.waker().clone()));
        // The probe first: what it asks is sent by the connection.
        let dead = this.poll_probe(cx).is_ready();
        // Its error reaches every stream.
        if dead || Pin::new(&mut this.connection).poll(cx).is_ready() {
            this.link.retire();
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Streams of one connection, however many more the upstream takes.
pub(super) const STREAMS: usize = 100;

/// Octets of a stream that wait for its client.
const WINDOW: u32 = 256 * 1024;

/// As many of each of its streams, so that clients who take nothing are in nobody else's way.
const CONNECTION_WINDOW: u32 = 100 * WINDOW;

/// Octets of a request body that wait for the socket.
const SEND_BUFFER: usize = 128 * 1024;

/// How long an upstream may be silent before it is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(10);
