//! The line of a problem, less whatever on it may be a secret.

use std::collections::BTreeSet;
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
    ///
    /// The line is shown whole only where every key on it is one of `keys`, which we know and whose
    /// values are no secrets. Elsewhere it is the value or the key in question alone.
    pub(super) fn of(
        text: &str,
        line: usize,
        column: usize,
        place: &Place,
        keys: &BTreeSet<String>,
    ) -> Option<Self> {
        // Where the text could not be parsed, nobody knows what belongs to the secrets.
        if place.is_secret() || place.path.is_empty() {
            return None;
        }
        let before = || text.lines().take(line);
        let whole = before().nth(line.checked_sub(1)?)?;
        let start = whole.char_indices().nth(column.checked_sub(1)?);
        let start = start.map_or(whole.len(), |(start, _)| start);
        let (prefix, rest) = whole.split_at_checked(start)?;
        let token = token(rest);
        if names_a_user(token) {
            return None;
        }
        let is_key = is_key(rest, token);
        let is_list = token == "[";
        let in_sessions = section(before()).any(speaks_of_sessions);
        if is_key || is_list || in_sessions || !is_harmless(whole, keys) {
            return Some(Self::alone(prefix, token, rest, is_key));
        }
        let span = prefix.len()..prefix.len() + token.len().max(1);
        Some(Self {
            text: whole.to_owned(),
            span,
        })
    }

    /// `token` in its column, with dots for what stands around it.
    fn alone(prefix: &str, token: &str, rest: &str, is_key: bool) -> Self {
        let width = prefix.chars().count();
        let dots = match width.checked_sub(DOTS.len()) {
            Some(_) if !prefix.trim().is_empty() => DOTS,
            Some(_) | None => "",
        };
        let before = format!("{dots:>width$}");
        let hides_more = rest.trim_end() != token;
        let after = match (is_key, hides_more) {
            (true, _) => ": ...",
            (false, true) => " ...",
            (false, false) => "",
        };
        let span = before.len()..before.len() + token.len().max(1);
        let text = format!("{before}{token}{after}");
        Self { text, span }
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

/// In these sections a value may be a secret whatever its key is.
fn speaks_of_sessions(line: &str) -> bool {
    keys_of(line).any(|key| ["session", "signin"].contains(&key))
}

fn is_harmless(line: &str, keys: &BTreeSet<String>) -> bool {
    !speaks_of_secrets(line)
        && !names_a_user(line)
        && !closes_more_than_it_opens(line)
        && keys_of(line).all(|key| keys.contains(key))
}

/// A URL may carry a user and a password.
fn names_a_user(text: &str) -> bool {
    text.contains('@')
}

/// The word in front of each colon that may end a key; of texts with a colon, words too.
fn keys_of(line: &str) -> impl Iterator<Item = &str> {
    let quoted = |before: &str| before.ends_with(['"', '\'']);
    line.match_indices(':').filter_map(move |(at, _)| {
        let (before, after) = line.split_at_checked(at)?;
        let after = after.strip_prefix(':')?;
        let ends = after.is_empty() || after.starts_with([' ', '\t']) || quoted(before);
        let word = before.trim_end().trim_end_matches(['"', '\'']);
        let is_other = |letter: char| !(letter.is_alphanumeric() || "_-".contains(letter));
        ends.then(|| word.rsplit(is_other).next().unwrap_or(word))
    })
}

/// Whether `token`, with which `rest` begins, is followed by the colon of a key.
fn is_key(rest: &str, token: &str) -> bool {
    let behind = rest.strip_prefix(token).unwrap_or_default();
    behind.trim_start().starts_with(':')
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

const DOTS: &str = "... ";

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
        let keys = [
            "listen",
            "routes",
            "path",
            "to",
            "auth",
            "max",
            "upstreams",
            "url",
        ];
        let keys = keys.map(str::to_owned).into();
        let excerpt = Excerpt::of(text, line, column, &place, &keys);
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
        check(text, "routes[1]", (4, 5), Some(("... path: ...", "path")));
    }

    #[test]
    fn no_secret_is_shown() {
        let text = "session:\n  secrets: [ hush,\n    hush ], max_agee: 3\n  max: { secrets: [hush], x: 1 }\n  y: z\n";
        check(text, "session.secrets[0]", (2, 14), None);
        check(
            text,
            "session.max_agee",
            (3, 13),
            Some(("        ... max_agee: ...", "max_agee")),
        );
        check(
            text,
            "session.max.x",
            (4, 27),
            Some(("                      ... x: ...", "x")),
        );
        check(text, "session.y", (5, 6), Some((" ... z", "z")));
    }

    #[test]
    fn of_an_unknown_key_the_key_alone_is_shown() {
        let text = "session:\n  scerets: [hush]\n  key: hush\nx: &a hush\n\"y\" : hush\n{ listen: 1, z: hush }\n\
            routes:\n  - { path: /a, tkoen: hush, to: apo }\n  - { path: /a, \"t\":\"hush\", to: apo }\n";
        check(
            text,
            "session.scerets",
            (2, 3),
            Some(("  scerets: ...", "scerets")),
        );
        check(text, "session.key", (3, 3), Some(("  key: ...", "key")));
        check(text, "x", (4, 1), Some(("x: ...", "x")));
        check(text, "y", (5, 1), Some(("\"y\": ...", "\"y\"")));
        // Nor is its value shown for another problem of the line.
        check(text, "listen", (6, 11), Some(("      ... 1 ...", "1")));
        check(
            text,
            "routes[0].to",
            (8, 34),
            Some(("                             ... apo ...", "apo")),
        );
        check(
            text,
            "routes[1].to",
            (9, 33),
            Some(("                            ... apo ...", "apo")),
        );
    }

    #[test]
    fn of_a_list_that_is_out_of_place_nothing_is_shown() {
        check(
            "listen: [hush]\n",
            "listen",
            (1, 9),
            Some(("    ... [ ...", "[")),
        );
    }

    #[test]
    fn whoever_logs_in_with_a_url_is_not_shown() {
        let text =
            "listen: \"https://u:hush@x/y\"\nupstreams: { url: \"http://u:hush@h/\", to: b }\n";
        check(text, "listen", (1, 9), None);
        check(text, "upstreams.url", (2, 19), None);
        check(
            text,
            "upstreams.to",
            (2, 43),
            Some(("                                      ... b ...", "b")),
        );
    }

    #[test]
    fn a_text_that_cannot_be_parsed_is_not_shown() {
        let text = "session:\n  scerets:\n  - \"hush\n  x: [\nroutes:\n  - [ a\n";
        for place in [(3, 5), (4, 6), (6, 5)] {
            check(text, "", place, None);
        }
    }
}
