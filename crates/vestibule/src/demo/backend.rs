//! Bookwell's two servers, and the signal that takes the API away and brings it back.

use std::net::SocketAddr;
use std::thread;

use bookwell::{Api, Clock, Database, PagesSettings, ProviderSettings, Server, Settings, StartError};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use vestibule_session::Secret;

use crate::environment;
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
pub(super) struct MakeApi {
    pub(super) database: String,
    pub(super) password: String,
    pub(super) provider: ProviderSettings,
    /// Origins that may embed the chat of the first business, beside those of the seed.
    pub(super) widget_origins: Vec<String>,
    pub(super) token_key: [u8; 32],
}

impl Backend {
    pub(super) fn start(make: MakeApi, secrets: Vec<Secret>) -> Result<Self, Error> {
        let api = make.start(0)?;
        let settings = PagesSettings {
            secrets,
            api_url: format!("http://{}", api.address()),
            password: Some(make.password.clone()),
            clock: Clock::of_system(),
        };
        let pages = Server::start("bookwell-pages", 0, || async { bookwell::pages(settings) });
        Ok(Self {
            api,
            pages: pages.map_err(failed)?,
            make,
        })
    }

    pub(super) fn api(&self) -> SocketAddr {
        self.api.address()
    }

    pub(super) fn pages(&self) -> SocketAddr {
        self.pages.address()
    }

    /// From now on SIGUSR1 stops the API, and the next one starts it again.
    pub(super) fn listen(self) -> Result<(), Error> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let entered = runtime.enter();
        let mut toggle = signal(SignalKind::user_defined1())?;
        drop(entered);
        let Self { api, pages, make } = self;
        let port = api.address().port();
        let mut running = Some(api);
        let work = async move {
            // The pages live as long as this thread, which is as long as the process.
            let _pages = pages;
            while toggle.recv().await.is_some() {
                running = match running.take() {
                    Some(api) => {
                        api.stop();
                        tracing::warn!("the API is stopped; SIGUSR1 starts it again");
                        None
                    }
                    None => match make.start(port) {
                        Ok(api) => {
                            tracing::warn!("the API runs again");
                            Some(api)
                        }
                        Err(error) => {
                            tracing::error!(%error, "the API does not start");
                            None
                        }
                    },
                };
            }
        };
        let thread = thread::Builder::new().name("bookwell-toggle".to_owned());
        thread.spawn(move || runtime.block_on(work))?;
        Ok(())
    }
}

impl MakeApi {
    fn start(&self, port: u16) -> Result<Server, Error> {
        let make = self.clone();
        Server::start("bookwell-api", port, move || make.router()).map_err(failed)
    }

    async fn router(self) -> Result<axum::Router, Box<dyn std::error::Error + Send + Sync>> {
        let database = Database::open(&self.database).await?;
        let clock = Clock::of_system();
        bookwell::seed(&database, &clock, &self.password).await?;
        bookwell::allow_widget(&database, &self.widget_origins).await?;
        let api = Api::new(Settings {
            database,
            token_key: self.token_key.to_vec(),
            provider: self.provider,
            clock,
        });
        tokio::spawn(api.background());
        Ok(api.router())
    }
}
