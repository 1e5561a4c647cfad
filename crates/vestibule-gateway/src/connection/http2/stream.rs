//! One request of a connection: its task, its answer's body, and whose turn it is.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, Entry};
use http::{HeaderValue, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::Instant;

use super::super::pace::Patience;
use super::activity::Activity;
use crate::body::ResponseBody;
use crate::upstream::BrokenOff;
use crate::worker::Worker;

/// Runs the requests of a connection, each as a task of this core.
#[derive(Clone)]
pub(super) struct Streams(Rc<Shared>);

struct Shared {
    worker: Rc<Worker>,
    activity: Rc<Activity>,
    patience: Patience,
    /// Of the request whose task comes next: hyper begins it right behind the call.
    next: RefCell<Option<Rc<Turn>>>,
}

/// Since when the client has a piece of its answer to take, and does not.
#[derive(Debug, Default)]
pub(super) struct Turn(Cell<Option<Instant>>);

impl Streams {
    pub(super) fn new(worker: Rc<Worker>, activity: Rc<Activity>, patience: Patience) -> Self {
        Self(Rc::new(Shared {
            worker,
            activity,
            patience,
            next: RefCell::new(None),
        }))
    }

    /// A request was called.
    pub(super) fn begin(&self) -> Rc<Turn> {
        let turn = Rc::new(Turn::default());
        self.0.next.replace(Some(Rc::clone(&turn)));
        turn
    }
}

impl<F: Future<Output = ()> + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let turn = self.0.next.take().unwrap_or_default();
        let open = Open::new(Rc::clone(&self.0.activity));
        let patience = self.0.patience;
        self.0.worker.spawn(async move {
            tokio::select! {
                biased;
                () = stream => {}
                // What is dropped before its end is reset, and what was held for it is free; the other
                // requests of the connection do not feel it.
                () = turn.overdue(&patience) => {}
            }
            drop(open);
        });
    }
}

impl Turn {
    fn is_clients(&self) {
        self.0.set(Some(Instant::now()));
    }

    fn is_upstreams(&self) {
        self.0.set(None);
    }

    /// Ends when the client took nothing of what is there for too long.
    async fn overdue(&self, patience: &Patience) {
        loop {
            let since = self.0.get().unwrap_or_else(Instant::now);
            let end = since + patience.idle;
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// A request counts as open while its task runs.
struct Open(Rc<Activity>);

impl Open {
    fn new(activity: Rc<Activity>) -> Self {
        activity.opened();
        Self(activity)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.closed();
    }
}

/// The body of an answer: asked for a piece only when the client's window has room for it.
pub(super) struct StreamBody {
    body: ResponseBody,
    turn: Rc<Turn>,
    /// The answer to `HEAD`.
    silent: bool,
}

/// Makes the answer one of HTTP/2.
pub(super) fn answer(
    mut response: Response<ResponseBody>,
    turn: Rc<Turn>,
    asks_for_head: bool,
) -> Response<StreamBody> {
    if asks_for_head && !response.body().is_end_stream() {
        // hyper leaves it out by itself in HTTP/1.1 alone; the length is that of the answer to `GET`.
        let length = response.body().size_hint().exact();
        if let (Some(length), Entry::Vacant(entry)) =
            (length, response.headers_mut().entry(CONTENT_LENGTH))
        {
            entry.insert(HeaderValue::from(length));
        }
    }
    turn.is_clients();
    response.map(|body| StreamBody {
        body,
        turn,
        silent: asks_for_head,
    })
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if self.silent {
            return Poll::Ready(None);
        }
        self.turn.is_upstreams();
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() {
            self.turn.is_clients();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.silent || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
