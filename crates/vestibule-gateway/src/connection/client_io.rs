//! The client's socket, or TLS over it: notes whether the client moves, and says our last words.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::last_words::LastWords;
use super::pace::Pace;
use super::watched::Watched;

/// A stream of octets for hyper.
#[derive(Debug)]
pub(super) struct ClientIo<S> {
    stream: TokioIo<Watched<S>>,
    pace: Arc<Pace>,
    words: Arc<LastWords>,
    /// What is left of them, once they are known.
    unsaid: Option<Bytes>,
}

impl<S> ClientIo<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, words: Arc<LastWords>) -> Self {
        let watched = Watched::new(stream, Arc::clone(&pace), Arc::clone(&words));
        Self {
            stream: TokioIo::new(watched),
            pace,
            words,
            unsaid: None,
        }
    }

    /// Whether hyper answers on its own: whatever we answered is out, and nothing is being handled.
    ///
    /// Behind an answer that the client did not take yet it goes unnoticed, and out as hyper has it.
    fn replaces(&self, octets: &[u8]) -> bool {
        let unasked = !self.pace.is_busy() && octets.starts_with(b"HTTP/1.");
        if unasked {
            self.words.replace(octets);
        }
        unasked
    }

    fn note<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_pending() {
            self.pace.stalls();
        } else {
            self.pace.sent();
        }
        written
    }
}

impl<S: AsyncRead + Unpin> Read for ClientIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_ready() {
            self.pace.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> Write for ClientIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.replaces(octets) {
            return Poll::Ready(Ok(octets.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.replaces(octets.first().map_or(&[], |octets| octets)) {
            return Poll::Ready(Ok(octets.iter().map(|octets| octets.len()).sum()));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, octets);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TLS holds octets back while the socket is full; a socket alone is always flushed.
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_ready() {
            self.pace.flushed();
        }
        self.note(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.unsaid.is_none() {
            // The connection looks for them when hyper has returned to it, and then asks again.
            let Some(words) = this.words.said() else {
                return Poll::Pending;
            };
            this.unsaid = Some(words);
        }
        while let Some(unsaid) = this.unsaid.as_mut().filter(|unsaid| !unsaid.is_empty()) {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, unsaid))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            unsaid.advance(written);
        }
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Waker;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::pace::Patience;
    use super::*;
    use crate::config::Timeouts;

    /// Takes every octet at once, and passes them on when it is told to.
    struct HoldsBack(Arc<AtomicBool>);

    impl AsyncWrite for HoldsBack {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            octets: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(octets.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            if self.0.load(Ordering::Relaxed) {
                Poll::Pending
            } else {
                Poll::Ready(Ok(()))
            }
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_leaves_octets_in_the_buffer_of_tls_is_left() {
        let minute = Duration::from_mins(1);
        let patience = Patience::new(&Timeouts {
            request_headers: minute,
            keep_alive: minute,
            drain: minute,
            shutdown_delay: minute,
        });
        let pace = Arc::new(Pace::new());
        let busy = super::super::Busy::new(Arc::clone(&pace));
        let (holds, words) = (Arc::new(AtomicBool::new(true)), Arc::default());
        let mut io = ClientIo::new(HoldsBack(Arc::clone(&holds)), Arc::clone(&pace), words);
        let cx = &mut Context::from_waker(Waker::noop());
        tokio::time::advance(minute).await;
        assert!(Pin::new(&mut io).poll_write(cx, b"x").is_ready());
        assert!(Pin::new(&mut io).poll_flush(cx).is_pending());
        assert!(pace.look(&patience, Instant::now()).is_some());
        assert!(pace.look(&patience, Instant::now() + minute).is_none());
        // When they are gone after all, nothing is held against the client.
        holds.store(false, Ordering::Relaxed);
        assert!(Pin::new(&mut io).poll_flush(cx).is_ready());
        assert!(pace.look(&patience, Instant::now() + minute).is_some());
        drop(busy);
    }
}
