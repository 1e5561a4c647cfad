//! The client's socket, or TLS over it, under HTTP/2: notes what comes and whether anything is taken.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::activity::Activity;
use super::frames::{Frames, Received};

/// A stream of octets whose frames are counted as they pass.
#[derive(Debug)]
pub(super) struct Socket<S> {
    stream: S,
    frames: Frames,
    activity: Rc<Activity>,
}

impl<S> Socket<S> {
    pub(super) fn new(stream: S, activity: Rc<Activity>) -> Self {
        Self {
            stream,
            frames: Frames::new(Instant::now()),
            activity,
        }
    }

    fn note_written(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.activity.takes(written.is_ready());
        match &written {
            Poll::Ready(Ok(octets)) => self.frames.sent(*octets),
            Poll::Ready(Err(_)) => self.activity.leave(),
            Poll::Pending => {}
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut this.stream).poll_read(cx, buffer));
        let octets = buffer.filled().get(before..).unwrap_or_default();
        if read.is_err() || octets.is_empty() {
            this.activity.leave();
            return Poll::Ready(read);
        }
        match this.frames.read(octets) {
            Received::Whole => this.activity.received(false),
            Received::Part => this.activity.received(true),
            Received::Flood => {
                return Poll::Ready(Err(io::Error::other("the client only makes work")));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.note_written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, octets);
        self.note_written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TLS holds octets back while the socket is full; a socket alone is always flushed.
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_pending() {
            self.activity.takes(false);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
