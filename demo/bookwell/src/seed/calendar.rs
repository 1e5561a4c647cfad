//! A year of bookings.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::business::{Business, Season};
use super::dice::Dice;
use super::people::{Customer, somebody};

/// What stands in the calendar of a business.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) customers: Vec<Customer>,
    pub(super) bookings: Vec<Booking>,
    /// Days and their reasons.
    pub(super) blackouts: Vec<(Date, &'static str)>,
}

/// One booking.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Booking {
    pub(super) date: Date,
    /// Days before the date.
    pub(super) booked_ahead: i64,
    pub(super) status: Status,
    pub(super) by_chat: bool,
    pub(super) notes: Option<&'static str>,
    pub(super) cancel_reason: Option<&'static str>,
    /// Places in the lists of packages and customers.
    pub(super) package: usize,
    pub(super) customer: usize,
}

/// How far a booking got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Cancelled,
    Confirmed,
    Fulfilled,
    Pending,
}

/// The calendar from the beginning of the month eleven months ago to some months ahead.
pub(super) fn plan(business: &Business, today: Date) -> Result<Plan, jiff::Error> {
    let mut plan = Plan::default();
    for (reason, days) in business.blackouts.iter().zip(BLACKOUTS_AHEAD) {
        plan.blackouts
            .push((today.checked_add(days.days())?, *reason));
    }
    let Some(season) = &business.season else {
        return Ok(plan);
    };
    let mut dice = Dice::new(&format!("{} {today}", business.slug));
    let first = today.first_of_month().checked_sub(11.months())?;
    let last = today.checked_add(MONTHS_AHEAD.months())?;
    let mut taken: BTreeSet<Date> = plan.blackouts.iter().map(|(day, _)| *day).collect();
    let mut dates = Vec::new();
    for date in first.series(1.day()).take_while(|date| *date <= last) {
        if !taken.contains(&date) && dice.chance(demand(season, date, today)) {
            taken.insert(date);
            dates.push(date);
        }
    }
    // Whatever the season: something was earned this month, and somebody comes soon.
    let month = (today.first_of_month(), today.last_of_month());
    let soon = (today.checked_add(1.day())?, today.checked_add(25.days())?);
    for (from, to) in [month, soon] {
        fill(&mut dates, &mut taken, (from, to), &mut dice)?;
    }
    dates.sort_unstable();
    for date in dates {
        if dice.chance(80) {
            book(
                &mut plan,
                business,
                season,
                date,
                Status::Cancelled,
                &mut dice,
            );
        }
        let status = if date < today {
            Status::Fulfilled
        } else if month.0 <= date && date <= month.1 || dice.chance(760) {
            Status::Confirmed
        } else {
            Status::Pending
        };
        book(&mut plan, business, season, date, status, &mut dice);
    }
    Ok(plan)
}

/// How many of a thousand such days are booked.
fn demand(season: &Season, date: Date, today: Date) -> i64 {
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    let month = usize::try_from(date.month() - 1).unwrap_or_default();
    let weekday = season.weekdays.get(weekday).copied().unwrap_or_default();
    let month = season.months.get(month).copied().unwrap_or_default();
    // The further away, the fewer have booked yet.
    let yet = match (date - today).get_days() {
        days if days <= 14 => 100,
        days => (120 - i64::from(days)).max(30),
    };
    weekday * month * yet / 10_000
}

/// Adds days until so many of this time are booked.
fn fill(
    dates: &mut Vec<Date>,
    taken: &mut BTreeSet<Date>,
    (from, to): (Date, Date),
    dice: &mut Dice,
) -> Result<(), jiff::Error> {
    let days = i64::from((to - from).get_days()) + 1;
    let inside = |dates: &[Date]| {
        dates
            .iter()
            .filter(|date| from <= **date && **date <= to)
            .count()
    };
    // Most days are free where this goes on, so that it ends soon.
    while inside(dates) < AT_LEAST {
        let date = from.checked_add(dice.below(days).days())?;
        if taken.insert(date) {
            dates.push(date);
        }
    }
    Ok(())
}

fn book(
    plan: &mut Plan,
    business: &Business,
    season: &Season,
    date: Date,
    status: Status,
    dice: &mut Dice,
) {
    let (shortest, longest) = season.ahead;
    let customer = somebody(&mut plan.customers, season, dice);
    plan.bookings.push(Booking {
        date,
        booked_ahead: shortest + dice.below(longest - shortest),
        status,
        by_chat: dice.chance(220),
        notes: dice
            .chance(300)
            .then(|| dice.pick(season.notes).copied())
            .flatten(),
        cancel_reason: (status == Status::Cancelled)
            .then(|| dice.pick(season.cancel_reasons).copied())
            .flatten(),
        package: package(business, dice),
        customer,
    });
}

/// One by its share.
fn package(business: &Business, dice: &mut Dice) -> usize {
    let all = business.packages.iter().map(|package| package.share).sum();
    let mut left = dice.below(all);
    business
        .packages
        .iter()
        .position(|package| {
            left -= package.share;
            left < 0
        })
        .unwrap_or_default()
}

/// Days from today; a blackout is on a day that nobody can have booked.
const BLACKOUTS_AHEAD: [i64; 2] = [18, 46];

const MONTHS_AHEAD: i64 = 4;

/// Bookings of this month, and bookings of the days to come.
const AT_LEAST: usize = 4;

#[cfg(test)]
mod tests;
