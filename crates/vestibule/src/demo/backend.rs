//! Bookwell's two servers, and the signal that takes the API away.

use std::net::SocketAddr;
use std::thread;

use bookwell::{Api, Clock, Database, PagesSettings, Server, Settings, StartError};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;

/// API and pages, on ports of this machine.
#[derive(Debug)]
pub(super) struct Backend {
    api: Server,
    pages: Server,
    make: MakeApi,
}

/// Everything that an API is made of, so that it can be made again.
#[derive(Debug, Clone)]
struct MakeApi {
    database: String,
    token_key: Vec<u8>,
}
