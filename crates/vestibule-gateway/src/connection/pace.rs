//! Whether a client moves: what it is at, since when, and how long that may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Timeouts;

/// How long each thing may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) farewell: Duration,
}

impl Patience {
    pub(super) fn new(timeouts: &Timeouts) -> Self {
        Self {
            head: timeouts.request_headers,
            idle: timeouts.keep_alive,
            farewell: FAREWELL.min(timeouts.drain / 2),
        }
    }

    /// How long a draining gateway waits for the request of somebody who came just now.
    pub(super) fn farewell(&self) -> Duration {
        self.farewell
    }

    /// How long after a look something may have begun that is over by the next one.
    pub(super) fn step(&self) -> Duration {
        self.head.min(self.idle)
    }
}

/// What a client is at. Written by the connection, read by its watchdog, both in one task;
/// atomics because hyper wants to be able to send the socket of an upgrade elsewhere.
#[derive(Debug)]
pub(super) struct Pace {
    base: Instant,
    activity: AtomicU8,
    /// Milliseconds after `base`.
    since: AtomicU64,
    /// When the client stopped taking octets; 0 while it takes them.
    stalled: AtomicU64,
}

const HEAD: u8 = 0;
const BUSY: u8 = 1;
const ANSWERED: u8 = 2;
const IDLE: u8 = 3;
const TUNNEL: u8 = 4;

impl Pace {
    /// A new connection owes a head at once.
    pub(super) fn new() -> Self {
        Self {
            base: Instant::now(),
            activity: AtomicU8::new(HEAD),
            since: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
        }
    }

    /// A request is being handled.
    fn busy(&self) {
        self.activity.store(BUSY, Ordering::Relaxed);
    }

    /// Its response is over; when it is flushed, the connection is idle.
    fn answered(&self) {
        if !self.is_tunnel() {
            self.activity.store(ANSWERED, Ordering::Relaxed);
        }
    }

    /// The response was a 101: from here on there is no HTTP.
    pub(super) fn switched(&self) {
        self.activity.store(TUNNEL, Ordering::Relaxed);
    }

    /// Everything that was written is out; behind the end of a response, the connection is idle.
    pub(super) fn flushed(&self) {
        if self.activity.load(Ordering::Relaxed) == ANSWERED {
            self.enter(IDLE);
        }
    }

    pub(super) fn is_tunnel(&self) -> bool {
        self.activity.load(Ordering::Relaxed) == TUNNEL
    }

    /// Whether a request is being handled or its answer is on its way.
    pub(super) fn is_busy(&self) -> bool {
        matches!(
            self.activity.load(Ordering::Relaxed),
            BUSY | ANSWERED | TUNNEL
        )
    }

    /// Whether the client may be about to ask for something: it came just now, or began a head.
    pub(super) fn may_ask(&self) -> bool {
        self.activity.load(Ordering::Relaxed) == HEAD
    }

    /// Octets came from the client: on an idle connection they begin a head.
    pub(super) fn received(&self) {
        if self.activity.load(Ordering::Relaxed) == IDLE {
            self.enter(HEAD);
        }
    }

    /// Octets were taken by the client.
    pub(super) fn sent(&self) {
        self.stalled.store(0, Ordering::Relaxed);
    }

    /// The client takes no more octets for now.
    pub(super) fn stalls(&self) {
        if self.stalled.load(Ordering::Relaxed) == 0 {
            self.stalled
                .store(self.now(Instant::now()).max(1), Ordering::Relaxed);
        }
    }

    /// When to look again; `None` when the client took too long and is to be left.
    pub(super) fn look(&self, patience: &Patience, now: Instant) -> Option<Instant> {
        let stalled = self.stalled.load(Ordering::Relaxed);
        if stalled > 0 && now >= self.at(stalled) + patience.idle {
            return None;
        }
        let since = self.at(self.since.load(Ordering::Relaxed));
        let deadline = match self.activity.load(Ordering::Relaxed) {
            HEAD => since + patience.head,
            IDLE => since + patience.idle,
            // The upstream's deadlines watch a request that is handled.
            _ => return Some(now + patience.step()),
        };
        if now >= deadline {
            return None;
        }
        // A head may begin right after this look and then has `head` to be complete.
        Some(deadline.min(now + patience.step()))
    }

    fn enter(&self, activity: u8) {
        self.activity.store(activity, Ordering::Relaxed);
        self.since
            .store(self.now(Instant::now()), Ordering::Relaxed);
    }

    fn now(&self, now: Instant) -> u64 {
        u64::try_from((now - self.base).as_millis()).unwrap_or(u64::MAX)
    }

    fn at(&self, milliseconds: u64) -> Instant {
        self.base + Duration::from_millis(milliseconds)
    }
}

/// A request from its head to the end of its response, however long that streams.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Pace>);

impl Busy {
    pub(super) fn new(pace: Arc<Pace>) -> Self {
        pace.busy();
        Self(pace)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.answered();
    }
}

/// Much longer than a request is on its way, much shorter than an orchestrator's patience.
const FAREWELL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        farewell: Duration::from_secs(1),
    };

    #[track_caller]
    fn check(pace: &Pace, seconds: u64, expected: Option<u64>) {
        let now = pace.base + Duration::from_secs(seconds);
        let next = pace
            .look(&PATIENCE, now)
            .map(|next| (next - pace.base).as_secs());
        assert_eq!(next, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_from_the_first_octet() {
        let pace = Pace::new();
        check(&pace, 9, Some(10));
        check(&pace, 10, None);
        pace.busy();
        check(&pace, 1000, Some(1010));
        pace.answered();
        pace.flushed();
        tokio::time::advance(Duration::from_mins(1)).await;
        check(&pace, 60, Some(70));
        pace.received();
        check(&pace, 69, Some(70));
        check(&pace, 70, None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_over_when_its_last_octet_is_out() {
        let pace = Pace::new();
        assert!(!pace.is_busy());
        pace.busy();
        pace.flushed(); // of a piece, or of `100 Continue`
        assert!(pace.is_busy());
        pace.answered();
        pace.received(); // of the next request
        assert!(pace.is_busy());
        pace.flushed();
        assert!(!pace.is_busy());
        pace.switched();
        pace.answered();
        assert!(pace.is_busy() && pace.is_tunnel());
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_left_after_its_time() {
        let pace = Pace::new();
        pace.answered();
        pace.flushed();
        check(&pace, 70, Some(75));
        check(&pace, 75, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_left() {
        let pace = Pace::new();
        pace.busy();
        tokio::time::advance(Duration::from_secs(1)).await;
        pace.stalls();
        tokio::time::advance(Duration::from_secs(1)).await;
        pace.stalls();
        check(&pace, 75, Some(85));
        check(&pace, 76, None);
        pace.sent();
        check(&pace, 76, Some(86));
    }
}
