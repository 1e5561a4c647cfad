//! Customers.

use super::business::Season;
use super::dice::Dice;

/// Somebody who books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Customer {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
}

/// One of those who were here before, or somebody new; gives the place in the list.
pub(super) fn somebody(customers: &mut Vec<Customer>, season: &Season, dice: &mut Dice) -> usize {
    if !customers.is_empty() && dice.chance(90) {
        let known = i64::try_from(customers.len()).unwrap_or(i64::MAX);
        return usize::try_from(dice.below(known)).unwrap_or_default();
    }
    let first = dice.pick(season.first_names).copied().unwrap_or_default();
    let last = dice.pick(season.last_names).copied().unwrap_or_default();
    let local = format!("{}.{}", plain(first), plain(last));
    let namesakes = customers
        .iter()
        .filter(|customer| customer.email.starts_with(&local))
        .count();
    let number = if namesakes == 0 {
        String::new()
    } else {
        (namesakes + 1).to_string()
    };
    customers.push(Customer {
        name: format!("{first} {last}"),
        email: format!("{local}{number}@example.com"),
        phone: dice
            .chance(700)
            .then(|| format!("{}{:02}", season.phone, dice.below(100))),
    });
    customers.len() - 1
}

/// A name as it stands in an e-mail address.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'á' | 'ã' | 'â' | 'à' => Some('a'),
            'ç' => Some('c'),
            'é' | 'ê' => Some('e'),
            'í' => Some('i'),
            'ó' | 'õ' | 'ö' => Some('o'),
            'ú' | 'ü' => Some('u'),
            other => other.is_ascii_alphanumeric().then_some(other),
        })
        .collect()
}
