//! Whether a rewritten path reaches what was meant.
//!
//! A backend that answers 404 may lack one thing, or the route may point beside its paths. What a
//! route reaches once, it reaches: after the first good answer a 404 is the backend's own business.

use std::cell::Cell;

use http::StatusCode;

/// What this core has seen of a route with a rewritten path.
#[derive(Debug, Default)]
pub(crate) struct Rewritten {
    reaches: Cell<bool>,
    /// Unix seconds.
    warned: Cell<Option<u64>>,
}

impl Rewritten {
    /// Takes note of an answer, and says whether the operator should look at the route: at most
    /// once a minute, and never again after a good answer.
    pub(crate) fn is_doubtful(&self, status: StatusCode, now: u64) -> bool {
        if status.is_success() || status.is_redirection() {
            self.reaches.set(true);
        }
        if status != StatusCode::NOT_FOUND || self.reaches.get() {
            return false;
        }
        let lately = self
            .warned
            .get()
            .is_some_and(|warned| now.saturating_sub(warned) < PAUSE);
        if !lately {
            self.warned.set(Some(now));
        }
        !lately
    }
}

/// Seconds between two warnings of one route.
const PAUSE: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answers: &[(u16, u64)], expected: &[bool]) {
        let rewritten = Rewritten::default();
        let doubts: Vec<bool> = answers
            .iter()
            .map(|(status, now)| {
                let status = StatusCode::from_u16(*status).unwrap();
                rewritten.is_doubtful(status, *now)
            })
            .collect();
        assert_eq!(doubts, expected, "{answers:?}");
    }

    #[test]
    fn a_route_that_finds_nothing_is_doubtful_once_a_minute() {
        check(
            &[(404, 100), (404, 101), (404, 159), (404, 160), (404, 161)],
            &[true, false, false, true, false],
        );
    }

    #[test]
    fn a_route_that_was_good_once_is_not_doubtful() {
        check(&[(200, 100), (404, 101)], &[false, false]);
        check(&[(404, 100), (303, 101), (404, 200)], &[true, false, false]);
    }

    #[test]
    fn other_refusals_prove_nothing() {
        check(&[(401, 100), (500, 100), (404, 101)], &[false, false, true]);
    }
}
