//! Bookings and days: what is coming, what is free, and what shall be booked, cancelled or blocked.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::customer::{self, Mention};
use super::date::{self, Found, Period};
use super::packages::{Packages, are, proposed};
use super::person;
use super::turn::{Answer, Turn};
use super::words::words;
use crate::assistant::phrase;
use crate::assistant::provider::Audience;
use crate::assistant::tools::Tool;

/// What `list_bookings` says.
#[derive(Debug, Deserialize)]
struct Bookings {
    from: Date,
    to: Date,
    #[serde(rename = "bookings")]
    found: Vec<Booking>,
}

#[derive(Debug, Deserialize)]
struct Booking {
    id: String,
    event_date: Date,
    status: String,
    package: String,
    customer: String,
}

/// What `check_date` says.
#[derive(Debug, Deserialize)]
struct Days {
    days: Vec<Day>,
}

#[derive(Debug, Deserialize)]
struct Day {
    #[serde(rename = "day")]
    date: Date,
    state: DayState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DayState {
    BlackedOut,
    Booked,
    Free,
    OutOfRange,
}

/// What `read_stats` says of bookings.
#[derive(Debug, Deserialize)]
struct Stats {
    bookings: Count,
}

#[derive(Debug, Deserialize)]
struct Count {
    total: usize,
    upcoming_30d: usize,
}

/// How many there are, where no span is named.
fn count(turn: &Turn<'_>) -> Answer {
    match turn.read::<Stats>(Tool::ReadStats) {
        None => Answer::Call(Tool::ReadStats, json!({})),
        Some(Err(answer)) => answer,
        Some(Ok(Stats { bookings })) => Answer::Say(format!(
            "You have {} in all, cancelled ones included; {} {} in the next 30 days.",
            phrase::count(bookings.total, "booking"),
            bookings.upcoming_30d,
            are(bookings.upcoming_30d)
        )),
    }
}

pub(super) fn list(turn: &Turn<'_>) -> Answer {
    let text = turn.texts.first().copied().unwrap_or_default();
    if text.to_lowercase().contains("how many") && range(turn).is_none() {
        return count(turn);
    }
    let found = match turn.read::<Bookings>(Tool::ListBookings) {
        Some(Ok(found)) => found,
        Some(Err(answer)) => return answer,
        None => {
            return Answer::Call(
                Tool::ListBookings,
                match range(turn) {
                    Some(Period { from, to }) => json!({"from": from, "to": to}),
                    None => json!({}),
                },
            );
        }
    };
    let span = if found.from == found.to {
        format!("on {}", phrase::day(found.from))
    } else {
        format!(
            "from {} to {}",
            phrase::day(found.from),
            phrase::day(found.to)
        )
    };
    let live: Vec<&Booking> = found
        .found
        .iter()
        .filter(|booking| booking.status != "cancelled")
        .collect();
    if live.is_empty() {
        return Answer::Say(format!("There are no bookings {span}."));
    }
    let mut text = format!(
        "There {} {} {span}:",
        are(live.len()),
        phrase::count(live.len(), "booking")
    );
    for booking in live.iter().take(LISTED) {
        let _ = write!(
            text,
            "\n\u{2022} {}: {} for {} ({})",
            phrase::day(booking.event_date),
            booking.package,
            booking.customer,
            booking.status
        );
    }
    if live.len() > LISTED {
        let _ = write!(text, "\n\u{2026} and {} more.", live.len() - LISTED);
    }
    Answer::Say(text)
}

pub(super) fn check(turn: &Turn<'_>) -> Answer {
    if let Some(Found::Impossible) = turn.date() {
        return Answer::Say(NO_SUCH_DAY.to_owned());
    }
    let days = match turn.read::<Days>(Tool::CheckDate) {
        Some(Ok(days)) => days.days,
        Some(Err(answer)) => return answer,
        None => {
            let today = turn.setting.today;
            let fortnight = today.checked_add(13.days()).unwrap_or(today);
            let Period { from, to } = range(turn).unwrap_or(Period {
                from: today,
                to: fortnight,
            });
            let last = from.checked_add(61.days()).unwrap_or(from);
            return Answer::Call(Tool::CheckDate, json!({"from": from, "to": to.min(last)}));
        }
    };
    let [one] = days.as_slice() else {
        return Answer::Say(several(&days));
    };
    let day = phrase::day(one.date);
    Answer::Say(match (one.state, turn.setting.audience) {
        (DayState::Free, Audience::Admin) => format!("{day} is free. Shall I prepare a booking?"),
        (DayState::Free, Audience::Visitor) => {
            format!("{day} is free. Would you like to book it?")
        }
        (DayState::Booked, _) => format!("{day} is already booked."),
        (DayState::BlackedOut, _) => format!("{day} is blocked; nothing can be booked then."),
        (DayState::OutOfRange, _) => format!("{day} cannot be booked: {RANGE}."),
    })
}

fn several(days: &[Day]) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return NO_SUCH_DAY.to_owned();
    };
    let span = format!(
        "Between {} and {}",
        phrase::day(first.date),
        phrase::day(last.date)
    );
    let free: Vec<&Day> = days
        .iter()
        .filter(|day| day.state == DayState::Free)
        .collect();
    if free.is_empty() {
        return format!("{span} nothing is free.");
    }
    let mut text = format!(
        "{span} {} {} free",
        phrase::count(free.len(), "day"),
        are(free.len())
    );
    let named: Vec<String> = free
        .iter()
        .take(7)
        .map(|day| phrase::day(day.date))
        .collect();
    text.push_str(if free.len() > named.len() {
        ", the first of them: "
    } else {
        ": "
    });
    text.push_str(&named.join("; "));
    text.push('.');
    text
}

