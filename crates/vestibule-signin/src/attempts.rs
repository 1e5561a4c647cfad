//! Failed sign-ins, counted by account and by client address (TH-113).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::settings::Limits;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    /// IPv6 by its /64: a household has that many addresses.
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    since: u64,
}

/// The counts, in memory and of this process only.
#[derive(Debug)]
pub(crate) struct Attempts {
    limits: Limits,
    counts: Mutex<HashMap<Key, Count>>,
}

/// An attempt that counts as failed until it is [`forgiven`](Attempts::forgive), so that many at once are no way round.
#[derive(Debug)]
pub(crate) struct Attempt {
    keys: Vec<Key>,
}

/// Seconds to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany(pub(crate) u64);

impl Attempts {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            counts: Mutex::new(HashMap::new()),
        }
    }

    /// Counts an attempt, unless there were too many failures.
    pub(crate) fn begin(
        &self,
        account: &str,
        address: Option<IpAddr>,
        now: u64,
    ) -> Result<Attempt, TooMany> {
        let account = Key::Account(account.to_lowercase());
        let mut keys = vec![(account, self.limits.per_account)];
        keys.extend(address.map(|one| (Key::Address(network(one)), self.limits.per_address)));
        let mut counts = self.counts();
        for (key, limit) in &keys {
            if let Some(count) = counts.get(key)
                && let Some(left) = self.left(count, now)
                && count.failures >= *limit
            {
                return Err(TooMany(left));
            }
        }
        if counts.len() + keys.len() > MAX_KEYS {
            self.make_room(&mut counts, now);
        }
        let fresh = Count {
            failures: 0,
            since: now,
        };
        for (key, _) in &keys {
            let count = counts.entry(key.clone()).or_insert(fresh);
            if self.left(count, now).is_none() {
                *count = fresh;
            }
            count.failures += 1;
        }
        let keys = keys.into_iter().map(|(key, _)| key).collect();
        Ok(Attempt { keys })
    }

    /// The attempt was no failure of the user's.
    pub(crate) fn forgive(&self, attempt: &Attempt) {
        let mut counts = self.counts();
        for key in &attempt.keys {
            if let Some(count) = counts.get_mut(key) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }

    /// Seconds until the count is forgotten; none where it is.
    fn left(&self, count: &Count, now: u64) -> Option<u64> {
        let end = count.since.saturating_add(self.limits.window);
        end.checked_sub(now).filter(|left| *left > 0)
    }

    /// Drops what is forgotten, and where that is not enough, what is oldest.
    fn make_room(&self, counts: &mut HashMap<Key, Count>, now: u64) {
        counts.retain(|_, count| self.left(count, now).is_some());
        if counts.len() < MAX_KEYS / 2 {
            return;
        }
        let mut times: Vec<u64> = counts.values().map(|count| count.since).collect();
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or(now);
        counts.retain(|_, count| count.since > median);
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
mod tests {
    use super::*;

    fn attempts() -> Attempts {
        Attempts::new(Limits {
            per_account: 3,
            per_address: 2,
            window: 60,
        })
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn failures_of_an_address_are_borne_up_to_the_limit_and_forgotten_in_time() {
        let attempts = attempts();
        for account in ["a", "b"] {
            assert!(attempts.begin(account, address("192.0.2.1"), 100).is_ok());
        }
        let refused = attempts.begin("c", address("192.0.2.1"), 130);
        assert_eq!(refused.unwrap_err(), TooMany(30));
        assert!(attempts.begin("c", address("192.0.2.2"), 130).is_ok());
        assert!(attempts.begin("c", address("192.0.2.1"), 160).is_ok());
    }

    #[test]
    fn an_account_is_one_whatever_its_letters_and_addresses() {
        let attempts = attempts();
        for (account, from) in [
            ("ADA", "192.0.2.1"),
            ("Ada", "192.0.2.2"),
            ("ada", "192.0.2.3"),
        ] {
            assert!(attempts.begin(account, address(from), 0).is_ok());
        }
        assert!(attempts.begin("ada", address("192.0.2.4"), 0).is_err());
    }

    #[test]
    fn a_success_does_not_count() {
        let attempts = attempts();
        for _ in 0..10 {
            let attempt = attempts.begin("ada", address("192.0.2.1"), 0).unwrap();
            attempts.forgive(&attempt);
        }
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let attempts = attempts();
        for one in ["2001:db8::1", "2001:db8::ffff"] {
            assert!(attempts.begin(one, address(one), 0).is_ok());
        }
        assert!(attempts.begin("x", address("2001:db8::2"), 0).is_err());
        assert!(attempts.begin("x", address("2001:db8:0:1::2"), 0).is_ok());
        assert!(attempts.begin("y", address("::ffff:192.0.2.1"), 0).is_ok());
        assert!(attempts.begin("z", address("192.0.2.1"), 0).is_ok());
        assert!(attempts.begin("w", address("192.0.2.1"), 0).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = attempts();
        for number in 0..3 * MAX_KEYS {
            let _ = attempts.begin(&number.to_string(), None, number as u64 / 1000);
        }
        assert!(attempts.counts().len() <= MAX_KEYS);
    }
}
