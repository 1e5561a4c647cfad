//! The rows: for each thing one file that reads and writes it.
//!
//! Every function takes the tenant first, and no statement goes by an id alone.
//! Reading functions take the pool, writing ones the transaction that they are part of.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod refresh_token;
pub(crate) mod row;
pub(crate) mod tenant;
