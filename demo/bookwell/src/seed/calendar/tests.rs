use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::seed::{harbor_light, willow_pine};

/// Of every day of two years, leap day included: the demonstration is shown on any of them.
fn days() -> impl Iterator<Item = Date> {
    date(2027, 6, 1).series(1.day()).take(730)
}

#[test]
fn a_calendar_is_the_same_every_time_and_another_tomorrow() {
    let business = willow_pine::business();
    let today = date(2026, 5, 20);
    let first = plan(&business, today).unwrap();
    assert_eq!(first, plan(&business, today).unwrap());
    assert_ne!(first, plan(&business, date(2026, 5, 21)).unwrap());
}

#[test]
fn no_date_is_booked_twice_and_none_that_is_blacked_out() {
    for business in [willow_pine::business(), harbor_light::business()] {
        for today in days() {
            let plan = plan(&business, today).unwrap();
            let mut taken: BTreeSet<Date> = plan.blackouts.iter().map(|(day, _)| *day).collect();
            for booking in &plan.bookings {
                let live = booking.status != Status::Cancelled;
                assert!(!live || taken.insert(booking.date), "{today}: {booking:?}");
            }
        }
    }
}

#[test]
fn what_is_past_is_decided_and_what_comes_is_not_fulfilled() {
    for today in days() {
        let plan = plan(&harbor_light::business(), today).unwrap();
        for booking in &plan.bookings {
            let past = booking.date < today;
            let fits = match booking.status {
                Status::Cancelled => booking.cancel_reason.is_some(),
                Status::Fulfilled => past,
                Status::Confirmed | Status::Pending => !past,
            };
            assert!(fits, "{today}: {booking:?}");
        }
    }
}

#[test]
fn on_any_day_there_is_something_to_see() {
    for business in [willow_pine::business(), harbor_light::business()] {
        for today in days() {
            let plan = plan(&business, today).unwrap();
            let count = |fits: &dyn Fn(&Booking) -> bool| {
                let fitting = plan.bookings.iter().filter(|booking| fits(booking));
                fitting.count()
            };
            let earned = count(&|booking| {
                booking.date.first_of_month() == today.first_of_month()
                    && matches!(booking.status, Status::Confirmed | Status::Fulfilled)
            });
            let last = today.checked_add(29.days()).unwrap();
            let soon = count(&|booking| {
                booking.status != Status::Cancelled && today <= booking.date && booking.date <= last
            });
            let all = plan.bookings.len();
            assert!(
                earned >= AT_LEAST && soon >= AT_LEAST && all >= 70,
                "{today}: {earned} {soon} {all}"
            );
            assert!(plan.blackouts.iter().all(|(day, _)| *day > today));
        }
    }
}

#[test]
fn customers_have_addresses_of_their_own() {
    for today in days().step_by(30) {
        let plan = plan(&harbor_light::business(), today).unwrap();
        let emails: BTreeSet<&str> = plan
            .customers
            .iter()
            .map(|customer| customer.email.as_str())
            .collect();
        assert_eq!(emails.len(), plan.customers.len());
        for email in emails {
            assert!(
                email.is_ascii() && email.ends_with("@example.com"),
                "{email}"
            );
        }
    }
}

#[test]
fn what_is_not_offered_is_not_booked() {
    let business = willow_pine::business();
    for today in days().step_by(30) {
        for booking in plan(&business, today).unwrap().bookings {
            assert!(business.packages[booking.package].active);
        }
    }
}
