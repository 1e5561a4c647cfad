//! Failed sign-ins, counted by account and by client address (TH-113).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::settings::Limits;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    /// IPv6 by its /64: a household has that many addresses.
    Address(IpAddr),
}

/// What is known of one account or address.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    failures: u32,
    /// The second of the first of them.
    since: u64,
    /// Attempts that are being checked and may become failures.
    running: u32,
}

/// The counts, in memory and of this process only.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    counts: Mutex<HashMap<Key, Count>>,
    /// An attempt has ended, so that one that waits may go on.
    ended: Notify,
}

/// An attempt at work. It is a failure unless it [succeeds](Attempt::succeed): who goes away meanwhile has failed.
#[derive(Debug)]
pub(crate) struct Attempt {
    attempts: Arc<Attempts>,
    keys: Vec<(Key, u32)>,
    limits: Limits,
    now: u64,
    failed: bool,
}

/// Seconds to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany(pub(crate) u64);

/// What an attempt meets at its beginning.
#[derive(Debug)]
enum Door {
    Open,
    /// Attempts are running that would use up the limit if they failed.
    Busy,
    Shut(TooMany),
}

impl Attempts {
    /// Begins an attempt, unless there were too many failures.
    ///
    /// Many at once are no way round: one that might be too many waits until it is known how the others end.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        account: &str,
        address: Option<IpAddr>,
        limits: Limits,
        now: u64,
    ) -> Result<Attempt, TooMany> {
        let mut keys = vec![(Key::Account(account.to_lowercase()), limits.per_account)];
        keys.extend(address.map(|one| (Key::Address(network(one)), limits.per_address)));
        loop {
            // Made before the look, so that no end is missed in between.
            let ended = self.ended.notified();
            match self.door(&keys, limits, now) {
                Door::Open => {
                    return Ok(Attempt {
                        attempts: Arc::clone(self),
                        keys,
                        limits,
                        now,
                        failed: true,
                    });
                }
                Door::Busy => ended.await,
                Door::Shut(wait) => return Err(wait),
            }
        }
    }

    fn door(&self, keys: &[(Key, u32)], limits: Limits, now: u64) -> Door {
        let mut counts = self.counts();
        let mut busy = false;
        for (key, limit) in keys {
            let count = counts.get(key).copied().unwrap_or_default();
            let left = count.left(limits, now);
            let failures = left.map_or(0, |_| count.failures);
            if let Some(left) = left.filter(|_| failures >= *limit) {
                return Door::Shut(TooMany(left));
            }
            busy |= failures.saturating_add(count.running) >= *limit;
        }
        if busy {
            return Door::Busy;
        }
        if counts.len() + keys.len() > MAX_KEYS {
            make_room(&mut counts, limits, now);
        }
        for (key, _) in keys {
            counts.entry(key.clone()).or_default().running += 1;
        }
        Door::Open
    }

    fn end(&self, attempt: &Attempt) {
        let mut counts = self.counts();
        for (key, _) in &attempt.keys {
            let Some(count) = counts.get_mut(key) else {
                continue;
            };
            count.running = count.running.saturating_sub(1);
            let forgotten = count.left(attempt.limits, attempt.now).is_none();
            if forgotten {
                (count.failures, count.since) = (0, attempt.now);
            }
            count.failures += u32::from(attempt.failed);
            if count.failures == 0 && count.running == 0 {
                counts.remove(key);
            }
        }
        drop(counts);
        self.ended.notify_waiters();
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// It was no failure of the user's.
    pub(crate) fn succeed(mut self) {
        self.failed = false;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.attempts.end(self);
    }
}

impl Count {
    /// Seconds until the failures are forgotten; none where there are none to forget.
    fn left(&self, limits: Limits, now: u64) -> Option<u64> {
        let end = self.since.saturating_add(limits.window);
        end.checked_sub(now)
            .filter(|left| *left > 0 && self.failures > 0)
    }
}

/// Drops what is forgotten, and where that is not enough, what is oldest.
fn make_room(counts: &mut HashMap<Key, Count>, limits: Limits, now: u64) {
    counts.retain(|_, count| count.running > 0 || count.left(limits, now).is_some());
    if counts.len() < MAX_KEYS / 2 {
        return;
    }
    let mut times: Vec<u64> = counts.values().map(|count| count.since).collect();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or(now);
    counts.retain(|_, count| count.running > 0 || count.since > median);
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// About 2 MiB at the most, whoever tries what.
const MAX_KEYS: usize = 20_000;

#[cfg(test)]
mod tests;
