//! A running gateway, stopped at the end of its test.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;

use vestibule_gateway::config::{Config, Overrides, Sources};
use vestibule_gateway::{Clock, Control, Server};
use vestibule_session::{CookieName, Secret, Version, Writer};

use crate::authority::{Authority, Issued};
use crate::client::Client;
use crate::said;
use crate::upstream::Upstream;

/// The gateway's clock stands still here.
pub(crate) const NOW: u64 = 1_790_000_000;

pub(crate) const SECRET: &str = "K7mQ2xV9bT4nW8cR5yJ1hL6dG3fS0pZa";

/// A TLS listener on any port.
pub(crate) const TLS: &str =
    "tls: { listen: 127.0.0.1:0, certificates: [ { cert_file: 0.pem, key_file: 0.key } ] }\n";

/// What carries HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Tls,
}

pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) tls_address: Option<SocketAddr>,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) control: Control,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Gateway {
    /// Starts with this configuration; it listens on any ports, with TLS and without, and there is
    /// one secret, unless it says more.
    pub(crate) fn start(yaml: &str) -> Self {
        Self::start_with(config(yaml))
    }

    pub(crate) fn start_with(config: Config) -> Self {
        Self::start_at(config, Clock::new(|| NOW))
    }

    pub(crate) fn start_at(config: Config, clock: Clock) -> Self {
        said::confide(SECRET);
        let server = Server::bind(config, clock).unwrap();
        server.built_from("c0ffee");
        Self {
            tls_address: server.tls_address(),
            address: server.address().unwrap(),
            admin: server.admin_address(),
            control: server.control(),
            thread: Some(std::thread::spawn(move || server.run())),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// A client that sees nothing of the transport that it speaks over.
    pub(crate) fn client_over(&self, transport: Transport) -> Client {
        match transport {
            Transport::Tcp => self.client(),
            Transport::Tls => Client::connect_tls(self.tls_address.unwrap()),
        }
    }

    /// Waits until the server has drained.
    pub(crate) fn join(mut self) {
        self.thread.take().unwrap().join().unwrap().unwrap();
        said::search();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.control.drain();
            thread.join().unwrap().unwrap();
            said::search();
        }
    }
}

/// A checked configuration; errors fail the test with their text.
pub(crate) fn config(yaml: &str) -> Config {
    config_with(yaml, &[Issued::shared()])
}

/// The same with certificates as the files `0.pem` and `0.key`, `1.pem` and so on.
pub(crate) fn config_with(yaml: &str, certificates: &[&Issued]) -> Config {
    let listen = if yaml.contains("listen:") {
        ""
    } else {
        &format!("listen: 127.0.0.1:0\nadmin: off\n{TLS}")
    };
    let drain = if yaml.contains("drain:") {
        ""
    } else {
        "timeouts: { drain: 250ms }\n"
    };
    let workers = if yaml.contains("workers:") {
        ""
    } else {
        "workers: 1\n"
    };
    let text = format!("{listen}{workers}{drain}{yaml}");
    let loaded = Config::load(&Sources {
        environment: &|name| (name == "AUTH_SECRET").then(|| SECRET.to_owned()),
        environment_names: vec!["AUTH_SECRET".to_owned()],
        read_file: &|path: &Path| {
            let number = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse::<usize>().ok());
            let issued = number.and_then(|number| certificates.get(number));
            let issued = issued.ok_or(io::ErrorKind::NotFound)?;
            Ok(if path.extension().is_some_and(|end| end == "key") {
                issued.key.clone()
            } else {
                issued.chain.clone()
            })
        },
        system_roots: &|| vec![Authority::system().der.clone()],
        anybody_can_read: &|_: &Path| false,
        now: NOW,
        overrides: Overrides::default(),
        file: Some(("vestibule.yaml".into(), text)),
        cores: 1,
    });
    let problems: Vec<_> = loaded.problems.iter().map(|it| format!("{it:?}")).collect();
    loaded
        .config
        .unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

/// One upstream with these settings behind two routes: `/open` for everybody, `/api` with a session.
pub(crate) fn routes(upstream: &Upstream, settings: &str) -> String {
    format!(
        "upstreams: {{ api: {{ url: 'http://{}', {settings} }} }}\n\
         routes:\n\
         - {{ path: '/open/**', to: api, auth: none }}\n\
         - {{ path: '/api/**', to: api, auth: required, token: {{ claim: /backendToken }} }}\n",
        upstream.address
    )
}

/// A header line with the session of somebody who has a backend token.
pub(crate) fn signed_in() -> String {
    let claims = r#"{"sub":"u-1","backendToken":"ada-token"}"#;
    format!("Cookie: {}", cookie(claims))
}

/// A `Cookie` value with a session of these claims, for an hour.
pub(crate) fn cookie(claims: &str) -> String {
    cookie_named("authjs.session-token", claims)
}

/// The same by another secret.
pub(crate) fn cookie_of(secret: &str, claims: &str) -> String {
    said::confide(secret);
    cookie_by(secret, "authjs.session-token", claims)
}

pub(crate) fn cookie_named(name: &str, claims: &str) -> String {
    cookie_by(SECRET, name, claims)
}

fn cookie_by(secret: &str, name: &str, claims: &str) -> String {
    let secret = Secret::new(secret).unwrap();
    let writer = Writer::new(&secret, CookieName::new(name, Version::V5).unwrap());
    let token = writer.encode(claims, NOW, 3600, [9; 32]).unwrap();
    said::confide_claims(claims);
    said::confide_token(&token);
    let chunks = writer.chunks(&token).into_iter();
    let pairs: Vec<_> = chunks
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}
