//! The site of a configuration whose sessions a command opens or makes.

use vestibule_gateway::config::{Config, Site};
use vestibule_session::{CookieName, Rules, Scheme, Version};

use crate::cli::{Configuration, OfSite};
use crate::configuration;
use crate::error::Error;

/// A configuration, and the index of the site that was asked for.
pub(crate) struct Chosen {
    config: Config,
    index: usize,
}

impl Chosen {
    /// Loads the configuration as `serve` would, where a site is asked for.
    pub(crate) fn load(arguments: &OfSite) -> Result<Option<Self>, Error> {
        let Some(host) = &arguments.site else {
            return Ok(None);
        };
        let read = configuration::read(&Configuration {
            config: arguments.config.clone(),
            web: None,
            route: Vec::new(),
            listen: None,
            secret_file: Vec::new(),
        })?;
        let errors = read.errors();
        let config = read.loaded.config.ok_or(Error::Configuration { errors })?;
        let Some(index) = config.site_of(host) else {
            let host = host.clone();
            let sites = config.sites.iter().filter_map(Site::name).collect();
            return Err(Error::NoSite { host, sites });
        };
        Ok(Some(Self { config, index }))
    }

    pub(crate) fn site(&self) -> Option<&Site> {
        self.config.sites.get(self.index)
    }

    pub(crate) fn others(&self) -> impl Iterator<Item = &Site> {
        let sites = self.config.sites.iter().enumerate();
        sites.filter_map(|(index, site)| (index != self.index).then_some(site))
    }
}

/// How the gateway reads sessions of this site.
pub(crate) fn rules(site: &Site) -> Rules {
    let session = &site.session;
    let mut rules = Rules {
        identity_claims: session.identity_claims.clone(),
        max_age: session.max_age.map(|age| age.as_secs()),
        ..Rules::default()
    };
    if !session.cookies.is_empty() {
        rules.cookies.clone_from(&session.cookies);
    }
    rules
}

/// The name that the application of this site writes under: its own, or the one of its scheme.
pub(crate) fn written_name(site: &Site) -> Option<CookieName> {
    let scheme = site.public_url.as_ref().map(|url| url.scheme);
    let is_of_scheme = |name: &&CookieName| {
        name.version() == Version::V5 && name.is_secure() == (scheme == Some(Scheme::Https))
    };
    let known = CookieName::known();
    let own = site.session.cookies.first();
    own.or_else(|| known.iter().find(is_of_scheme)).cloned()
}
