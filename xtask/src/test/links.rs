//! Links of the Markdown files: every file that one names is there, and so is every heading.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::repository;
use crate::tally::Tally;

pub(super) fn check() -> Tally {
    match dead() {
        Ok((links, dead)) => {
            for message in &dead {
                println!("{message}");
            }
            println!("{links} links between Markdown files, {} dead", dead.len());
            Tally::of(dead.is_empty())
        }
        Err(error) => {
            println!("the Markdown files cannot be read: {error}");
            Tally::FAILED
        }
    }
}

/// How many links there are, and a message for each that leads nowhere.
fn dead() -> io::Result<(usize, Vec<String>)> {
    let mut count = 0;
    let mut messages = Vec::new();
    for file in repository::files("md")? {
        let text = fs::read_to_string(&file)?;
        for (line, target) in links(&text) {
            count += 1;
            if let Some(wrong) = wrong(&file, &text, target) {
                messages.push(format!("{}:{line}: {wrong}", repository::shown(&file)));
            }
        }
    }
    Ok((count, messages))
}

/// The relative targets of a text, each with the number of its line. Code is left out.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        for (at, part) in line.split('`').enumerate() {
            // Every second part stands between backticks; a link's text may hold one, its target never.
            if at % 2 == 1 {
                continue;
            }
            let targets = part
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next());
            found.extend(
                targets
                    .filter(|target| !is_elsewhere(target))
                    .map(|target| (number, target)),
            );
        }
    }
    found
}

/// The lines outside fenced code, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((at + 1, line))
    })
}

fn is_elsewhere(target: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
}

/// What is wrong with a link of this file, if anything.
fn wrong(file: &Path, text: &str, target: &str) -> Option<String> {
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let (place, there) = if path.is_empty() {
        (file.to_path_buf(), Some(text.to_owned()))
    } else {
        let place: PathBuf = file.parent().unwrap_or(file).join(path);
        if !place.exists() {
            return Some(format!("`{path}` is not there"));
        }
        let there = if place.is_file() {
            fs::read_to_string(&place).ok()
        } else {
            None
        };
        (place, there)
    };
    if heading.is_empty() {
        return None;
    }
    let known = there.is_some_and(|there| {
        prose(&there).any(|(_, line)| line.starts_with('#') && anchor(line) == heading)
    });
    (!known).then(|| format!("{} has no heading `#{heading}`", repository::shown(&place)))
}

/// The anchor that a heading gets: lower case, hyphens for spaces, without punctuation.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| {
            if c == ' ' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found_outside_code() {
        let text = "[a](one.md) and [`b`](two.md#part)\n```\n[c](three.md)\n```\n`[d](four.md)` [e](https://example.com)\n";
        assert_eq!(links(text), [(1, "one.md"), (1, "two.md#part")]);
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(anchor("## The six hops"), "the-six-hops");
        assert_eq!(
            anchor("### `wrong_secret`: what now?"),
            "wrong_secret-what-now"
        );
    }

    #[test]
    fn a_missing_file_and_a_missing_heading_are_told() {
        let file = repository::root().join("README.md");
        let text = "# Here\n";
        assert_eq!(wrong(&file, text, "#here"), None);
        assert_eq!(wrong(&file, text, "Cargo.toml"), None);
        assert_eq!(
            wrong(&file, text, "nowhere.md").unwrap(),
            "`nowhere.md` is not there"
        );
        assert_eq!(
            wrong(&file, text, "#there").unwrap(),
            "README.md has no heading `#there`"
        );
    }
}
