//! The wall clock: the one place that reads it, and a value so that tests can set it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where the gateway takes the Unix second from.
#[derive(Debug, Clone, Copy)]
pub struct Clock(fn() -> u64);

impl Clock {
    /// A clock that `read` answers for, in Unix seconds.
    pub fn new(read: fn() -> u64) -> Self {
        Self(read)
    }

    /// The system's clock.
    pub fn system() -> Self {
        Self(system_seconds)
    }

    /// The Unix second.
    pub fn now(self) -> u64 {
        self.0()
    }
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
