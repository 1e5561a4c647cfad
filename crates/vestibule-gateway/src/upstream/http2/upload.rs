//! The request's body on its way into a stream, at the pace of the upstream's windows.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::Body as _;

use crate::upstream::request_body::RequestBody;

/// A body and the stream that it goes into; polled by whoever waits for the answer.
pub(super) struct Upload {
    body: RequestBody,
    stream: SendStream<Bytes>,
    /// Something was taken from the body.
    touched: bool,
    over: bool,
}

/// Why a body was not sent to its end.
pub(super) enum Stop {
    /// The client broke it off, or it is too large; the upstream was told that nothing more comes.
    Client,
    /// The upstream takes no more of it.
    Upstream,
}

impl Upload {
    pub(super) fn new(body: RequestBody, stream: SendStream<Bytes>) -> Self {
        let over = body.is_end_stream();
        Self {
            body,
            stream,
            touched: false,
            over,
        }
    }

    /// Ready when there is nothing more to send.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        while !self.over {
            let polled = ready!(self.pass(cx));
            if polled.is_err() {
                self.over = true;
                return Poll::Ready(polled);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Moves one piece.
    fn pass(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        // The room first: no piece is taken from the client that the upstream has no window for.
        self.stream.reserve_capacity(1);
        while self.stream.capacity() == 0 {
            match ready!(self.stream.poll_capacity(cx)) {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Poll::Ready(Err(Stop::Upstream)),
            }
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.touched = true;
        let sent = match frame {
            None => {
                self.over = true;
                self.stream.send_data(Bytes::new(), true)
            }
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.over = self.body.is_end_stream();
                    self.stream.send_data(data, self.over)
                }
                Err(frame) => {
                    self.over = true;
                    self.stream
                        .send_trailers(frame.into_trailers().unwrap_or_default())
                }
            },
            Some(Err(_)) => {
                self.stream.send_reset(Reason::CANCEL);
                return Poll::Ready(Err(Stop::Client));
            }
        };
        Poll::Ready(sent.map_err(|_| Stop::Upstream))
    }

    /// The body, if it is whole.
    pub(super) fn into_untouched(self) -> Option<RequestBody> {
        (!self.touched).then_some(self.body)
    }
}
