//! RFC 3339 in UTC with milliseconds.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-09-21T14:13:20.123Z`.
#[derive(Debug)]
pub(super) struct Timestamp([u8; 24]);

impl Timestamp {
    pub(super) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut text = second(since.as_secs());
        let millisecond = since.subsec_millis();
        let digits = [millisecond / 100, millisecond / 10 % 10, millisecond % 10];
        for (place, digit) in text.iter_mut().skip(20).zip(digits) {
            *place = b'0' + u8::try_from(digit).unwrap_or_default();
        }
        Self(text)
    }

    pub(super) fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// Hour to millisecond: a person knows the day.
    pub(super) fn time_of_day(&self) -> &[u8] {
        self.0.get(11..23).unwrap_or_default()
    }
}

/// A busy core asks for the same second thousands of times, so the last one is kept.
fn second(second: u64) -> [u8; 24] {
    let (known, text) = LAST.get();
    if known == second {
        return text;
    }
    let mut text = *b"1970-01-01T00:00:00.000Z";
    let timestamp = i64::try_from(second)
        .ok()
        .and_then(|it| jiff::Timestamp::from_second(it).ok());
    // `2026-09-21T14:13:20Z`: what follows the seconds is ours.
    let shown = timestamp.map(|it| it.to_string()).unwrap_or_default();
    for (place, octet) in text.iter_mut().take(19).zip(shown.bytes()) {
        *place = octet;
    }
    LAST.set((second, text));
    text
}

thread_local! {
    static LAST: Cell<(u64, [u8; 24])> = const { Cell::new((0, *b"1970-01-01T00:00:00.000Z")) };
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(milliseconds: u64, expected: &str) {
        let time = Timestamp::of(UNIX_EPOCH + Duration::from_millis(milliseconds));
        assert_eq!(str::from_utf8(time.as_octets()), Ok(expected));
    }

    #[test]
    fn times_have_three_decimals() {
        check(0, "1970-01-01T00:00:00.000Z");
        check(1_790_000_000_007, "2026-09-21T14:13:20.007Z");
        check(1_790_000_000_999, "2026-09-21T14:13:20.999Z");
        check(1_790_000_001_120, "2026-09-21T14:13:21.120Z");
    }
}
