//! What was measured, as Markdown.

use std::fmt;

use super::case::Case;

/// CPU time for a request, in microseconds, of both within one round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) ours: f64,
    pub(super) theirs: f64,
}

/// Rounds by case.
pub(super) struct Table {
    ours: &'static str,
    theirs: &'static str,
    rows: Vec<(Case, Vec<Round>)>,
}

impl Table {
    pub(super) fn new(ours: &'static str, theirs: &'static str) -> Self {
        Self {
            ours,
            theirs,
            rows: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, case: Case, round: Round) {
        match self.rows.iter_mut().find(|(known, _)| *known == case) {
            Some((_, rounds)) => rounds.push(round),
            None => self.rows.push((case, vec![round])),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| case | {}, µs | {}, µs | ratio |",
            self.ours, self.theirs
        )?;
        writeln!(f, "|---|---|---|---|")?;
        for (case, rounds) in &self.rows {
            let column = |value: fn(&Round) -> f64| Spread::of(rounds.iter().map(value).collect());
            let ours = column(|round| round.ours);
            let theirs = column(|round| round.theirs);
            let ratio = column(|round| round.ours / round.theirs);
            writeln!(
                f,
                "| {} | {ours:.1} | {theirs:.1} | {ratio:.2} |",
                case.what()
            )?;
        }
        Ok(())
    }
}

/// The middle of some values, and how far they lie apart.
struct Spread {
    median: f64,
    least: f64,
    greatest: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let (half, last) = (values.len() / 2, values.len().saturating_sub(1));
        let lower = if values.len().is_multiple_of(2) {
            half.saturating_sub(1)
        } else {
            half
        };
        Self {
            median: f64::midpoint(at(lower), at(half)),
            least: at(0),
            greatest: at(last),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        let Self {
            median,
            least,
            greatest,
        } = self;
        write!(
            f,
            "{median:.digits$} ({least:.digits$}–{greatest:.digits$})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_median_and_the_ratio_within_the_round() {
        let mut table = Table::new("vestibule", "nginx");
        for (ours, theirs) in [(10.0, 10.0), (30.0, 20.0), (12.0, 10.0)] {
            table.add(Case::Plain, Round { ours, theirs });
        }
        let expected = "\
| case | vestibule, µs | nginx, µs | ratio |
|---|---|---|---|
| forwarded without a session | 12.0 (10.0–30.0) | 10.0 (10.0–20.0) | 1.20 (1.00–1.50) |
";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn an_even_number_of_values_has_its_median_between_two() {
        assert_eq!(
            Spread::of(vec![4.0, 1.0, 3.0, 2.0]).to_string(),
            "2.50 (1.00–4.00)"
        );
    }
}
