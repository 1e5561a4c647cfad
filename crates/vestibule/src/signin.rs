//! The sign-in endpoints of the section `signin`, beside the gateway and on loopback.
//!
//! Gateway and endpoints do not know one another: here the one's data become the other's settings.

use std::collections::btree_map::{BTreeMap, Entry};
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
        // All sites are replaced as one: what fails for one of them must fail before another has changed.
        for site in &config.sites {
            self.prepare(site)?;
        }
        for site in &mut config.sites {
            let Some(settings) = settings(site) else {
                continue;
            };
            if let Some((endpoints, address)) = self.0.get(&site.name()) {
                endpoints.reload(settings).map_err(Error::SignIn)?;
                site.serve_sign_in_at(*address);
            }
        }
        Ok(())
    }

    /// Tries the settings of a site, and listens where nobody does so far.
    fn prepare(&mut self, site: &Site) -> Result<(), Error> {
        let Some(settings) = settings(site) else {
            return Ok(());
        };
        let endpoints = SignIn::new(settings).map_err(Error::SignIn)?;
        if let Entry::Vacant(place) = self.0.entry(site.name()) {
            let address = endpoints.listen().map_err(Error::SignInListener)?;
            place.insert((endpoints, address));
        }
        Ok(())
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
