//! The clocks: the one place that reads them, and a value so that tests can set them.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Where the gateway takes the time from.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    seconds: fn() -> u64,
    elapsed: fn() -> Duration,
}

impl Clock {
    /// A wall clock that `read` answers for, in Unix seconds, beside the system's clock for spans.
    pub fn new(read: fn() -> u64) -> Self {
        Self {
            seconds: read,
            elapsed: since_start,
        }
    }

    /// The system's clocks.
    pub fn system() -> Self {
        Self::new(system_seconds)
    }

    /// The same with a clock for spans that `elapsed` answers for.
    #[must_use]
    pub fn with_elapsed(self, elapsed: fn() -> Duration) -> Self {
        Self { elapsed, ..self }
    }

    /// The Unix second.
    pub fn now(self) -> u64 {
        (self.seconds)()
    }

    /// The time since some moment before: it never goes back, whatever is done to the wall clock.
    pub fn elapsed(self) -> Duration {
        (self.elapsed)()
    }
}

fn since_start() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the wall clock"
)]
fn system_seconds() -> u64 {
    // A clock before 1970 opens no session: everything with `nbf` or `iat` is in the future.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
