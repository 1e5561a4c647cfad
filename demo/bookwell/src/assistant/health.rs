//! Whether the assistant would answer, and if not, why.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use super::greeting::{Context, Onboarding};
use super::provider::{Audience, Failure, Provider, ProviderSettings};
use super::tools::Tool;
use crate::app::App;
use crate::ids::TenantId;
use crate::problem::Problem;

/// The assistant's part of the state that all handlers share.
#[derive(Debug)]
pub(crate) struct Assistant {
    provider: Provider,
    checked: Mutex<Option<Checked>>,
}

/// What the provider's last check said.
#[derive(Debug, Clone, Copy)]
struct Checked {
    at: Timestamp,
    outcome: Result<(), Failure>,
    latency: Duration,
}

/// Why the assistant would not answer; permanent words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    ChatDisabled,
    ContextUnavailable,
    NotConfigured,
    ProviderTimeout,
    ProviderUnauthorized,
    ProviderUnreachable,
    RateLimited,
}

/// The answer to the question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssistantHealth)]
pub(crate) struct Health {
    /// Whether the first message would be answered.
    available: bool,
    /// A word for programs, where it would not.
    #[schema(required)]
    reason: Option<&'static str>,
    /// A sentence for people.
    message: &'static str,
    /// How far the tenant is: `needs_packages`, `needs_bookings` or `ready`.
    #[schema(required)]
    onboarding: Option<Onboarding>,
    /// The tools that there are.
    capabilities: Vec<&'static str>,
    checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssistantCheck)]
pub(crate) struct Check {
    name: &'static str,
    /// `ok`, or what is wrong.
    state: &'static str,
    latency_ms: u64,
}

impl Assistant {
    /// A provider that cannot be made is none: health says so, and the rest of the API works.
    pub(crate) fn new(settings: ProviderSettings) -> Self {
        let provider = Provider::new(settings).unwrap_or_else(|error| {
            tracing::error!(%error, "the assistant's provider cannot be used");
            Provider::Off
        });
        Self {
            provider,
            checked: Mutex::new(None),
        }
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Remembers that a call has just failed: until the next check, health says the same.
    pub(crate) async fn note(&self, failure: Failure, now: Timestamp) {
        *self.checked.lock().await = Some(Checked {
            at: now,
            outcome: Err(failure),
            latency: Duration::ZERO,
        });
    }

    /// Looks at the provider, or at what was seen a moment ago. Whoever comes meanwhile waits for
    /// the same answer.
    async fn check(&self, now: Timestamp) -> Checked {
        let mut checked = self.checked.lock().await;
        let fresh = checked.filter(|checked| {
            let age = now.duration_since(checked.at);
            age >= SignedDuration::ZERO && age < FRESH
        });
        if let Some(fresh) = fresh {
            return fresh;
        }
        let began = Instant::now();
        let outcome = timeout(PATIENCE, self.provider.check()).await;
        let seen = Checked {
            at: now,
            outcome: outcome.unwrap_or(Err(Failure::Timeout)),
            latency: began.elapsed(),
        };
        *checked = Some(seen);
        seen
    }
}

impl Health {
    /// Looks at everything that a first message needs.
    pub(crate) async fn of(app: &App, tenant: TenantId, audience: Audience) -> Self {
        let context = async {
            let began = Instant::now();
            let context = timeout(PATIENCE, Context::of(app, tenant)).await;
            let context: Result<Result<Context, Problem>, _> = context;
            (context.ok().and_then(Result::ok), began.elapsed())
        };
        let assistant = app.assistant();
        let (provider, (context, context_latency)) =
            tokio::join!(assistant.check(app.now()), context);
        let provider_reason = provider.outcome.err().map(Reason::from);
        let reason = match (provider_reason, &context) {
            (Some(reason), _) => Some(reason),
            (None, None) => Some(Reason::ContextUnavailable),
            (None, Some(_)) => None,
        };
        // What a tenant has yet to do is no business of a visitor.
        let onboarding = match audience {
            Audience::Admin => context.as_ref().map(Context::onboarding),
            Audience::Visitor => None,
        };
        let context_state = if context.is_some() {
            "ok"
        } else {
            "unreachable"
        };
        Self {
            available: reason.is_none(),
            reason: reason.map(Reason::as_str),
            message: match (reason, audience) {
                (None, _) => "The assistant is ready.",
                (Some(Reason::NotConfigured), Audience::Admin) => NOT_CONFIGURED,
                (Some(reason), _) => reason.message(),
            },
            onboarding,
            capabilities: Tool::of(audience).iter().map(|tool| tool.name()).collect(),
            checks: vec![
                Check::new(
                    "provider",
                    provider_reason.map_or("ok", Reason::state),
                    provider.latency,
                ),
                Check::new("context", context_state, context_latency),
            ],
        }
    }

    /// The chat of this tenant is switched off; nothing else needs a look.
    pub(crate) fn switched_off() -> Self {
        Self {
            available: false,
            reason: Some(Reason::ChatDisabled.as_str()),
            message: Reason::ChatDisabled.message(),
            onboarding: None,
            capabilities: Vec::new(),
            checks: Vec::new(),
        }
    }
}

impl Check {
    fn new(name: &'static str, state: &'static str, latency: Duration) -> Self {
        Self {
            name,
            state,
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Reason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ChatDisabled => "chat_disabled",
            Self::ContextUnavailable => "context_unavailable",
            Self::NotConfigured => "not_configured",
            Self::ProviderTimeout => "provider_timeout",
            Self::ProviderUnauthorized => "provider_unauthorized",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::RateLimited => "rate_limited",
        }
    }

    /// A sentence for people.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::ChatDisabled => "The chat is switched off.",
            Self::ContextUnavailable => "The assistant cannot reach the data of your business.",
            Self::NotConfigured => "The assistant is not set up: no language model is configured.",
            Self::ProviderTimeout => "The assistant's language model takes too long to answer.",
            Self::ProviderUnauthorized => "The assistant's language model does not accept its key.",
            Self::ProviderUnreachable => "The assistant's language model cannot be reached.",
            Self::RateLimited => "The assistant's language model is busy. Try again in a minute.",
        }
    }

    /// The word of a check.
    fn state(self) -> &'static str {
        match self {
            Self::ChatDisabled | Self::NotConfigured => "not_configured",
            Self::ContextUnavailable | Self::ProviderUnreachable => "unreachable",
            Self::ProviderTimeout => "timeout",
            Self::ProviderUnauthorized => "unauthorized",
            Self::RateLimited => "rate_limited",
        }
    }
}

impl From<Failure> for Reason {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotConfigured => Self::NotConfigured,
            Failure::RateLimited => Self::RateLimited,
            Failure::Timeout => Self::ProviderTimeout,
            Failure::Unauthorized => Self::ProviderUnauthorized,
            // An answer that nobody understands is as good as none.
            Failure::Invalid | Failure::Unreachable => Self::ProviderUnreachable,
        }
    }
}

/// For those who can mend it, or know who can.
const NOT_CONFIGURED: &str = "The assistant is not set up: it has no language model, or no key \
     for one. The log of the server says which setting is missing.";

/// How long what was seen of a provider is believed.
const FRESH: SignedDuration = SignedDuration::from_secs(10);

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(5);
