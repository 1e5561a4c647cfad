//! One core: its configuration at work, its connections, its counters.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use vestibule_session::{Scheme, Session};

use crate::access::Entry;
use crate::arrival;
use crate::clock::Clock;
use crate::connection::{self, Full};
use crate::generation::{Generation, Plan, SiteAtWork};
use crate::handle::Handshake;
use crate::lease::{Lease, Secrets};
use crate::listener::Listeners;
use crate::metrics::{Metrics, Snapshot, step};
use crate::places::{Place, Places};
use crate::request::Peer;
use crate::tls;
use crate::trace::IdSource;
use crate::upstream::Tunnel;

/// What the process tells a core.
pub(crate) enum Message {
    /// Stop accepting, finish what runs, and end.
    Drain,
    /// Serve this from now on.
    Reload(Arc<Plan>),
    /// Say what was counted.
    Snapshot(oneshot::Sender<Snapshot>),
}

/// The state of one core. It is never shared: everything in it is a plain cell.
pub(crate) struct Worker {
    generation: RefCell<Rc<Generation>>,
    pub(crate) metrics: Rc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) ids: IdSource,
    /// The port of the TLS listener, which no reload changes.
    pub(crate) tls_port: Option<u16>,
    /// The last certificates that a configuration had.
    acceptor: RefCell<Option<tls::Acceptor>>,
    places: Arc<Places>,
    /// The secrets of the configuration at work, for what a session opened and that goes on.
    secrets: watch::Sender<Secrets>,
    /// Turns true when the connections are to finish.
    draining: watch::Sender<bool>,
    tasks: Cell<usize>,
}

impl Worker {
    pub(crate) fn new(
        plan: Arc<Plan>,
        clock: Clock,
        places: Arc<Places>,
        tls_port: Option<u16>,
    ) -> Rc<Self> {
        let metrics = Rc::new(Metrics::new());
        let acceptor = RefCell::new(plan.acceptor.clone());
        let generation = Rc::new(Generation::new(plan, &metrics));
        Rc::new(Self {
            tls_port,
            acceptor,
            secrets: watch::Sender::new(generation.secrets.clone()),
            generation: RefCell::new(generation),
            metrics,
            clock,
            ids: IdSource::new(),
            places,
            draining: watch::Sender::new(false),
            tasks: Cell::new(0),
        })
    }

    /// The configuration for a request that begins now.
    pub(crate) fn generation(&self) -> Rc<Generation> {
        Rc::clone(&self.generation.borrow())
    }

    /// Accepts until it is told to drain, and returns when the last request is done or time is up.
    pub(crate) async fn run(
        self: Rc<Self>,
        listeners: Listeners<TcpListener>,
        mut messages: mpsc::UnboundedReceiver<Message>,
    ) {
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        loop {
            tokio::select! {
                // In this order: who comes after a reload meets the new configuration and its certificates.
                biased;
                message = messages.recv() => match message {
                    Some(Message::Drain) | None => break,
                    Some(Message::Reload(plan)) => self.reload(plan),
                    Some(Message::Snapshot(reply)) => drop(reply.send(self.snapshot())),
                },
                _ = sweep.tick() => self.generation().sweep(self.clock.elapsed()),
                (scheme, accepted) = listeners.accept() => match accepted {
                    Ok((stream, peer)) => self.accept(scheme, stream, peer),
                    Err(error) => {
                        // Mostly "too many open files": the queue waits until some are closed.
                        tracing::error!(%error, "failed to accept a connection");
                        tokio::time::sleep(ACCEPT_AGAIN).await;
                    }
                },
            }
        }
        // Those who wait to be accepted were let in by the system; closing would cut them off.
        for (scheme, stream, peer) in listeners.close() {
            self.accept(scheme, stream, peer);
        }
        self.finish(messages).await;
    }

    /// Lets what runs come to its end, as long as the configuration allows.
    async fn finish(&self, mut messages: mpsc::UnboundedReceiver<Message>) {
        self.draining.send_replace(true);
        let drain = self.generation().plan.config.timeouts.drain;
        let end = Instant::now() + drain;
        while self.tasks.get() > 0 && Instant::now() < end {
            let look_again = tokio::time::sleep(LOOK_EVERY.min(drain));
            tokio::select! {
                () = look_again => {}
                message = messages.recv() => match message {
                    Some(Message::Snapshot(reply)) => drop(reply.send(self.snapshot())),
                    Some(Message::Drain | Message::Reload(_)) => {}
                    None => look_long(end).await,
                },
            }
        }
        let cut = self.tasks.get();
        if cut > 0 {
            tracing::warn!(
                connections = cut,
                "cutting connections that outlast the drain timeout"
            );
        }
    }

    fn reload(&self, plan: Arc<Plan>) {
        if let Some(acceptor) = &plan.acceptor {
            self.acceptor.replace(Some(acceptor.clone()));
        }
        let next = Rc::new(Generation::new(plan, &self.metrics));
        self.secrets.send_replace(next.secrets.clone());
        self.generation.replace(next);
    }

    fn snapshot(&self) -> Snapshot {
        let generation = self.generation();
        let (entries, hits, misses) = generation.statistics();
        let idle = generation
            .upstreams()
            .map(|here| (Arc::clone(&here.name), here.upstream.idle() as u64));
        Snapshot {
            idle_connections: idle.collect(),
            cache_entries: entries as u64,
            cache_hits: hits,
            cache_misses: misses,
            ..self.metrics.snapshot()
        }
    }

