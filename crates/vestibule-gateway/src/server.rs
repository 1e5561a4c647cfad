//! The gateway as a process: a listener and a runtime for each core, and the words that steer them.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use rustls::server::ProducesTickets;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use crate::admin;
use crate::clock::Clock;
use crate::config::Config;
use crate::generation::Plan;
use crate::listener::{self, Listeners};
use crate::places::Places;
use crate::rate;
use crate::tls;
use crate::worker::{Message, Worker};

/// A gateway whose listeners stand.
///
/// Every core has its own listener (`SO_REUSEPORT`), its own runtime and its own connections to the
/// upstreams: a request stays on the core that accepted it.
#[derive(Debug)]
pub struct Server {
    plan: Arc<Plan>,
    /// One for each core.
    listeners: Vec<Listeners<TcpListener>>,
    admin: Option<TcpListener>,
    control: Control,
    receivers: Vec<mpsc::UnboundedReceiver<Message>>,
    clock: Clock,
}

/// Steers a running [`Server`] from anywhere.
#[derive(Debug, Clone)]
pub struct Control(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    workers: Vec<mpsc::UnboundedSender<Message>>,
    /// The dangers of the configuration in use, for the metric.
    dangers: AtomicU64,
    draining: AtomicBool,
    reload_successful: AtomicBool,
    reload_second: AtomicU64,
    /// Of what the program was built from, where it said so.
    commit: OnceLock<&'static str>,
    /// Session tickets stay good across reloads; absent without a TLS listener.
    tickets: Option<Arc<dyn ProducesTickets>>,
    /// What the limits of routes counted; a reload that leaves a limit leaves its counts.
    rates: Arc<rate::Registry>,
    clock: Clock,
}

impl Server {
    /// Binds the public listeners once for each core, and the admin listener.
    pub fn bind(config: Config, clock: Clock) -> Result<Self, BindError> {
        let workers = config.workers.max(1);
        let tls = config.tls.as_ref().map(|tls| tls.listen);
        let listeners = Listeners::bind(config.listen, tls, workers)?;
        let admin = config.admin.map(listener::bind).transpose()?;
        let tickets = tls.map(|_| tls::tickets()).transpose();
        let tickets = tickets.map_err(|error| BindError::Tickets { error })?;
        let dangers = config.dangers.len() as u64;
        let rates = Arc::default();
        let plan = Plan::new(config, tickets.as_ref(), &rates).ok_or(BindError::Tie)?;
        let (workers, receivers) = (0..workers).map(|_| mpsc::unbounded_channel()).unzip();
        Ok(Self {
            plan: Arc::new(plan),
            listeners,
            admin,
            control: Control(Arc::new(Shared {
                workers,
                dangers: AtomicU64::new(dangers),
                draining: AtomicBool::new(false),
                reload_successful: AtomicBool::new(true),
                reload_second: AtomicU64::new(clock.now()),
                commit: OnceLock::new(),
                tickets,
                rates,
                clock,
            })),
            receivers,
            clock,
        })
    }

    /// Where plain HTTP is spoken.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listeners.first()?.plain_address()
    }

    /// Where TLS is spoken.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.listeners.first()?.tls_address()
    }

    /// Where the admin listener listens.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// Names the commit that the program was built from, for its metric; the first name stays.
    pub fn built_from(&self, commit: &'static str) {
        // A program is built from one commit.
        let _ = self.control.0.commit.set(commit);
    }

    /// A handle to steer it with.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Serves until [`Control::drain`], and returns when every core is done.
    pub fn run(self) -> io::Result<()> {
        let places = Arc::new(Places::default());
        let mut cores = Vec::new();
        let cores_listeners = self.listeners.into_iter().zip(self.receivers);
        for (number, (listeners, messages)) in cores_listeners.enumerate() {
            let (plan, places, clock) = (Arc::clone(&self.plan), Arc::clone(&places), self.clock);
            let core = thread::Builder::new().name(format!("vestibule-{number}"));
            cores.push(core.spawn(move || run_core(plan, clock, places, listeners, messages))?);
        }
        if let Some(listener) = self.admin {
            let control = self.control.clone();
            // Ends with the process: health and metrics are told until the last moment.
            thread::Builder::new()
                .name("vestibule-admin".to_owned())
                .spawn(move || admin::run(listener, &control))?;
        }
        for core in cores {
            core.join()
                .map_err(|_| io::Error::other("a core panicked"))??;
        }
        Ok(())
    }
}

