//! HTTP/2 from clients: what is the same as over HTTP/1.1, what is only here, and what a client may not do.

use crate::gateway::{Gateway, routes};
use crate::upstream::Upstream;

mod answers;
mod bounds;
mod client;
mod floods;
mod lifecycle;
mod programs;
mod requests;
mod smuggling;
mod wire;

/// A gateway that speaks HTTP/2 on both listeners.
fn start(upstream: &Upstream, settings: &str) -> Gateway {
    Gateway::start(&format!("h2c: true\n{settings}\n{}", routes(upstream, "")))
}
