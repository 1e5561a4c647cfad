use super::*;
use crate::ids::TenantId;

const NOON: i64 = 1_780_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOON + second).unwrap()
}

fn tenant() -> Key {
    Key::Tenant(TenantId::new(at(0)))
}

#[test]
fn a_window_has_so_many_and_begins_anew() {
    let limits = Limits::default();
    let key = tenant();
    for left in (0..30).rev() {
        let standing = limits.take(Limit::AgentChat, key, at(left)).unwrap();
        assert_eq!(standing.left, u32::try_from(left).unwrap());
    }
    let refused = limits.take(Limit::AgentChat, key, at(30)).unwrap_err();
    assert_eq!(
        refused,
        Standing {
            left: 0,
            seconds: 29 + 270
        }
    );
    // What is refused takes nothing and prolongs nothing.
    let end = 29 + 300;
    limits.take(Limit::AgentChat, key, at(end - 1)).unwrap_err();
    let standing = limits.take(Limit::AgentChat, key, at(end)).unwrap();
    assert_eq!(
        standing,
        Standing {
            left: 29,
            seconds: 300
        }
    );
}

#[test]
fn limits_and_keys_are_apart() {
    let limits = Limits::default();
    let (one, other) = (tenant(), tenant());
    for _ in 0..30 {
        limits.take(Limit::AgentChat, one, at(0)).unwrap();
    }
    limits.take(Limit::AgentChat, one, at(0)).unwrap_err();
    limits.take(Limit::AgentChat, other, at(0)).unwrap();
    limits.take(Limit::Proposals, one, at(0)).unwrap();
}

#[test]
fn a_token_can_be_given_back_and_no_more_than_one_took() {
    let limits = Limits::default();
    let key = Key::account("Owner@willow-pine.test");
    assert_eq!(key, Key::account("owner@WILLOW-pine.test"));
    limits.give_back(Limit::LoginAccount, key);
    for _ in 0..10 {
        limits.take(Limit::LoginAccount, key, at(0)).unwrap();
        limits.give_back(Limit::LoginAccount, key);
        limits.give_back(Limit::LoginAccount, key);
    }
    for _ in 0..10 {
        limits.take(Limit::LoginAccount, key, at(0)).unwrap();
    }
    limits.take(Limit::LoginAccount, key, at(0)).unwrap_err();
}

#[test]
fn three_uploads_run_at_once() {
    let limits = Limits::default();
    let key = tenant();
    let enter = || limits.enter(Limit::Uploads, key, at(0));
    let running: Vec<_> = (0..3).map(|_| enter().unwrap().0).collect();
    let refused = enter().unwrap_err();
    // Neither is a token taken.
    assert_eq!(
        refused,
        Standing {
            left: 47,
            seconds: SECONDS_UNTIL_ONE_ENDS
        }
    );
    limits.take(Limit::Uploads, tenant(), at(0)).unwrap();
    drop(running);
    assert_eq!(enter().unwrap().1.left, 46);
}

#[test]
fn what_runs_is_counted_beyond_the_end_of_its_window() {
    let limits = Limits::default();
    let key = tenant();
    let _running: Vec<_> = (0..3)
        .map(|_| limits.enter(Limit::Uploads, key, at(0)).unwrap().0)
        .collect();
    limits.enter(Limit::Uploads, key, at(3600)).unwrap_err();
}

#[test]
fn a_flood_of_keys_takes_no_more_memory() {
    let limits = Limits::default();
    let key = |count: usize| Key::account(&count.to_string());
    for count in 0..MOST_KEYS * 3 {
        let second = i64::try_from(count / 100).unwrap();
        limits
            .take(Limit::LoginAccount, key(count), at(second))
            .unwrap();
    }
    let lengths: Vec<usize> = limits.lock().values().map(HashMap::len).collect();
    assert!(
        lengths.iter().all(|length| *length <= MOST_KEYS),
        "{lengths:?}"
    );
    // The latest are those that are remembered.
    let last = MOST_KEYS * 3 - 1;
    let second = i64::try_from(last / 100).unwrap();
    let standing = limits
        .take(Limit::LoginAccount, key(last), at(second))
        .unwrap();
    assert_eq!(standing.left, 8);
}
