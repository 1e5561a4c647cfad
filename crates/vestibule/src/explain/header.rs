//! The Cookie header as somebody pasted it.

use vestibule_session::{CookieName, pairs};

/// The header's lines, without `Cookie:` in front.
#[derive(Debug)]
pub(super) struct Header {
    lines: Vec<Vec<u8>>,
}

/// A cookie that is, or looks like, a session; its value stays behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: String,
    /// Octets of its value.
    pub(super) octets: usize,
}

impl Header {
    /// Takes one header a line; an HTTP/2 request may carry several.
    pub(super) fn parse(text: &[u8]) -> Self {
        let lines = text.split(|octet| *octet == b'\n');
        let lines = lines.map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            unlabelled(line).to_vec()
        });
        Self {
            lines: lines.filter(|line| !line.is_empty()).collect(),
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.lines.iter().map(Vec::as_slice)
    }

    /// Whether there is anything that has the form of a cookie.
    pub(super) fn shape(&self) -> Shape {
        if self.lines.is_empty() {
            return Shape::Empty;
        }
        if self.lines().flat_map(pairs).next().is_some() {
            return Shape::Cookies;
        }
        let parts = |line: &&[u8]| line.split(|octet| *octet == b'.').count() == 5;
        if self.lines().any(|line| parts(&line)) {
            return Shape::BareToken;
        }
        Shape::Other
    }

    /// The cookies that have to do with a session of `names`, and how many others there are.
    pub(super) fn inventory(&self, names: &[CookieName]) -> (Vec<Found>, usize) {
        let (mut found, mut others) = (Vec::new(), 0);
        for (name, value) in self.lines().flat_map(pairs) {
            if !is_related(name, names) {
                others += 1;
                continue;
            }
            found.push(Found {
                name: String::from_utf8_lossy(name).escape_debug().to_string(),
                octets: value.len(),
            });
        }
        (found, others)
    }

    /// Whether a cookie says by its name that it was set over HTTPS.
    pub(super) fn has_secure_cookie(&self) -> bool {
        let mut names = self.lines().flat_map(pairs).map(|(name, _)| name);
        names.any(|name| name.starts_with(b"__Secure-") || name.starts_with(b"__Host-"))
    }
}

/// What was pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The five parts of a token without a name.
    BareToken,
    /// At least one `name=value`.
    Cookies,
    /// Nothing.
    Empty,
    /// Something else.
    Other,
}

/// Look-alikes belong to the inventory: `app.session-token` explains why nothing was found.
fn is_related(name: &[u8], names: &[CookieName]) -> bool {
    let text = String::from_utf8_lossy(name).to_ascii_lowercase();
    let short = text.len() <= MAX_NAME;
    let similar = || text.contains("session-token") || text.contains("session_token");
    let named = || {
        names
            .iter()
            .any(|it| name.starts_with(it.as_str().as_bytes()))
    };
    short && (similar() || named())
}

fn unlabelled(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    match line.split_at_checked(LABEL.len()) {
        Some((label, rest)) if label.eq_ignore_ascii_case(LABEL) => rest.trim_ascii_start(),
        Some(_) | None => line,
    }
}

const LABEL: &[u8] = b"cookie:";

/// A longer name is more likely a value in the wrong place, and values are not shown.
const MAX_NAME: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, lines: &[&str], shape: Shape) {
        let header = Header::parse(text.as_bytes());
        let found: Vec<_> = header.lines().map(String::from_utf8_lossy).collect();
        assert_eq!(found, lines);
        assert_eq!(header.shape(), shape);
    }

    #[test]
    fn a_header_is_taken_as_it_is_pasted() {
        check("a=1; b=2", &["a=1; b=2"], Shape::Cookies);
        check("a=1\n", &["a=1"], Shape::Cookies);
        check(
            "Cookie: a=1\r\ncookie:b=2\r\n\r\n",
            &["a=1", "b=2"],
            Shape::Cookies,
        );
        check("", &[], Shape::Empty);
        check("\n \n", &[], Shape::Empty);
        check("eyJ.a.b.c.d", &["eyJ.a.b.c.d"], Shape::BareToken);
        check("hello", &["hello"], Shape::Other);
    }

    #[test]
    fn names_of_other_cookies_are_counted_and_not_told() {
        let header =
            Header::parse(b"theme=dark; authjs.session-token.0=abc; x.session-token=; id=1");
        let (found, others) = header.inventory(&CookieName::known());
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.name.as_str(), it.octets))
            .collect();
        assert_eq!(
            found,
            [("authjs.session-token.0", 3), ("x.session-token", 0)]
        );
        assert_eq!(others, 2);
    }
}
