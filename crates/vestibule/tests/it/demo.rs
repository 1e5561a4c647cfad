//! The demonstration as a newcomer starts it: one command, real sockets, nothing left behind.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::runner::{Running, directory, file, vestibule};

/// A demonstration that stands, and what it said.
struct Demo {
    process: Running,
    http: u16,
    https: u16,
    password: String,
}

fn start(directory: &Path) -> Demo {
    let run = vestibule(&[
        "demo",
        "--port",
        "0",
        "--https-port",
        "0",
        "--admin-port",
        "0",
    ]);
    let run = run.variable("XDG_STATE_HOME", directory.join("state").to_str().unwrap());
    let run = run.variable("TMPDIR", directory.join("tmp").to_str().unwrap());
    let mut process = run.start();
    let http = port(&process.told("  http "));
    let https = port(&process.told("  https "));
    let password = process.told("Sign in with the password ");
    let password = password.split(' ').nth(5).unwrap().to_owned();
    process.told("owner@willow-pine.test");
    process.told("Ctrl-C");
    Demo {
        process,
        http,
        https,
        password,
    }
}

fn port(line: &str) -> u16 {
    let (_, rest) = line.split_once("localhost:").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

fn empty(directory: &Path, names: [&str; 2]) {
    for name in names {
        fs::create_dir_all(directory.join(name)).unwrap();
    }
}

#[test]
fn one_command_serves_pages_sign_in_and_a_protected_api_and_leaves_nothing_behind() {
    let directory = directory("demo");
    empty(&directory, ["state", "tmp"]);
    let demo = start(&directory);

    let page = get(demo.http, "/login");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("owner@harbor-light.test"), "{page}");
    let call = get(demo.http, "/api/tenant-admin/packages");
    assert!(call.starts_with("HTTP/1.1 401"), "{call}");
    assert!(
        call.contains("vestibule-refusal: unauthenticated"),
        "{call}"
    );
    let providers = get(demo.http, "/api/auth/providers");
    assert!(providers.contains("\"credentials\""), "{providers}");

    let authority = directory.join("state/vestibule/demo/authority.pem");
    let page = get_over_tls(demo.https, "/login", &authority);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    demo.process.signal("TERM");
    assert_eq!(demo.process.code(), Some(0));
    assert_eq!(fs::read_dir(directory.join("tmp")).unwrap().count(), 0);
}

#[test]
fn certificate_and_password_are_kept_for_the_next_start_and_for_nobody_else() {
    let directory = directory("demo-kept");
    empty(&directory, ["state", "tmp"]);
    let state = directory.join("state/vestibule/demo");
    let first = start(&directory);
    let certificate = fs::read(state.join("bookwell.pem")).unwrap();
    drop(first.process);
    let second = start(&directory);
    assert_eq!(first.password, second.password);
    assert_eq!(certificate, fs::read(state.join("bookwell.pem")).unwrap());
    for name in ["bookwell.key", "password"] {
        let mode = fs::metadata(state.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is {mode:o}");
    }
}

#[test]
fn the_api_can_be_taken_away_and_brought_back_behind_the_running_gateway() {
    let directory = directory("demo-outage");
    empty(&directory, ["state", "tmp"]);
    let mut demo = start(&directory);
    let call = || get(demo.http, "/api/public/tenant");
    let answered = |answer: String| assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    answered(call());
    demo.process.signal("USR1");
    demo.process.complained("the API is stopped");
    let refused = call();
    assert!(refused.starts_with("HTTP/1.1 502"), "{refused}");
    assert!(
        refused.contains("vestibule-refusal: upstream_unreachable"),
        "{refused}"
    );
    demo.process.signal("USR1");
    demo.process.complained("the API runs again");
    answered(call());
}

#[test]
fn the_printed_configuration_is_one_that_serve_takes() {
    let directory = directory("demo-config");
    let configuration = vestibule(&["demo", "--print-config"]).output();
    file(&directory, "vestibule.yaml", &configuration);
    let issued = rcgen::generate_simple_self_signed(["app.test".to_owned()]).unwrap();
    file(&directory, "bookwell.pem", issued.cert.pem());
    let key = file(
        &directory,
        "bookwell.key",
        issued.signing_key.serialize_pem(),
    );
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    let check = vestibule(&["check"])
        .directory(&directory)
        .variable("AUTH_SECRET", "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A");
    let output = check.output();
    assert!(output.contains("/api/admin/**"), "{output}");
    assert!(output.ends_with("with no warnings\n"), "{output}");
}

#[test]
fn a_database_that_does_not_open_is_named_with_its_cure() {
    let directory = directory("demo-database");
    let run = vestibule(&["demo", "--database", "mysql://localhost/bookwell"]);
    let finished = run
        .variable("XDG_STATE_HOME", directory.to_str().unwrap())
        .finish();
    assert_eq!(finished.code, 2);
    let errors = finished.errors;
    assert!(
        errors.contains("neither `sqlite:` nor `postgres:`"),
        "{errors}"
    );
    assert!(errors.contains("--database"), "{errors}");
}

fn get(port: u16, path: &str) -> String {
    let mut stream = connect(port);
    ask(&mut stream, path)
}

fn get_over_tls(port: u16, path: &str, authority: &Path) -> String {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority).unwrap())
        .unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    ask(&mut StreamOwned::new(connection, connect(port)), path)
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

fn ask(stream: &mut (impl std::io::Read + std::io::Write), path: &str) -> String {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    // An end without a closing alert is the end all the same.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
