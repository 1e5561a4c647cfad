//! What was counted, and how the counts of test programs are read.

use std::fmt;
use std::ops::AddAssign;

/// Checks that were made, by their end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// One check, by whether it held.
    pub(crate) fn of(held: bool) -> Self {
        if held { Self::PASSED } else { Self::FAILED }
    }

    /// Reads a line of a Rust test program:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; …`.
    pub(crate) fn of_libtest(line: &str) -> Option<Self> {
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        let mut tally = Self::default();
        for part in counts.split(';') {
            match part.trim().split_once(' ') {
                Some((count, "passed")) => tally.passed += count.parse::<u64>().ok()?,
                Some((count, "failed")) => tally.failed += count.parse::<u64>().ok()?,
                Some((count, "ignored")) => tally.skipped += count.parse::<u64>().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }

    /// Reads a line of Node's test runner, whose summary has one count a line: `# pass 12`.
    pub(crate) fn of_node(line: &str) -> Option<Self> {
        let summary = line
            .strip_prefix("# ")
            .or_else(|| line.strip_prefix("ℹ "))?;
        let (word, count) = summary.split_once(' ')?;
        let count: u64 = count.trim().parse().ok()?;
        match word {
            "pass" => Some(Self {
                passed: count,
                ..Self::default()
            }),
            "fail" | "cancelled" => Some(Self {
                failed: count,
                ..Self::default()
            }),
            "skipped" | "todo" => Some(Self {
                skipped: count,
                ..Self::default()
            }),
            _ => None,
        }
    }

    /// Reads `A of B vectors agree …`.
    pub(crate) fn of_vectors(line: &str) -> Option<Self> {
        let (counts, _) = line.split_once(" vectors ")?;
        let (agreeing, all) = counts.split_once(" of ")?;
        let passed = agreeing.parse().ok()?;
        let failed = all.parse::<u64>().ok()?.checked_sub(passed)?;
        Some(Self {
            passed,
            failed,
            skipped: 0,
        })
    }

    /// A program counts its checks, and its exit status has the last word:
    /// one that fails without a failed check, or ends well without any check, has failed.
    pub(crate) fn ended(mut self, well: bool) -> Self {
        if (!well && self.failed == 0) || self == Self::default() {
            self.failed += 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests;