impl Control {
    /// Lets requests that begin from now on meet this configuration; those that run finish with theirs.
    ///
    /// Listeners stay as they are: their addresses take effect at the next start, and a TLS listener
    /// without certificates in the new configuration keeps those it has.
    pub fn reload(&self, config: Config) -> Result<(), ReloadError> {
        let shared = &self.0;
        let dangers = config.dangers.len() as u64;
        if config.workers != shared.workers.len() {
            tracing::warn!(
                running = shared.workers.len(),
                configured = config.workers,
                "`workers` takes effect at the next start"
            );
        }
        let plan = Plan::new(config, shared.tickets.as_ref(), &shared.rates);
        let plan = Arc::new(plan.ok_or(ReloadError)?);
        for worker in &shared.workers {
            // A core that is gone has drained.
            let _ = worker.send(Message::Reload(Arc::clone(&plan)));
        }
        shared.dangers.store(dangers, Ordering::Relaxed);
        shared
            .reload_second
            .store(shared.clock.now(), Ordering::Relaxed);
        shared.reload_successful.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Notes that a new configuration was refused and the old one keeps serving (FC6).
    pub fn reload_failed(&self) {
        self.0.reload_successful.store(false, Ordering::Relaxed);
    }

    /// Lets `/readyz` say no, so that balancers look elsewhere before the listener closes.
    pub fn announce_drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Stops accepting and finishes what runs.
    pub fn drain(&self) {
        self.announce_drain();
        for worker in &self.0.workers {
            let _ = worker.send(Message::Drain);
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn workers(&self) -> &[mpsc::UnboundedSender<Message>] {
        &self.0.workers
    }

    pub(crate) fn process(&self) -> crate::metrics::Process {
        let shared = &self.0;
        crate::metrics::Process {
            reload_successful: shared.reload_successful.load(Ordering::Relaxed),
            reload_second: shared.reload_second.load(Ordering::Relaxed),
            dangers: shared.dangers.load(Ordering::Relaxed),
            commit: shared.commit.get().copied().unwrap_or("unknown"),
        }
    }
}

fn run_core(
    plan: Arc<Plan>,
    clock: Clock,
    places: Arc<Places>,
    listeners: Listeners<TcpListener>,
    messages: mpsc::UnboundedReceiver<Message>,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let tls_port = listeners.tls_address().map(|address| address.port());
        Worker::new(plan, clock, places, tls_port)
            .run(listeners.enter()?, messages)
            .await;
        Ok(())
    })
}

/// A gateway could not stand.
#[derive(Debug)]
pub enum BindError {
    /// An address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// There is no randomness for the keys of TLS sessions.
    Tickets {
        /// What the crypto library says.
        error: rustls::Error,
    },
    /// Two routes tie; in a checked configuration none do.
    Tie,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, error } => write!(f, "failed to listen on {address}: {error}"),
            Self::Tickets { error } => write!(f, "failed to make keys for TLS sessions: {error}"),
            Self::Tie => f.write_str("two routes of the configuration tie"),
        }
    }
}

impl std::error::Error for BindError {}

/// The new configuration has routes that tie; a checked one has not.
#[derive(Debug, Clone, Copy)]
pub struct ReloadError;

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("two routes of the new configuration tie")
    }
}

impl std::error::Error for ReloadError {}
