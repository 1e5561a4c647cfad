//! Certificates as the process sees them: files with their modes, and SIGHUP.

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::runner::{directory, file, vestibule};

const CONFIGURATION: &str = "\
listen: off
admin: off
tls:
  listen: 127.0.0.1:0
  certificates: [ { cert_file: app.pem, key_file: app.key } ]
upstreams: { web: { url: http://127.0.0.1:9 } }
routes: [ { path: /web, to: web, auth: none } ]
";

/// Puts a new certificate for `app.test` where the configuration names it.
fn issue(directory: &Path) -> CertifiedKey<KeyPair> {
    let issued = generate_simple_self_signed(["app.test".to_owned()]).unwrap();
    file(directory, "app.pem", issued.cert.pem());
    let key = file(directory, "app.key", issued.signing_key.serialize_pem());
    std::fs::set_permissions(key, Permissions::from_mode(0o600)).unwrap();
    issued
}

#[test]
fn check_shows_whom_a_certificate_is_for_and_who_can_read_its_key() {
    let directory = directory("tls-check");
    file(&directory, "vestibule.yaml", CONFIGURATION);
    issue(&directory);
    let check = || vestibule(&["check"]).directory(&directory).output();
    let output = check();
    assert!(output.contains("tls.certificates[0].names"), "{output}");
    assert!(output.contains("app.test"), "{output}");
    assert!(output.ends_with("with no warnings\n"), "{output}");
    let key = directory.join("app.key");
    std::fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert!(check().ends_with("with no warnings\n"));
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let output = check();
    assert!(output.contains("every user of this machine"), "{output}");
    assert!(output.ends_with("with 1 warning\n"), "{output}");
}

#[test]
fn a_reload_takes_a_good_certificate_and_keeps_the_last_one_where_the_new_is_bad() {
    let directory = directory("tls-reload");
    file(&directory, "vestibule.yaml", CONFIGURATION);
    let first = issue(&directory);
    let run = vestibule(&["serve", "--log-format", "json"]).directory(&directory);
    let mut gateway = run.start();
    let listening = gateway.logged("tls_listen");
    let address = listening["tls_listen"].as_str().unwrap().to_owned();
    let mut kept = connect(&address, &first);
    ask(&mut kept);

    file(&directory, "app.key", "nothing");
    gateway.signal("HUP");
    gateway.logged("holds no private key");
    gateway.logged("kept the old configuration");
    ask(&mut connect(&address, &first));
    ask(&mut kept);

    let second = issue(&directory);
    gateway.signal("HUP");
    gateway.logged("loaded the configuration anew");
    ask(&mut connect(&address, &second));
    ask(&mut kept);

    drop(kept);
    gateway.signal("TERM");
    assert_eq!(gateway.code(), Some(0));
}

/// A client that trusts this certificate alone.
fn connect(
    address: &str,
    issued: &CertifiedKey<KeyPair>,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(issued.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "app.test".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    let stream = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    StreamOwned::new(connection, stream)
}

/// A request that the gateway answers itself, so that no upstream is needed.
fn ask(stream: &mut StreamOwned<ClientConnection, TcpStream>) {
    write!(stream, "OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).unwrap();
        answer.extend(octet);
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 204"),
        "{}",
        answer.escape_ascii()
    );
}
