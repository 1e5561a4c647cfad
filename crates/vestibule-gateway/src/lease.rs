//! How long something may last that a session opened: a tunnel, or a stream without a known end (TH-62).
//!
//! An ordinary request asks for its session and is over; a WebSocket or an event stream would go on for
//! somebody whose session is long gone. So it ends with the session that it began with, and with the
//! secret that opened that session, should a reload take it away. A session that is prolonged meanwhile
//! is a new cookie: whoever connects again brings it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use subtle::ConstantTimeEq as _;
use tokio::sync::watch;
use tokio::time::Instant;
use vestibule_session::{Secret, Session};

/// The terms of one session.
pub(crate) struct Lease {
    /// When the session is over, where it ends at all.
    end: Option<Instant>,
    secret: Rc<Secret>,
    secrets: watch::Receiver<Secrets>,
    /// Made when somebody waits: whoever is done before needs no timer.
    waiting: Option<Pin<Box<dyn Future<Output = Over>>>>,
}

/// The secrets of one configuration, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(Rc<[Rc<Secret>]>);

/// Why it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// The session has come to its end.
    Session,
    /// Its secret is none any more.
    Secret,
}

impl Lease {
    /// `None` where the session is none of these secrets', which cannot be.
    pub(crate) fn new(
        session: &Session,
        now: u64,
        own: &Secrets,
        secrets: watch::Receiver<Secrets>,
    ) -> Option<Self> {
        let left = Duration::from_secs(session.validity().end.saturating_sub(now));
        Some(Self {
            end: Instant::now().checked_add(left),
            secret: Rc::clone(own.0.get(session.secret())?),
            secrets,
            waiting: None,
        })
    }

    /// Polls what it limits, as long as it is not over.
    ///
    /// Once somebody waits it is asked first: an event that comes with the end comes too late.
    pub(crate) fn poll_within<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Result<Poll<T>, Over> {
        if self.waiting.is_some()
            && let Poll::Ready(over) = self.poll(cx)
        {
            return Err(over);
        }
        let polled = poll(cx);
        if polled.is_pending()
            && let Poll::Ready(over) = self.poll(cx)
        {
            return Err(over);
        }
        Ok(polled)
    }

    /// Ready when it is over.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Over> {
        let (end, secret, secrets) = (self.end, &self.secret, &self.secrets);
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(over(end, Rc::clone(secret), secrets.clone())));
        // However much passes through its task, this must get its turn.
        Pin::new(&mut tokio::task::unconstrained(waiting.as_mut())).poll(cx)
    }
}

async fn over(
    end: Option<Instant>,
    secret: Rc<Secret>,
    mut secrets: watch::Receiver<Secrets>,
) -> Over {
    let ends = async {
        match end {
            Some(end) => tokio::time::sleep_until(end).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = ends => Over::Session,
        changed = secrets.wait_for(|secrets| !secrets.contain(&secret)) => match changed {
            Ok(_) => Over::Secret,
            // The core has gone, and its connections with it.
            Err(_) => std::future::pending().await,
        },
    }
}

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(secrets.into_iter().cloned().map(Rc::new).collect())
    }

    fn contain(&self, secret: &Secret) -> bool {
        self.0.iter().any(|it| bool::from(it.ct_eq(secret)))
    }
}

impl Over {
    /// The word for the log.
    pub(crate) fn cause(self) -> &'static str {
        match self {
            Self::Session => "session_over",
            Self::Secret => "secret_removed",
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
