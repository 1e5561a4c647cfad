//! How many requests in which time: the generic cell rate algorithm (ITU-T I.371).
//!
//! A bucket is one number: the moment at which it is full again. Each request moves that moment by one
//! interval, and is refused where it would lie further away than a whole bucket takes to fill.

use std::time::Duration;

/// The terms of a limit, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Until one more request is allowed.
    interval: u64,
    /// Until an empty bucket is full.
    fill: u64,
}

/// What a request found, and what it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether it may pass; a refused request takes nothing.
    pub(crate) allowed: bool,
    /// Requests that may follow at once.
    pub(crate) remaining: u64,
    /// Until the next one may pass.
    pub(crate) wait: Duration,
    /// Until everything is as if nobody had asked.
    pub(crate) reset: Duration,
}

impl Quota {
    /// `requests` in `per` in the long run, and `burst` of them at once; neither is zero.
    pub(crate) fn new(requests: u32, per: Duration, burst: u32) -> Self {
        let per = u64::try_from(per.as_nanos()).unwrap_or(u64::MAX);
        let interval = (per / u64::from(requests.max(1))).max(1);
        Self {
            interval,
            fill: interval.saturating_mul(burst.max(1).into()),
        }
    }

    /// Lets a request pass or not, at `now`, from a bucket that is full at `full_at`; answers when it is
    /// full after that.
    pub(crate) fn take(self, full_at: u64, now: u64) -> (u64, Standing) {
        let before = full_at.max(now);
        let after = before.saturating_add(self.interval);
        let allowed = after - now <= self.fill;
        let full_at = if allowed { after } else { before };
        let missing = full_at - now;
        let room = self.fill.saturating_sub(missing);
        let standing = Standing {
            allowed,
            remaining: room / self.interval,
            wait: Duration::from_nanos(self.interval.saturating_sub(room)),
            reset: Duration::from_nanos(missing),
        };
        (full_at, standing)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn minute(requests: u32, burst: u32) -> Quota {
        Quota::new(requests, Duration::from_mins(1), burst)
    }

    #[test]
    fn a_burst_passes_and_then_one_for_each_interval() {
        let (quota, mut full_at) = (minute(6, 3), 0);
        let mut ask = |second: u64| {
            let (next, standing) = quota.take(full_at, second * SECOND);
            full_at = next;
            let reset = standing.reset.as_secs();
            (
                standing.allowed,
                standing.remaining,
                standing.wait.as_secs(),
                reset,
            )
        };
        assert_eq!(ask(100), (true, 2, 0, 10));
        assert_eq!(ask(100), (true, 1, 0, 20));
        assert_eq!(ask(100), (true, 0, 10, 30));
        assert_eq!(ask(100), (false, 0, 10, 30));
        assert_eq!(ask(109), (false, 0, 1, 21));
        assert_eq!(ask(110), (true, 0, 10, 30));
        assert_eq!(ask(140), (true, 2, 0, 10));
    }

    proptest! {
        // However the requests lie: in no span pass more than the burst and what the span brings.
        #[test]
        fn no_span_lets_more_pass_than_the_terms(
            gaps in prop::collection::vec(0u64..30, 1..200),
            requests in 1u32..30,
            burst in 1u32..30,
        ) {
            let (quota, mut full_at, mut now) = (minute(requests, burst), 0, SECOND);
            let mut passed = Vec::new();
            for gap in gaps {
                now += gap * SECOND / 4;
                let (next, standing) = quota.take(full_at, now);
                full_at = next;
                prop_assert_eq!(standing.remaining > 0, standing.wait.is_zero());
                if standing.allowed {
                    passed.push(now);
                }
            }
            for (index, first) in passed.iter().enumerate() {
                for (count, last) in passed[index..].iter().enumerate() {
                    let brought = (last - first) / quota.interval;
                    prop_assert!((count as u64) < u64::from(burst) + brought);
                }
            }
        }
    }
}
