//! Prices as people write them, as whole cents.

#[cfg(test)]
mod tests;

/// What somebody wants a price to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// This many cents.
    To(i64),
    /// More by this many cents, or less.
    By(i64),
    /// More by this many per cent, or less.
    ByPercent(i64),
}

impl Wish {
    /// The new price, if it is one.
    pub(super) fn from(self, old: i64) -> Option<i64> {
        let new = match self {
            Self::To(cents) => cents,
            Self::By(cents) => old.checked_add(cents)?,
            Self::ByPercent(percent) => {
                // Half a cent goes up.
                let hundredths = old.checked_mul(percent.checked_add(100)?)?;
                hundredths.checked_add(50)?.div_euclid(100)
            }
        };
        (0..=MAX_CENTS).contains(&new).then_some(new)
    }
}

/// The price in a text: one with a currency, else one behind "to", "for" or "at", else the last
/// number that stands alone.
pub(super) fn find(text: &str) -> Option<i64> {
    let amounts = amounts(text);
    let marked = amounts.iter().find(|amount| amount.marked);
    let led = || {
        amounts
            .iter()
            .find(|amount| LEADS.contains(&amount.before.as_str()))
    };
    marked
        .or_else(led)
        .or(amounts.last())
        .map(|amount| amount.cents)
}

/// The change of a price in a text: "to 1200", "by 50", "by 10 %", "10 % cheaper".
pub(super) fn find_wish(text: &str) -> Option<Wish> {
    let lower = text.to_lowercase();
    let down = DOWN.iter().any(|word| lower.contains(word));
    let sign = if down { -1 } else { 1 };
    if let Some(percent) = percent(&lower) {
        return Some(Wish::ByPercent(sign * percent));
    }
    if let Some(amount) = amounts(text)
        .into_iter()
        .find(|amount| amount.before == "by")
    {
        return Some(Wish::By(sign * amount.cents));
    }
    find(text).map(Wish::To)
}

#[derive(Debug)]
struct Amount {
    cents: i64,
    /// A currency stands at it.
    marked: bool,
    /// The word before it, in lower case.
    before: String,
}

fn amounts(text: &str) -> Vec<Amount> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let mut amounts = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let before = place
            .checked_sub(1)
            .and_then(|before| parts.get(before))
            .copied();
        let after = parts.get(place + 1).copied().unwrap_or_default();
        let bare = part.trim_matches(|character: char| {
            matches!(
                character,
                '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '"' | '\''
            )
        });
        let (figures, attached) = without_currency(bare);
        // "1 200,50": three digits behind a short number belong to it.
        let spaced = before.is_some_and(is_short_number) && is_group(figures);
        let joined = match before {
            Some(before) if spaced => format!("{}{figures}", without_currency(before).0),
            Some(_) | None => figures.to_owned(),
        };
        let Some(cents) = cents(&joined) else {
            continue;
        };
        let mut amount = Amount {
            cents,
            marked: attached || is_currency(after) || before.is_some_and(is_currency),
            before: before.unwrap_or_default().to_lowercase(),
        };
        if spaced && let Some(thousands) = amounts.pop() {
            let thousands: Amount = thousands;
            amount.marked |= thousands.marked;
            amount.before = thousands.before;
        }
        amounts.push(amount);
    }
    amounts
}

/// An amount in figures as cents. One separator with three digits behind it parts thousands; the
/// last one with one or two digits behind it begins the cents.
pub(super) fn cents(figures: &str) -> Option<i64> {
    let (figures, factor) = match figures.strip_suffix(['k', 'K']) {
        Some(thousands) => (thousands, 1000),
        None => (figures, 1),
    };
    if !figures.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let figures = figures
        .strip_suffix(".-")
        .or(figures.strip_suffix(",-"))
        .unwrap_or(figures);
    let last = figures.rfind(['.', ',']);
    let (whole, fraction) = match last.and_then(|place| figures.split_at_checked(place)) {
        Some((whole, rest)) if (2..=3).contains(&rest.len()) => (whole, rest.get(1..)?),
        Some(_) | None => (figures, ""),
    };
    let mut groups = whole.split(['.', ',', '\'']);
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    let all_digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if !all_digits(&digits) || !all_digits(fraction) || digits.len() > 9 {
        return None;
    }
    let hundredths: i64 = format!("{fraction:0<2}").parse().ok()?;
    let cents = digits
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(hundredths)?;
    cents
        .checked_mul(factor)
        .filter(|cents| *cents <= MAX_CENTS)
}

fn percent(lower: &str) -> Option<i64> {
    let (before, _) = lower
        .split_once('%')
        .or_else(|| lower.split_once("percent"))
        .or_else(|| lower.split_once("per cent"))?;
    let number = before.split_whitespace().next_back()?;
    number
        .parse()
        .ok()
        .filter(|percent| (1..=1000).contains(percent))
}

/// The figures, and whether a currency was attached to them.
fn without_currency(text: &str) -> (&str, bool) {
    let figures = CURRENCIES.iter().fold(text, |text, currency| {
        let text = text.strip_prefix(currency).unwrap_or(text);
        text.strip_suffix(currency).unwrap_or(text)
    });
    (figures, figures.len() != text.len())
}

fn is_currency(word: &str) -> bool {
    let lower = word.trim_matches(['.', ',', '?', '!']).to_lowercase();
    CURRENCIES.contains(&word) || CURRENCY_WORDS.contains(&lower.as_str())
}

fn is_short_number(word: &str) -> bool {
    let figures = without_currency(word).0;
    (1..=3).contains(&figures.len()) && figures.bytes().all(|octet| octet.is_ascii_digit())
}

/// Exactly three digits, with cents behind them or not.
fn is_group(figures: &str) -> bool {
    let whole = figures.split(['.', ',']).next().unwrap_or_default();
    whole.len() == 3 && whole.bytes().all(|octet| octet.is_ascii_digit())
}

const CURRENCIES: [&str; 6] = ["$", "\u{20ac}", "\u{a3}", "USD", "EUR", "GBP"];
const CURRENCY_WORDS: [&str; 9] = [
    "usd", "eur", "gbp", "dollar", "dollars", "euro", "euros", "pounds", "bucks",
];
const LEADS: [&str; 6] = ["to", "for", "at", "is", "costs", "price"];
const DOWN: [&str; 8] = [
    "lower", "reduce", "decrease", "drop", "cheaper", "less", "cut", "discount",
];

/// The largest price that there is: 999 999.99.
const MAX_CENTS: i64 = 99_999_999;
