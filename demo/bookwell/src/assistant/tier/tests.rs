use super::{Kind, Reason, Tier, of};

#[test]
fn the_table_is_the_one_of_the_specification() {
    for (kind, tier, reason) in [
        (Kind::AddBlackout, Tier::T1, Reason::Reversible),
        (Kind::SaveDraft, Tier::T1, Reason::Reversible),
        (Kind::CreatePackage, Tier::T2, Reason::AddsContent),
        (Kind::EditPackage, Tier::T2, Reason::ChangesContent),
        (Kind::CreateBooking, Tier::T3, Reason::CreatesBooking),
        (Kind::CancelBooking, Tier::T3, Reason::CancelsBooking),
        (Kind::DeletePackage, Tier::T3, Reason::DeletesContent),
        (Kind::PublishLandingPage, Tier::T3, Reason::Publishes),
    ] {
        assert_eq!(of(kind), (tier, reason), "{kind:?}");
    }
}

#[track_caller]
fn check(old: i64, new: i64, tier: Tier) {
    assert_eq!(of(Kind::ChangePrice { old, new }).0, tier, "{old} to {new}");
}

#[test]
fn a_price_change_is_small_within_both_bounds() {
    check(10_000, 12_000, Tier::T2);
    check(10_000, 12_001, Tier::T3);
    check(10_000, 8_000, Tier::T2);
    check(10_000, 7_999, Tier::T3);
    check(100_000, 110_000, Tier::T2);
    check(100_000, 110_001, Tier::T3);
    check(100_000, 89_999, Tier::T3);
    check(0, 1, Tier::T3);
    check(4, 5, Tier::T3);
    check(i64::MAX, i64::MIN, Tier::T3);
}
