//! The shared secret of an Auth.js application.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret as the application has it: text, taken octet for octet.
///
/// Auth.js never decodes it: it is not base64, a final newline counts, a comma does not split it.
/// The value is wiped when dropped, has no `Display`, prints as `Secret(..)` and compares in constant time.
///
/// ```
/// use vestibule_session::Secret;
///
/// let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert!(Secret::new("").is_err());
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the text of a secret; the empty text is none (`@auth/core` 0.41.3 throws on it).
    ///
    /// A `String` is taken over where it lies and wiped there, spare room included.
    pub fn new(text: impl Into<String>) -> Result<Self, EmptySecret> {
        let octets = text.into().into_bytes();
        if octets.is_empty() {
            return Err(EmptySecret);
        }
        // No `into_boxed_slice`: to shrink may be to move, and leaves a copy that nobody wipes.
        Ok(Self(Zeroizing::new(octets)))
    }

    /// Says why a stranger could guess this secret, if one could.
    pub fn weakness(&self) -> Option<Weakness> {
        let text = self.0.trim_ascii();
        let mut examples = EXAMPLES.iter();
        if examples.any(|example| text.eq_ignore_ascii_case(example.as_bytes())) {
            return Some(Weakness::Example);
        }
        if self.0.len() < MINIMUM_OCTETS {
            return Some(Weakness::Short);
        }
        let mut seen = [false; 256];
        for octet in self.0.iter() {
            if let Some(slot) = seen.get_mut(usize::from(*octet)) {
                *slot = true;
            }
        }
        let distinct = seen.into_iter().filter(|slot| *slot).count();
        (distinct < MINIMUM_DISTINCT).then_some(Weakness::Repetitive)
    }

    pub(crate) fn as_octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl ConstantTimeEq for Secret {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

/// The text of a secret was empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptySecret;

impl fmt::Display for EmptySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret is empty")
    }
}

impl std::error::Error for EmptySecret {}

/// Why a secret could be guessed (TH-49).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weakness {
    /// It stands in public documentation or in word lists.
    Example,
    /// It is built from a handful of characters.
    Repetitive,
    /// It has fewer than 32 octets.
    Short,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Example => "it is a published example that attackers try first",
            Self::Repetitive => "it repeats fewer than 8 different characters",
            Self::Short => "it is shorter than 32 octets",
        })
    }
}

/// As many octets as the key that is derived from it.
const MINIMUM_OCTETS: usize = 32;

/// `openssl rand -hex 32`, the poorest common recipe, has 16 different characters.
const MINIMUM_DISTINCT: usize = 8;

/// Secrets of tutorials, templates and word lists, in lower case.
const EXAMPLES: &[&str] = &[
    "a-very-long-secret-key-at-least-32-characters",
    "a_random_secret",
    "auth_secret",
    "authjs",
    "change-me",
    "change-me-in-production",
    "change_me",
    "changeit",
    "changeme",
    "changethis",
    "complex_password_at_least_32_characters_long",
    "default",
    "dev",
    "dev-secret",
    "development",
    "development-secret",
    "example",
    "generate-a-secret-with-openssl-rand-base64-32",
    "insecure",
    "keyboard cat",
    "my-secret",
    "mysecret",
    "mysupersecretkey",
    "nextauth",
    "nextauth-secret",
    "nextauth_secret",
    "openssl rand -base64 32",
    "password",
    "replace-me",
    "replace_me",
    "secret",
    "secret123",
    "some-random-secret",
    "super-secret",
    "super-secret-key",
    "supersecret",
    "supersecretkey",
    "test",
    "test-secret",
    "thisisasecret",
    "thisisnotasecret",
    "this_is_a_secret_value_do_not_use_in_production",
    "todo",
    "yoursecret",
    "your-256-bit-secret",
    "your-nextauth-secret",
    "your-nextauth-secret-here",
    "your-secret",
    "your-secret-here",
    "your-secret-key",
    "your-super-secret-key",
    "your_auth_secret_here",
    "your_nextauth_secret",
    "your_secret_here",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Weakness>) {
        assert_eq!(Secret::new(text).unwrap().weakness(), expected);
    }

    #[test]
    fn guessable_secrets_are_named() {
        check("changeme", Some(Weakness::Example));
        check("  Your-Secret-Here\n", Some(Weakness::Example));
        check("0123456789abcdef0123456789abcde", Some(Weakness::Short));
        check(&"abc".repeat(20), Some(Weakness::Repetitive));
        check("9f86d081884c7d659a2feaa0c55ad015", None);
    }

    #[test]
    fn the_text_is_taken_over_where_it_lies() {
        let mut text = String::with_capacity(4096);
        text.push_str("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A");
        let place = text.as_ptr();
        let secret = Secret::new(text).unwrap();
        assert_eq!((secret.0.as_ptr(), secret.0.capacity()), (place, 4096));
    }

    #[test]
    fn debug_output_never_shows_the_value() {
        let secret = Secret::new("hunter2hunter2hunter2hunter2hunter2").unwrap();
        assert_eq!(format!("{:?}", Some(secret)), "Some(Secret(..))");
    }
}
