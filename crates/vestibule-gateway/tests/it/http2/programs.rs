//! Programs that people use: curl, nghttp and h2load, where the machine has them.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use super::start;
use crate::authority::Issued;
use crate::gateway::Gateway;
use crate::upstream::Upstream;

/// An upstream that gives every body back.
fn echo() -> (Upstream, Gateway) {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            accepted.answer(if seen.body.is_empty() {
                seen.line.into_bytes()
            } else {
                seen.body
            });
        }
    });
    let gateway = start(&upstream, "");
    (upstream, gateway)
}

/// What a program prints, or that it is missing.
fn run(program: &str, package: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(arguments);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("not run with {program}, which is missing: apt-get install {package}");
            return None;
        }
        child => child.unwrap(),
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that does not read its input closes it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    Some(output.stdout)
}

fn curl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let plain = ["--silent", "--show-error", "--max-time", "20"];
    run("curl", "curl", &[&plain, arguments].concat(), input)
}

#[test]
fn curl_speaks_it_over_tcp_and_tls() {
    let (_upstream, gateway) = echo();
    let said = ["--write-out", " %{http_version} %{http_code}"];
    let plain = format!("http://{}/open/a", gateway.address);
    let arguments = [&said[..], &["--http2-prior-knowledge", &plain]].concat();
    let Some(answer) = curl(&arguments, b"") else {
        return;
    };
    assert_eq!(answer, b"GET /open/a HTTP/1.1 2 200");

    let folder = std::env::temp_dir().join(format!("vestibule-curl-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let authority = folder.join("authority.pem");
    fs::write(&authority, &Issued::shared().chain).unwrap();
    let port = gateway.tls_address.unwrap().port();
    let to_host = format!("app.test:{port}:127.0.0.1");
    let url = format!("https://app.test:{port}/open/a");
    let over_tls = [
        "--cacert",
        authority.to_str().unwrap(),
        "--resolve",
        &to_host,
    ];
    for (version, agreed) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let arguments = [&said[..], &over_tls, &[version, &url]].concat();
        let answer = String::from_utf8(curl(&arguments, b"").unwrap()).unwrap();
        assert_eq!(answer, format!("GET /open/a HTTP/1.1 {agreed} 200"));
    }
    // 3 MiB up and down again, in the pieces that the windows allow.
    let body: Vec<u8> = (0..3 << 20)
        .map(|number: u32| number.to_be_bytes()[2])
        .collect();
    let arguments = [&over_tls[..], &["--http2", "--data-binary", "@-", &url]].concat();
    assert!(curl(&arguments, &body).unwrap() == body);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nghttp_gets_its_body_back() {
    let (_upstream, gateway) = echo();
    let url = format!("http://{}/open/a", gateway.address);
    let body = vec![b'x'; 300_000];
    let arguments = [
        "--no-dep",
        "--timeout=20",
        "--data=-",
        "--trailer=x-sum: 1",
        &url,
    ];
    if let Some(answer) = run("nghttp", "nghttp2-client", &arguments, &body) {
        assert!(answer == body, "{} octets", answer.len());
    }
}

#[test]
fn h2load_finds_every_answer_good() {
    let (_upstream, gateway) = echo();
    let url = format!("http://{}/open/a", gateway.address);
    let arguments = [
        "--requests=3000",
        "--clients=5",
        "--max-concurrent-streams=50",
        &url,
    ];
    let Some(report) = run("h2load", "nghttp2-client", &arguments, b"") else {
        return;
    };
    let report = String::from_utf8(report).unwrap();
    let good =
        "3000 total, 3000 started, 3000 done, 3000 succeeded, 0 failed, 0 errored, 0 timeout";
    assert!(report.contains(good), "{report}");
    assert!(report.contains("3000 2xx"), "{report}");
}
