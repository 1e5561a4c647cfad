//! The rows: for each thing one file that reads and writes it.
//!
//! Every function takes the tenant first, and no statement goes by an id alone.
//! Reading functions take the pool, writing ones the transaction that they are part of.

pub(crate) mod account;
pub(crate) mod agent_message;
pub(crate) mod agent_session;
pub(crate) mod asset;
pub(crate) mod audit;
pub(crate) mod blackout;
pub(crate) mod booking;
pub(crate) mod branding;
pub(crate) mod column;
pub(crate) mod customer;
pub(crate) mod landing_page;
pub(crate) mod locale;
pub(crate) mod package;
pub(crate) mod proposal;
pub(crate) mod refresh_token;
pub(crate) mod row;
pub(crate) mod stats;
pub(crate) mod storefront;
pub(crate) mod tenant;
