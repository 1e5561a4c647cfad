//! A closer look at a failure: what an operator would ask next.

use super::{Reader, most_telling};
use crate::candidate::{Candidate, candidates};
use crate::cookie::CookieName;
use crate::jwe::Token;
use crate::keyring::Keyring;
use crate::reason::Reason;
use crate::scan::Cookies;
use crate::session::{Attempt, Failure};

/// The names that a cookie may have had before it was renamed, beyond those that are read.
pub(super) fn other_names(read: &[CookieName]) -> Vec<CookieName> {
    let mut others: Vec<CookieName> = Vec::new();
    let counterparts = (read.iter()).filter_map(|name| {
        // A name with a salt of its own is a renamed cookie that is read on purpose.
        CookieName::new(&name.other_prefix(), name.version()).ok()
    });
    let own = (read.iter()).filter_map(|name| CookieName::new(name.as_str(), name.version()).ok());
    for name in counterparts.chain(own).chain(CookieName::known()) {
        // v4 keys have no salt: one name stands for all.
        let same_key = |it: &CookieName| it.version() == name.version() && it.salt() == name.salt();
        if !read.iter().any(same_key) && !others.iter().any(same_key) {
            others.push(name);
        }
    }
    others
}

impl Reader {
    pub(super) fn diagnose<'h>(
        &self,
        failure: Failure,
        cookies: &Cookies<'_>,
        pairs: impl Iterator<Item = (&'h [u8], &'h [u8])>,
    ) -> Failure {
        match failure.reason {
            Reason::NoCookie if self.has_other_prefix(pairs) => Reason::OnlyOtherPrefix.into(),
            Reason::Malformed
            | Reason::MissingChunk
            | Reason::UnsupportedAlg
            | Reason::WrongSecret => self.reconsider(failure, cookies),
            Reason::ClaimInvalid
            | Reason::Empty
            | Reason::Expired
            | Reason::MixedChunks
            | Reason::NoCookie
            | Reason::NoIdentity
            | Reason::NotYetValid
            | Reason::OnlyOtherPrefix
            | Reason::OpaqueId
            | Reason::RenamedCookie
            | Reason::SignedNotEncrypted
            | Reason::TooLarge => failure,
        }
    }

    /// Whether a cookie is there that only differs in `__Secure-` from one that is read.
    fn has_other_prefix<'h>(&self, pairs: impl Iterator<Item = (&'h [u8], &'h [u8])>) -> bool {
        let others: Vec<_> = (self.names.iter())
            .filter_map(|name| CookieName::new(&name.other_prefix(), name.version()).ok())
            .collect();
        let lines: Vec<_> = pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, _)| [name, b"=x"].concat())
            .collect();
        let lines = lines.iter().map(Vec::as_slice);
        Cookies::scan(&others, lines).is_ok_and(|cookies| !cookies.pieces.is_empty())
    }

    /// Looks at each attempt that failed before its claims were seen.
    fn reconsider(&self, failure: Failure, cookies: &Cookies<'_>) -> Failure {
        let mut attempts = failure.attempts;
        for attempt in &mut attempts {
            if let Some(name) = self.opens_as(attempt, cookies) {
                attempt.opens_as = Some(name.clone());
                attempt.reason = Reason::RenamedCookie;
            }
        }
        for index in 0..self.names.len() {
            self.mark_mixed(index, &mut attempts);
        }
        most_telling(attempts).unwrap_or_else(|| failure.reason.into())
    }

    /// The other name under which the attempt's token opens.
    fn opens_as(&self, attempt: &Attempt, cookies: &Cookies<'_>) -> Option<&CookieName> {
        if !matches!(attempt.reason, Reason::WrongSecret | Reason::UnsupportedAlg) {
            return None;
        }
        let (index, name) =
            (self.names.iter().enumerate()).find(|(_, it)| **it == attempt.cookie)?;
        let opens = |keyring: &&Keyring, candidate: &Candidate<'_>| {
            keyring.name() != name
                && Token::split(candidate.token()).is_ok_and(|token| keyring.open(&token).is_ok())
        };
        candidates(cookies, index, name)
            .filter_map(Result::ok)
            .filter(|candidate| candidate.chunks == attempt.chunks)
            .find_map(|candidate| {
                (self.keyrings.iter().chain(&self.elsewhere))
                    .find(|keyring| opens(keyring, &candidate))
                    .map(Keyring::name)
            })
    }

    /// A whole cookie beside chunks of the same name, of which neither is a token: two writes are mixed.
    fn mark_mixed(&self, index: usize, attempts: &mut [Attempt]) {
        let Some(name) = self.names.get(index) else {
            return;
        };
        let of_name = |attempt: &&mut Attempt| attempt.cookie == *name;
        let structural = |attempt: &Attempt| {
            matches!(
                attempt.reason,
                Reason::Malformed | Reason::MissingChunk | Reason::WrongSecret
            )
        };
        let (mut whole, mut chunked, mut all) = (false, false, true);
        for attempt in attempts.iter_mut().filter(of_name) {
            whole |= attempt.chunks == 0;
            chunked |= attempt.chunks > 0;
            all &= structural(attempt);
        }
        if !(whole && chunked && all) {
            return;
        }
        for attempt in attempts.iter_mut().filter(of_name) {
            // A token whose form is right but opens with no secret is a finding of its own.
            if attempt.reason != Reason::WrongSecret {
                attempt.reason = Reason::MixedChunks;
            }
        }
    }
}
