//! The response's body on its way down: each piece as it comes, with its connection polled in between.

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::http2::Broken;
use super::request_body::Progress;
use super::source::Source;
use super::timer;
use crate::headers;

/// What the upstream sends, passed on piece by piece.
///
/// When it is read to its end, the connection goes back to its pool; when it is dropped before
/// (the client went away, or a deadline passed), the connection closes and the upstream learns of it.
/// A connection that others share stays, and loses the stream alone.
pub(crate) struct UpstreamBody {
    source: Source,
    idle_timeout: Duration,
    /// The end of the whole exchange, where there is one.
    end: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    /// Octets of the request body at the last look: sending is progress, too.
    sent: u64,
    upload: Option<Rc<Progress>>,
    /// The upstream broke it off; the client hears of it with the next piece that it waits for.
    cut: bool,
    outcome: Outcome,
}

/// How a body ended, for the access log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome(Rc<OutcomeCells>);

#[derive(Debug, Default)]
struct OutcomeCells {
    octets: Cell<u64>,
    fault: Cell<Option<Fault>>,
}

/// Why a body was broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The upstream closed or sent broken framing.
    Broken,
    /// No piece came in time.
    Idle,
    /// The whole exchange took too long.
    Total,
}

impl Outcome {
    /// Octets passed down.
    pub(crate) fn octets(&self) -> u64 {
        self.0.octets.get()
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        self.0.fault.get()
    }
}

impl UpstreamBody {
    pub(super) fn new(
        source: Source,
        (idle_timeout, end): (Duration, Option<Instant>),
        upload: Option<Rc<Progress>>,
    ) -> Self {
        Self {
            source,
            idle_timeout,
            end,
            timer: None,
            sent: 0,
            upload,
            cut: false,
            outcome: Outcome::default(),
        }
    }

    /// A handle on how the body will have ended.
    pub(crate) fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }

    /// Ready when nothing moved for too long.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Fault> {
        let sent = self.upload.as_ref().map_or(0, |upload| upload.octets.get());
        let moved = sent != self.sent;
        self.sent = sent;
        let idle_end = Instant::now() + self.idle_timeout;
        let end = self.end.map_or(idle_end, |end| end.min(idle_end));
        let timer = match &mut self.timer {
            Some(timer) => {
                if moved {
                    timer.as_mut().reset(end);
                }
                timer
            }
            None => self.timer.insert(Box::pin(tokio::time::sleep_until(end))),
        };
        std::task::ready!(timer::poll(timer.as_mut(), cx));
        let total = self.end.is_some_and(|end| end <= Instant::now());
        Poll::Ready(if total { Fault::Total } else { Fault::Idle })
    }

    fn break_off(&mut self, fault: Fault) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        self.outcome.0.fault.set(Some(fault));
        self.source = Source::Closed;
        Poll::Ready(Some(Err(BrokenOff)))
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let this = self.get_mut();
        if this.cut {
            return this.break_off(Fault::Broken);
        }
        match this.source.poll_frame(cx) {
            Poll::Ready(Some(Ok(mut frame))) => {
                if let Some(trailers) = frame.trailers_mut() {
                    headers::clean_response_trailers(trailers);
                }
                let octets = frame.data_ref().map_or(0, Bytes::len) as u64;
                let counted = &this.outcome.0.octets;
                counted.set(counted.get() + octets);
                // The next wait begins anew.
                this.timer = None;
                if this.source.is_end_stream() {
                    this.source.give_back();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(None) => {
                this.source.give_back();
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(Broken))) => {
                // What came before the cut is the client's: hyper sends it while it waits for more.
                this.cut = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Pending => match this.poll_deadline(cx) {
                Poll::Ready(fault) => this.break_off(fault),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.size_hint()
    }
}

impl Drop for UpstreamBody {
    fn drop(&mut self) {
        // A server that knows the length does not ask for the end.
        if self.source.is_end_stream() && !self.cut {
            self.source.give_back();
        }
    }
}

/// The response was cut: the client sees its connection close before the end, as it must.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the upstream's response was broken off")
    }
}

impl std::error::Error for BrokenOff {}