pub(super) fn book(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::CreateBooking) {
        return answer;
    }
    let packages = match Packages::of(turn) {
        Ok(packages) => packages,
        Err(answer) => return answer,
    };
    let package = match packages.named(&turn.texts) {
        Ok(package) => package,
        Err(answer) => return answer,
    };
    let day = match turn.date() {
        Some(Found::Day(day)) => day,
        Some(Found::Impossible) => return Answer::Say(NO_SUCH_DAY.to_owned()),
        None => return Answer::Say(format!("For which date shall I book {}?", package.title)),
    };
    match turn.read::<Days>(Tool::CheckDate) {
        // Before anybody is asked for a name, the date has to be good.
        None => return Answer::Call(Tool::CheckDate, json!({"from": day})),
        Some(Err(answer)) => return answer,
        Some(Ok(days)) => {
            let state = days.days.first().map(|day| day.state);
            if let Some(state @ (DayState::BlackedOut | DayState::Booked | DayState::OutOfRange)) =
                state
            {
                return Answer::Say(taken(day, state));
            }
        }
    }
    let titles: Vec<&str> = packages
        .packages
        .iter()
        .map(|package| package.title.as_str())
        .collect();
    let answers = turn.texts.len() > 1;
    let name =
        turn.texts.iter().enumerate().find_map(|(age, text)| {
            person::name(text, answers && age + 1 < turn.texts.len(), &titles)
        });
    let email = turn.first(|text| person::email(text));
    let (Some(name), Some(email)) = (&name, &email) else {
        let missing = match (&name, &email) {
            (None, None) => "name and e-mail address",
            (None, Some(_)) => "name",
            (Some(_), _) => "e-mail address",
        };
        let whose = match turn.setting.audience {
            Audience::Admin => "the customer's",
            Audience::Visitor => "your",
        };
        return Answer::Say(format!(
            "{} is free for {}. What is {whose} {missing}?",
            phrase::day(day),
            package.title
        ));
    };
    Answer::Call(
        Tool::CreateBooking,
        json!({"package_id": package.id, "event_date": day, "name": name, "email": email}),
    )
}

fn taken(day: Date, state: DayState) -> String {
    let day = phrase::day(day);
    match state {
        DayState::BlackedOut => format!("{day} is blocked. Which other date would suit?"),
        DayState::Booked => format!("{day} is already booked. Which other date would suit?"),
        DayState::OutOfRange => {
            format!("{day} cannot be booked: {RANGE}. Which other date would suit?")
        }
        DayState::Free => format!("{day} is free."),
    }
}

