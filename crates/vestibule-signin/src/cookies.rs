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
    /// Writes under the name of our family and scheme.
    ours: Writer,
    /// The three other names with their writers.
    others: Vec<(CookieName, Writer)>,
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
        let others = CookieName::known().into_iter().filter(|name| *name != ours);
        let others = others.map(|name| (name.clone(), Writer::new(newest, name)));
        Self {
            csrf: Csrf::new(secrets, Version::V5, scheme),
            callback_url: CallbackUrl::new(Version::V5, scheme),
            others: others.collect(),
            ours: Writer::new(newest, ours),
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
        let mut cookies = write(&self.ours, claims, now, expires, lines)?;
        for (_, writer) in &self.others {
            cookies.extend(writer.deletions(lines.iter().copied()));
        }
        Ok(cookies)
    }

    /// The same session, newly sealed under the name that it came with (TH-61).
    ///
    /// Others stay: on localhost, where jars know no scheme, that of HTTP is not for a page of HTTPS to end.
    pub(crate) fn renew(
        &self,
        session: &Session,
        claims: &Claims,
        now: u64,
        expires: u64,
        lines: &[&[u8]],
    ) -> Result<Vec<String>, Unwritten> {
        let mut others = self.others.iter();
        let other = others.find(|(name, _)| name == session.cookie());
        let writer = other.map_or(&self.ours, |(_, writer)| writer);
        write(writer, claims.as_json(), now, expires, lines)
    }

    /// Deletes every session cookie that the browser sent, of both families and prefixes (TH-64).
    pub(crate) fn sign_out(&self, lines: &[&[u8]]) -> Vec<String> {
        let others = self.others.iter().map(|(_, writer)| writer);
        [&self.ours]
            .into_iter()
            .chain(others)
            .flat_map(|writer| writer.deletions(lines.iter().copied()))
            .collect()
    }
}

fn write(
    writer: &Writer,
    claims: &str,
    now: u64,
    expires: u64,
    lines: &[&[u8]],
) -> Result<Vec<String>, Unwritten> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| Unwritten::Random)?;
    let token = writer
        .encode(claims, now, expires.saturating_sub(now), random)
        .map_err(|_| Unwritten::Claims)?;
    if writer.chunks(&token).len() > MAX_CHUNKS {
        return Err(Unwritten::Size);
    }
    Ok(writer.set_cookies(&token, expires, lines.iter().copied()))
}

/// What 64 KiB of request headers hold beside the rest, which is the gateway's limit.
const MAX_CHUNKS: usize = 12;
