//! The body of every response: ours, an upstream's, or none; the access line ends with it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};

use crate::access::Entry;
use crate::connection::Busy;
use crate::upstream::{BrokenOff, UpstreamBody};

/// What the client gets.
pub(crate) struct ResponseBody {
    content: Content,
    /// Dropped with the body, which writes the access line.
    _entry: Option<Box<Entry>>,
    /// Dropped with the body as well: a client whose answer still flows is not idle.
    _busy: Option<Busy>,
}

enum Content {
    Ours(Bytes),
    Upstream(UpstreamBody),
}

impl ResponseBody {
    /// An answer of the gateway itself.
    pub(crate) fn ours(response: Response<Bytes>, mut entry: Box<Entry>) -> Response<Self> {
        entry.status = Some(response.status());
        entry.octets_out = response.body().len() as u64;
        response.map(|body| Self {
            content: Content::Ours(body),
            _entry: Some(entry),
            _busy: None,
        })
    }

    /// The same for a client that is gone: the log has it as such.
    pub(crate) fn unheard(response: Response<Bytes>, entry: Box<Entry>) -> Response<Self> {
        response.map(|body| Self {
            content: Content::Ours(body),
            _entry: Some(entry),
            _busy: None,
        })
    }

    pub(crate) fn upstream(body: UpstreamBody, entry: Box<Entry>) -> Self {
        Self {
            content: Content::Upstream(body),
            _entry: Some(entry),
            _busy: None,
        }
    }

    /// The body of a 101, whose line is written at the end of the tunnel.
    pub(crate) fn empty() -> Self {
        Self {
            content: Content::Ours(Bytes::new()),
            _entry: None,
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
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match &mut self.content {
            Content::Ours(octets) if octets.is_empty() => Poll::Ready(None),
            Content::Ours(octets) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(octets))))),
            Content::Upstream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Ours(octets) => octets.is_empty(),
            Content::Upstream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Ours(octets) => SizeHint::with_exact(octets.len() as u64),
            Content::Upstream(body) => body.size_hint(),
        }
    }
}
