//! One `Set-Cookie` value, written as the packages write it (protocol §1).

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use crate::cookie::CookieName;

/// What follows the value: `Path=/; HttpOnly; SameSite=Lax`, and `Secure` exactly with a prefix.
pub(crate) struct Attributes {
    secure: bool,
}

/// How long the browser keeps the cookie.
#[derive(Clone, Copy)]
pub(crate) enum Lifetime {
    /// Until the browser closes.
    Browser,
    /// Not at all: a deletion.
    Over,
    /// Until this Unix second.
    Until(u64),
}

impl Attributes {
    pub(crate) fn of(name: &CookieName) -> Self {
        Self::new(name.is_secure())
    }

    pub(crate) fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The order of the attributes is that of `@auth/core` 0.41.3 `lib/vendored/cookie.js`.
    ///
    /// `value` is written as it is: tokens and hashes need no encoding.
    pub(crate) fn line(&self, name: &str, value: &str, lifetime: Lifetime) -> String {
        let mut line = format!("{name}={value}");
        if matches!(lifetime, Lifetime::Over) {
            line.push_str("; Max-Age=0");
        }
        line.push_str("; Path=/");
        if let Lifetime::Until(second) = lifetime {
            let second = second.min(LAST_SECOND);
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            let _ = write!(line, "; Expires={date}");
        }
        line.push_str("; HttpOnly");
        if self.secure {
            line.push_str("; Secure");
        }
        line.push_str("; SameSite=Lax");
        line
    }
}

/// The end of the year 9999, the last that an HTTP date can name (RFC 9110 §5.6.7).
const LAST_SECOND: u64 = 253_402_300_799;
