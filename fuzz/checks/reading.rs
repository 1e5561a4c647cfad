//! What lenient readers make of a path, written apart from what the gateway makes of it.

use super::escapes::decoded;

/// The segments of the path as servers behind us may see them, dot segments resolved.
///
/// They decode up to twice, take `\` for `/`, end the path at what was an escaped `?` or `#`, cut
/// parameters and merge slashes, each of it or not.
pub(crate) fn readings(path: &str) -> Vec<Vec<String>> {
    let once = decoded(path);
    let twice = decoded(&once);
    let mut readings = Vec::new();
    for text in [path, &once, &twice] {
        let ended = text.split(['?', '#']).next().unwrap_or_default();
        for text in [text, ended] {
            for (cut, merged) in [(false, false), (false, true), (true, false), (true, true)] {
                readings.push(segments(text, cut, merged));
            }
        }
    }
    readings
}

fn segments(path: &str, cut: bool, merged: bool) -> Vec<String> {
    let path = path.replace('\\', "/");
    let mut kept: Vec<String> = Vec::new();
    for segment in path.strip_prefix('/').unwrap_or(&path).split('/') {
        let name = segment.split(';').next().unwrap_or_default();
        match if cut { name } else { segment } {
            "." => {}
            ".." => drop(kept.pop()),
            "" if merged => {}
            other => kept.push(other.to_owned()),
        }
    }
    kept
}
