//! Passwords: Argon2id, off the threads that answer requests, a few at a time, and the same work for everybody.

use std::fmt;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

use crate::problem::Code;

/// Verifies passwords; a verification takes 19 MiB and one thread, so that few run at a time and few wait.
#[derive(Debug)]
pub(crate) struct Passwords {
    running: Semaphore,
    waiting: Semaphore,
    #[cfg(test)]
    verifications: AtomicU64,
}

/// The right to verify one password; the holder is one of [`AT_ONCE`].
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _running: SemaphorePermit<'a>,
    _waiting: SemaphorePermit<'a>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            running: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING),
            #[cfg(test)]
            verifications: AtomicU64::new(0),
        }
    }

    /// Waits for a turn; where too many wait already, there is none.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, Code> {
        let waiting = self.waiting.try_acquire().map_err(|_| Code::Unavailable)?;
        let running = self.running.acquire().await;
        Ok(Turn {
            _running: running.map_err(|_| Code::Unavailable)?,
            _waiting: waiting,
        })
    }

    /// Whether the password is the one of this hash.
    ///
    /// Without a hash, as for somebody unknown, a hash of nobody's password is verified instead: the work is the same.
    pub(crate) async fn verify(
        &self,
        _turn: &Turn<'_>,
        hash: Option<String>,
        password: Zeroizing<String>,
    ) -> bool {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let right = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            })
        });
        let right = right.await.unwrap_or(false);
        #[cfg(test)]
        self.verifications.fetch_add(1, Ordering::Relaxed);
        right && known
    }

    #[cfg(test)]
    pub(crate) fn verifications(&self) -> u64 {
        self.verifications.load(Ordering::Relaxed)
    }
}

/// The hash of a new password, with a salt of its own.
pub(crate) async fn hash(password: &str) -> Result<String, PasswordError> {
    let password = Zeroizing::new(password.to_owned());
    let hashed = tokio::task::spawn_blocking(move || {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| PasswordError)?;
        let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?)
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|_| PasswordError)?;
        Ok(hashed.to_string())
    });
    hashed.await.map_err(|_| PasswordError)?
}

fn params() -> Result<Params, PasswordError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError)
}

/// A password could not be hashed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordError;

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed to hash a password")
    }
}

impl std::error::Error for PasswordError {}

/// RFC 9106 §4, with the lesser memory that OWASP recommends where many sign in.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many verifications run at a time.
pub(crate) const AT_ONCE: usize = 2;

/// How many run and wait together; the wait of the last is a few seconds.
const WAITING: usize = 64;

/// Of random octets that nobody kept, with the parameters above.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$GynrTuayUwBiNMbuG3muXQ$oE+8IxDqteDxS+2nC1zC0Lt+0+MnadphtgcSocfygpY";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_hash_of_nobody_costs_what_every_hash_costs() {
        let parameters = |hash: &str| Params::try_from(&PasswordHash::new(hash).unwrap()).unwrap();
        let hashed = hash("secret").await.unwrap();
        assert_eq!(parameters(NOBODY), parameters(&hashed));
        assert_eq!(parameters(NOBODY).m_cost(), 19_456);
    }

    #[tokio::test]
    async fn only_the_right_password_of_somebody_known_is_right() {
        let passwords = Passwords::new();
        let hashed = hash("secret").await.unwrap();
        let cases = [
            (Some(hashed.clone()), "secret", true),
            (Some(hashed), "Secret", false),
            (Some("no hash".to_owned()), "secret", false),
            (None, "secret", false),
        ];
        for (hash, password, right) in cases {
            let turn = passwords.turn().await.unwrap();
            let password = Zeroizing::new(password.to_owned());
            assert_eq!(passwords.verify(&turn, hash, password).await, right);
        }
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_at_once() {
        let passwords = Passwords::new();
        let _all = passwords.waiting.try_acquire_many(64).unwrap();
        assert_eq!(passwords.turn().await.unwrap_err(), Code::Unavailable);
    }
}
