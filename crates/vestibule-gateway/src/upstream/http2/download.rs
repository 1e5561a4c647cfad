//! The response's body out of a stream; its window opens as the client takes it.

use std::task::{Context, Poll};

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::{Frame, SizeHint};

use super::link::Busy;
use super::upload::{Stop, Upload};

/// What the upstream sends on one stream. Dropping it before its end resets this stream alone.
pub(crate) struct Download {
    stream: RecvStream,
    /// The rest of the request's body, which may go on beside.
    upload: Upload,
    /// Octets that are still to come, where the upstream said how many.
    left: Option<u64>,
    busy: Busy,
}

/// The upstream, or the client on its own way up, broke the exchange off.
pub(in crate::upstream) struct Broken;

impl Download {
    pub(super) fn new(headers: &HeaderMap, stream: RecvStream, upload: Upload, busy: Busy) -> Self {
        let length = headers.get(CONTENT_LENGTH);
        let left = length.and_then(|value| value.to_str().ok()?.parse().ok());
        Self {
            stream,
            upload,
            left,
            busy,
        }
    }

    pub(in crate::upstream) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        // An upstream that takes no more of the request may have answered nevertheless.
        if let Poll::Ready(Err(Stop::Client)) = self.upload.poll(cx) {
            return Poll::Ready(Some(Err(Broken)));
        }
        match std::task::ready!(self.stream.poll_data(cx)) {
            Some(Ok(data)) => {
                self.busy.link().hear();
                // The piece is the client's from here on, who takes it before asking for another.
                let _ = self.stream.flow_control().release_capacity(data.len());
                self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Some(Err(_)) => Poll::Ready(Some(Err(Broken))),
            None => {
                let trailers = std::task::ready!(self.stream.poll_trailers(cx));
                Poll::Ready(match trailers {
                    Ok(trailers) => trailers.map(|trailers| Ok(Frame::trailers(trailers))),
                    Err(_) => Some(Err(Broken)),
                })
            }
        }
    }

    pub(in crate::upstream) fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    pub(in crate::upstream) fn size_hint(&self) -> SizeHint {
        if self.is_end_stream() {
            return SizeHint::with_exact(0);
        }
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
