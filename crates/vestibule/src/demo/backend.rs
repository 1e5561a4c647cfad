//! Bookwell's two servers, and the signal that takes the API away and brings it back.

use std::net::SocketAddr;
use std::thread;

use axum::Router;
use bookwell::pages::{DemoAccount, PagesSettings, Storefront};
use bookwell::{ACCOUNTS, Api, Clock, Database, ProviderSettings, Server, Settings, StartError};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use vestibule_session::Secret;

use crate::error::Error;

/// API and pages, on ports of this machine.
pub(super) struct Backend {
    api: Server,
    pages: Server,
    make: MakeApi,
}

/// Everything that an API is made of, so that it can be made again.
#[derive(Clone)]
pub(super) struct MakeApi {
    pub(super) database: String,
    pub(super) password: String,
    pub(super) provider: ProviderSettings,
    /// Origins that may embed the chat of the first business, beside those of the seed.
    pub(super) widget_origins: Vec<String>,
    pub(super) token_key: Vec<u8>,
}

impl Backend {
    pub(super) fn start(make: MakeApi, secrets: Vec<Secret>) -> Result<Self, Error> {
        let api = make.start(0)?;
        let pages = make.start_pages(&api, secrets)?;
        Ok(Self { api, pages, make })
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
                    None => make.start_again(port),
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
        Server::start("bookwell-api", port, move || make.api()).map_err(failed)
    }

    fn start_again(&self, port: u16) -> Option<Server> {
        match self.start(port) {
            Ok(api) => {
                tracing::warn!("the API runs again");
                Some(api)
            }
            Err(error) => {
                tracing::error!(%error, "the API does not start");
                None
            }
        }
    }

    fn start_pages(&self, api: &Server, secrets: Vec<Secret>) -> Result<Server, Error> {
        let (make, api) = (self.clone(), api.address());
        Server::start("bookwell-pages", 0, move || make.pages(api, secrets)).map_err(failed)
    }

    async fn api(self) -> Result<Router, Failure> {
        let database = Database::open(&self.database).await?;
        let clock = Clock::of_system();
        bookwell::seed(&database, &clock, &self.password).await?;
        for origin in &self.widget_origins {
            bookwell::allow_widget(&database, "willow-pine", origin).await?;
        }
        let api = Api::new(Settings {
            database,
            token_key: self.token_key,
            provider: self.provider,
            clock,
        });
        tokio::spawn(api.clone().background());
        Ok(api.router())
    }

    async fn pages(self, api: SocketAddr, secrets: Vec<Secret>) -> Result<Router, Failure> {
        let database = Database::open(&self.database).await?;
        let tenants = bookwell::public_tenants(&database).await?;
        let time_zones = bookwell::time_zones(&database).await?;
        database.close().await;
        let storefronts = tenants.into_iter().map(|tenant| Storefront {
            slug: tenant.slug,
            name: tenant.name,
            public_key: tenant.public_key,
        });
        let accounts = ACCOUNTS.iter().map(|(email, name)| DemoAccount {
            name: (*name).to_owned(),
            email: (*email).to_owned(),
            password: self.password.clone(),
        });
        let settings = PagesSettings {
            secrets,
            api_url: format!("http://{api}"),
            storefronts: storefronts.collect(),
            time_zones,
            demo_accounts: accounts.collect(),
            clock: Clock::of_system(),
        };
        Ok(bookwell::pages::router(settings)?)
    }
}

fn failed(error: StartError<Failure>) -> Error {
    match error {
        StartError::Build(failure) => Error::Bookwell(failure),
        StartError::Listen(error) => Error::Bookwell(error.into()),
    }
}

/// Whatever keeps a part of Bookwell from being made.
type Failure = Box<dyn std::error::Error + Send + Sync>;
