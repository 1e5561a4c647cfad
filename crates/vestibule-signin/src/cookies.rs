//! The cookies of the sign-in endpoints: session, CSRF token and `callbackUrl`, for one scheme.

use vestibule_session::{
    CallbackUrl, Claims, CookieName, Csrf, Scheme, Secret, Session, Version, Writer,
    session_cookie_name,
};

/// Writes for one scheme; the other prefix and the other family are only deleted.
#[derive(Debug)]
pub(crate) struct Cookies {
    pub(crate) csrf: Csrf,
    pub(crate) callback_url: CallbackUrl,
    /// All four names with their writers; ours is the first.
    writers: Vec<(CookieName, Writer)>,
}

/// A session could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unwritten {
    #[error("its claims are no JSON object with member names in UTF-8")]
    Claims,
    #[error("the operating system gives no random numbers")]
    Random,
    #[error("it does not fit into {MAX_CHUNKS} cookies")]
    Size,
}

impl Cookies {
    pub(crate) fn new(secrets: &[Secret], newest: &Secret, scheme: Scheme) -> Self {
        let ours = session_cookie_name(Version::V5, scheme);
        let mut names = vec![ours.clone()];
        names.extend(CookieName::known().into_iter().filter(|name| *name != ours));
        let writer = |name: CookieName| (name.clone(), Writer::new(newest, name));
        Self {
            csrf: Csrf::new(secrets, Version::V5, scheme),
            callback_url: CallbackUrl::new(Version::V5, scheme),
            writers: names.into_iter().map(writer).collect(),
        }
    }

    /// The session `claims` under our name until `expires`; what the browser sent under another is deleted (TH-116).
    pub(crate) fn sign_in(
        &self,
        claims: &str,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Result<Vec<String>, Unwritten> {
        self.write(0, claims, now, expires, lines)
    }

    /// The same session, newly sealed under the name that it came with (TH-61).
    pub(crate) fn renew(
        &self,
        session: &Session,
        claims: &Claims,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Result<Vec<String>, Unwritten> {
        let mut names = self.writers.iter();
        let position = names.position(|(name, _)| name == session.cookie());
        let position = position.unwrap_or_default();
        self.write(position, claims.as_json(), now, expires, lines)
    }

    fn write(
        &self,
        position: usize,
        claims: &str,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Result<Vec<String>, Unwritten> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| Unwritten::Random)?;
        let mut cookies = Vec::new();
        for (number, (_, writer)) in self.writers.iter().enumerate() {
            if number != position {
                cookies.extend(writer.deletions(lines.iter().copied()));
                continue;
            }
            let token = writer
                .encode(claims, now, expires.saturating_sub(now), random)
                .map_err(|_| Unwritten::Claims)?;
            if writer.chunks(&token).len() > MAX_CHUNKS {
                return Err(Unwritten::Size);
            }
            cookies.extend(writer.set_cookies(&token, expires, lines.iter().copied()));
        }
        Ok(cookies)
    }

    /// Deletes every session cookie that the browser sent, of both families and prefixes (TH-64).
    pub(crate) fn sign_out(&self, lines: &[&[u8]]) -> Vec<String> {
        let writers = self.writers.iter();
        writers
            .flat_map(|(_, writer)| writer.deletions(lines.iter().copied()))
            .collect()
    }
}

/// What 64 KiB of request headers hold beside the rest, which is the gateway's limit.
const MAX_CHUNKS: usize = 12;