pub(super) fn cancel(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::CancelBooking) {
        return answer;
    }
    if let Some(Found::Impossible) = turn.date() {
        return Answer::Say(NO_SUCH_DAY.to_owned());
    }
    let found = match turn.read::<Bookings>(Tool::ListBookings) {
        Some(Ok(found)) => found.found,
        Some(Err(answer)) => return answer,
        None => {
            let today = turn.setting.today;
            let years = today.checked_add(2.years()).unwrap_or(today);
            // A period waits until the names are known: June may be a customer.
            let Period { from, to } = days(turn).unwrap_or(Period {
                from: today,
                to: years,
            });
            return Answer::Call(Tool::ListBookings, json!({"from": from, "to": to}));
        }
    };
    let meant = meant(turn, &found);
    match meant.as_slice() {
        [one] => Answer::Call(Tool::CancelBooking, json!({"booking_id": one.id})),
        [] => Answer::Say(
            "There is no such booking among those that are still to come; \"show the bookings\" \
             lists them. Which date is it, or what is the customer's name?"
                .to_owned(),
        ),
        [..] => {
            let listed: Vec<String> = meant
                .iter()
                .take(5)
                .map(|booking| {
                    let day = phrase::day(booking.event_date);
                    format!("{} on {day}", booking.customer)
                })
                .collect();
            Answer::Say(format!("Which one do you mean: {}?", listed.join("; ")))
        }
    }
}

/// The bookings that shall be cancelled: those of the customer who is named last, else those of
/// the days that are named, unless they are somebody else's.
fn meant<'b>(turn: &Turn<'_>, found: &'b [Booking]) -> Vec<&'b Booking> {
    let live: Vec<&Booking> = found
        .iter()
        .filter(|booking| ["pending", "confirmed"].contains(&booking.status.as_str()))
        .collect();
    let packages: Vec<&str> = found
        .iter()
        .map(|booking| booking.package.as_str())
        .collect();
    let period = if days(turn).is_some() {
        None
    } else {
        range(turn)
    };
    let within = |booking: &Booking| {
        period.is_none_or(|Period { from, to }| (from..=to).contains(&booking.event_date))
    };
    for text in &turn.texts {
        let of = |booking: &Booking| customer::mention(text, &booking.customer, &packages);
        let best = live.iter().map(|booking| of(booking)).max();
        if let Some(best) = best.filter(|best| *best > Mention::Not) {
            let mut named = live.clone();
            named.retain(|booking| of(booking) == best);
            let in_name = named.iter().any(|booking| {
                words(&booking.customer)
                    .iter()
                    .any(|word| date::is_date_word(&word.text))
            });
            if !in_name {
                named.retain(|booking| within(booking));
            }
            return named;
        }
        if customer::names_somebody(text, &packages) {
            return Vec::new();
        }
    }
    let dated = days(turn).is_some() || period.is_some();
    live.into_iter()
        .filter(|booking| dated && within(booking))
        .collect()
}

pub(super) fn block(turn: &Turn<'_>) -> Answer {
    if let Some(answer) = proposed(turn, Tool::AddBlackout) {
        return answer;
    }
    match turn.date() {
        Some(Found::Day(day)) => {
            let reason = turn.first(|text| reason(text));
            Answer::Call(
                Tool::AddBlackout,
                match reason {
                    Some(reason) => json!({"day": day, "reason": reason}),
                    None => json!({"day": day}),
                },
            )
        }
        Some(Found::Impossible) => Answer::Say(NO_SUCH_DAY.to_owned()),
        None => Answer::Say("Which date shall I block?".to_owned()),
    }
}

/// Why a day is blocked: what stands behind "because" or "reason".
fn reason(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (lead, place) = ["because of ", "because ", "due to ", "reason: "]
        .iter()
        .find_map(|lead| lower.find(lead).map(|place| (lead, place)))?;
    // Lower case may have another length; then there is no reason rather than a wrong one.
    let reason = text.get(place + lead.len()..)?.trim().trim_end_matches('.');
    let reason: String = reason.chars().take(200).collect();
    (!reason.is_empty()).then_some(reason)
}

/// The days that are meant: a date, two dates, or a period with a name.
fn range(turn: &Turn<'_>) -> Option<Period> {
    days(turn).or_else(|| turn.first(|text| date::find_period(text, turn.setting.today)))
}

/// The days that are meant by their dates.
fn days(turn: &Turn<'_>) -> Option<Period> {
    match turn.dates().as_slice() {
        [from, to, ..] if from <= to => Some(Period {
            from: *from,
            to: *to,
        }),
        [day, ..] => Some(Period {
            from: *day,
            to: *day,
        }),
        [] => None,
    }
}

const NO_SUCH_DAY: &str = "There is no such day in the calendar. Which date do you mean?";
const RANGE: &str = "bookings are taken from today to two years ahead";

/// More lines than this are not read in a chat.
const LISTED: usize = 10;