    fn accept(self: &Rc<Self>, scheme: Scheme, stream: TcpStream, peer: SocketAddr) {
        let limit = self.generation.borrow().plan.config.limits.connections;
        let peer = Rc::new(Peer::new(peer.ip(), scheme));
        let Some(mut place) = self.places.take(limit) else {
            connection::turn_away(self, &stream, &peer, Full::House);
            return;
        };
        if arrival::begins_with_header(&self.generation().plan.config, scheme) {
            self.await_header(place, stream, peer);
        } else if arrival::is_let_in(self, &mut place, &stream, &peer) {
            self.serve(place, stream, peer);
        }
    }

    /// Serves behind a PROXY header, which says whose the connection is.
    fn await_header(self: &Rc<Self>, mut place: Place, mut stream: TcpStream, balancer: Rc<Peer>) {
        let (worker, draining) = (Rc::clone(self), self.draining.subscribe());
        self.spawn(async move {
            let told = arrival::told(&worker, &mut stream, balancer, draining).await;
            if let Some(peer) = told
                && arrival::is_let_in(&worker, &mut place, &stream, &peer)
            {
                worker.serve(place, stream, peer);
            }
        });
    }

    fn serve(self: &Rc<Self>, place: Place, stream: TcpStream, peer: Rc<Peer>) {
        // Small answers must not wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let h2c = self.generation.borrow().plan.config.h2c;
        let (worker, draining) = (Rc::clone(self), self.draining.subscribe());
        let held = Held::new(Rc::clone(self), place);
        // Tasks of their own sizes: who speaks plain HTTP carries no room for TLS. Each makes its
        // future inside, because one that is handed in is kept twice.
        match (peer.scheme(), self.acceptor.borrow().clone()) {
            (Scheme::Https, Some(acceptor)) => drop(tokio::task::spawn_local(async move {
                connection::serve_tls(worker, acceptor, stream, peer, draining).await;
                drop(held);
            })),
            (Scheme::Https, None) => {} // a TLS listener stands only with certificates
            (Scheme::Http, _) if h2c => drop(tokio::task::spawn_local(async move {
                connection::serve_either(worker, stream, peer, draining).await;
                drop(held);
            })),
            (Scheme::Http, _) => drop(tokio::task::spawn_local(async move {
                connection::serve(worker, stream, peer, draining).await;
                drop(held);
            })),
        }
    }

    /// What this session, of this site, allows from now on.
    pub(crate) fn lease(&self, site: SiteAtWork<'_>, session: &Session) -> Option<Lease> {
        let secrets = self.secrets.subscribe();
        Lease::new(session, self.clock.now(), &site.here.secrets, secrets)
    }

    /// Carries a tunnel once the client's connection has let go of its socket.
    pub(crate) fn tunnel(self: &Rc<Self>, handshake: Handshake, mut entry: Box<Entry>) {
        entry.path = entry.path.as_ref().map(crate::request::Target::detached);
        let worker = Rc::clone(self);
        self.spawn(async move {
            let Ok(client) = handshake.client.await else {
                return;
            };
            step(&worker.metrics.tunnels, true);
            let mut tunnel = Tunnel::new(client, handshake.upstream, handshake.idle_timeout);
            let mut draining = worker.draining.subscribe();
            let mut lease = handshake.lease;
            let over = poll_fn(|cx| {
                let lease = lease.as_deref_mut();
                lease.map_or(Poll::Pending, |lease| lease.poll(cx))
            });
            tokio::select! {
                over = over => entry.cause = Some(over.cause()),
                _ = &mut tunnel => {}
                _ = draining.wait_for(|draining| *draining) => {
                    // A tunnel has no end of its own: it gets half of the time that requests get.
                    let drain = worker.generation().plan.config.timeouts.drain / 2;
                    let _ = tokio::time::timeout(drain, &mut tunnel).await;
                }
            }
            step(&worker.metrics.tunnels, false);
            let carried = tunnel.carried();
            (entry.octets_in, entry.octets_out) = (carried.up, carried.down);
        });
    }

    /// Runs a task of this core; a draining gateway waits for it.
    pub(crate) fn spawn(self: &Rc<Self>, task: impl Future<Output = ()> + 'static) {
        let running = Running::new(Rc::clone(self));
        tokio::task::spawn_local(async move {
            task.await;
            drop(running);
        });
    }
}

/// Counts a task while it runs, even one that panics.
struct Running(Rc<Worker>);

impl Running {
    fn new(worker: Rc<Worker>) -> Self {
        worker.tasks.set(worker.tasks.get() + 1);
        Self(worker)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.tasks.set(self.0.tasks.get().saturating_sub(1));
    }
}

/// A client's connection: counted, and in its place, while it lasts.
struct Held {
    running: Running,
    _place: Place,
}

impl Held {
    fn new(worker: Rc<Worker>, place: Place) -> Self {
        step(&worker.metrics.connections, true);
        let running = Running::new(worker);
        Self {
            running,
            _place: place,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        step(&self.running.0.metrics.connections, false);
    }
}

async fn look_long(end: Instant) {
    tokio::time::sleep_until(end).await;
}

/// How often idle upstream connections are looked at.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// How often a draining core looks whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The pause after a failed accept.
pub(crate) const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
