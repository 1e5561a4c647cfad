//! SIGHUP loads the configuration anew; SIGTERM and SIGINT stop.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use vestibule_gateway::Control;
use vestibule_gateway::config::Config;

use crate::error::Error;

/// What must be remembered of the configuration in force.
#[derive(Debug)]
pub(super) struct Signals {
    /// Those of plain HTTP, TLS and the admin listener, which stay until the next start.
    addresses: [Option<SocketAddr>; 3],
    shutdown_delay: Duration,
}

impl Signals {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            addresses: [
                config.listen,
                config.tls.as_ref().map(|tls| tls.listen),
                config.admin,
            ],
            shutdown_delay: config.timeouts.shutdown_delay,
        }
    }

    /// Listens on a thread of its own from now on; `load` reads the configuration anew.
    pub(super) fn listen(
        mut self,
        control: Control,
        mut load: impl FnMut() -> Result<Config, Error> + Send + 'static,
    ) -> Result<(), Error> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let entered = runtime.enter();
        let mut reload = signal(SignalKind::hangup())?;
        let mut stop = Stop::new()?;
        drop(entered);
        let work = async move {
            loop {
                tokio::select! {
                    _ = reload.recv() => self.reload(&control, &mut load),
                    () = stop.recv() => break,
                }
            }
            tracing::info!("stopping; running requests may finish");
            control.announce_drain();
            tokio::select! {
                () = tokio::time::sleep(self.shutdown_delay) => {}
                () = stop.recv() => end(),
            }
            control.drain();
            stop.recv().await;
            end();
        };
        let thread = thread::Builder::new().name("vestibule-signals".to_owned());
        thread.spawn(move || runtime.block_on(work))?;
        Ok(())
    }

    fn reload(&mut self, control: &Control, load: &mut impl FnMut() -> Result<Config, Error>) {
        let result = load();
        match result {
            Ok(config) => {
                let next = Self::new(&config);
                if let Err(error) = control.reload(config) {
                    control.reload_failed();
                    tracing::error!(%error, "kept the old configuration");
                    return;
                }
                if next.addresses != self.addresses {
                    tracing::warn!(
                        "`listen`, `tls.listen` and `admin.listen` change at the next start only"
                    );
                }
                self.shutdown_delay = next.shutdown_delay;
                tracing::info!("loaded the configuration anew");
            }
            Err(error) => {
                control.reload_failed();
                tracing::error!(%error, "kept the old configuration");
            }
        }
    }
}

/// What stops a service, and what stops a command.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn recv(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Somebody who asks twice does not want to wait.
#[expect(clippy::exit, reason = "no thread is waited for")]
fn end() {
    std::process::exit(1);
}
