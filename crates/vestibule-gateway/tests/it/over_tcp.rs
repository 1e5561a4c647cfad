//! What must be the same over every transport, over plain TCP.

use crate::gateway::Transport;

const TRANSPORT: Transport = Transport::Tcp;

#[path = "bodies.rs"]
mod bodies;
#[path = "connections.rs"]
mod connections;
#[path = "lifecycle.rs"]
mod lifecycle;
#[path = "pressure.rs"]
mod pressure;
#[path = "streams.rs"]
mod streams;
#[path = "tunnels.rs"]
mod tunnels;
