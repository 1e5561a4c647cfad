//! The counters.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Key, Limit};

/// Counts what everybody asked for; a cheap handle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits(Arc<Mutex<HashMap<Limit, HashMap<Key, Window>>>>);

/// How somebody stands in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What is left of the limit.
    pub(crate) left: u32,
    /// When it is worth to come again, or when the window ends.
    pub(crate) seconds: u64,
}

/// A request that runs, where only so many may at once; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    limits: Limits,
    limit: Limit,
    key: Key,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    taken: u32,
    running: u32,
    /// The Unix second.
    end: i64,
}

impl Limits {
    /// Takes a token for the time that the request runs.
    pub(crate) fn enter(
        &self,
        limit: Limit,
        key: Key,
        now: Timestamp,
    ) -> Result<(Running, Standing), Standing> {
        let now = now.as_second();
        let rule = limit.rule();
        let mut limits = self.lock();
        let window = window(limits.entry(limit).or_default(), key, now, rule.seconds);
        let standing = |window: &Window| Standing {
            left: rule.most.saturating_sub(window.taken),
            seconds: u64::try_from(window.end.saturating_sub(now)).unwrap_or_default(),
        };
        if window.taken >= rule.most {
            return Err(standing(window));
        }
        if rule.at_once.is_some_and(|most| window.running >= most) {
            let seconds = SECONDS_UNTIL_ONE_ENDS;
            return Err(Standing {
                seconds,
                ..standing(window)
            });
        }
        window.taken += 1;
        window.running += 1;
        let standing = standing(window);
        let running = Running {
            limits: self.clone(),
            limit,
            key,
        };
        Ok((running, standing))
    }

    /// Takes a token for good.
    pub(crate) fn take(
        &self,
        limit: Limit,
        key: Key,
        now: Timestamp,
    ) -> Result<Standing, Standing> {
        self.enter(limit, key, now).map(|(_, standing)| standing)
    }

    /// Gives a token back: what it was taken for need not be counted.
    pub(crate) fn give_back(&self, limit: Limit, key: Key) {
        if let Some(window) = self
            .lock()
            .get_mut(&limit)
            .and_then(|windows| windows.get_mut(&key))
        {
            window.taken = window.taken.saturating_sub(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Limit, HashMap<Key, Window>>> {
        // Counters have no invariant that a panic elsewhere could break.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut limits = self.limits.lock();
        let windows = limits.get_mut(&self.limit);
        if let Some(window) = windows.and_then(|windows| windows.get_mut(&self.key)) {
            window.running = window.running.saturating_sub(1);
        }
    }
}

/// The window of a key, begun anew where it is over.
fn window(windows: &mut HashMap<Key, Window>, key: Key, now: i64, seconds: i64) -> &mut Window {
    if windows.len() >= MOST_KEYS && !windows.contains_key(&key) {
        make_room(windows, now);
    }
    let fresh = Window {
        taken: 0,
        running: 0,
        end: now.saturating_add(seconds),
    };
    let window = windows.entry(key).or_insert(fresh);
    if window.end <= now {
        window.taken = 0;
        window.end = fresh.end;
    }
    window
}

/// Forgets what is over, or the half that ends sooner: a flood of addresses takes no more memory than this.
fn make_room(windows: &mut HashMap<Key, Window>, now: i64) {
    windows.retain(|_, window| window.end > now || window.running > 0);
    if windows.len() < MOST_KEYS {
        return;
    }
    let mut ends: Vec<i64> = windows.values().map(|window| window.end).collect();
    let middle = ends.len() / 2;
    let (_, &mut median, _) = ends.select_nth_unstable(middle);
    windows.retain(|_, window| window.end > median || window.running > 0);
}

/// Of one limit.
const MOST_KEYS: usize = 20_000;

/// Where too many run at once.
const SECONDS_UNTIL_ONE_ENDS: u64 = 2;

#[cfg(test)]
mod tests;
