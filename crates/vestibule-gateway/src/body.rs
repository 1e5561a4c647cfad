//! The body of every response: ours, an upstream's, or none; the access line ends with it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};

use crate::access::Entry;
use crate::connection::Busy;
use crate::lease::Lease;
use crate::upstream::{BrokenOff, UpstreamBody};

/// What the client gets.
pub(crate) struct ResponseBody {
    content: Content,
    /// Dropped with the body, which writes the access line.
    entry: Option<Box<Entry>>,
    /// Dropped with the body as well: a client whose answer still flows is not idle.
    _busy: Option<Busy>,
}

enum Content {
    Ours(Bytes),
    /// With the terms of the session that it goes on for, where it may go on and on.
    Upstream(UpstreamBody, Option<Box<Lease>>),
}

impl ResponseBody {
    /// An answer of the gateway itself.
    pub(crate) fn ours(response: Response<Bytes>, mut entry: Box<Entry>) -> Response<Self> {
        entry.status = Some(response.status());
        entry.octets_out = response.body().len() as u64;
        response.map(|body| Self {
            content: Content::Ours(body),
            entry: Some(entry),
            _busy: None,
        })
    }

    /// The same for a client that is gone: the log has it as such.
    pub(crate) fn unheard(response: Response<Bytes>, entry: Box<Entry>) -> Response<Self> {
        response.map(|body| Self {
            content: Content::Ours(body),
            entry: Some(entry),
            _busy: None,
        })
    }

    pub(crate) fn upstream(
        body: UpstreamBody,
        lease: Option<Box<Lease>>,
        entry: Box<Entry>,
    ) -> Self {
        Self {
            content: Content::Upstream(body, lease),
            entry: Some(entry),
            _busy: None,
        }
    }

    /// The body of a 101, whose line is written at the end of the tunnel.
    pub(crate) fn empty() -> Self {
        Self {
            content: Content::Ours(Bytes::new()),
            entry: None,
            _busy: None,
        }
    }

    /// Keeps the client's connection busy until this body is over.
    pub(crate) fn keep(self, busy: Busy) -> Self {
        Self {
            _busy: Some(busy),
            ..self
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let this = self.get_mut();
        match &mut this.content {
            Content::Ours(octets) if octets.is_empty() => Poll::Ready(None),
            Content::Ours(octets) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(octets))))),
            Content::Upstream(body, None) => Pin::new(body).poll_frame(cx),
            Content::Upstream(body, Some(lease)) => lease
                .poll_within(cx, |cx| Pin::new(body).poll_frame(cx))
                .unwrap_or_else(|over| {
                    if let Some(entry) = &mut this.entry {
                        entry.cause = Some(over.cause());
                    }
                    Poll::Ready(Some(Err(BrokenOff)))
                }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Ours(octets) => octets.is_empty(),
            Content::Upstream(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Ours(octets) => SizeHint::with_exact(octets.len() as u64),
            Content::Upstream(body, _) => body.size_hint(),
        }
    }
}
