//! The buckets of one limit, by key: shared by all cores and bounded, whoever chooses the keys.
//!
//! A limit counts for the process, so the cores have to meet somewhere: in one shard of many, for the
//! time of one look-up. A bucket that is full is as good as none and is forgotten. What attackers make
//! many of are addresses, each with hardly anything taken: where there is no room, those buckets go that
//! would be full first, so that a flood forgets itself and not those who are at their limit.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast;

use super::quota::{Quota, Standing};

/// All buckets of one limit.
#[derive(Debug)]
pub(crate) struct Buckets {
    quota: Quota,
    /// Keys are kept as what this makes of them, so no address and no claim stays in memory. It is a
    /// pseudorandom function under a key of its own: nobody can aim at the bucket of somebody else.
    fingerprint: RandomState,
    shards: Box<[Mutex<Shard>]>,
    /// When somebody last looked for full buckets.
    swept: AtomicU64,
}

/// When each bucket is full again, in nanoseconds.
type Shard = HashMap<u64, u64, fast::RandomState>;

impl Buckets {
    pub(crate) fn new(quota: Quota) -> Self {
        Self {
            quota,
            fingerprint: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            swept: AtomicU64::new(0),
        }
    }

    /// Takes one request from the bucket of `key`; `now` runs from anywhere, forwards.
    pub(crate) fn take(&self, key: impl Hash, now: Duration) -> Standing {
        let (now, fingerprint) = (nanoseconds(now), self.fingerprint.hash_one(key));
        let Some(shard) = self.shards.get(shard_of(fingerprint)) else {
            return self.quota.take(now, now).1;
        };
        let mut shard = lock(shard);
        if shard.len() >= MOST_IN_SHARD && !shard.contains_key(&fingerprint) {
            make_room(&mut shard, now);
        }
        match shard.entry(fingerprint) {
            Entry::Occupied(mut bucket) => {
                let (full_at, standing) = self.quota.take(*bucket.get(), now);
                bucket.insert(full_at);
                standing
            }
            Entry::Vacant(place) => {
                let (full_at, standing) = self.quota.take(now, now);
                place.insert(full_at);
                standing
            }
        }
    }

    /// Forgets the buckets that are full, and gives their memory back; one core does it for all.
    pub(crate) fn sweep(&self, now: Duration) {
        let now = nanoseconds(now);
        let swept = self.swept.load(Ordering::Relaxed);
        if now < swept.saturating_add(SWEEP_AFTER) {
            return;
        }
        let mine = self
            .swept
            .compare_exchange(swept, now, Ordering::Relaxed, Ordering::Relaxed);
        if mine.is_err() {
            return;
        }
        for shard in &self.shards {
            let mut shard = lock(shard);
            forget_full(&mut shard, now);
            if shard.capacity() > 4 * shard.len() {
                let kept = 2 * shard.len();
                shard.shrink_to(kept);
            }
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    #[cfg(test)]
    fn capacity(&self) -> usize {
        let capacities = self.shards.iter().map(|shard| lock(shard).capacity());
        capacities.sum()
    }
}

fn shard_of(fingerprint: u64) -> usize {
    // The map looks at the whole of it again, under another key.
    usize::try_from(fingerprint >> (u64::BITS - SHARDS.ilog2())).unwrap_or_default()
}

/// A panic elsewhere leaves numbers behind that are all good ones.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make_room(shard: &mut Shard, now: u64) {
    forget_full(shard, now);
    if shard.len() < MOST_IN_SHARD {
        return;
    }
    // Many at once, so that a flood does not pay a look at all of them with each of its requests.
    let mut moments: Vec<u64> = shard.values().copied().collect();
    let (_, last, _) = moments.select_nth_unstable(FORGOTTEN - 1);
    let (last, mut left) = (*last, FORGOTTEN);
    shard.retain(|_, full_at| {
        let goes = *full_at <= last && left > 0;
        left -= usize::from(goes);
        !goes
    });
}

fn forget_full(shard: &mut Shard, now: u64) {
    shard.retain(|_, full_at| *full_at > now);
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// So many that cores hardly ever meet; a power of two.
const SHARDS: usize = 64;

/// All shards together hold 131,072 keys, in about 6 MiB: measured with a million addresses.
const MOST_IN_SHARD: usize = 2048;

/// Of a shard without room.
const FORGOTTEN: usize = MOST_IN_SHARD / 16;

/// As often as a core sweeps, a little less, in nanoseconds.
const SWEEP_AFTER: u64 = 4_000_000_000;

#[cfg(test)]
mod tests;
