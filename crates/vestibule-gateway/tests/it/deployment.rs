//! The page "check your deployment": each of its lines, run by the shell of its reader.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::authority::Issued;
use crate::gateway::{Gateway, config_with, cookie_named};
use crate::upstream::Upstream;

/// A line to run, and what the page says that it prints.
struct Step<'a> {
    command: &'a str,
    expected: String,
}

#[test]
fn every_line_of_the_page_prints_what_the_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
    let page = fs::read_to_string(page.join("check-your-deployment.md")).unwrap();
    let (web, api) = (application(), echo());
    let issued = Issued::new(&["app.example.com"]);
    let file = block(&page, "yaml")
        .replace("0.0.0.0:80\n", "127.0.0.1:0\n")
        .replace("0.0.0.0:443", "127.0.0.1:0")
        .replace("127.0.0.1:8081", "127.0.0.1:0")
        .replace("/run/secrets/app", "0")
        .replace("127.0.0.1:3000", &web.address.to_string())
        .replace("127.0.0.1:3001", &api.address.to_string());
    let gateway = Gateway::start_with(config_with(&file, &[&issued]));

    let home = home_of_curl(&gateway, &issued);
    let cookie = cookie_named(
        "__Secure-authjs.session-token",
        r#"{"sub":"u-1","backendToken":"ada-token"}"#,
    );
    let variables: String = (block(&page, "bash").lines())
        // The session and the closed doors are this test's; all else is the page's.
        .map(|line| match line.split('=').next() {
            Some("COOKIE") => format!("COOKIE='{cookie}'\n"),
            Some("BACKEND" | "ADMIN") => {
                let name = line.split('=').next().unwrap();
                format!("{name}=http://{}\n", closed())
            }
            _ => format!("{line}\n"),
        })
        .collect();

    let steps: Vec<Step> = page
        .split("```console\n")
        .skip(1)
        .flat_map(|rest| steps(rest.split("```").next().unwrap()))
        .collect();
    assert_eq!(steps.len(), 42, "lines of the page");
    let mut wrong = Vec::new();
    for Step { command, expected } in steps {
        let output = Command::new("bash")
            .args(["-c", &format!("{variables}{command}")])
            .env("CURL_HOME", &home)
            .output()
            .expect("bash runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        let said = String::from_utf8_lossy(&output.stderr);
        if printed.join("\n") != expected {
            wrong.push(format!("$ {command}\n{}\n{said}", printed.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The content of the first block in this language.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let start = format!("```{language}\n");
    let (_, rest) = page.split_once(&start).expect("the block is there");
    rest.split("```").next().unwrap()
}

/// Lines behind `$`, each with what stands below it.
fn steps(block: &str) -> impl Iterator<Item = Step<'_>> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command,
                expected: String::new(),
            }),
            (None, Some(step)) => {
                if !step.expected.is_empty() {
                    step.expected.push('\n');
                }
                step.expected.push_str(line);
            }
            (None, None) => panic!("{line} is the output of nothing"),
        }
    }
    steps.into_iter()
}

/// A folder with settings that lead the names of the page to this gateway, and trust its certificate.
fn home_of_curl(gateway: &Gateway, issued: &Issued) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deployment");
    fs::create_dir_all(&home).unwrap();
    let authority = home.join("authority.pem");
    fs::write(&authority, &issued.chain).unwrap();
    let settings = format!(
        "connect-to = \"app.example.com:80:127.0.0.1:{}\"\n\
         connect-to = \"app.example.com:443:127.0.0.1:{}\"\n\
         cacert = \"{}\"\n",
        gateway.address.port(),
        gateway.tls_address.unwrap().port(),
        authority.display()
    );
    fs::write(home.join(".curlrc"), settings).unwrap();
    home
}

/// The application, as far as the page sees it.
fn application() -> Upstream {
    Upstream::answering(
        "HTTP/1.1 200 OK\r\nSet-Cookie: __Host-authjs.csrf-token=a; Path=/; HttpOnly; Secure; SameSite=Lax\r\n\
         Content-Length: 2\r\n\r\nok",
    )
}

/// A backend that answers with the headers that it got.
fn echo() -> Upstream {
    Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            let lines = seen.headers.0.iter();
            let lines: Vec<String> = lines
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            accepted.answer(lines.join("\n"));
        }
    })
}

/// An address that nobody listens on.
fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
