//! The counts of one core at one moment, and their sum over cores.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What a core has counted; snapshots of all cores add up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// Routes with their methods.
    pub(crate) expected: BTreeSet<(Arc<str>, &'static str)>,
    pub(crate) requests: BTreeMap<RequestLabels, u64>,
    pub(crate) durations: BTreeMap<Arc<str>, Histogram>,
    pub(crate) sessions_opened: u64,
    pub(crate) sessions_failed: BTreeMap<&'static str, u64>,
    pub(crate) upstreams: BTreeMap<(Arc<str>, &'static str), u64>,
    pub(crate) handshakes: BTreeMap<&'static str, u64>,
    pub(crate) proxy_headers: BTreeMap<&'static str, u64>,
    /// By outcome and cause.
    pub(crate) foreign: BTreeMap<(&'static str, &'static str), u64>,
    pub(crate) idle_connections: BTreeMap<Arc<str>, u64>,
    pub(crate) connections: u64,
    pub(crate) tunnels: u64,
    pub(crate) cache_entries: u64,
    pub(crate) cache_hits: u64,
    pub(crate) cache_misses: u64,
}

/// The labels of `vestibule_http_requests_total`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RequestLabels {
    pub(crate) route: Arc<str>,
    pub(crate) method: &'static str,
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
}

impl Snapshot {
    /// Adds another core's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.expected.extend(other.expected);
        add_all(&mut self.requests, other.requests);
        add_all(&mut self.sessions_failed, other.sessions_failed);
        add_all(&mut self.upstreams, other.upstreams);
        add_all(&mut self.handshakes, other.handshakes);
        add_all(&mut self.proxy_headers, other.proxy_headers);
        add_all(&mut self.foreign, other.foreign);
        add_all(&mut self.idle_connections, other.idle_connections);
        for (route, histogram) in other.durations {
            self.durations.entry(route).or_default().add(&histogram);
        }
        self.sessions_opened += other.sessions_opened;
        self.connections += other.connections;
        self.tunnels += other.tunnels;
        self.cache_entries += other.cache_entries;
        self.cache_hits += other.cache_hits;
        self.cache_misses += other.cache_misses;
    }
}

fn add_all<K: Ord>(sums: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
    for (key, count) in others {
        *sums.entry(key).or_default() += count;
    }
}

/// Durations in buckets from 50 µs to 10 s.
#[derive(Debug, Clone, Default)]
pub(crate) struct Histogram {
    buckets: [u64; BOUNDS.len() + 1],
    microseconds: u64,
}

impl Histogram {
    pub(crate) fn observe(&mut self, duration: Duration) {
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < microseconds);
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += 1;
        }
        self.microseconds = self.microseconds.saturating_add(microseconds);
    }

    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The sum of all durations, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        Duration::from_micros(self.microseconds).as_secs_f64()
    }

    /// Upper bounds in seconds with the number of durations in each bucket alone.
    pub(crate) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS
            .iter()
            .map(|bound| Duration::from_micros(*bound).as_secs_f64());
        bounds.chain([f64::MAX]).zip(self.buckets).collect()
    }

    fn add(&mut self, other: &Self) {
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
        self.microseconds = self.microseconds.saturating_add(other.microseconds);
    }
}

/// Microseconds.
const BOUNDS: [u64; 17] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_into_the_first_bucket_that_holds_it() {
        let mut histogram = Histogram::default();
        for microseconds in [0, 50, 51, 10_000_000, 10_000_001] {
            histogram.observe(Duration::from_micros(microseconds));
        }
        let counts: Vec<_> = histogram
            .buckets()
            .into_iter()
            .map(|(_, count)| count)
            .collect();
        assert_eq!((counts[0], counts[1], counts[16], counts[17]), (2, 1, 1, 1));
        assert_eq!(histogram.count(), 5);
    }

    #[test]
    fn snapshots_of_cores_add_up() {
        let one = || {
            let mut histogram = Histogram::default();
            histogram.observe(Duration::from_millis(1));
            Snapshot {
                sessions_opened: 2,
                sessions_failed: [("no_cookie", 3)].into(),
                durations: [("/a".into(), histogram)].into(),
                ..Snapshot::default()
            }
        };
        let mut sum = one();
        sum.add(one());
        assert_eq!(sum.sessions_opened, 4);
        assert_eq!(sum.sessions_failed["no_cookie"], 6);
        assert_eq!(sum.durations["/a"].count(), 2);
    }
}
