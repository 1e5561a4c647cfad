//! The gateway over real sockets: raw clients before it, recording upstreams behind it.

mod bearers;
mod client;
mod gateway;
mod refusals;
mod upstream;
