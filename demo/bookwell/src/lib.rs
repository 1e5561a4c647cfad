//! Bookwell: the reference application of Vestibule, a small multi-tenant booking business.
//!
//! It proves the product: an Auth.js session in front, an API behind that knows only bearer tokens, the gateway between.
//! Nothing here knows the gateway, and the API never sees a cookie.
//!
//! - [`Api`]: sign-in, packages, bookings, blackout dates, landing page, assistant, public API; `Authorization: Bearer` and `X-Tenant-Key` only;
//! - [`Settings`]: what it is told at start;
//! - [`Database`]: SQLite by default, PostgreSQL by URL, one schema.

mod api;
mod app;
mod caller;
mod clock;
mod database;
mod ids;
mod model;
pub mod pages;
mod problem;
mod read;
mod revocations;
mod token;

pub use api::Api;
pub use app::Settings;
pub use clock::Clock;
pub use database::{Database, DatabaseError};
