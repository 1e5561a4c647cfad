//! A listener of the endpoints' own, for a gateway in the same process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use tokio::runtime::Builder;

use crate::endpoint::SignIn;

impl SignIn {
    /// Serves on a free port of loopback, on a thread of its own that ends with the process, and says where.
    ///
    /// Loopback and nothing else, because [`Origin::Forwarded`](crate::Origin) believes whoever connects.
    pub fn listen(&self) -> io::Result<SocketAddr> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let router = self.router();
        let thread = thread::Builder::new().name("vestibule-signin".to_owned());
        thread.spawn(move || {
            let served = runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, router).await
            });
            if let Err(error) = served {
                tracing::error!(target: "vestibule::signin", %error, "the sign-in endpoints are gone");
            }
        })?;
        Ok(address)
    }
}
