//! Durations, sizes, addresses: texts of the configuration that have a meaning of their own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};

/// `250ms`, `30s`, `5m`, `12h`, `30d`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split_number(text)?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(60 * 60)?),
        "d" => Duration::from_secs(number.checked_mul(24 * 60 * 60)?),
        _ => return None,
    };
    // More than 100 years would overflow timers.
    (duration <= Duration::from_hours(24 * 36_500)).then_some(duration)
}

/// `512B`, `64KiB`, `10MiB`, `2GiB`, and the same in powers of ten: `64KB`, `10MB`, `2GB`.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split_number(text)?;
    let factor = match unit {
        "B" => 1,
        "KB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

fn split_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim_start()))
}

/// `0.0.0.0:8080`, `[::]:8080`, `localhost:8080`.
pub(super) fn listen(text: &str) -> Option<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:") {
        return Some((Ipv4Addr::LOCALHOST, port.parse().ok()?).into());
    }
    text.parse().ok()
}

/// `10.0.0.0/8`, `192.0.2.7`, `fd00::/8`; a mapped IPv4 network is the IPv4 network (rule TP1).
pub(super) fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse().ok()?,
    };
    let mapped = match network {
        IpNet::V4(_) => None,
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().and_then(|address| {
            let length = v6.prefix_len().checked_sub(96)?;
            Ipv4Net::new(address, length).ok()
        }),
    };
    Some(mapped.map_or(network, IpNet::V4).trunc())
}

/// Says `did you mean …` where one of `known` is near enough to `text` to be meant.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let lower = text.to_lowercase();
    let allowed = (text.chars().count() / 3).clamp(1, 3);
    known
        .map(|word| (distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

/// How many letters must be typed anew; two exchanged neighbours count as one (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (line, letter) in left.chars().enumerate() {
        let mut row = vec![line + 1];
        for (column, other) in right.iter().enumerate() {
            let change = at(&above, column) + usize::from(letter != *other);
            let mut best = change
                .min(at(&above, column + 1) + 1)
                .min(at(&row, column) + 1);
            let turned =
                column > 0 && last == Some(*other) && right.get(column - 1) == Some(&letter);
            if turned {
                best = best.min(at(&before, column - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(letter);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(duration("5m"), Some(Duration::from_mins(5)));
        assert_eq!(duration("30d"), Some(Duration::from_hours(720)));
        for bad in [
            "30",
            "s",
            "-1s",
            "1.5s",
            "1w",
            "1s ",
            "",
            "99999999999999d",
            "18446744073709551615ms",
            "40000d",
        ] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(size("64KiB"), Some(65_536));
        assert_eq!(size("10MB"), Some(10_000_000));
        assert_eq!(size("1 GiB"), Some(1 << 30));
        for bad in ["64", "64k", "64KIB", "-1B", "18446744073709551615GiB"] {
            assert_eq!(size(bad), None, "{bad}");
        }
    }

    #[test]
    fn networks_are_reduced_to_their_first_address() {
        let check = |text, expected: &str| {
            assert_eq!(
                network(text).map(|net| net.to_string()).as_deref(),
                Some(expected)
            );
        };
        check("10.1.2.3/8", "10.0.0.0/8");
        check("192.0.2.7", "192.0.2.7/32");
        check("::ffff:10.0.0.0/104", "10.0.0.0/8");
        check("::ffff:0.0.0.0/96", "0.0.0.0/0");
        check("fd00::/8", "fd00::/8");
        assert_eq!(network("10.0.0.0/33"), None);
    }

    #[test]
    fn typing_errors_are_recognised() {
        let known = ["routes", "upstreams", "path", "to"];
        let check = |text, expected: Option<&str>| {
            let expected = expected.map(|word| format!("did you mean `{word}`?"));
            assert_eq!(nearest(text, known.into_iter()), expected, "{text}");
        };
        check("route", Some("routes"));
        check("upsteams", Some("upstreams"));
        check("ptah", Some("path"));
        check("ot", Some("to"));
        check("completely", None);
    }
}
