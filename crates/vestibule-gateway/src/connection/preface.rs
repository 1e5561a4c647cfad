//! Which HTTP a client speaks where both are spoken: told by its first octets.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// A stream from which the first octets were read, and which gives them once more.
#[derive(Debug)]
pub(super) struct Begun<S> {
    stream: S,
    first: [u8; PREFACE.len()],
    read: usize,
    given: usize,
}

impl<S: AsyncRead + Unpin> Begun<S> {
    /// Reads until it is clear whether the client begins with the preface of HTTP/2 (RFC 9113 §3.4).
    ///
    /// No request of HTTP/1.1 begins like it; one that begins otherwise is known by its first octet
    /// that differs, mostly the very first.
    pub(super) async fn read(mut stream: S) -> io::Result<Self> {
        let mut first = [0; PREFACE.len()];
        let mut read = 0;
        while let Some(room) = first.get_mut(read..).filter(|room| !room.is_empty()) {
            let octets = stream.read(room).await?;
            read += octets;
            if octets == 0 || !PREFACE.starts_with(first.get(..read).unwrap_or_default()) {
                break;
            }
        }
        Ok(Self {
            stream,
            first,
            read,
            given: 0,
        })
    }

    pub(super) fn is_http2(&self) -> bool {
        self.first == *PREFACE
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let first = this.first.get(this.given..this.read).unwrap_or_default();
        if first.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buffer);
        }
        let octets = first.len().min(buffer.remaining());
        buffer.put_slice(first.get(..octets).unwrap_or_default());
        this.given += octets;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
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

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[&[u8]], http2: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let pieces: Vec<_> = pieces.iter().map(|piece| piece.to_vec()).collect();
        runtime.unwrap().block_on(async {
            // As long as one piece, so that the next one waits until the first was read.
            let most = pieces.iter().map(Vec::len).max().unwrap();
            let (mut client, server) = tokio::io::duplex(most);
            let sent = pieces.concat();
            let write = async move {
                for piece in pieces {
                    tokio::io::AsyncWriteExt::write_all(&mut client, &piece)
                        .await
                        .unwrap();
                }
            };
            let read = async {
                let mut begun = Begun::read(server).await.unwrap();
                assert_eq!(begun.is_http2(), http2);
                let mut octets = Vec::new();
                begun.read_to_end(&mut octets).await.unwrap();
                assert_eq!(octets, sent);
            };
            tokio::join!(write, read);
        });
    }

    #[test]
    fn the_preface_is_known_however_it_comes() {
        let preface = [&PREFACE[..], b"and more"].concat();
        check(&[&preface], true);
        check(&preface.chunks(1).collect::<Vec<_>>(), true);
    }

    #[test]
    fn everything_else_is_http_1() {
        for octets in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r",
            b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
            b"PROPFIND / HTTP/1.1\r\n\r\n",
            b"P",
            b"\x16\x03\x01",
        ] {
            check(&[octets], false);
            check(&octets.chunks(1).collect::<Vec<_>>(), false);
        }
    }
}
