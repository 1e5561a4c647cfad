//! The line of a problem, less whatever on it may be a secret.

use std::ops::Range;

use vestibule_gateway::config::Place;

/// One line, and what the caret stands under, in octets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

impl Excerpt {
    /// The excerpt at `line` and `column`, counted from 1; `None` where nothing may be shown.
    pub(super) fn of(text: &str, line: usize, column: usize, place: &Place) -> Option<Self> {
        if place.is_secret() {
            return None;
        }
        let before = || text.lines().take(line);
        let whole = before().nth(line.checked_sub(1)?)?;
        // Where the text could not be parsed, nobody knows what belongs to the secrets.
        if place.path.is_empty() && section(before()).any(speaks_of_secrets) {
            return None;
        }
        let start = whole.char_indices().nth(column.checked_sub(1)?);
        let start = start.map_or(whole.len(), |(start, _)| start);
        let (prefix, rest) = whole.split_at_checked(start)?;
        let token = token(rest);
        if speaks_of_secrets(whole) || closes_more_than_it_opens(whole) {
            // Only the value in question is shown; the rest of the line may hold a secret.
            let start = ELLIPSIS.len();
            let text = format!("{ELLIPSIS}{token}");
            return Some(Self {
                text,
                span: start..start + token.len(),
            });
        }
        let span = prefix.len()..prefix.len() + token.len().max(1);
        Some(Self {
            text: whole.to_owned(),
            span,
        })
    }
}

/// The lines since the last key at the margin.
fn section<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut section = Vec::new();
    for line in lines {
        let at_margin = line.starts_with(|first: char| first.is_ascii_alphabetic());
        if at_margin && line.contains(':') {
            section.clear();
        }
        section.push(line);
    }
    section.into_iter()
}

fn speaks_of_secrets(line: &str) -> bool {
    line.to_ascii_lowercase().contains("secret")
}

/// A list or map of an earlier line ends here, and may have been that of the secrets.
fn closes_more_than_it_opens(line: &str) -> bool {
    let mut depth = 0_i32;
    line.chars().any(|character| {
        match character {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
        depth < 0
    })
}

/// The key or scalar at the beginning of `rest`; of a list or map, its bracket.
fn token(rest: &str) -> &str {
    let end = match rest.chars().next() {
        None => 0,
        Some('[' | '{') => 1,
        Some(quote @ ('"' | '\'')) => {
            let inner = rest
                .char_indices()
                .skip(1)
                .find(|(_, character)| *character == quote);
            inner.map_or(rest.len(), |(end, _)| end + 1)
        }
        Some(_) => {
            let ends = [": ", ", ", " #", "]", "}"];
            ends.iter()
                .filter_map(|end| rest.find(end))
                .min()
                .unwrap_or(rest.len())
        }
    };
    let token = rest.get(..end).unwrap_or(rest).trim_end();
    token.strip_suffix(':').unwrap_or(token)
}

const ELLIPSIS: &str = "... ";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use vestibule_gateway::config::Origin;

    use super::*;

    #[track_caller]
    fn check(
        text: &str,
        path: &str,
        (line, column): (usize, usize),
        expected: Option<(&str, &str)>,
    ) {
        let file = PathBuf::from("vestibule.yaml");
        let origin = Origin::File {
            file,
            line: line as u64,
            column: column as u64,
        };
        let place = Place {
            origin,
            path: path.to_owned(),
        };
        let excerpt = Excerpt::of(text, line, column, &place);
        let found = excerpt
            .as_ref()
            .map(|it| (it.text.as_str(), it.text.get(it.span.clone()).unwrap()));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_caret_stands_under_the_value_in_question() {
        let text = "listen: 0.0.0.0\nroutes:\n  - { path: /a, to: apo, auth: none }\n  - path: '/ñ b' # x\n";
        check(text, "listen", (1, 9), Some(("listen: 0.0.0.0", "0.0.0.0")));
        check(
            text,
            "routes[0].to",
            (3, 21),
            Some(("  - { path: /a, to: apo, auth: none }", "apo")),
        );
        check(
            text,
            "routes[0]",
            (3, 5),
            Some(("  - { path: /a, to: apo, auth: none }", "{")),
        );
        check(
            text,
            "routes[1].path",
            (4, 11),
            Some(("  - path: '/ñ b' # x", "'/ñ b'")),
        );
        check(
            text,
            "routes[1].path",
            (4, 5),
            Some(("  - path: '/ñ b' # x", "path")),
        );
    }

    #[test]
    fn no_secret_is_shown() {
        let text = "session:\n  secrets: [ hush,\n    hush ], max_agee: 3\n  max: { secrets: [hush], x: 1 }\n  y: z\n";
        check(text, "session.secrets[0]", (2, 14), None);
        check(
            text,
            "session.max_agee",
            (3, 13),
            Some(("... max_agee", "max_agee")),
        );
        check(text, "session.max.x", (4, 27), Some(("... x", "x")));
        check(text, "session.y", (5, 6), Some(("  y: z", "z")));
    }

    #[test]
    fn a_text_that_cannot_be_parsed_is_shown_where_no_secret_is_near() {
        let text = "session:\n  secrets:\n  - \"hush\n  x: [\nroutes:\n  - [ a\n";
        check(text, "", (3, 5), None);
        check(text, "", (4, 6), None);
        check(text, "", (6, 5), Some(("  - [ a", "[")));
    }
}
