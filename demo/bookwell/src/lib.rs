//! Bookwell: the reference application of Vestibule, a small multi-tenant booking business.
//!
//! It proves the product: an Auth.js session in front, an API behind that knows only bearer tokens, the gateway between.
//! Nothing here knows the gateway, and the API never sees a cookie.
//!
//! - [`Api`]: sign-in, packages, bookings, blackout dates, landing page, assistant, public API; `Authorization: Bearer` and `X-Tenant-Key` only;
//! - [`Settings`]: what it is told at start;
//! - [`Database`]: SQLite by default, PostgreSQL by URL, one schema;
//! - [`seed`]: what the demonstration begins with.

mod api;
mod app;
mod assistant;
mod audit_writes;
mod availability;
mod caller;
mod client_address;
mod clock;
mod contrast;
mod database;
mod day;
mod fields;
mod idempotency;
mod ids;
mod landing_document;
mod limits;
mod model;
mod mount;
mod openapi;
mod page;
pub mod pages;
mod password;
mod problem;
mod public;
mod read;
mod revocations;
mod seed;
mod server;
mod showcase;
mod token;
mod upload;
mod versioned;

pub use api::Api;
pub use app::Settings;
pub use assistant::{ApiKey, Endpoint, ProviderSettings};
pub use clock::Clock;
pub use database::{Database, DatabaseError};
pub use seed::{SeedError, seed};
pub use server::{Server, StartError};
pub use showcase::{ACCOUNTS, PublicTenant, allow_widget, public_tenants, time_zones};
