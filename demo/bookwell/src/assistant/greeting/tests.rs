use super::{Context, Onboarding};

#[track_caller]
fn check(packages: i64, bookings: i64, soon: i64, onboarding: Onboarding, said: &str) {
    let context = Context::new(packages, bookings, soon);
    assert_eq!(context.onboarding(), onboarding);
    let greeting = context.greeting();
    assert!(greeting.contains(said), "{greeting}");
}

#[test]
fn the_greeting_follows_how_far_the_tenant_is() {
    check(0, 0, 0, Onboarding::NeedsPackages, "What do you offer?");
    check(2, 0, 0, Onboarding::NeedsBookings, "You have 2 packages");
    check(1, 0, 0, Onboarding::NeedsBookings, "share your storefront");
    check(
        4,
        212,
        5,
        Onboarding::Ready,
        "The next 30 days hold 5 bookings.",
    );
    check(4, 212, 1, Onboarding::Ready, "hold 1 booking.");
    check(4, 212, 0, Onboarding::Ready, "What can I do for you today?");
}
