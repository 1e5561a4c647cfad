//! A plain socket whose octets go over TLS: so the raw clients of the tests need no word of it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::ALL_VERSIONS;
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::runtime::Builder;
use tokio_rustls::TlsConnector;

use crate::authority::{Issued, trusting};

/// Connects to a gateway with the shared certificate; what ends on one side ends on the other.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    connect_saying(address, Vec::new())
}

/// The same with octets in front of TLS.
pub(crate) fn connect_saying(address: SocketAddr, first: Vec<u8>) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // Whatever breaks here shows itself to the client as the end of its socket.
        let _ = runtime.block_on(carry(far, address, first));
    });
    near
}

async fn carry(far: TcpStream, address: SocketAddr, first: Vec<u8>) -> std::io::Result<()> {
    far.set_nonblocking(true)?;
    far.set_nodelay(true)?;
    let mut far = tokio::net::TcpStream::from_std(far)?;
    let connector = TlsConnector::from(Arc::new(trusting(&[Issued::shared()], ALL_VERSIONS)));
    let mut gateway = tokio::net::TcpStream::connect(address).await?;
    gateway.set_nodelay(true)?;
    gateway.write_all(&first).await?;
    let mut tls = connector
        .connect("app.test".try_into().unwrap(), gateway)
        .await?;
    copy_bidirectional(&mut far, &mut tls).await?;
    Ok(())
}
