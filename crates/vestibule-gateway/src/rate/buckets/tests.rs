use super::*;

fn minute(requests: u32) -> Buckets {
    Buckets::new(Quota::new(requests, Duration::from_mins(1), requests))
}

const NOW: Duration = Duration::from_secs(1000);

#[test]
fn each_key_has_a_bucket_of_its_own() {
    let buckets = minute(2);
    for key in ["a", "b"] {
        assert!(buckets.take(key, NOW).allowed);
        assert!(buckets.take(key, NOW).allowed);
        assert!(!buckets.take(key, NOW).allowed);
    }
    assert!(buckets.take("a", NOW + Duration::from_secs(30)).allowed);
}

#[test]
fn cores_take_from_the_same_bucket() {
    let buckets = minute(1000);
    let allowed = std::thread::scope(|scope| {
        let ask = || (0..400).filter(|_| buckets.take("a", NOW).allowed).count();
        let cores: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        let counts = cores.into_iter().map(|core| core.join().unwrap());
        counts.sum::<usize>()
    });
    assert_eq!(allowed, 1000);
}

// TH-23: whoever has many addresses gets no memory for them.
#[test]
fn a_million_keys_take_no_more_room_than_the_bound() {
    let buckets = minute(100);
    for key in 0..1_000_000 {
        buckets.take(key, NOW);
    }
    let (least, most) = (MOST_IN_SHARD - FORGOTTEN, MOST_IN_SHARD);
    assert!((SHARDS * least..=SHARDS * most).contains(&buckets.len()));
    // A map of 2,048 has room for less than twice as many.
    assert!(buckets.capacity() <= 2 * SHARDS * MOST_IN_SHARD);
}

#[test]
fn a_flood_of_keys_does_not_wash_out_who_is_at_the_limit() {
    let buckets = minute(3);
    for _ in 0..3 {
        assert!(buckets.take("greedy", NOW).allowed);
    }
    for key in 0..300_000 {
        buckets.take(key, NOW);
    }
    assert!(!buckets.take("greedy", NOW).allowed);
}

#[test]
fn full_buckets_are_forgotten_with_their_memory() {
    let buckets = minute(60);
    for key in 0..100_000 {
        buckets.take(key, NOW);
    }
    buckets.take("busy", NOW + Duration::from_secs(10));
    buckets.sweep(NOW + Duration::from_secs(10));
    assert_eq!(buckets.len(), 1);
    assert!(buckets.capacity() < SHARDS * 8, "{}", buckets.capacity());
    assert_eq!(
        buckets
            .take("busy", NOW + Duration::from_secs(10))
            .remaining,
        58
    );
}

#[test]
fn one_core_sweeps_for_all() {
    let buckets = minute(60);
    buckets.sweep(NOW);
    buckets.take("a", NOW);
    buckets.sweep(NOW + Duration::from_secs(3));
    assert_eq!(buckets.len(), 1, "somebody was there just now");
    buckets.sweep(NOW + Duration::from_secs(5));
    assert_eq!(buckets.len(), 0);
}
