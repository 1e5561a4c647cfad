//! Where a claim stands in the session: RFC 6901.

use std::fmt;

/// A JSON pointer, such as `/backendToken` or `/user/id`.
///
/// ```
/// use vestibule_session::Pointer;
///
/// assert_eq!(Pointer::parse("/user/id").unwrap().to_string(), "/user/id");
/// assert!(Pointer::parse("user.id").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pointer {
    /// Never empty: the whole session is no claim.
    tokens: Vec<Box<str>>,
}

impl Pointer {
    /// Reads the text form; `~1` is a slash and `~0` a tilde inside a member name.
    pub fn parse(text: &str) -> Result<Self, InvalidPointer> {
        let rest = text.strip_prefix('/').ok_or(InvalidPointer)?;
        let tokens = rest.split('/').map(unescape).collect::<Result<_, _>>()?;
        Ok(Self { tokens })
    }

    /// The member names (or array positions) from the outermost to the innermost.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(AsRef::as_ref)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens()
            .try_for_each(|token| write!(f, "/{}", token.replace('~', "~0").replace('/', "~1")))
    }
}

/// A text that is no JSON pointer to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidPointer;

impl fmt::Display for InvalidPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a claim is named by a JSON pointer such as `/backendToken` or `/user/id`")
    }
}

impl std::error::Error for InvalidPointer {}

fn unescape(token: &str) -> Result<Box<str>, InvalidPointer> {
    let mut rest = token;
    while let Some((_, after)) = rest.split_once('~') {
        if !after.starts_with(['0', '1']) {
            return Err(InvalidPointer);
        }
        rest = after;
    }
    Ok(token.replace("~1", "/").replace("~0", "~").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, tokens: &[&str]) {
        let pointer = Pointer::parse(text).unwrap();
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), tokens);
        assert_eq!(pointer.to_string(), text);
    }

    #[test]
    fn escapes_follow_rfc_6901() {
        check("/backendToken", &["backendToken"]);
        check("/a~1b/m~0n", &["a/b", "m~n"]);
        check("/~01", &["~1"]);
        check("/", &[""]);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "a", "a/b", "/a~", "/a~2"] {
            assert_eq!(Pointer::parse(text), Err(InvalidPointer), "{text}");
        }
    }
}
