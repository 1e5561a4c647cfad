//! Looking at a timer whose task never rests.

use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::time::Sleep;

/// Whether the time is up, however busy the task is.
///
/// tokio gives a task so much to do in one turn; an upstream that sends without a pause uses it up before
/// the timer is looked at, each time, and a timer that is asked then says that it is not ready.
pub(crate) fn poll(mut timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    pin!(tokio::task::unconstrained(poll_fn(|cx| timer
        .as_mut()
        .poll(cx))))
    .poll(cx)
}
