//! What a run of `cargo test` says about a weakening.

use std::fmt;

use crate::tally::Tally;

/// How a test took it that its protection was gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The test failed: it is one of this protection.
    Noticed,
    /// It passed all the same, so it shows nothing.
    Unnoticed,
    /// No test has the name.
    NoTest,
    /// The weakened code does not compile.
    NotCompiled,
    /// It neither passed nor failed in its time.
    Hung,
}

impl Outcome {
    /// Reads the output of a run that ended; `built` says whether there was a program to run.
    pub(super) fn of(built: bool, output: &str) -> Self {
        if !built {
            return Self::NotCompiled;
        }
        let mut tally = Tally::default();
        for counts in output.lines().filter_map(Tally::of_libtest) {
            tally += counts;
        }
        match tally {
            Tally { failed: 1.., .. } => Self::Noticed,
            Tally { passed: 1.., .. } => Self::Unnoticed,
            Tally { .. } => Self::NoTest,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Noticed => "noticed",
            Self::Unnoticed => "NOT NOTICED: the test passes without the protection",
            Self::NoTest => "NO TEST: nothing has the name",
            Self::NotCompiled => "NOT COMPILED: mend what is put in",
            Self::Hung => "HUNG: the test neither passes nor fails without the protection",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failure_of_a_test_that_ran_is_noticed() {
        let passed = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out";
        let failed =
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out";
        let none = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 10 filtered out";
        for (built, output, outcome) in [
            (true, failed.to_owned(), Outcome::Noticed),
            (true, format!("{passed}\n{failed}"), Outcome::Noticed),
            (true, passed.to_owned(), Outcome::Unnoticed),
            (true, none.to_owned(), Outcome::NoTest),
            (true, String::new(), Outcome::NoTest),
            (false, failed.to_owned(), Outcome::NotCompiled),
        ] {
            assert_eq!(Outcome::of(built, &output), outcome, "{output}");
        }
    }
}
