//! What the business earns.

use serde::Deserialize;
use serde_json::json;

use super::turn::{Answer, Turn};
use super::words::words;
use crate::assistant::phrase;
use crate::assistant::tools::Tool;

/// What `read_stats` says, as far as it is about money.
#[derive(Debug, Deserialize)]
struct Stats {
    revenue: Revenue,
}

#[derive(Debug, Deserialize)]
struct Revenue {
    this_month_cents: i64,
    total_cents: i64,
    currency: String,
}

pub(super) fn tell(turn: &Turn<'_>) -> Answer {
    let Revenue {
        this_month_cents,
        total_cents,
        currency,
    } = match turn.read::<Stats>(Tool::ReadStats) {
        None => return Answer::Call(Tool::ReadStats, json!({})),
        Some(Ok(stats)) => stats.revenue,
        Some(Err(answer)) => return answer,
    };
    let text = turn.texts.first().copied().unwrap_or_default();
    let this = turn.setting.today.strftime("%B").to_string().to_lowercase();
    let other = words(text)
        .iter()
        .any(|word| word.text != this && OTHER.contains(&word.text.as_str()));
    // Numbers for a question that was not asked would pass for the answer to it.
    let preface = if other {
        "I know the revenue of this month and of all time, and no other span. "
    } else {
        ""
    };
    Answer::Say(format!(
        "{preface}The revenue of {} is {}; in all it is {}. That is the price of every confirmed \
         and fulfilled booking, by the day of its event.",
        turn.setting.today.strftime("%B %Y"),
        phrase::money(this_month_cents, &currency),
        phrase::money(total_cents, &currency),
    ))
}

/// Words for spans of which there are no numbers.
const OTHER: [&str; 27] = [
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "last",
    "next",
    "previous",
    "past",
    "today",
    "tomorrow",
    "yesterday",
    "week",
    "weekend",
    "weekly",
    "quarter",
    "year",
    "yearly",
    "annual",
    "annually",
    "daily",
];
