//! The client's socket, or TLS over it, which notes whether the client moves.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::pace::Pace;

/// A stream of octets for hyper.
#[derive(Debug)]
pub(super) struct ClientIo<S> {
    stream: TokioIo<S>,
    pace: Arc<Pace>,
}

impl<S> ClientIo<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>) -> Self {
        Self {
            stream: TokioIo::new(stream),
            pace,
        }
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
        if read.is_pending() {
            self.pace.waits();
        } else {
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
        let written = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, octets);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TLS holds octets back while the socket is full; a socket alone is always flushed.
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.note(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::pace::Patience;
    use super::*;
    use crate::config::Timeouts;

    /// Takes every octet at once, and passes them on when it is told to.
    struct HoldsBack(bool);

    impl AsyncWrite for HoldsBack {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            octets: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(octets.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            if self.0 {
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
        let mut io = ClientIo::new(HoldsBack(true), Arc::clone(&pace));
        let cx = &mut Context::from_waker(Waker::noop());
        tokio::time::advance(minute).await;
        assert!(Pin::new(&mut io).poll_write(cx, b"x").is_ready());
        assert!(Pin::new(&mut io).poll_flush(cx).is_pending());
        assert!(pace.look(&patience, Instant::now()).is_some());
        assert!(pace.look(&patience, Instant::now() + minute).is_none());
        // When they are gone after all, nothing is held against the client.
        io.stream.inner_mut().0 = false;
        assert!(Pin::new(&mut io).poll_flush(cx).is_ready());
        assert!(pace.look(&patience, Instant::now() + minute).is_some());
        drop(busy);
    }
}
