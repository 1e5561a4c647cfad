//! The path of a request: session cookie in, bearer token out, the answer streamed back.
//!
//! `handle.rs` reads as a list of six hops, each in a file of its own:
//!
//! 1. [`request`]: bytes from the peer to the one meaning that they have;
//! 2. [`routes`]: host, path and method to a route;
//! 3. [`session`]: cookies to an opened session, or the reason why not;
//! 4. [`policy`]: route and session to a decision. Pure;
//! 5. [`token`], `headers`, `upstream`: the decision to a forwarded request and its streamed answer;
//! 6. `respond`: a refusal to a response. The only file that chooses a status code.
//!
//! Around them stand [`config`], which turns a file into checked types and reports every problem at once,
//! [`tls`], which speaks TLS with clients, and [`Server`], one runtime for each core without anything
//! shared between them.

mod access;
mod admin;
mod arrival;
mod block;
mod body;
pub mod callback;
mod clock;
pub mod config;
mod connection;
mod cors;
mod generation;
mod handle;
mod headers;
mod lease;
mod listener;
mod metrics;
mod places;
pub mod policy;
pub mod proxy_protocol;
mod rate;
pub mod refusal;
pub mod request;
mod respond;
pub mod routes;
mod server;
pub mod session;
pub mod sites;
pub mod tls;
pub mod token;
mod trace;
mod upstream;
mod worker;

pub use clock::Clock;
pub use server::{BindError, Control, ReloadError, Server};
