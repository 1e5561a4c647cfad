//! A problem of the configuration, shown where it stands.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Level, Origin as Arrow, Renderer, Snippet,
};
use serde_json::Value;
use vestibule_gateway::config::{Config, Origin, Place, Problem, Severity};

mod excerpt;

use excerpt::Excerpt;

/// Prints each problem with its line, a caret and its cure.
pub(crate) fn print(
    problems: &[Problem],
    file: Option<&(PathBuf, String)>,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut keys = BTreeSet::new();
    collect_keys(&Config::schema(), &mut keys);
    for problem in problems {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(problem.message.as_str());
        let hint = Level::HELP.with_name("hint").message(problem.hint.as_str());
        let group = title
            .elements(place(&problem.place, file, &keys))
            .element(hint);
        // Styles go out always; the stream takes them away where they are not wanted.
        writeln!(output, "{}\n", Renderer::styled().render(&[group]))?;
    }
    Ok(())
}

/// The keys that we know, wherever they stand.
fn collect_keys(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Array(elements) => elements.iter().for_each(|it| collect_keys(it, keys)),
        Value::Object(members) => {
            let known = members.get("properties").and_then(Value::as_object);
            keys.extend(known.into_iter().flat_map(|known| known.keys().cloned()));
            members.values().for_each(|it| collect_keys(it, keys));
        }
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => {}
    }
}

fn place<'a>(
    place: &'a Place,
    file: Option<&'a (PathBuf, String)>,
    keys: &BTreeSet<String>,
) -> Option<Element<'a>> {
    let (path, line, column) = match &place.origin {
        Origin::Default => return None,
        origin @ (Origin::Argument(_) | Origin::Environment(_) | Origin::Shared(_)) => {
            return Some(Arrow::path(origin.to_string()).into());
        }
        Origin::File { file, line, column } => (file, line, column),
    };
    let (line, column) = (position(*line), position(*column));
    let path_text = shown(path);
    let excerpt = file.and_then(|(_, text)| Excerpt::of(text, line, column, place, keys));
    Some(match excerpt {
        Some(Excerpt { text, span }) => snippet(text, span, line, path_text, &place.path).into(),
        None => Arrow::path(path_text).line(line).char_column(column).into(),
    })
}

fn snippet(
    text: String,
    span: Range<usize>,
    line: usize,
    path: String,
    label: &str,
) -> Snippet<'_, Annotation<'_>> {
    let caret = AnnotationKind::Primary.span(span);
    let caret = if label.is_empty() {
        caret
    } else {
        caret.label(label)
    };
    Snippet::source(text)
        .line_start(line)
        .path(path)
        .annotation(caret)
}

fn position(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}
