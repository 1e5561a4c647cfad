//! `${NAME}` and `${NAME:-default}` in the values of the file.
//!
//! Only values are looked at, after the file was parsed, so that the text of a variable is always
//! text: it can add neither a key nor a list element.

use super::document::Text;

/// Replaces the variables in `text`; a value that comes in is not looked at again.
pub(super) fn substitute(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Text, SubstituteError> {
    let mut result = Text::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_literal(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push_literal("$");
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let (inside, after) = after.split_once('}').ok_or(SubstituteError::Unclosed)?;
            let (name, default) = match inside.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (inside, None),
            };
            if !is_name(name) {
                return Err(SubstituteError::NotAName(name.to_owned()));
            }
            // As in a shell, `:-` also replaces a variable that is set to nothing.
            match (variable(name), default) {
                (Some(value), None) => result.push_variable(name, &value),
                (Some(value), Some(_)) if !value.is_empty() => result.push_variable(name, &value),
                (_, Some(default)) => result.push_literal(default),
                (None, None) => return Err(SubstituteError::Unset(name.to_owned())),
            }
            rest = after;
        } else {
            result.push_literal("$");
            rest = after;
        }
    }
    result.push_literal(rest);
    Ok(result)
}

/// Why the variables of a value could not be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SubstituteError {
    #[error("`{0}` is not the name of a variable")]
    NotAName(String),
    #[error("`${{` is not closed")]
    Unclosed,
    #[error("the variable `{0}` is not set")]
    Unset(String),
}

impl SubstituteError {
    pub(super) fn hint(&self) -> String {
        match self {
            Self::NotAName(_) | Self::Unclosed => {
                "write `${NAME}` or `${NAME:-default}`; a dollar sign itself is `$$`".to_owned()
            }
            Self::Unset(name) => format!("set it, or give a default: `${{{name}:-…}}`"),
        }
    }
}

impl Text {
    fn push_literal(&mut self, text: &str) {
        self.literal |= !text.is_empty();
        self.value.push_str(text);
    }

    fn push_variable(&mut self, name: &str, value: &str) {
        self.variables.push(name.to_owned());
        self.value.push_str(value);
    }
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        match name {
            "A" => Some("alpha".to_owned()),
            "EMPTY" => Some(String::new()),
            "NESTED" => Some("${A}: $$".to_owned()),
            _ => None,
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(substitute(text, &variable).unwrap().value, expected);
    }

    #[track_caller]
    fn check_error(text: &str, expected: &SubstituteError) {
        assert_eq!(substitute(text, &variable).unwrap_err(), *expected);
    }

    #[test]
    fn variables_and_defaults_are_replaced() {
        check("${A}", "alpha");
        check("<${A}|${MISSING:-b:c}>", "<alpha|b:c>");
        check("${EMPTY}${EMPTY:-x}", "x");
        check("no variable", "no variable");
    }

    #[test]
    fn dollar_signs_survive() {
        check("$$", "$");
        check("$${A}", "${A}");
        check("a$b$", "a$b$");
    }

    #[test]
    fn a_value_is_not_looked_at_again() {
        check("${NESTED}", "${A}: $$");
    }

    #[test]
    fn mistakes_are_named() {
        check_error("${MISSING}", &SubstituteError::Unset("MISSING".to_owned()));
        check_error("${A", &SubstituteError::Unclosed);
        check_error("${}", &SubstituteError::NotAName(String::new()));
        check_error("${a b}", &SubstituteError::NotAName("a b".to_owned()));
    }

    #[test]
    fn a_default_counts_as_literal() {
        assert!(!substitute("${A}", &variable).unwrap().literal);
        assert!(substitute("${MISSING:-x}", &variable).unwrap().literal);
    }
}
