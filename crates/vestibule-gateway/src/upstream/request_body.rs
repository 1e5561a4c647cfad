//! The request's body on its way up: counted, never collected.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::headers;

/// What the client sends, passed on piece by piece.
///
/// Backpressure is hyper's: a piece is read from the client when the upstream has room for it.
pub(crate) struct RequestBody {
    incoming: Option<Incoming>,
    /// Octets that may still come; `u64::MAX` is unlimited.
    left: u64,
    progress: Option<Rc<Progress>>,
}

/// What the exchange needs to know about a body that hyper has taken.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Octets passed on.
    pub(crate) octets: Cell<u64>,
    /// The limit was reached and the body broken off.
    pub(crate) too_large: Cell<bool>,
    /// Why the body ended before its end.
    pub(crate) broken: Cell<Option<Breach>>,
    /// It is the client that keeps everybody waiting.
    pub(crate) waits: Cell<bool>,
}

/// What a client did to its own body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breach {
    /// It broke framing.
    Framing,
    /// It went away.
    Left,
}

impl RequestBody {
    /// No body: requests without one cost nothing here.
    pub(crate) fn empty() -> Self {
        Self {
            incoming: None,
            left: 0,
            progress: None,
        }
    }

    pub(crate) fn streaming(
        incoming: Incoming,
        limit: Option<u64>,
        progress: Rc<Progress>,
    ) -> Self {
        Self {
            incoming: Some(incoming),
            left: limit.unwrap_or(u64::MAX),
            progress: Some(progress),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let this = self.get_mut();
        let Some(incoming) = &mut this.incoming else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(incoming).poll_frame(cx);
        if let Some(progress) = &this.progress {
            progress.waits.set(polled.is_pending());
        }
        let frame = match std::task::ready!(polled) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                if let Some(progress) = &this.progress {
                    progress.broken.set(Some(Breach::of(&error)));
                }
                return Poll::Ready(Some(Err(BrokenOff)));
            }
            None => return Poll::Ready(None),
        };
        let frame = frame.map_data(|data| {
            let octets = data.len() as u64;
            if let Some(progress) = &this.progress {
                progress.octets.set(progress.octets.get() + octets);
                progress.too_large.set(octets > this.left);
            }
            this.left = this.left.saturating_sub(octets);
            data
        });
        if this
            .progress
            .as_ref()
            .is_some_and(|progress| progress.too_large.get())
        {
            return Poll::Ready(Some(Err(BrokenOff)));
        }
        Poll::Ready(Some(Ok(match frame.into_trailers() {
            Ok(mut trailers) => {
                headers::clean_trailers(&mut trailers);
                Frame::trailers(trailers)
            }
            Err(frame) => frame,
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Breach {
    /// hyper tells bad syntax from an end that came too early by the kind of error below its own.
    fn of(error: &hyper::Error) -> Self {
        let cause = std::error::Error::source(error);
        let kind = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
        match kind.map(io::Error::kind) {
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Self::Framing,
            Some(_) | None => Self::Left,
        }
    }
}

/// The body ended before its end; the exchange knows why from [`Progress`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request body was broken off")
    }
}

impl std::error::Error for BrokenOff {}
