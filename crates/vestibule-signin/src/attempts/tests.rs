use super::*;

const LIMITS: Limits = Limits {
    per_account: 3,
    per_address: 2,
    window: 60,
};

/// An attempt that does not wait for others.
#[track_caller]
fn begin(
    attempts: &Arc<Attempts>,
    account: &str,
    from: &str,
    now: u64,
) -> Result<Attempt, TooMany> {
    let address = Some(from.parse().unwrap());
    let mut begun = Box::pin(attempts.begin(account, address, LIMITS, now));
    match poll(begun.as_mut()) {
        Some(result) => result,
        None => panic!("it waits"),
    }
}

fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.poll(&mut context) {
        std::task::Poll::Ready(result) => Some(result),
        std::task::Poll::Pending => None,
    }
}

#[test]
fn failures_of_an_address_are_borne_up_to_the_limit_and_forgotten_in_time() {
    let attempts: Arc<Attempts> = Arc::default();
    for account in ["a", "b"] {
        assert!(begin(&attempts, account, "192.0.2.1", 100).is_ok());
    }
    let refused = begin(&attempts, "c", "192.0.2.1", 130);
    assert_eq!(refused.unwrap_err(), TooMany(30));
    assert!(begin(&attempts, "c", "192.0.2.2", 130).is_ok());
    assert!(begin(&attempts, "c", "192.0.2.1", 160).is_ok());
    // The window began anew with that one.
    assert!(begin(&attempts, "c", "192.0.2.1", 219).is_ok());
    assert_eq!(
        begin(&attempts, "d", "192.0.2.1", 219).unwrap_err(),
        TooMany(1)
    );
}

#[test]
fn an_account_is_one_whatever_its_letters_and_addresses() {
    let attempts: Arc<Attempts> = Arc::default();
    for (account, from) in [
        ("ADA", "192.0.2.1"),
        ("Ada", "192.0.2.2"),
        ("ada", "192.0.2.3"),
    ] {
        assert!(begin(&attempts, account, from, 0).is_ok());
    }
    assert!(begin(&attempts, "ada", "192.0.2.4", 0).is_err());
}

#[test]
fn a_success_does_not_count_and_leaves_nothing() {
    let attempts: Arc<Attempts> = Arc::default();
    for _ in 0..10 {
        begin(&attempts, "ada", "192.0.2.1", 0).unwrap().succeed();
    }
    assert!(attempts.counts().is_empty());
}

#[test]
fn addresses_of_one_network_count_together() {
    let attempts: Arc<Attempts> = Arc::default();
    for one in ["2001:db8::1", "2001:db8::ffff"] {
        assert!(begin(&attempts, one, one, 0).is_ok());
    }
    assert!(begin(&attempts, "x", "2001:db8::2", 0).is_err());
    assert!(begin(&attempts, "x", "2001:db8:0:1::2", 0).is_ok());
    assert!(begin(&attempts, "y", "::ffff:192.0.2.1", 0).is_ok());
    assert!(begin(&attempts, "z", "192.0.2.1", 0).is_ok());
    assert!(begin(&attempts, "w", "192.0.2.1", 0).is_err());
}

#[test]
fn one_that_might_be_too_many_waits_for_those_that_run() {
    let attempts: Arc<Attempts> = Arc::default();
    let first = begin(&attempts, "a", "192.0.2.1", 0).unwrap();
    let second = begin(&attempts, "b", "192.0.2.1", 0).unwrap();
    let address = Some("192.0.2.1".parse().unwrap());
    let mut third = Box::pin(attempts.begin("c", address, LIMITS, 0));
    assert!(poll(third.as_mut()).is_none());
    // The first fails by going away: one more failure is borne, and the second may be it.
    drop(first);
    assert!(poll(third.as_mut()).is_none());
    second.succeed();
    let third = poll(third.as_mut()).unwrap().unwrap();
    drop(third);
    assert!(begin(&attempts, "d", "192.0.2.1", 0).is_err());
}

#[test]
fn memory_is_bounded() {
    let attempts: Arc<Attempts> = Arc::default();
    for number in 0..3 * MAX_KEYS {
        let account = number.to_string();
        let mut begun = Box::pin(attempts.begin(&account, None, LIMITS, number as u64 / 1000));
        drop(poll(begun.as_mut()));
    }
    assert!(attempts.counts().len() <= MAX_KEYS);
}
