//! A protection that can be taken out, as a file of `xtask/weakenings` describes it.

use std::fmt;

/// One protection: where it stands, what stands there without it, and which test has to notice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Weakening {
    /// The row of `docs/threats.md`.
    pub(crate) threat: String,
    /// The file that holds the protection, from the top of the repository.
    pub(crate) file: String,
    /// What follows `cargo test`: the words that choose a test program, and the test last.
    pub(crate) test: String,
    pub(crate) take_out: String,
    pub(crate) put_in: String,
}

impl Weakening {
    /// Reads three named lines and two texts.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let (head, texts) = text.split_once(TAKE_OUT).ok_or(Fault::NoTakeOut)?;
        let (take_out, put_in) = texts.split_once(PUT_IN).ok_or(Fault::NoPutIn)?;
        let mut lines = head.lines();
        let mut named = |name: &'static str| {
            let value = lines.next().and_then(|line| line.strip_prefix(name));
            let value = value
                .and_then(|rest| rest.strip_prefix(": "))
                .map(str::trim);
            value
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
                .ok_or(Fault::NoLine(name))
        };
        let weakening = Self {
            threat: named("threat")?,
            file: named("file")?,
            test: named("test")?,
            take_out: take_out.to_owned(),
            put_in: put_in.strip_suffix('\n').unwrap_or(put_in).to_owned(),
        };
        if lines.next().is_some() {
            return Err(Fault::MoreLines);
        }
        if weakening.take_out.trim().is_empty() || weakening.take_out == weakening.put_in {
            return Err(Fault::Nothing);
        }
        Ok(weakening)
    }

    /// The source without its protection.
    pub(crate) fn applied(&self, source: &str) -> Result<String, Fault> {
        match source.matches(&self.take_out).count() {
            1 => Ok(source.replacen(&self.take_out, &self.put_in, 1)),
            found => Err(Fault::Found(found)),
        }
    }

    /// The words that choose the test program, and the name of the test.
    pub(crate) fn program_and_name(&self) -> (&str, &str) {
        self.test.rsplit_once(' ').unwrap_or(("", &self.test))
    }
}

/// What is wrong with the description of a weakening.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text to take out is there this many times.
    Found(usize),
    MoreLines,
    NoLine(&'static str),
    NoPutIn,
    NoTakeOut,
    Nothing,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(count) => write!(
                f,
                "the text under `--- take out` is in the file {count} times and not once: write down what stands there now"
            ),
            Self::MoreLines => f.write_str("there are lines between `test:` and `--- take out`"),
            Self::NoLine(name) => write!(
                f,
                "the line `{name}: …` is missing; the first three are `threat`, `file` and `test`"
            ),
            Self::NoPutIn => f.write_str("the line `+++ put in` is missing"),
            Self::NoTakeOut => f.write_str("the line `--- take out` is missing"),
            Self::Nothing => f.write_str("nothing is taken out"),
        }
    }
}

const TAKE_OUT: &str = "--- take out\n";
const PUT_IN: &str = "\n+++ put in\n";

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "threat: TH-1\nfile: a.rs\ntest: -p a --lib b::c\n--- take out\n  one\n\n  two\n+++ put in\n  three\n";

    #[test]
    fn three_lines_and_two_texts_are_a_weakening() {
        let weakening = Weakening::parse(WHOLE).unwrap();
        assert_eq!(weakening.threat, "TH-1");
        assert_eq!(weakening.file, "a.rs");
        assert_eq!(weakening.program_and_name(), ("-p a --lib", "b::c"));
        assert_eq!(weakening.take_out, "  one\n\n  two");
        assert_eq!(weakening.put_in, "  three");
    }

    #[test]
    fn nothing_may_be_put_in_its_place() {
        let text = WHOLE.replace("  three\n", "");
        assert_eq!(Weakening::parse(&text).unwrap().put_in, "");
    }

    #[test]
    fn what_is_missing_is_named() {
        for (from, to, fault) in [
            ("threat: TH-1\n", "", Fault::NoLine("threat")),
            ("file: a.rs", "file: ", Fault::NoLine("file")),
            ("test: ", "tests: ", Fault::NoLine("test")),
            ("--- take out\n", "--- out\n", Fault::NoTakeOut),
            ("+++ put in\n", "+++ in\n", Fault::NoPutIn),
            (
                "--- take out\n",
                "why: so\n--- take out\n",
                Fault::MoreLines,
            ),
            ("  one\n\n  two\n", "\n", Fault::Nothing),
            ("  three\n", "  one\n\n  two\n", Fault::Nothing),
        ] {
            let text = WHOLE.replace(from, to);
            assert_eq!(Weakening::parse(&text), Err(fault), "{text}");
        }
    }

    #[test]
    fn what_is_taken_out_stands_there_once() {
        let weakening = Weakening::parse(WHOLE).unwrap();
        let source = "zero\n  one\n\n  two\nfour\n";
        assert_eq!(weakening.applied(source).unwrap(), "zero\n  three\nfour\n");
        assert_eq!(weakening.applied("zero"), Err(Fault::Found(0)));
        assert_eq!(weakening.applied(&source.repeat(2)), Err(Fault::Found(2)));
    }
}
