//! What must be the same over every transport, over TLS.

use crate::gateway::Transport;

const TRANSPORT: Transport = Transport::Tls;

#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "bodies.rs"]
mod bodies;
#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "connections.rs"]
mod connections;
#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "lifecycle.rs"]
mod lifecycle;
#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "pressure.rs"]
mod pressure;
#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "streams.rs"]
mod streams;
#[expect(clippy::duplicate_mod, reason = "the same tests over both transports")]
#[path = "tunnels.rs"]
mod tunnels;
