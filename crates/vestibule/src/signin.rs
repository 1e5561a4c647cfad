//! The sign-in endpoints of the section `signin`, beside the gateway and on loopback.
//!
//! Gateway and endpoints do not know one another: here the one's data become the other's settings.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use vestibule_gateway::config::{Config, SignIn as Section, Site};
use vestibule_signin::{Backend, Claim, Clock, Limits, Origin, Pages, Settings, SignIn};

use crate::environment;
use crate::error::Error;

/// The endpoints of each site, from the first configuration that has them until the process ends.
#[derive(Debug, Default)]
pub(crate) struct SignInEndpoints(BTreeMap<Option<String>, (SignIn, SocketAddr)>);

impl SignInEndpoints {
    /// Serves what `config` says, and tells the routes of its sites where.
    ///
    /// A later configuration changes the settings behind the same listener, so failed sign-ins stay counted.
    /// A site is the same one as before if its first host is.
    pub(crate) fn serve(&mut self, config: &mut Config) -> Result<(), Error> {
        for site in &mut config.sites {
            let Some(settings) = settings(site) else {
                continue;
            };
            let address = self.serve_site(site.name(), settings)?;
            site.serve_sign_in_at(address);
        }
        Ok(())
    }

    fn serve_site(
        &mut self,
        name: Option<String>,
        settings: Settings,
    ) -> Result<SocketAddr, Error> {
        if let Some((endpoints, address)) = self.0.get(&name) {
            endpoints.reload(settings).map_err(Error::SignIn)?;
            return Ok(*address);
        }
        let endpoints = SignIn::new(settings).map_err(Error::SignIn)?;
        let address = endpoints.listen().map_err(Error::SignInListener)?;
        self.0.insert(name, (endpoints, address));
        Ok(address)
    }
}

fn settings(site: &Site) -> Option<Settings> {
    let section = site.signin.as_ref()?;
    let settings = Settings::new(
        site.session.secrets.clone(),
        // Whoever asks came through the gateway, which wrote these headers itself.
        Origin::Forwarded,
        backend(section),
        Clock::new(environment::now),
    );
    Some(Settings {
        shown: section.shown.clone(),
        updatable: section.updatable.clone(),
        max_age: section.max_age.as_secs(),
        absolute_age: section.absolute_age.as_secs(),
        pages: Pages {
            sign_in: section.page.clone(),
        },
        limits: Limits {
            per_account: section.failures_per_account,
            per_address: section.failures_per_address,
            window: section.failures_window.as_secs(),
        },
        ..settings
    })
}

fn backend(section: &Section) -> Backend {
    let claims = section.claims.iter().map(|claim| {
        let from = claim.from.to_string();
        if claim.is_duration {
            Claim::end_of(&claim.name, &from)
        } else {
            Claim::copied(&claim.name, &from)
        }
    });
    let mut backend =
        Backend::new(&section.login_url, claims.collect()).with_timeout(section.timeout);
    if let Some(url) = &section.refresh_url {
        backend = backend.with_refresh(url);
    }
    if let Some(url) = &section.logout_url {
        backend = backend.with_logout(url);
    }
    backend
}

#[cfg(test)]
mod tests;
