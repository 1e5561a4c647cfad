//! How far a tenant is, and the first words that follow from it.

use serde::Serialize;
use utoipa::ToSchema;

use super::phrase;
use crate::app::App;
use crate::ids::TenantId;
use crate::model::stats;
use crate::problem::Problem;

#[cfg(test)]
mod tests;

/// What the first words depend on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AssistantContext)]
pub(crate) struct Context {
    onboarding: Onboarding,
    packages: i64,
    /// Those of today and the 29 days behind it.
    bookings_30d: i64,
}

/// How far a tenant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Onboarding {
    NeedsBookings,
    NeedsPackages,
    Ready,
}

impl Context {
    pub(crate) async fn of(app: &App, tenant: TenantId) -> Result<Self, Problem> {
        let mut connection = app.database().pool().acquire().await?;
        let stats = stats::count(tenant, &mut connection, app.now()).await?;
        let (packages, bookings) = (stats.packages.total, stats.bookings.total);
        Ok(Self::new(packages, bookings, stats.bookings.upcoming_30d))
    }

    fn new(packages: i64, bookings: i64, bookings_30d: i64) -> Self {
        Self {
            onboarding: match (packages, bookings) {
                (0, _) => Onboarding::NeedsPackages,
                (_, 0) => Onboarding::NeedsBookings,
                _ => Onboarding::Ready,
            },
            packages,
            bookings_30d,
        }
    }

    pub(crate) fn onboarding(&self) -> Onboarding {
        self.onboarding
    }

    /// The first words to the tenant.
    pub(crate) fn greeting(&self) -> String {
        match self.onboarding {
            Onboarding::NeedsPackages => "Welcome! What do you offer? Tell me the name and the \
                price of your first package, and I prepare it for you."
                .to_owned(),
            Onboarding::NeedsBookings => format!(
                "You have {} ready to be booked. Shall I help you to share your storefront, so \
                 that the first booking comes in?",
                amount(self.packages, "package")
            ),
            Onboarding::Ready if self.bookings_30d > 0 => format!(
                "Hello! The next 30 days hold {}. What can I do for you?",
                amount(self.bookings_30d, "booking")
            ),
            Onboarding::Ready => "Hello! What can I do for you today?".to_owned(),
        }
    }
}

/// The first words to a visitor, who is told no numbers.
pub(crate) fn to_visitor(tenant: &str) -> String {
    format!(
        "Welcome to {tenant}! Ask me about our packages, or tell me a date that you have in mind."
    )
}

fn amount(count: i64, noun: &str) -> String {
    phrase::count(usize::try_from(count).unwrap_or_default(), noun)
}
