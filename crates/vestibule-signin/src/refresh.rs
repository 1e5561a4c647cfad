//! Renewing the backend's tokens once for any number of requests (TH-57 to TH-59).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::backend::{Caller, Renewal};
use crate::settings::Clock;

/// The renewals that run or have just ended, by the refresh token that they spend.
///
/// A refresh token is used once, so requests that carry the same one share one call and its answer. Those that come
/// a moment late, with the cookie of before, get that answer as well.
/// In memory and of this process only: only somebody with a session can make an entry, and it does not last.
#[derive(Default)]
pub(crate) struct Refreshes(Mutex<HashMap<String, Flight>>);

/// One call: nothing as long as it runs, then its answer and the second at which it came.
type Flight = watch::Receiver<Option<(Renewal, u64)>>;

impl Refreshes {
    /// What the backend answers to `refresh_token`, asked now, at this moment by another request, or just before.
    pub(crate) async fn renew(
        &self,
        refresh_token: String,
        caller: &Caller,
        clock: &Clock,
    ) -> Renewal {
        let mut flight = self.flight(refresh_token, caller, clock);
        let answer = flight.wait_for(Option::is_some).await;
        match answer.as_deref() {
            Ok(Some((renewal, _))) => renewal.clone(),
            // The task is gone without an answer.
            Ok(None) | Err(_) => Renewal::Unavailable,
        }
    }

    fn flight(&self, refresh_token: String, caller: &Caller, clock: &Clock) -> Flight {
        let mut flights = self.flights();
        let now = clock.now();
        flights.retain(|_, flight| match &*flight.borrow() {
            // A task that is gone has nothing more to say.
            None => flight.has_changed().is_ok(),
            Some((Renewal::Accepted(_) | Renewal::Refused, second)) => {
                now < second.saturating_add(LATE)
            }
            // The next one asks again.
            Some((Renewal::Unavailable, _)) => false,
        });
        if let Some(flight) = flights.get(&refresh_token) {
            return flight.clone();
        }
        let (answer, flight) = watch::channel(None);
        flights.insert(refresh_token.clone(), flight.clone());
        let (caller, clock) = (caller.clone(), clock.clone());
        // A task of its own: a browser that goes away must not lose the new pair for everybody else.
        tokio::spawn(async move {
            let renewal = caller.renew(&refresh_token, now).await;
            answer.send_replace(Some((renewal, clock.now())));
        });
        flight
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<String, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys are tokens.
impl fmt::Debug for Refreshes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refreshes({})", self.flights().len())
    }
}

/// Seconds in which a request that carries the old pair still gets the new one.
const LATE: u64 = 10;
