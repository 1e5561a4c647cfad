//! Who books.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use utoipa::ToSchema;

use super::booking::Source;
use super::row;
use crate::fields::Fields;
use crate::ids::{CustomerId, TenantId};
use crate::problem::Problem;

/// Somebody, as told when booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customer {
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) name: String,
    #[schema(format = Email, max_length = 254)]
    pub(crate) email: String,
    #[serde(default)]
    #[schema(max_length = 20)]
    pub(crate) phone: Option<String>,
}

impl Customer {
    pub(crate) fn check(&self, fields: &mut Fields) {
        fields.text("customer.name", &self.name, 1..=100);
        fields.email("customer.email", &self.email);
        fields.optional("customer.phone", self.phone.as_deref(), 20);
    }
}

/// Finds the customer of this e-mail address, or writes a new one.
///
/// The tenant's own word replaces what was known; a visitor of the chat, who may be anybody, changes nothing.
pub(crate) async fn known(
    tenant: TenantId,
    transaction: &mut AnyConnection,
    customer: &Customer,
    source: Source,
    now: Timestamp,
) -> Result<CustomerId, Problem> {
    let statement = match source {
        Source::Tenant => {
            "INSERT INTO customer (id, tenant_id, name, email, phone, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant_id, lower(email)) DO UPDATE \
             SET name = excluded.name, phone = COALESCE(excluded.phone, customer.phone), updated_at = excluded.updated_at \
             RETURNING id"
        }
        // A conflict that does nothing would return no row.
        Source::Chat => {
            "INSERT INTO customer (id, tenant_id, name, email, phone, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant_id, lower(email)) DO UPDATE \
             SET updated_at = customer.updated_at RETURNING id"
        }
    };
    let row = sqlx::query(statement)
        .bind(CustomerId::new(now).to_string())
        .bind(tenant.to_string())
        .bind(customer.name.as_str())
        .bind(customer.email.as_str())
        .bind(customer.phone.as_deref())
        .bind(now.as_millisecond())
        .fetch_one(transaction)
        .await?;
    Ok(row::id(&row, "id", CustomerId::parse)?)
}
