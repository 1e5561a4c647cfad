//! CPU time of a program and everything that it started, from `/proc`.

use std::fs;

/// Linux counts in hundredths of a second towards programs, on every architecture that we build for.
const TICKS_A_SECOND: u64 = 100;

/// User and system time so far, in microseconds.
pub(super) fn microseconds(pid: u32) -> Result<u64, String> {
    let mut ticks = 0;
    for pid in family(pid) {
        let path = format!("/proc/{pid}/stat");
        let stat = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        ticks += of(&stat).ok_or_else(|| format!("{path} is not understood"))?;
    }
    Ok(ticks * (1_000_000 / TICKS_A_SECOND))
}

/// Fields 14 and 15 of proc(5). The second field is the program's name in parentheses, which may
/// hold spaces and parentheses, so the count starts behind the last one.
fn of(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// The process and its descendants; nginx works in a child.
fn family(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let mut seen = 0;
    while let Some(parent) = all.get(seen).copied() {
        seen += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else {
            continue;
        };
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|child| child.parse::<u32>().ok()),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_a_name_with_spaces_and_parentheses() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 150 25 7 9 20 0 1 0 100 0 0";
        assert_eq!(of(stat), Some(175));
        assert_eq!(of("42 (short) S 1"), None);
    }
}
