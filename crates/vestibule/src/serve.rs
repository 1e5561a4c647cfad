//! `vestibule serve`: the gateway as a process.

use std::io::{self, Write};
use std::net::SocketAddr;

use anstream::{AutoStream, ColorChoice};
use vestibule_gateway::config::{Auth, Config, Problem, Severity, Site, Token};
use vestibule_gateway::{BindError, Clock, Server};

use crate::Verdict;
use crate::cli::{LogFormat, Serve};
use crate::configuration::{self, Read};
use crate::environment;
use crate::error::Error;
use crate::log;
use crate::paint::{FAINT, LABEL, harmless};
use crate::problem;
use crate::signin::SignInEndpoints;

mod signals;

use signals::Signals;

/// Serves until it is told to stop.
pub(crate) fn run(arguments: &Serve, choice: ColorChoice) -> Result<Verdict, Error> {
    let wanted = (arguments.log_level.as_deref(), arguments.log_format);
    let (_log, format) = log::start(wanted.0, wanted.1, choice)?;
    let voice = Voice { format, choice };
    let configuration = arguments.configuration.clone();
    let mut standard_input = None;
    let load = move || {
        let read = configuration::read_again(&configuration, standard_input.as_ref())?;
        standard_input = read.standard_input();
        voice.problems(&read);
        let errors = read.errors();
        read.loaded.config.ok_or(Error::Configuration { errors })
    };
    until_stopped(load, |banner, server| voice.banner(banner, server))
}

/// Serves what `load` gives, and what it gives anew at SIGHUP; `stands` is told when the listeners do.
pub(crate) fn until_stopped(
    mut load: impl FnMut() -> Result<Config, Error> + Send + 'static,
    stands: impl FnOnce(&Banner, &Server),
) -> Result<Verdict, Error> {
    let mut sign_in = SignInEndpoints::default();
    let mut load = move || {
        let mut config = load()?;
        sign_in.serve(&mut config)?;
        Ok(config)
    };
    let config = load()?;
    let banner = Banner::new(&config);
    let signals = Signals::new(&config);
    let admin = config.admin;
    let server = Server::bind(config, Clock::new(environment::now)).map_err(|error| {
        let is_admin =
            matches!(&error, BindError::Listen { address, .. } if Some(*address) == admin);
        if is_admin {
            Error::BindAdmin(error)
        } else {
            Error::Bind(error)
        }
    })?;
    server.built_from(env!("VESTIBULE_COMMIT"));
    stands(&banner, &server);
    signals.listen(server.control(), load)?;
    match server.run() {
        Ok(()) => {
            tracing::info!("stopped");
            Ok(Verdict::Good)
        }
        Err(error) => {
            tracing::error!(%error, "the gateway failed");
            Ok(Verdict::Bad)
        }
    }
}

/// How we speak beside the log: to a person, or in the log's own form.
#[derive(Debug, Clone, Copy)]
struct Voice {
    format: LogFormat,
    choice: ColorChoice,
}

impl Voice {
    fn problems(self, read: &Read) {
        let Read { loaded, file } = read;
        match self.format {
            LogFormat::Json => loaded.problems.iter().for_each(event),
            LogFormat::Text => {
                let mut output = AutoStream::new(io::stderr().lock(), self.choice);
                // Where standard error is closed, nobody listens.
                let _ = problem::print(&loaded.problems, file.as_ref(), &mut output);
            }
        }
    }

    fn banner(self, banner: &Banner, server: &Server) {
        let text = |address: Option<SocketAddr>| address.map(|address| address.to_string());
        let (listen, tls) = (text(server.address()), text(server.tls_address()));
        let admin = text(server.admin_address());
        match self.format {
            LogFormat::Json => tracing::info!(
                version = env!("CARGO_PKG_VERSION"),
                listen,
                tls_listen = tls,
                admin,
                routes = banner.routes.len(),
                "listening"
            ),
            LogFormat::Text => {
                let mut output = AutoStream::new(io::stderr().lock(), self.choice);
                let listen = listen.map(|address| format!("http://{address}"));
                let tls = tls.map(|address| format!("https://{address}"));
                let public: Vec<_> = listen.into_iter().chain(tls).collect();
                let _ = banner.print(&public.join(" and "), admin.as_deref(), &mut output);
            }
        }
        for danger in &banner.dangers {
            tracing::warn!("`{danger}` is on: not for production");
        }
    }
}

fn event(problem: &Problem) {
    let Problem {
        severity,
        message,
        place,
        hint,
    } = problem;
    match severity {
        Severity::Error => tracing::error!(%place, hint, "{message}"),
        Severity::Warning => tracing::warn!(%place, hint, "{message}"),
    }
}

/// What a person wants to see at the start.
pub(crate) struct Banner {
    public_urls: Vec<String>,
    routes: Vec<[String; 3]>,
    dangers: Vec<String>,
}

impl Banner {
    fn new(config: &Config) -> Self {
        let public_urls = config.sites.iter().flat_map(|site| &site.public_url);
        Self {
            public_urls: public_urls
                .map(|url| format!("{}://{}", url.scheme, url.authority))
                .collect(),
            routes: config.sites.iter().flat_map(routes).collect(),
            dangers: config.dangers.clone(),
        }
    }

    fn print(&self, public: &str, admin: Option<&str>, output: &mut dyn Write) -> io::Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(output, "{LABEL}vestibule {version}{LABEL:#} on {public}")?;
        for url in &self.public_urls {
            writeln!(output, "  public  {url}")?;
        }
        if let Some(admin) = admin {
            writeln!(output, "  admin   http://{admin}")?;
        }
        let width = |column: usize| {
            let cells = self.routes.iter().filter_map(move |row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let (paths, upstreams) = (width(0), width(1));
        for [path, to, session] in &self.routes {
            writeln!(
                output,
                "  {path:paths$}  {to:upstreams$}  {FAINT}{session}{FAINT:#}"
            )?;
        }
        Ok(())
    }
}

/// Path, upstream and session of each route; the path of a site among several begins with its host.
fn routes(site: &Site) -> impl Iterator<Item = [String; 3]> {
    let name = site.name().unwrap_or_default();
    site.routes.iter().map(move |route| {
        let upstream = site.upstreams.get(route.upstream);
        let to = upstream.map(|it| format!("{} ({}://{})", it.name, it.scheme(), it.authority));
        let session = match route.auth {
            Auth::None => "no session",
            Auth::Optional => "session if there is one",
            Auth::Required => "session required",
        };
        let session = match &route.token {
            Token::Claim(pointer) => format!("{session}, bearer from {pointer}"),
            Token::None => session.to_owned(),
        };
        let session = match &route.require {
            Some(require) => format!("{session}, if {require}"),
            None => session,
        };
        let path = format!("{name}{}", route.path);
        [path, to.unwrap_or_default(), session].map(|text| harmless(&text))
    })
}
