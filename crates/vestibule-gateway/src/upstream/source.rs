//! Where a response's body comes from: a connection of its own, or a stream of a shared one.

use std::future::Future as _;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::http2::{Broken, Download};
use super::pool::{Connection, Pool};

/// The body of a response as the upstream sends it.
pub(super) enum Source {
    /// HTTP/1.1: the connection is polled along with its body, and goes back when that is read.
    Http1 {
        incoming: Incoming,
        connection: Option<Box<Connection>>,
        pool: Rc<Pool>,
    },
    /// HTTP/2.
    Http2(Download),
    /// Broken off.
    Closed,
}

impl Source {
    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self {
            Self::Http1 {
                incoming,
                connection,
                ..
            } => {
                // The driver first: it reads what the body then has.
                if let Some(connection) = connection {
                    // Its end is seen in the body, as an end or as an error.
                    let _ = Pin::new(&mut connection.driver).poll(cx);
                }
                let frame = Pin::new(incoming).poll_frame(cx);
                frame.map(|frame| frame.map(|frame| frame.map_err(|_| Broken)))
            }
            Self::Http2(download) => download.poll_frame(cx),
            Self::Closed => Poll::Ready(Some(Err(Broken))),
        }
    }

    /// Lets others have the connection whose body was read to its end.
    pub(super) fn give_back(&mut self) {
        match self {
            Self::Http1 {
                connection, pool, ..
            } => {
                if let Some(connection) = connection.take() {
                    pool.give(connection);
                }
            }
            // They had it all the time.
            Self::Http2(_) | Self::Closed => {}
        }
    }

    pub(super) fn is_end_stream(&self) -> bool {
        match self {
            Self::Http1 { incoming, .. } => incoming.is_end_stream(),
            Self::Http2(download) => download.is_end_stream(),
            Self::Closed => false,
        }
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http1 { incoming, .. } => incoming.size_hint(),
            Self::Http2(download) => download.size_hint(),
            Self::Closed => SizeHint::default(),
        }
    }
}
