//! Whether a client of HTTP/2 moves: what it began, what it takes, and since when nothing is asked.

use std::cell::Cell;

use tokio::time::Instant;

use super::super::pace::Patience;

/// What a client is at. Written by its socket and its streams, read by its watchdog, all on one core.
#[derive(Debug)]
pub(super) struct Activity {
    /// Requests whose answers are not over.
    open: Cell<usize>,
    /// Since when there are none.
    idle: Cell<Instant>,
    /// Since when it owes the rest of what it began: the preface, or a head.
    owes: Cell<Option<Instant>>,
    /// Since when it takes no octets.
    stalled: Cell<Option<Instant>>,
    /// The client closed, or said that it will.
    gone: Cell<bool>,
}

impl Activity {
    /// A new connection owes the preface at once.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            open: Cell::new(0),
            idle: Cell::new(now),
            owes: Cell::new(Some(now)),
            stalled: Cell::new(None),
            gone: Cell::new(false),
        }
    }

    pub(super) fn opened(&self) {
        self.open.set(self.open.get() + 1);
    }

    pub(super) fn closed(&self) {
        let open = self.open.get().saturating_sub(1);
        self.open.set(open);
        if open == 0 {
            self.idle.set(Instant::now());
        }
    }

    /// Octets came, behind which the client owes more or not. More of the same is no new beginning.
    pub(super) fn received(&self, owes: bool) {
        match (owes, self.owes.get()) {
            (true, Some(_)) | (false, None) => {}
            (true, None) => self.owes.set(Some(Instant::now())),
            (false, Some(_)) => self.owes.set(None),
        }
    }

    /// The client takes octets, or none for now.
    pub(super) fn takes(&self, takes: bool) {
        match (takes, self.stalled.get()) {
            (false, Some(_)) | (true, None) => {}
            (false, None) => self.stalled.set(Some(Instant::now())),
            (true, Some(_)) => self.stalled.set(None),
        }
    }

    pub(super) fn leave(&self) {
        self.gone.set(true);
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.get()
    }

    /// When to look again; `None` when the client took too long and is to be left.
    ///
    /// Whatever else comes, pings above all, makes an idle connection no less idle. Behind `farewell` a
    /// draining gateway waits for nobody without a request.
    pub(super) fn look(
        &self,
        patience: &Patience,
        farewell: Option<Instant>,
        now: Instant,
    ) -> Option<Instant> {
        let idle = farewell.unwrap_or_else(|| self.idle.get() + patience.idle);
        let deadlines = [
            (self.open.get() == 0).then_some(idle),
            self.owes.get().map(|since| since + patience.head),
            self.stalled.get().map(|since| since + patience.idle),
        ];
        let next = deadlines.into_iter().flatten().min();
        let step = now + patience.step();
        match next {
            Some(deadline) if deadline <= now => None,
            Some(deadline) => Some(deadline.min(step)),
            None => Some(step),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const HEAD: Duration = Duration::from_secs(10);
    const IDLE: Duration = Duration::from_secs(75);
    const PATIENCE: Patience = Patience {
        head: HEAD,
        idle: IDLE,
        farewell: Duration::from_secs(1),
    };

    #[track_caller]
    fn check(activity: &Activity, after: Duration, expected: Option<Duration>) {
        let now = Instant::now();
        let next = activity.look(&PATIENCE, None, now + after);
        assert_eq!(next.map(|next| next - now), expected);
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn the_preface_and_each_head_have_their_time() {
        let activity = Activity::new();
        check(&activity, seconds(9), Some(HEAD));
        check(&activity, HEAD, None);
        activity.received(false);
        activity.opened();
        check(&activity, IDLE * 2, Some(IDLE * 2 + HEAD));
        // Beside a request that runs, an unfinished head is unfinished all the same.
        activity.received(true);
        tokio::time::advance(seconds(6)).await;
        activity.received(true);
        check(&activity, seconds(3), Some(seconds(4)));
        check(&activity, seconds(4), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_requests_is_idle_whatever_else_comes() {
        let activity = Activity::new();
        activity.opened();
        activity.opened();
        activity.closed();
        activity.received(false);
        check(&activity, IDLE, Some(IDLE + HEAD));
        activity.closed();
        tokio::time::advance(seconds(70)).await;
        activity.received(false); // of a ping
        check(&activity, seconds(4), Some(seconds(5)));
        check(&activity, seconds(5), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_left() {
        let activity = Activity::new();
        activity.received(false);
        activity.opened();
        activity.takes(false);
        tokio::time::advance(seconds(70)).await;
        activity.takes(false);
        check(&activity, seconds(5), None);
        activity.takes(true);
        check(&activity, seconds(5), Some(seconds(15)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_draining_gateway_waits_for_no_idle_client() {
        let activity = Activity::new();
        activity.received(false);
        let end = Instant::now() + seconds(1);
        assert_eq!(activity.look(&PATIENCE, Some(end), end), None);
        activity.opened();
        assert!(activity.look(&PATIENCE, Some(end), end).is_some());
    }
}
