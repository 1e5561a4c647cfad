//! How else somebody behind us may read an unusual path.
//!
//! A route that takes `%2f`, `;` or an escaped escape hands on octets that its upstream may decode once
//! more, or cut. Where another route takes what comes of that, the path went around that route's guard.

use percent_encoding::percent_decode_str;

/// Every other reading of an inspected path, each as its segments.
pub(super) fn of(path: &str) -> Vec<Vec<String>> {
    let once = decoded(path);
    let twice = decoded(&once);
    let mut readings = Vec::new();
    for path in [path, &once, &twice] {
        // What was escaped may now end the path.
        let ended = path.split(['?', '#']).next().unwrap_or_default();
        for path in [path, ended] {
            for cut in [false, true] {
                for merged in [false, true] {
                    let segments = segments(path, cut, merged);
                    if !readings.contains(&segments) {
                        readings.push(segments);
                    }
                }
            }
        }
    }
    readings
}

fn segments(path: &str, cut: bool, merged: bool) -> Vec<String> {
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    let segments = segments.map(|segment| match segment.split_once(';') {
        Some((name, _)) if cut => name,
        Some(_) | None => segment,
    });
    let mut kept: Vec<_> = segments.map(str::to_owned).collect();
    if merged {
        // An empty segment at the end is a slash there, which counts.
        let last = kept.len().saturating_sub(1);
        let mut positions = 0..;
        kept.retain(|segment| positions.next() == Some(last) || !segment.is_empty());
    }
    kept
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
