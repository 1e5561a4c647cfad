//! The sign-in endpoints as plain data: the gateway routes to them and knows nothing else of them.

use std::net::SocketAddr;
use std::time::Duration;

use http::uri::Authority;
use vestibule_session::Pointer;

use super::{Protocol, Site, Upstream};

/// What the section `signin` says.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Where e-mail and password are checked.
    pub login_url: String,
    /// Where a token that is about to end is renewed.
    pub refresh_url: Option<String>,
    /// What is told of a sign-out.
    pub logout_url: Option<String>,
    /// How long one call of the backend may take.
    pub timeout: Duration,
    /// What of the answer to a login goes into the session; one of them is `sub`.
    pub claims: Vec<SignInClaim>,
    /// Claims that pages may see; none of them is a token.
    pub shown: Vec<String>,
    /// Claims that pages may change; none of them says who one is.
    pub updatable: Vec<String>,
    /// After its last use a session lives for this long.
    pub max_age: Duration,
    /// After its sign-in a session lives for this long, however often it is used.
    pub absolute_age: Duration,
    /// The path of the application's own sign-in page.
    pub page: Option<String>,
    /// Failures that are borne for one account.
    pub failures_per_account: u32,
    /// Failures that are borne for one client address.
    pub failures_per_address: u32,
    /// From the first failure until all are forgotten.
    pub failures_window: Duration,
}

/// A claim of the session and its place in the backend's answer.
#[derive(Debug, Clone)]
pub struct SignInClaim {
    /// Its name in the session.
    pub name: String,
    /// Where it stands in the answer.
    pub from: Pointer,
    /// Whether the answer gives seconds from now, of which the session keeps the Unix second.
    pub is_duration: bool,
}

impl Site {
    /// Says where the endpoints of [`Site::signin`] listen: routes `to: signin` lead there.
    ///
    /// Until then they lead nowhere, so it is called before the configuration is served.
    pub fn serve_sign_in_at(&mut self, address: SocketAddr) {
        if let (Some(_), Some(upstream)) = (&self.signin, self.upstreams.last_mut())
            && let Ok(authority) = Authority::try_from(address.to_string())
        {
            upstream.authority = authority;
            upstream.port = address.port();
        }
    }
}

impl Upstream {
    /// The built-in upstream of the endpoints, behind those of the file. It is on loopback and in this process.
    pub(super) fn sign_in() -> Self {
        Self {
            name: SIGN_IN.to_owned(),
            authority: Authority::from_static("127.0.0.1:0"),
            port: 0,
            base_path: String::new(),
            preserve_host: true,
            connect_timeout: Duration::from_secs(5),
            // Longer than any call of the backend that it waits for, and one that waits for that.
            response_timeout: Duration::from_mins(5),
            idle_timeout: Duration::from_mins(5),
            total_timeout: None,
            idle_connections: 64,
            tls: None,
            protocol: Protocol::Http1,
        }
    }
}

/// The name of that upstream in `to:`.
pub(super) const SIGN_IN: &str = "signin";

/// Where the endpoints are; the library of the browser asks nowhere else.
pub(super) const SIGN_IN_PATH: &str = "/api/auth/";
