//! From an accepted socket to a connection: whose it is, and whether there is room for one more of theirs.

use std::rc::Rc;

use tokio::net::TcpStream;
use tokio::sync::watch;
use vestibule_session::Scheme;

use crate::config::Config;
use crate::connection::{self, Full};
use crate::places::Place;
use crate::proxy_protocol::{self, RECEIVED, ReceiveError, Told};
use crate::request::Peer;
use crate::worker::Worker;

/// Whether a connection begins with a PROXY header, by the listener that it came to.
pub(crate) fn begins_with_header(config: &Config, scheme: Scheme) -> bool {
    match scheme {
        Scheme::Http => config.proxy_protocol,
        Scheme::Https => config.tls.as_ref().is_some_and(|tls| tls.proxy_protocol),
    }
}

/// Whose connection it is, in the words of the balancer in front; nobody's is to be closed.
///
/// A listener that expects a header takes no connection without one, and none from a peer that is not
/// trusted to write one (TP6): whoever could reach it directly could be anybody.
pub(crate) async fn told(
    worker: &Worker,
    stream: &mut TcpStream,
    balancer: Rc<Peer>,
    draining: watch::Receiver<bool>,
) -> Option<Rc<Peer>> {
    let generation = worker.generation();
    let config = &generation.plan.config;
    let is_trusted = balancer.is_trusted(&config.trusted_proxies);
    let within = config.timeouts.request_headers;
    let wait = connection::farewell_wait(config);
    drop(generation);
    let header = async {
        if is_trusted {
            proxy_protocol::receive(stream, within).await
        } else {
            Err(ReceiveError::Untrusted)
        }
    };
    let received = tokio::select! {
        () = connection::farewell(draining, wait) => return None,
        received = header => received,
    };
    match received {
        Ok(told) => {
            worker.metrics.proxy_header(RECEIVED);
            Some(match told {
                Told::Balancer => balancer,
                Told::Client(address) => Rc::new(Peer::new(address, balancer.scheme())),
                Told::Nobody => Rc::new(balancer.as_relay()),
            })
        }
        Err(error) => {
            worker.metrics.proxy_header(error.outcome());
            let client_addr = balancer.address();
            tracing::debug!(%client_addr, %error, "closed a connection without a good PROXY header");
            None
        }
    }
}

/// Whether an address may have one more connection; a proxy carries those of many clients.
pub(crate) fn is_let_in(
    worker: &Worker,
    place: &mut Place,
    stream: &TcpStream,
    peer: &Peer,
) -> bool {
    let generation = worker.generation();
    let config = &generation.plan.config;
    let Some(limit) = config.limits.connections_per_address else {
        return true;
    };
    let is_let_in = peer.is_trusted(&config.trusted_proxies) || place.give(peer.address(), limit);
    if !is_let_in {
        connection::turn_away(worker, stream, peer, Full::Address);
    }
    is_let_in
}
