//! Durations, sizes and counts, and where each of them may be zero or unlimited.

use std::time::Duration;

use super::{Check, to_usize};
use crate::config::value;

impl Check<'_> {
    /// A duration that may not be zero.
    pub(super) fn duration(&mut self, path: &str, text: Option<&str>) -> Duration {
        let duration = self.duration_or_zero(path, text);
        if duration.is_zero() && text.and_then(value::duration).is_some() {
            self.zero(path, "write how long, such as `30s`");
        }
        duration
    }

    /// A duration that may be absent: `unlimited`.
    pub(super) fn duration_or_unlimited(
        &mut self,
        path: &str,
        text: Option<&str>,
    ) -> Option<Duration> {
        match text {
            Some(UNLIMITED) | None => None,
            Some(text) if value::duration(text).is_some_and(|duration| duration.is_zero()) => {
                self.zero(path, "write `unlimited`, or how long, such as `30s`");
                None
            }
            Some(text) => Some(self.duration_or_zero(path, Some(text))),
        }
    }

    pub(super) fn duration_or_zero(&mut self, path: &str, text: Option<&str>) -> Duration {
        let Some(text) = text else {
            return Duration::ZERO;
        };
        value::duration(text).unwrap_or_else(|| {
            self.error(
                path,
                format!("`{text}` is not a duration"),
                "write a whole number and a unit: `250ms`, `30s`, `5m`, `12h`, `30d`",
            );
            Duration::ZERO
        })
    }

    /// A size that may be absent: `unlimited`.
    pub(super) fn size(&mut self, path: &str, text: Option<&str>) -> Option<u64> {
        match text {
            Some(UNLIMITED) | None => None,
            Some(text) => Some(self.bounded_size(path, Some(text))),
        }
    }

    /// A size that must be there and may not be zero.
    pub(super) fn bounded_size(&mut self, path: &str, text: Option<&str>) -> u64 {
        let Some(text) = text else {
            return 0;
        };
        match value::size(text) {
            Some(0) => self.zero(path, "write a size such as `64KiB`"),
            Some(size) => return size,
            None => self.error(
                path,
                format!("`{text}` is not a size"),
                "write a whole number and a unit: `512B`, `64KiB`, `10MiB`",
            ),
        }
        0
    }

    /// A number that may not be zero, and not larger than makes sense: something is reserved for each.
    pub(super) fn count(&mut self, path: &str, number: Option<u64>, most: u64) -> usize {
        if number == Some(0) {
            self.error(path, format!("`{path}` is zero"), "write at least 1");
        }
        self.at_most(path, number.unwrap_or_default(), most)
    }

    /// A number that may be absent: `unlimited`.
    pub(super) fn count_or_unlimited(&mut self, path: &str, text: Option<&str>) -> Option<usize> {
        let text = text.filter(|text| *text != UNLIMITED)?;
        match text.parse::<usize>() {
            Ok(0) => self.zero(path, "write `unlimited`, or how many, such as `100`"),
            Ok(number) => return Some(number),
            Err(_) => self.error(
                path,
                format!("`{text}` is not a number"),
                "write `unlimited`, or how many, such as `100`",
            ),
        }
        None
    }

    /// A number of things for each of which something is reserved.
    pub(super) fn at_most(&mut self, path: &str, number: u64, most: u64) -> usize {
        if number > most {
            let message =
                format!("`{path}` is {number}, and more than {most} is no sensible number");
            self.error(path, message, format!("write at most {most}"));
        }
        to_usize(number.min(most))
    }

    fn zero(&mut self, path: &str, hint: &str) {
        let message = format!("`{path}` is zero, and zero does not mean unlimited");
        self.error(path, message, hint);
    }
}

const UNLIMITED: &str = "unlimited";
