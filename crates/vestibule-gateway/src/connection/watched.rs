//! The client's octets on their way to hyper: what has two readings never gets there.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Ambiguous, Framing};
use super::last_words::LastWords;
use super::pace::Pace;

/// A stream whose framing is read as it comes.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    framing: Framing,
    /// What is left to say instead of an ambiguous message; then the stream is at its end.
    instead: Option<&'static [u8]>,
    pace: Arc<Pace>,
    words: Arc<LastWords>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, words: Arc<LastWords>) -> Self {
        Self {
            stream,
            framing: Framing::new(),
            instead: None,
            pace,
            words,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.instead.is_none() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            if this.pace.is_tunnel() {
                return Poll::Ready(Ok(()));
            }
            let octets = buffer.filled().get(before..).unwrap_or_default();
            let Err(Ambiguous { at, instead }) = this.framing.read(octets) else {
                return Poll::Ready(Ok(()));
            };
            buffer.set_filled(before + at);
            this.words.note_ambiguous();
            this.instead = Some(instead);
        }
        if let Some(instead) = &mut this.instead {
            let (now, later) = instead.split_at(instead.len().min(buffer.remaining()));
            buffer.put_slice(now);
            *instead = later;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, octets)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
