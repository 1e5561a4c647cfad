//! How long a step took. The one place of this program that reads a clock.

use std::time::Instant;

pub(super) struct Watch(Instant);

impl Watch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a duration for the reader of the totals; nothing is decided by it"
    )]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn seconds(&self) -> u64 {
        self.0.elapsed().as_secs()
    }
}
