//! Rules that the fields of many bodies share.

use std::ops::RangeInclusive;

use crate::problem::{FieldError, Problem};

/// Collects what is wrong, so that a form learns everything at once.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<FieldError>);

impl Fields {
    /// Plain text of so many Unicode scalar values, without control characters except tabs and line ends.
    pub(crate) fn text(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) {
        self.0.extend(text_fault(field, value, length));
    }

    /// The same where there is a value.
    pub(crate) fn optional(&mut self, field: &str, value: Option<&str>, most: usize) {
        if let Some(value) = value {
            self.text(field, value, 0..=most);
        }
    }

    /// An address of e-mail.
    pub(crate) fn email(&mut self, field: &str, value: &str) {
        if !is_email(value) {
            self.refuse(field, "format", "That is no e-mail address");
        }
    }

    /// A number within bounds.
    pub(crate) fn number(&mut self, field: &str, value: i64, bounds: RangeInclusive<i64>) {
        if !bounds.contains(&value) {
            let (least, most) = (bounds.start(), bounds.end());
            self.refuse(field, "range", format!("Between {least} and {most}"));
        }
    }

    /// Anything else that is wrong.
    pub(crate) fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError::new(field, code, message));
    }

    /// Nothing was wrong, or everything that was.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::invalid(self.0))
    }
}

/// What is wrong with a text, if anything.
pub(crate) fn text_fault(
    field: &str,
    value: &str,
    length: RangeInclusive<usize>,
) -> Option<FieldError> {
    let (least, most) = (*length.start(), *length.end());
    let count = value.chars().count();
    if count < least || (least > 0 && value.trim().is_empty()) {
        let message = match least {
            0 | 1 => "This field is required".to_owned(),
            least => format!("At least {least} characters"),
        };
        let code = if least <= 1 { "required" } else { "too_short" };
        return Some(FieldError::new(field, code, message));
    }
    if count > most {
        let message = format!("At most {most} characters");
        return Some(FieldError::new(field, "too_long", message));
    }
    // PostgreSQL stores no NUL, and the others have no business in a text for people.
    if value
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
    {
        let message = "Control characters are not accepted";
        return Some(FieldError::new(field, "format", message));
    }
    None
}

/// Good enough to be written to, and nothing that a mail program would read twice: RFC 5321 §4.5.3.1 for the lengths,
/// ASCII without blanks, one `@`, a domain with a dot.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let labels = domain.split('.');
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&octet))
        && !(local.starts_with('.') || local.ends_with('.') || local.contains(".."))
        && domain.contains('.')
        && labels.into_iter().all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Words of lower case, joined by single hyphens.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, length: RangeInclusive<usize>, code: Option<&str>) {
        let fault = text_fault("it", text, length);
        assert_eq!(fault.map(|fault| fault.code), code, "{text:?}");
    }

    #[test]
    fn texts_are_counted_in_scalar_values() {
        check("äöü", 1..=3, None);
        check("äöüß", 1..=3, Some("too_long"));
        check("", 1..=3, Some("required"));
        check("   ", 1..=3, Some("required"));
        check("", 0..=3, None);
        check("ab", 3..=9, Some("too_short"));
        check("a\nb", 1..=9, None);
        check("a\0b", 1..=9, Some("format"));
        check("a\u{1b}b", 1..=9, Some("format"));
    }

    #[test]
    fn addresses_of_e_mail() {
        for good in ["a@b.test", "o'neil+x@sub.example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.test",
            "a@@b.test",
            "a b@c.test",
            "a@b..test",
            ".a@b.test",
            "a@-b.test",
            "a@b.test\n",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn slugs() {
        for good in ["a", "garden-wedding", "v2-long"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "ä", "a\n"] {
            assert!(!is_slug(bad), "{bad:?}");
        }
        assert!(is_slug(&"a".repeat(63)) && !is_slug(&"a".repeat(64)));
    }
}
