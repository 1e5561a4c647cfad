//! The demonstration as a newcomer starts it: one command, real sockets, nothing left behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::runner::{Run, Running, directory, file, vestibule};

const SECRET: &str = "kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A";

/// A demonstration that stands, and what it said.
struct Demo {
    process: Running,
    http: u16,
    https: u16,
    password: String,
}

fn start(directory: &Path) -> Demo {
    start_with(directory, &[])
}

fn start_with(directory: &Path, arguments: &[&str]) -> Demo {
    told(run(directory, arguments).start())
}

fn run(directory: &Path, arguments: &[&str]) -> Run {
    let run = vestibule(&[
        "demo",
        "--port",
        "0",
        "--https-port",
        "0",
        "--admin-port",
        "0",
    ]);
    let run = run.arguments(arguments).variable("AUTH_SECRET", SECRET);
    let run = run.variable("XDG_STATE_HOME", directory.join("state").to_str().unwrap());
    run.variable("TMPDIR", directory.join("tmp").to_str().unwrap())
}

/// What it says of itself at its start.
fn told(mut process: Running) -> Demo {
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
        .variable("AUTH_SECRET", SECRET);
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

#[test]
fn a_session_and_the_data_that_are_kept_go_on_after_a_restart() {
    let directory = directory("demo-restart");
    empty(&directory, ["state", "tmp"]);
    let database = format!("sqlite:{}?mode=rwc", directory.join("kept.db").display());
    let first = start_with(&directory, &["--database", &database]);
    let session = sign_in(&first);
    let call = |demo: &Demo| request(demo.http, "GET", "/api/tenant-admin/packages", &session, "");
    assert!(call(&first).starts_with("HTTP/1.1 200"), "{}", call(&first));
    first.process.signal("TERM");
    assert_eq!(first.process.code(), Some(0));
    let second = start_with(&directory, &["--database", &database]);
    assert!(
        call(&second).starts_with("HTTP/1.1 200"),
        "{}",
        call(&second)
    );
}

/// What begins and ends an impersonation answers with tokens: the pages' server alone may ask (TH-66).
#[test]
fn no_call_through_the_gateway_is_answered_with_a_token() {
    let directory = directory("demo-tokens");
    empty(&directory, ["state", "tmp"]);
    let demo = start(&directory);
    let session = sign_in(&demo);
    for path in [
        "/api/admin/tenants/0190a1b2-0000-7000-8000-000000000000/impersonate",
        "/api/admin/impersonation/stop",
    ] {
        let answer = request(demo.http, "POST", path, &session, "");
        assert!(answer.starts_with("HTTP/1.1 405"), "{path}: {answer}");
    }
    for path in [
        "/api/auth/login",
        "/api/public/auth/login",
        "/v1/auth/login",
    ] {
        let body = format!(r#"{{"email":"{OWNER}","password":"{}"}}"#, demo.password);
        let answer = request(demo.http, "POST", path, "", &body);
        assert!(!answer.contains("access_token"), "{path}: {answer}");
    }
    let document = get(demo.http, "/api/openapi.json");
    assert!(document.contains("\"openapi\":\"3.1"), "{document}");
}

/// TH-109: its passwords are printed, so it is for this machine alone, whatever the environment says.
#[test]
fn nobody_but_this_machine_reaches_it() {
    let directory = directory("demo-loopback");
    empty(&directory, ["state", "tmp"]);
    let everywhere = "0.0.0.0:0";
    let run = run(&directory, &[])
        .variable("HOST", "0.0.0.0")
        .variable("VESTIBULE_LISTEN", everywhere)
        .variable("VESTIBULE_ADMIN__LISTEN", everywhere)
        .variable("BOOKWELL_LISTEN", everywhere);
    let demo = told(run.start());
    for port in [demo.http, demo.https] {
        // A second address of this machine: a listener on every address would have it as well.
        assert!(TcpStream::connect(("127.0.0.2", port)).is_err(), "{port}");
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok(), "{port}");
    }
}

/// TH-101: a visit with sign-in, calls, renewal and sign-out, at the level at which everything is said.
#[test]
fn a_whole_visit_leaves_no_secret_in_the_log() {
    let directory = directory("demo-log");
    empty(&directory, ["state", "tmp"]);
    let mut process = run(&directory, &["--log-level", "trace"]).start();
    let log = process.keep_log();
    let demo = told(process);
    let session = sign_in(&demo);
    let mut confidential = vec![SECRET.to_owned(), demo.password.clone(), OWNER.to_owned()];
    for path in [
        "/tenant/dashboard?note=query-confidential",
        "/api/auth/session",
        "/api/tenant-admin/packages?note=query-confidential",
        "/api/tenant-admin/bookings",
        "/api/agent/health",
        "/login?callbackUrl=%2Fquery-confidential",
    ] {
        let answer = request(demo.http, "GET", path, &session, "");
        for line in answer
            .lines()
            .filter_map(|it| it.strip_prefix("set-cookie: "))
        {
            let value = line.split(['=', ';']).nth(1).unwrap();
            confidential.extend(value.split('.').map(str::to_owned));
        }
    }
    let broken = format!("{session}x; other=cookie-confidential");
    request(demo.http, "GET", "/api/tenant-admin/packages", &broken, "");
    let body = format!(r#"{{"email":"{OWNER}","password":"password-confidential"}}"#);
    request(
        demo.http,
        "POST",
        "/api/auth/callback/credentials",
        "",
        &body,
    );
    confidential.extend(session.split(['=', '.']).skip(2).map(str::to_owned));
    demo.process.signal("TERM");
    assert_eq!(demo.process.code(), Some(0));
    let log = log.join().unwrap();
    assert!(log.contains("/api/tenant-admin/packages"), "{log}");
    confidential.push("-confidential".to_owned());
    confidential.retain(|text| text.len() >= 8);
    for text in confidential {
        let line = log.lines().find(|line| line.contains(&text));
        assert_eq!(line, None, "{text}");
    }
}

#[test]
fn a_damaged_certificate_is_made_anew() {
    let directory = directory("demo-damaged");
    empty(&directory, ["state", "tmp"]);
    drop(start(&directory).process);
    let chain = directory.join("state/vestibule/demo/bookwell.pem");
    fs::write(&chain, "-----BEGIN CERTIFICATE-----\n").unwrap();
    let demo = start(&directory);
    let authority = directory.join("state/vestibule/demo/authority.pem");
    let page = get_over_tls(demo.https, "/login", &authority);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}

#[test]
fn a_server_that_refuses_is_named_at_once() {
    let directory = directory("demo-refused");
    let run = vestibule(&[
        "demo",
        "--database",
        "postgres://nobody@127.0.0.1:1/bookwell",
    ]);
    let finished = run
        .variable("XDG_STATE_HOME", directory.to_str().unwrap())
        .finish();
    assert_eq!(finished.code, 2);
    assert!(finished.errors.contains("refused"), "{}", finished.errors);
}

const OWNER: &str = "owner@willow-pine.test";

/// The session cookie of a sign-in, as a browser sends it.
fn sign_in(demo: &Demo) -> String {
    let answer = get(demo.http, "/api/auth/csrf");
    let (_, token) = answer.split_once(r#""csrfToken":""#).unwrap();
    let token = token.split('"').next().unwrap();
    let csrf = cookie(&answer, "authjs.csrf-token");
    let body = format!(
        r#"{{"csrfToken":"{token}","email":"{OWNER}","password":"{}"}}"#,
        demo.password
    );
    let answer = request(
        demo.http,
        "POST",
        "/api/auth/callback/credentials",
        &csrf,
        &body,
    );
    cookie(&answer, "authjs.session-token")
}

fn cookie(answer: &str, name: &str) -> String {
    let line = format!("set-cookie: {name}=");
    let (_, value) = answer
        .split_once(&line)
        .unwrap_or_else(|| panic!("no {name}: {answer}"));
    format!("{name}={}", value.split(';').next().unwrap())
}

fn request(port: u16, method: &str, path: &str, cookie: &str, body: &str) -> String {
    let mut stream = connect(port);
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
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
