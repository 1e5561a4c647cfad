//! Sign-outs, told to streams that still run.

use tokio::sync::broadcast;

use crate::ids::AccountId;

/// Who signed out, as it happens; in memory, for this process.
#[derive(Debug, Clone)]
pub(crate) struct Revocations(broadcast::Sender<Revoked>);

/// One family of refresh tokens is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revoked {
    pub(crate) account: AccountId,
    pub(crate) family: String,
}

impl Revocations {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }

    pub(crate) fn announce(&self, revoked: Revoked) {
        // Without a stream that runs, nobody needs to know.
        let _ = self.0.send(revoked);
    }

    /// Returns when this family is over.
    ///
    /// Who missed announcements ends as well: a stream is cheap to begin anew, a stream of somebody who left is not harmless.
    /// It listens from now on, and not only once it is polled.
    pub(crate) fn of(&self, family: &str) -> impl Future<Output = ()> + Send {
        let mut receiver = self.0.subscribe();
        async move {
            while let Ok(revoked) = receiver.recv().await {
                if revoked.family == family {
                    return;
                }
            }
        }
    }
}

const CAPACITY: usize = 1024;
