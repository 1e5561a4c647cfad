//! The cookies of the sign-in endpoints: session, CSRF token and `callbackUrl`, for one scheme.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use vestibule_session::{CookieName, Csrf, Scheme, Secret, Session, Version, Writer, pairs};

/// Writes for one scheme; the other prefix and the other family are only deleted.
#[derive(Debug)]
pub(crate) struct Cookies {
    pub(crate) csrf: Csrf,
    callback_url: &'static str,
    secure: bool,
    /// All four names; ours is the first.
    writers: Vec<Writer>,
    names: Vec<CookieName>,
}

impl Cookies {
    pub(crate) fn new(secrets: &[Secret], scheme: Scheme) -> Self {
        let ours = vestibule_session::session_cookie_name(Version::V5, scheme);
        let mut names = vec![ours.clone()];
        names.extend(CookieName::known().into_iter().filter(|name| *name != ours));
        let newest = secrets.iter().take(1);
        let writers =
            newest.flat_map(|secret| names.iter().map(|name| Writer::new(secret, name.clone())));
        let secure = scheme == Scheme::Https;
        Self {
            csrf: Csrf::new(secrets, Version::V5, scheme),
            callback_url: if secure {
                "__Secure-authjs.callback-url"
            } else {
                "authjs.callback-url"
            },
            secure,
            writers: writers.collect(),
            names,
        }
    }

    /// The session `claims` under our name until `expires`; what the browser sent under another is deleted (TH-116).
    pub(crate) fn sign_in(
        &self,
        claims: &str,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Option<Vec<String>> {
        self.write(0, claims, now, expires, lines)
    }

    /// The same session, newly sealed under the name that it came with (TH-61).
    pub(crate) fn renew(
        &self,
        session: &Session,
        claims: &str,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Option<Vec<String>> {
        let name = self
            .names
            .iter()
            .position(|name| name == session.cookie())?;
        self.write(name, claims, now, expires, lines)
    }

    fn write(
        &self,
        name: usize,
        claims: &str,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Option<Vec<String>> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).ok()?;
        let writer = self.writers.get(name)?;
        let token = writer
            .encode(claims, now, expires.saturating_sub(now), random)
            .ok()?;
        let mut cookies = writer.set_cookies(&token, expires, lines.iter().copied());
        if cookies.len() > MAX_COOKIES {
            return None;
        }
        let others = self
            .writers
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != name);
        cookies.extend(others.flat_map(|(_, writer)| writer.deletions(lines.iter().copied())));
        Some(cookies)
    }

    /// Deletes every session cookie that the browser sent, of both families and prefixes (TH-64).
    pub(crate) fn sign_out(&self, lines: &[&[u8]]) -> Vec<String> {
        let deletions = |writer: &Writer| writer.deletions(lines.iter().copied());
        self.writers.iter().flat_map(deletions).collect()
    }

    /// The address that an earlier request left.
    pub(crate) fn callback_url(&self, lines: &[&[u8]]) -> Option<String> {
        let mut pairs = lines.iter().copied().flat_map(pairs);
        let (_, value) = pairs.find(|(name, _)| *name == self.callback_url.as_bytes())?;
        let text = percent_decode(value).decode_utf8().ok()?;
        Some(text.into_owned())
    }

    /// Keeps the address for the requests to come, as long as the browser is open.
    pub(crate) fn set_callback_url(&self, url: &str) -> String {
        let value = utf8_percent_encode(url, COMPONENT);
        let secure = if self.secure { "; Secure" } else { "" };
        format!(
            "{}={value}; Path=/; HttpOnly{secure}; SameSite=Lax",
            self.callback_url
        )
    }
}

/// More chunks than this do not pass the usual limits of a request's head.
const MAX_COOKIES: usize = 32;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
