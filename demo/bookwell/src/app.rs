//! What every handler shares.

#[cfg(test)]
pub(crate) mod fixture;

use std::sync::Arc;

use jiff::Timestamp;

use crate::assistant::{Assistant, ProviderSettings};
use crate::clock::Clock;
use crate::database::Database;
use crate::limits::Limits;
use crate::password::Passwords;
use crate::revocations::Revocations;
use crate::token::Tokens;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the rows are.
    pub database: Database,
    /// The key of the access tokens, at least 32 octets; the API alone has it.
    pub token_key: Vec<u8>,
    /// Where the time comes from.
    pub clock: Clock,
    /// Who writes the assistant's answers.
    pub provider: ProviderSettings,
}

/// The state of all handlers; a cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    database: Database,
    tokens: Tokens,
    revocations: Revocations,
    passwords: Passwords,
    limits: Limits,
    assistant: Assistant,
    clock: Clock,
}

impl App {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(Parts {
            database: settings.database,
            tokens: Tokens::new(&settings.token_key),
            revocations: Revocations::new(),
            passwords: Passwords::new(),
            limits: Limits::default(),
            assistant: Assistant::new(settings.provider),
            clock: settings.clock,
        }))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn assistant(&self) -> &Assistant {
        &self.0.assistant
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
